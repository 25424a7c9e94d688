"""A kill of the hands in the middle of a write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.hands_process import HandsProcess

if TYPE_CHECKING:
    from pathlib import Path

_KILL = """
import signal
left = {nth}
def hook(event, args):
    global left
    if armed and event in ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
armed = False
sys.addaudithook(hook)
from wf_tui.workers.model.hands.files import tree
class Armed(tree.Tree):
    def find(self, *args):
        global armed
        armed = True
        return super().find(*args)
import wf_tui.workers.model.hands.main as program
program.Tree = Armed
"""
"""Kills the program before the nth step by which it touches a file, once a call has begun."""

OLD, NEW = "old\n" * 2000, "new\n" * 2000
PATCH = "*** Begin Patch\n*** Update File: a\n@@\n-first\n+second\n*** End Patch"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "args", "old", "new"),
    [
        ("write_file", {"path": "a", "content": NEW}, OLD, NEW),
        ("write_file", {"path": "b/c/a", "content": NEW}, None, NEW),
        ("edit_file", {"path": "a", "old_text": OLD, "new_text": NEW}, OLD, NEW),
        ("apply_patch", {"patch": PATCH}, "first\n" + OLD, "second\n" + OLD),
    ],
    ids=["replaced", "new", "edited", "patched"],
)
def test_a_kill_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, tool: str, args: dict[str, str], old: str | None, new: str
) -> None:
    """At each step of a write a kill leaves one of the two, with its mode, and nothing beside."""
    path, seen = args.get("path", "a"), set[str | None]()
    for nth in range(1, 100):
        tree = tmp_path / str(nth) / "tree"
        tree.mkdir(parents=True)
        file = tree / path
        if old is not None:
            file.write_text(old)
            file.chmod(0o754)
        with HandsProcess(tree, before=_KILL.format(nth=nth)) as hands:
            hands.begin(tool, args)
            try:
                answer = hands.answer()
            except EOFError:
                answer = None
        content = file.read_text() if file.exists() else None
        seen.add(content)
        assert content in {old, new}
        assert old is None or file.stat().st_mode & 0o777 == 0o754
        assert {one for one in tree.rglob("*") if one.is_file()} <= {file}
        if answer is not None:
            assert content == new
            break
    assert nth > 3
    assert seen == {old, new}
