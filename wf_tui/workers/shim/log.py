"""Reading an attempt's log: all of it, its end, or as it grows.

The log is JSON Lines (`log_writer` says which); its last line may be half written.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from wf_tui.text import plural
from wf_tui.workers.shim.plain_file import open_plain

__all__ = ["follow", "read", "tail"]

_LEAST = 1 << 12
_STANDING = "\n[wf: the log is half full; the end of the output follows when the program ends]\n"

_Record = dict[str, object]


def read(path: Path) -> Iterator[str]:
    """Yield the output as it was written, in pieces; nothing when there is no log yet.

    Not cleaned for a terminal: whoever shows it does that (RULES 4.4, G11). Like all here it only
    reads, so it is safe in any process while the attempt runs.
    """
    try:
        log = open_plain(path)
    except FileNotFoundError:
        return
    record: _Record = {}
    with log:
        for record in _records(log):
            yield _text(record)
    # Only where it is the last record: of a program that has ended, the kept end follows it.
    if "truncated" in record:
        yield _STANDING


def follow(path: Path, offset: int = 0) -> tuple[str, int]:
    """Return the output after `offset` (bytes), and the offset from which to go on.

    Never waits: asked again later, it returns what has come since. A line that is half written is
    left for the next time.
    """
    try:
        with open_plain(path) as log:
            log.seek(offset)
            fresh = log.read()
    except FileNotFoundError:
        return "", offset
    # The offset goes to the end of a whole line: what is half written is read again, then whole.
    whole = fresh[: fresh.rfind(b"\n") + 1]
    records = _records(whole.splitlines(keepends=True))
    text = "".join(_STANDING if "truncated" in record else _text(record) for record in records)
    return text, offset + len(whole)


def tail(path: Path, characters: int) -> str:
    """Return the last characters of the output, reading no more of a long log than it takes.

    A record may be far longer than its text, so it reads twice as much until there is enough.
    """
    try:
        log = open_plain(path)
    except FileNotFoundError:
        return ""
    with log:
        start = log.seek(0, os.SEEK_END)
        size = max(_LEAST, 2 * characters)
        while True:
            start = max(0, start - size)
            log.seek(start)
            if start:
                log.readline()  # the rest of a line that begins before
            text = "".join(map(_text, _records(log)))
            if start == 0 or len(text) >= characters:
                return text[-characters:] if characters > 0 else ""
            size *= 2


def _records(lines: Iterable[bytes]) -> Iterator[_Record]:
    """Yield the whole records; what is none is a torn line and passed over."""
    for line in lines:
        if line.endswith(b"\n"):
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record


def _text(record: _Record) -> str:
    match record:
        case {"text": str(text)}:
            return text
        case {"left_out": int(count)}:
            return f"\n[wf: {plural(count, 'byte')} left out]\n"
        case _:
            return ""
