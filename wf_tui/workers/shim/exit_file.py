"""The shim's record of how a program ended: `exit.json`, and the same on the channel."""

import json
from collections.abc import Mapping
from pathlib import Path

from wf_tui.workers.protocol import ProgramExit
from wf_tui.workers.shim.plain_file import open_plain

__all__ = ["program_exit", "read_exit"]

_MOST_BYTES = 1 << 20


def read_exit(path: Path) -> ProgramExit | None:
    """Return what the shim wrote at the end of a program; None if it did not come to that.

    Read where the channel had no exit: the shim writes the file first. It lies in a folder that a
    worker can write, so it is opened with care, and a file without end is not read to its end.
    After a loss of power it may be empty, which is no record: nothing is settled by it then.
    """
    try:
        with open_plain(path) as file:
            record = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError):
        return None
    return program_exit(record) if isinstance(record, dict) else None


def program_exit(record: Mapping[str, object]) -> ProgramExit:
    """Return the shim's record as a value; a field of the wrong kind counts as absent."""
    return ProgramExit(
        code=_integer(record.get("code")),
        signal=_integer(record.get("signal")),
        cause=_text(record.get("cause")),
        error=_text(record.get("error")),
        tail=_text(record.get("tail")) or "",
        clean=record.get("clean") is not False,
        left_running=_integer(record.get("left_running")) or 0,
        left_names=_texts(record.get("left_names")),
        started_at=_seconds(record.get("started_at")),
        ended_at=_seconds(record.get("ended_at")),
    )


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value))) if isinstance(value, list) else ()


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
