"""The logs of attempts, as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.workers.shim import log
from wf_tui.workers.transcript import entry_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["printed", "printed_since"]


def printed(path: Path) -> str:
    """Return all of a log; "" where there is none."""
    return "".join(map(entry_text, log.records(path)))


def printed_since(path: Path, offset: int = 0) -> tuple[str, int]:
    """Return what a log has since an offset, and the next one."""
    records, end = log.follow(path, offset)
    return "".join(map(entry_text, records)), end
