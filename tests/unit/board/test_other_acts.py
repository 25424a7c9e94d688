"""Acts with a small dialog of their own: snooze, lanes, budget, priority, a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.board_harness import board
from tests.support.ledger_harness import seat, shell
from tests.support.screen_text import column_of, text_of
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries.conversation import messages

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_needs_you_is_put_off_and_comes_back(tmp_path: Path) -> None:
    """`s` asks for how long; `s` again brings it back at once."""
    async with board(tmp_path, "a", "b", before=lambda drive: drive.wreck("a")) as hand:
        await hand.select("a")
        await hand.press("s", "down", "enter")
        assert hand.acts == [("task_snoozed", "a")]
        assert hand.told[-1] == "not now: “a”"
        assert "a" in hand.app.picture.snoozes
        await hand.select("a")
        await hand.press("s")
        assert hand.acts[-1] == ("task_woken", "a")
        assert hand.told[-1] == "“a” is back"


async def test_what_was_put_off_stands_as_before_when_its_time_is_over(tmp_path: Path) -> None:
    """No key and no news of the run is needed for it."""
    async with board(tmp_path, "a", "b", before=lambda drive: drive.wreck("a")) as hand:
        column = column_of(hand.app, TaskState.BLOCKED)
        before = text_of(column)[1]
        await hand.select("a")
        await hand.press("s", "enter", "h", "h")
        assert text_of(column)[1] != before
        hand.drive.clock.move(3 * 86_400)
        hand.app.beat()
        await hand.pilot.pause()
        assert text_of(column)[1].strip() == before.strip()


async def test_a_retry_with_a_note_tells_the_next_worker(tmp_path: Path) -> None:
    """The note waits for the next attempt, and the task is retried, in one go."""
    async with board(tmp_path, shell("a", title="PKCE"), before=lambda d: d.wreck("a")) as hand:
        await hand.select("a")
        await hand.press("ctrl+r")
        await hand.type("no")
        await hand.press("enter")
        assert [kind for kind, _ in hand.acts] == ["task_retried", "message_sent"]
        assert [one.text for one in messages(hand.drive.db, "r1", "a")] == ["no"]
        assert hand.told == ["retried “PKCE”, with your note"]


async def test_the_budget_and_the_priority_are_changed_in_small_dialogs(tmp_path: Path) -> None:
    """A line for the amount, a choice for how soon."""
    async with board(tmp_path, "a", "b") as hand:
        hand.app.perform("run.budget")
        await hand.settle()
        await hand.type("5usd")
        await hand.press("enter")
        assert "5" in hand.told[-1]
        assert hand.drive.run().budget != ""
        await hand.select("b")
        hand.app.perform("task.priority")
        await hand.settle()
        await hand.press("enter")
        assert hand.drive.task("b").priority == -100


async def test_a_lane_is_paused_from_the_board(tmp_path: Path) -> None:
    """`P` lists the lanes of the run's seats, and pauses the chosen one."""
    async with board(tmp_path, "a", seats=[seat("w1", lane="glm")]) as hand:
        await hand.press("P", "enter")
        assert hand.told[-1] == "lane glm is paused: nothing new starts in it, P opens it"
