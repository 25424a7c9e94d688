"""Files that an agent lets its client write: in the worktree, or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from wf_tui.workers.acp.driver.stray_writes import StrayWriteError, write_in_tree
from wf_tui.workers.permission import PermissionRules

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a worktree with git data, a symlink out of it, and files that are none."""
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / "out").symlink_to(tmp_path)
    (tree / "dangling").symlink_to(tmp_path / "made")
    (tree / "inner").symlink_to("real")
    (tree / "real").mkdir()
    os.mkfifo(tree / "pipe")
    return tree


@pytest.mark.parametrize("path", ["a.txt", "new/deep/a.txt", "inner/a.txt", "real/../a.txt"])
def test_a_file_of_the_tree_is_written(tree: Path, path: str) -> None:
    """Folders above it are made; what stood there is replaced; its mode stays."""
    rules = PermissionRules(str(tree))
    write_in_tree(path, "a longer text", rules)
    (tree / path).chmod(0o755)
    write_in_tree(str(tree / path), "short", rules)
    assert (tree / path).read_text() == "short"
    assert (tree / path).stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "path",
    [
        "../a.txt",
        "/etc/a.txt",
        "out/a.txt",
        "dangling",
        ".git/config",
        "new/.git/config",
        ".agent/settings.json",
        "pipe",
        "real",
        ".",
        "a\0b",
        "pipe/a.txt",
    ],
)
def test_nothing_else_is_written(tree: Path, path: str) -> None:
    """Not out of the tree, not its git data, no settings, and never what is no file."""
    before = sorted(tree.parent.rglob("*"))
    with pytest.raises(StrayWriteError):
        write_in_tree(path, "x", PermissionRules(str(tree), settings=(".agent",)))
    assert sorted(tree.parent.rglob("*")) == before


def test_a_task_that_only_reads(tree: Path) -> None:
    """Nothing is written for it."""
    with pytest.raises(StrayWriteError, match="only reads"):
        write_in_tree("a.txt", "x", PermissionRules(str(tree), writes=False))
    assert not (tree / "a.txt").exists()


def test_text_that_no_file_can_hold(tree: Path) -> None:
    """Half of a character cannot be written, and nothing is made of it."""
    with pytest.raises(StrayWriteError):
        write_in_tree("a.txt", "\ud800", PermissionRules(str(tree)))
    assert not (tree / "a.txt").exists()


def test_a_folder_that_becomes_a_symlink(tree: Path) -> None:
    """A symlink that is put in the place of a folder meanwhile leads nowhere out."""
    rules, outside = PermissionRules(str(tree)), tree.parent / "outside"
    outside.mkdir()
    ended = threading.Event()

    def swap() -> None:
        place = tree / "swapped"
        while not ended.is_set():
            with contextlib.suppress(OSError):
                place.symlink_to(outside)
            with contextlib.suppress(OSError):
                place.unlink()
            with contextlib.suppress(OSError):
                place.mkdir()
            shutil.rmtree(place, ignore_errors=True)

    def write_often() -> None:
        for _ in range(300):
            try:
                write_in_tree("swapped/a.txt", "x", rules)
            except StrayWriteError:
                continue

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        write_often()
    finally:
        ended.set()
        swapping.join()
    assert list(outside.iterdir()) == []
