"""No path leads out of the tree, into git's data, or to what is no file."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from tests.support.hands_process import HandsProcess
from wf_tui.workers.model.tools import request

if TYPE_CHECKING:
    from pathlib import Path

OUTSIDE = [
    "..",
    "../f",
    "a/../../f",
    "/etc/passwd",
    "/",
    "out/f",
    "deep/out/f",
    "up/f",
    "abs",
    "~/f/../../..",
]
GIT = [
    ".git",
    ".git/config",
    ".GIT/config",
    "a/.Git/hooks/x",
    "git~1/config",
    ".git./x",
    "to-git/config",
]


@pytest.fixture
def hands(tree: Path) -> HandsProcess:
    """Return hands in a tree with links to all that is closed."""
    (tree.parent / "f").write_text("outside")
    (tree / "a").mkdir()
    (tree / "deep").mkdir()
    (tree / ".git").mkdir()
    (tree / ".git/config").write_text("git")
    (tree / "out").symlink_to(tree.parent)
    (tree / "deep/out").symlink_to("../..")
    (tree / "up").symlink_to("a/../..")
    (tree / "abs").symlink_to("/etc/passwd")
    (tree / "to-git").symlink_to(".git")
    return HandsProcess(tree)


def test_no_tool_leaves_the_tree(tree: Path, hands: HandsProcess) -> None:
    """Every tool refuses a path that leads out or to git's data, however it is written."""
    (tree / "a/f").write_text("x\n")
    before = sorted(os.walk(tree.parent))
    with hands:
        for path in [*OUTSIDE, *GIT, "a\0b", "", "x" * 5000, "\ud800", "f/" * 3000]:
            patch = f"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch"
            moved = f"*** Begin Patch\n*** Update File: a/f\n*** Move to: {path}\n*** End Patch"
            hands.refused("read_file", path=path)
            hands.refused("write_file", path=path, content="x")
            hands.refused("edit_file", path=path, old_text="outside", new_text="x")
            hands.refused("list_files", path=path)
            hands.refused("search", path=path, pattern=".")
            hands.refused("run_command", folder=path, command="true")
            hands.refused("apply_patch", patch=patch)
            hands.refused("apply_patch", patch=moved)
    assert (tree.parent / "f").read_text() == "outside"
    assert (tree / ".git/config").read_text() == "git"
    assert (tree / "a/f").read_text() == "x\n"
    assert sorted(os.walk(tree.parent)) == before


_SWAP = """
def swap(event, args):
    path = args[0] if event == "open" else ""
    if path in ("a", "f") and not os.path.islink("a"):
        os.rename("a", "b")
        os.symlink("../outside", "a")
        os.remove("b/f")
        os.symlink("../../outside/f", "b/f")
sys.addaudithook(swap)
"""
"""Puts links to what is outside in place of a folder and of its file, just before one is opened."""


@pytest.mark.parametrize(("tool", "args"), [("read_file", {}), ("write_file", {"content": "x"})])
def test_a_link_that_is_made_meanwhile_leads_nowhere(
    tree: Path, tool: str, args: dict[str, str]
) -> None:
    """A folder or file that becomes a link between the look at it and its opening is refused."""
    outside = tree.parent / "outside"
    for folder in (tree / "a", outside):
        folder.mkdir()
        (folder / "f").write_text("old")
    with HandsProcess(tree, before=_SWAP) as hands:
        assert hands.refused(tool, path="a/f", **args) == "a is not a folder"
    assert (outside / "f").read_text() == "old"


def test_paths_within_the_tree_are_taken_in_every_form(tree: Path, hands: HandsProcess) -> None:
    """Absolute paths below the root, steps back, and links that stay inside lead to the file."""
    (tree / "a/f").write_text("x\n")
    (tree / "link").symlink_to("a/f")
    (tree / "round").symlink_to(tree / "a")
    with hands:
        for path in (
            "a/f",
            "./a//f",
            "a/../a/f",
            str(tree / "a/f"),
            "link",
            "round/f",
            "deep/../link",
        ):
            assert hands.do("read_file", path=path).startswith("[a/f, lines 1 to 1;"), path
        hands.do("edit_file", path="link", old_text="x", new_text="y")
    assert (tree / "link").is_symlink()
    assert (tree / "a/f").read_text() == "y\n"


def test_what_is_no_file_keeps_nobody_waiting(tree: Path, hands: HandsProcess) -> None:
    """Pipes, sockets, devices, folders and loops of links are named for what they are."""
    os.mkfifo(tree / "pipe")
    (tree / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as one, hands:
        one.bind(os.path.relpath(tree / "socket"))
        for path, why in [
            ("pipe", "a pipe"),
            ("socket", "a socket"),
            ("a", "a folder"),
            ("loop", "too many symbolic links"),
            ("nothing", "there is no file nothing"),
            ("no/thing", "there is no folder no"),
        ]:
            assert why in hands.refused("read_file", path=path)
            assert hands.refused("edit_file", path=path, old_text="a", new_text="b")
        assert "a pipe" in hands.refused("write_file", path="pipe", content="x")


def test_names_that_are_no_text_are_told_and_taken_back(tree: Path, hands: HandsProcess) -> None:
    """A name of any bytes is listed in a form by which the file is read and changed."""
    (tree / os.fsdecode(b"caf\xe9\n")).write_text("x\n")
    with hands:
        assert "caf\\xe9\\x0a" in hands.do("list_files").split("\n")
        assert "caf\\xe9\\x0a" in hands.do("search", pattern="x").split("\n")
        hands.do("edit_file", path="caf\\xe9\\x0a", old_text="x", new_text="y")
        assert hands.do("read_file", path="caf\\xe9\\x0a").endswith("\ny")
        # What an escape would make of a name is no way out.
        assert hands.refused("read_file", path="..\\x2f..\\x2ff")


def test_permission_is_asked_for_each_path_of_a_patch() -> None:
    """What a patch would touch is known before the hands have it, in both of its formats."""
    own = "*** Begin Patch\n*** Update File: a\n*** Move to: ../b\n@@\n-x\n+y\n*** End Patch"
    diff = 'diff --git a/e b/e\nold mode 1\n--- "a/\\303\\244"\t2026\n+++ b/../../z\n@@ -1 +1 @@\n'
    assert request("apply_patch", {"patch": own}).paths == ("a", "../b")
    assert request("apply_patch", {"patch": diff}).paths == ("e", "ä", "../../z")
    assert request("run_command", {"command": "ls", "folder": "/"}).paths == ("/",)
    assert request("read_file", {"path": 3}).paths == ()
