"""Whose the files are that wf writes into a repository: its owner's, also where root runs wf."""

import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["give_to_owner"]

_ROOT = 0


def give_to_owner(common_dir: Path, ref: str) -> None:
    """Give a ref, its log and all objects that belong to root to the owner of the repository.

    Called after each write of an export and a landing. Else the owner could neither move nor remove
    the branch, nor write a new object into a folder that root has made.
    """
    owner = common_dir.stat()
    if os.geteuid() != _ROOT or owner.st_uid == _ROOT:
        return
    for path in (*_ref_files(common_dir, ref), *_object_files(common_dir / "objects")):
        try:
            if path.lstat().st_uid == _ROOT:
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
        except FileNotFoundError:
            continue  # git packs and removes files at any time


def _ref_files(common_dir: Path, ref: str) -> Iterator[Path]:
    """Yield the file of a ref and of its log, and the folders that they may have needed."""
    for top in (common_dir, common_dir / "logs"):
        path = top / ref
        while path not in {common_dir, top / "refs"}:
            yield path
            path = path.parent
    yield common_dir / "logs"
    yield common_dir / "logs" / "refs"


def _object_files(objects: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(objects):
        yield from (Path(folder, name) for name in (*folders, *files))
