"""Answering a worker, and writing to it, on the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import OptionList

from tests.support.board_harness import ME, board
from tests.support.ledger_harness import RUN, LedgerHarness
from wf_tui.ledger.model.rows.options import Option
from wf_tui.ledger.model.states import Step, TaskState
from wf_tui.ledger.queries.conversation import allowances, messages, questions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.board_harness import BoardHarness
    from wf_tui.ledger.model.rows import QuestionRow

OPTIONS = (
    Option("yes", "Yes, run it", "allow_once"),
    Option("ever", "Always", "allow_always"),
    Option("no", "No", "reject_once"),
)


def permission(drive: LedgerHarness) -> None:
    """Let the worker of `a` ask to run a command."""
    fence = drive.expect_claim("a", step=Step.RUNNING)
    drive.ledger.ask(fence, "q1", "run: npm test", kind="execute", options=OPTIONS)


def words(drive: LedgerHarness) -> None:
    """Let the worker of `a` ask in words, without options."""
    drive.ledger.ask(drive.expect_claim("a", step=Step.RUNNING), "q1", "which colour?")


def question(hand: BoardHarness) -> QuestionRow:
    """Return the one question of `a`."""
    (found,) = questions(hand.drive.db, RUN, "a")
    return found


@pytest.mark.parametrize(("key", "option"), [("y", "yes"), ("n", "no"), ("1", "yes"), ("3", "no")])
async def test_one_key_answers(tmp_path: Path, key: str, option: str) -> None:
    """`y` opens the question, and one more key is the answer."""
    async with board(tmp_path, "a", before=permission) as hand:
        await hand.select("a")
        await hand.press("y", key)
        assert (question(hand).option, question(hand).answered_by) == (option, ME)


@pytest.mark.parametrize(
    ("key", "whom"), [("Y", "task"), ("2", "task"), ("4", "task"), ("5", "profile")]
)
async def test_always_is_a_rule_of_the_run(tmp_path: Path, key: str, whom: str) -> None:
    """The worker is told yes once, and the same is allowed from now on."""
    async with board(tmp_path, "a", before=permission) as hand:
        await hand.select("a")
        await hand.press("y", key)
        assert question(hand).option == "yes"
        (allowed,) = allowances(hand.drive.db, RUN, "a")
        expected = ("a", None) if whom == "task" else (None, "shell")
        assert (allowed.task, allowed.profile) == expected


async def test_enter_typed_ahead_allows_nothing(tmp_path: Path) -> None:
    """What is highlighted at first is the no."""
    async with board(tmp_path, "a", before=permission) as hand:
        await hand.select("a")
        await hand.press("y", "enter")
        assert question(hand).option == "no"


async def test_a_no_with_words(tmp_path: Path) -> None:
    """It is denied, and the worker is told what to do instead."""
    async with board(tmp_path, "a", before=permission) as hand:
        await hand.select("a")
        await hand.press("y", "tab")
        await hand.type("use make")
        await hand.press("enter")
        assert question(hand).option == "no"
        assert [one.text for one in messages(hand.drive.db, RUN, "a")] == ["use make"]


async def test_a_question_in_words_is_answered_in_words(tmp_path: Path) -> None:
    """There is nothing to choose from, so the line has the focus."""
    async with board(tmp_path, "a", before=words) as hand:
        await hand.select("a")
        await hand.press("y")
        assert not hand.app.screen.query_one(OptionList).display
        await hand.type("blue")
        await hand.press("enter")
        assert (question(hand).answer, hand.drive.task("a").state) == (
            "blue",
            TaskState.IN_PROGRESS,
        )


async def test_going_back_answers_nothing(tmp_path: Path) -> None:
    """The question stays open."""
    async with board(tmp_path, "a", before=permission) as hand:
        await hand.select("a")
        await hand.press("y", "escape")
        assert question(hand).state == "open"


async def test_a_message_of_several_lines(tmp_path: Path) -> None:
    """It waits for the worker that can read it."""
    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        await hand.press("m")
        await hand.type("be")
        await hand.press("enter")
        await hand.type("brief")
        await hand.press("ctrl+s")
        (sent,) = messages(hand.drive.db, RUN, "a")
        assert (sent.text, sent.actor, sent.state) == ("be\nbrief", ME, "waiting")
