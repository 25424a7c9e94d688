"""Answering a worker, and writing to it, on the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from tests.support.board_harness import ME, board
from tests.support.ledger_harness import RUN, LedgerHarness
from wf_tui.board.inbox.words_box import WordsBox
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


async def test_always_is_a_rule_of_the_run(tmp_path: Path) -> None:
    """The worker is told yes once, and the same is allowed to its task from now on."""
    async with board(tmp_path, "a", before=permission) as hand:
        await hand.press("y", "Y")
        assert (question(hand).option, question(hand).answered_by) == ("yes", ME)
        (allowed,) = allowances(hand.drive.db, RUN, "a")
        assert (allowed.task, allowed.profile) == ("a", None)


async def test_enter_typed_ahead_answers_nothing(tmp_path: Path) -> None:
    """Nothing is chosen at first; going back leaves the question open."""
    async with board(tmp_path, "a", before=permission) as hand:
        await hand.press("y", "enter", "escape")
        assert question(hand).state == "open"


async def test_a_question_in_words_is_answered_in_words(tmp_path: Path) -> None:
    """There is nothing to choose from, so that `y` begins to write, too."""
    async with board(tmp_path, "a", before=words) as hand:
        await hand.press("y", "y")
        await hand.type("blue")
        await hand.press("enter")
        assert (question(hand).answer, hand.drive.task("a").state) == (
            "blue",
            TaskState.IN_PROGRESS,
        )


async def test_a_message_of_several_lines(tmp_path: Path) -> None:
    """Ctrl+J begins a line, a paste never sends, Escape keeps a draft, and Enter sends it."""
    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        await hand.press("m")
        await hand.type("be")
        await hand.press("ctrl+j")
        hand.app.screen.query_one(WordsBox).post_message(events.Paste("brief\n"))
        await hand.settle()
        await hand.press("escape")
        assert hand.drive.db.execute("SELECT what, text FROM draft") == [("message", "be\nbrief\n")]
        await hand.press("m", "ctrl+z", "enter")
        (sent,) = messages(hand.drive.db, RUN, "a")
        assert (sent.text, sent.actor, sent.state) == ("be\nbrief", ME, "waiting")
        assert hand.drive.db.execute("SELECT * FROM draft") == []
