"""Copies of a ledger beside it: whole, on the disk, for its owner alone, and none over another."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.store.sqlite.ledger_file import LedgerFile

__all__ = ["copy_beside"]

_PRIVATE: Final = 0o600
_FRESH: Final = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW


def copy_beside(db: LedgerFile, word: str) -> Path:
    """Copy what is committed to `ledger-<word>.db`, or to the next free name; return which.

    Called under the writers' lock, so that two never look for a free name at once. The copy has its
    name only when all of it is on the disk; raises `OSError` or `LedgerError`, and leaves none.
    """
    part = db.path.with_name(f"{db.path.stem}-{word}.part")
    try:
        os.close(os.open(part, _FRESH, _PRIVATE))
        db.copy_to(part)
        _sync(part)
        name = _free_name(db.path, word)
        part.rename(name)
        _sync(name.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    return name


def _free_name(path: Path, word: str) -> Path:
    name = path.with_name(f"{path.stem}-{word}.db")
    number = 2
    while name.exists():
        name = path.with_name(f"{path.stem}-{word}-{number}.db")
        number += 1
    return name


def _sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
