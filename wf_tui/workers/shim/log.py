"""Reading an attempt's logs: all of them, the end of one, or as they grow.

A log is JSON Lines (`log_writer` says which the shim writes, `workers/transcript.py` what an entry
is); its last line may be half written.
"""

import heapq
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from wf_tui.workers.shim.plain_file import open_plain
from wf_tui.workers.transcript import EntryKind, Record, entry_text

__all__ = [
    "LOG",
    "RAW",
    "SAID",
    "Record",
    "attempt_logs",
    "follow",
    "in_time",
    "newest",
    "records",
    "tail",
    "tail_logs",
]

LOG: Final = "log.jsonl"
"""The output of a command, as its shim writes it, or the transcript of an agent."""
RAW: Final = "raw.jsonl"
"""The output of an agent's program."""
SAID: Final = "said.jsonl"
"""What a command said on its line, as the scheduler writes it."""
_LEAST = 1 << 12
_WINDOW = 1 << 19


def attempt_logs(folder: Path, *, raw: bool = False) -> list[Path]:
    """Return the logs of an attempt, of which some may not be there.

    The output of a command is in `log.jsonl`, and what it said on its line beside it. That of an
    agent is in `raw.jsonl`, which `raw` asks for; its `log.jsonl` is the transcript.
    """
    if raw:
        stream = folder / RAW
        return [stream if stream.exists() else folder / LOG]
    return [folder / LOG, folder / SAID]


def tail_logs(path: Path) -> tuple[Path, Path]:
    """Return where a transcript that is half full keeps its newest records, and those before."""
    return path.with_suffix(".tail"), path.with_suffix(".tail.old")


def records(path: Path) -> Iterator[Record]:
    """Yield what a log holds, record by record; nothing when there is no log yet.

    Like all here it only reads, so it is safe in any process while the attempt runs.
    """
    try:
        log = open_plain(path)
    except FileNotFoundError:
        return
    waiting: Record | None = None
    with log:
        for record in _records(log):
            # Only where it is the last record: of a program that has ended, the kept end follows.
            if "truncated" in record:
                waiting = record
            else:
                waiting = None
                yield record
    if waiting is not None:
        yield waiting
        # Of an attempt that runs, or whose scheduler died: else they are in the log itself.
        for newest in reversed(tail_logs(path)):
            yield from records(newest)


def follow(path: Path, offset: int = 0) -> tuple[list[Record], int]:
    """Return the records after `offset` (bytes), and the offset from which to go on.

    Never waits: asked again later, it returns what has come since. A line that is half written is
    left for the next time.
    """
    try:
        with open_plain(path) as log:
            log.seek(offset)
            fresh = log.read()
    except FileNotFoundError:
        return [], offset
    # The offset goes to the end of a whole line: what is half written is read again, then whole.
    whole = fresh[: fresh.rfind(b"\n") + 1]
    return list(_records(whole.splitlines(keepends=True))), offset + len(whole)


def in_time(*logs: Iterable[Record]) -> Iterator[Record]:
    """Yield the records of several logs in the order of their times."""
    return heapq.merge(*logs, key=_at)


def tail(path: Path, characters: int) -> str:
    """Return the last characters of the log, reading no more of a long one than it takes.

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
            text = "".join(entry_text(one) for one in _records(log) if "truncated" not in one)
            if start == 0 or len(text) >= characters:
                return text[-characters:] if characters > 0 else ""
            size *= 2


def newest(path: Path, kind: EntryKind) -> Record | None:
    """Return the last entry of this kind, reading a long log from its end."""
    try:
        log = open_plain(path)
    except FileNotFoundError:
        return None
    with log:
        end = log.seek(0, os.SEEK_END)
        size = _WINDOW
        while end:
            start = log.seek(max(0, end - size))
            if start:
                log.readline()  # the rest of a line that begins before
            found = [one for one in _records(log) if one.get("kind") == kind]
            if found or start == 0:
                return found[-1] if found else None
            size *= 2
    return None


def _records(lines: Iterable[bytes]) -> Iterator[Record]:
    """Yield the whole records; what is none is a torn line and passed over."""
    for line in lines:
        if line.endswith(b"\n"):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(record, dict):
                yield record


def _at(record: Record) -> float:
    at = record.get("at")
    return at if isinstance(at, float | int) else 0.0
