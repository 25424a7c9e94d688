"""A disk of any size: a file system in memory, where this user may mount one."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["fill", "small_disk"]


@contextmanager
def small_disk(folder: Path, kilobytes: int, *more: str) -> Iterator[None]:
    """Put a small disk at a folder, with what is in the folder on it; at the end, take it back.

    `more` are further options of the mount, `noexec` for example.
    """
    aside = folder.with_name(folder.name + ".aside")
    folder.rename(aside)
    folder.mkdir(mode=0o700)
    options = ",".join([f"size={kilobytes}k", "mode=700", *more])
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount")
    try:
        shutil.copytree(aside, folder, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(aside)
        yield
        shutil.copytree(folder, aside, symlinks=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()
    aside.rename(folder)


def fill(folder: Path) -> Path:
    """Write until the disk of a folder is full; removing the file makes room again."""
    file = folder / "ballast"
    with file.open("wb", buffering=0) as opened:
        try:
            while True:
                opened.write(b"\0" * 4096)
        except OSError:
            return file
