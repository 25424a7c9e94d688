"""Files of an agent's own sessions, below its home: JSON lines that it writes as it works.

Some agents say there what they do not say on their stream. Standard library only, as all of the
driver. The agent can put anything there, so no link is followed, a file is read up to a size, and
what is no such file counts as absent.
"""
# ruff: noqa: PTH118, PTH123, PTH207 - no pathlib: the driver stays small

import glob
import os
import stat
from collections.abc import Iterator
from typing import Final

from wf_tui.workers.agent.parsers.record import Record, read_record
from wf_tui.workers.line.lines import LineSplitter

__all__ = ["find_session_files", "session_records"]

_CHUNK: Final = 1 << 16
_MOST_BYTES: Final = 256 << 20
"""Of one file; the session of a day has some MiB."""
_MOST_FILES: Final = 10_000


def find_session_files(home: str, pattern: str, since: float) -> list[str]:
    """Return the files below a home that were written since a time, the newest one last.

    `since` is in seconds since 1970; "" is no home.
    """
    if not home:
        return []
    files = glob.glob(os.path.join(glob.escape(home), pattern))[:_MOST_FILES]
    written = [(time, file) for file in files if (time := written_at(file)) >= since]
    return [file for _, file in sorted(written)]


def session_records(file: str, *marks: bytes) -> Iterator[Record]:
    """Iterate over the lines of a file that have one of these words in them; never raises."""
    splitter, read = LineSplitter(), 0
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, "rb") as content:
            while read < _MOST_BYTES and (chunk := content.read(_CHUNK)):
                read += len(chunk)
                for line in splitter.add(chunk):
                    record = read_record(line) if line and any(m in line for m in marks) else None
                    if record is not None:
                        yield record
    except OSError:
        return


def written_at(file: str) -> float:
    """Return when a file was last written, in seconds since 1970; -1 for what is no file."""
    try:
        status = os.lstat(file)
    except OSError:
        return -1.0
    return status.st_mtime if stat.S_ISREG(status.st_mode) else -1.0
