"""Folders in `control.git` for what one step of git reads from files and nobody else sees."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wf_tui.git.control.control import Control
from wf_tui.git.stale_locks import SCRATCH

__all__ = ["scratch_folder"]


@contextmanager
def scratch_folder(control: Control) -> Iterator[Path]:
    """Give an empty folder, which is gone afterwards; after a kill, with the stale locks."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=control.git_dir) as folder:
        yield Path(folder)
