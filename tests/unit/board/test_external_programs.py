"""Keys that go into a worktree, and the one that takes what is there."""

from __future__ import annotations

import shutil
import stat
from typing import TYPE_CHECKING

import pytest

from tests.support.bare_project import project_in
from tests.support.board_harness import ME, board
from tests.support.ledger_harness import BAD, RUN
from tests.support.screen_text import text_of
from wf_tui.board.app import BoardApp
from wf_tui.board.inbox.answer_box import QuestionView
from wf_tui.errors import EnvironmentalError
from wf_tui.ledger.model.states import BlockedKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.ledger_harness import LedgerHarness


def blocked(tree: Path, kind: BlockedKind) -> Callable[[LedgerHarness], None]:
    """Return what blocks a over one file of its worktree, and leaves b as it is."""

    def before(drive: LedgerHarness) -> None:
        tree.mkdir(parents=True)
        (tree / "x.txt").touch()
        fence = drive.expect_claim("a")
        drive.ledger.prepared(fence, base="b0", tree=tree.name)
        drive.ledger.block(fence, BAD, kind, {"paths": ["x.txt"]})

    return before


def program(folder: Path) -> str:
    """Return a program that writes down where it is and what it got."""
    path = folder / "program"
    path.write_text(f'#!/bin/sh\necho "$PWD $WF_TASK $*" >> {folder}/told\n')
    path.chmod(stat.S_IRWXU)
    return str(path)


async def test_the_shell_and_the_editor_open_in_the_worktree(tmp_path: Path) -> None:
    """One gets no words, the other the file that does not merge; then a key is named."""
    tree, mine = project_in(tmp_path).paths.run(RUN).trees / "7", program(tmp_path)
    ready = blocked(tree, BlockedKind.CONFLICT)
    async with board(tmp_path, "a", "b", before=ready) as hand:
        hand.app.environ = {"SHELL": mine, "EDITOR": mine}
        await hand.select("a")
        await hand.press("o", "E")
        told = (tmp_path / "told").read_text().splitlines()
        assert told == [f"{tree} a ", f"{tree} a ./x.txt"]
        assert hand.app.aside[0] == f"in {tree}; conflict in x.txt; exit, then: wf accept a"
        assert hand.told == ["A accepts what is in it now"] * 2
        assert hand.acts == []


async def test_one_key_accepts_in_the_inbox(tmp_path: Path) -> None:
    """The answers name it first, and the task is then in this person's hands."""
    ready = blocked(project_in(tmp_path).paths.run(RUN).trees / "7", BlockedKind.SCOPE)
    async with board(tmp_path, "a", "b", before=ready) as hand:
        await hand.press("2")
        lines = text_of(hand.app.screen.query_one(QuestionView))
        assert any("A accept   R look   r retry" in line for line in lines)
        await hand.press("A")
        assert (hand.drive.where("a"), hand.drive.task("a").worker) == ("R:checking", ME)
        assert hand.told == ["accepted “a”: merging"]


async def test_without_a_worktree_the_keys_say_so(tmp_path: Path) -> None:
    """They are grey on a card that has none, and name what is missing where it is gone."""
    tree = project_in(tmp_path).paths.run(RUN).trees / "7"
    ready = blocked(tree, BlockedKind.SCOPE)
    async with board(tmp_path, "a", "b", before=ready) as hand:
        shutil.rmtree(tree)
        await hand.select("b")
        await hand.press("o", "A")
        assert hand.told == [
            "o: “b” is pending; it has no worktree before it begins",
            "A: “b” is pending; there is no work of it yet",
        ]
        await hand.select("a")
        await hand.press("E")
        assert hand.told[-1].startswith("task 'a' has no worktree now (what it changed: wf diff a")
        assert hand.app.aside == []


async def test_a_program_that_cannot_start_is_told_on_the_board(tmp_path: Path) -> None:
    """While the board is aside nobody would read it."""
    ready = blocked(project_in(tmp_path).paths.run(RUN).trees / "7", BlockedKind.SCOPE)
    async with board(tmp_path, "a", "b", before=ready) as hand:
        hand.app.environ = {"SHELL": "/no/shell"}
        await hand.select("a")
        await hand.press("o")
        (told,) = hand.told
        assert told.startswith("cannot start '/no/shell': No such file or directory")


async def test_where_there_is_no_terminal_to_leave_it_is_told(tmp_path: Path) -> None:
    """In a browser, say: the command on another terminal does the same."""
    app = BoardApp(project_in(tmp_path), RUN, environ={})
    async with app.run_test():
        with pytest.raises(EnvironmentalError, match="cannot be handed to another program"):
            app.step_aside("", lambda: None)
