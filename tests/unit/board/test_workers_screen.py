"""The workers: seats below their lanes; keys, drops and `P` work on the selected seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.board_harness import board
from tests.support.ledger_harness import seat
from tests.support.screen_text import Frames
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.workers_screen import WorkersScreen
from wf_tui.board.seats.seat_foot import SeatFoot
from wf_tui.board.seats.seat_list import SeatList
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.states import LimitKind, Step

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.board_harness import BoardHarness
    from tests.support.ledger_harness import LedgerHarness


def at_work(drive: LedgerHarness) -> None:
    """Let a run on w1, and b on w2 since later."""
    first = drive.expect_claim("a", "w1", Step.RUNNING)
    drive.ledger.heartbeat("r1", [first])
    drive.clock.move(90)
    drive.expect_claim("b", "w2", Step.CLAIMED)


def lines(hand: BoardHarness) -> list[str]:
    """Return the lines of the list that are not empty, each with single blanks."""
    view = hand.app.screen.query_one(SeatList)
    texts = ("".join(span.text for span in row.spans) for row in view.rows())
    return [" ".join(text.split()) for text in texts if text.strip()]


def foot(hand: BoardHarness) -> str:
    """Return what the foot says of the selected seat."""
    rows = hand.app.screen.query_one(SeatFoot).rows()
    return " ".join("".join(span.text for span in rows[1].spans).split())


async def test_it_follows_the_run(tmp_path: Path) -> None:
    """Seats with what they hold, and why they do not; news and new seats come in; ages grow."""
    seats = [seat("w1"), seat("w2"), seat("glm-1", "glm", kind="agent", lane="glm")]
    async with board(tmp_path, "a", "b", before=at_work, seats=seats) as hand:
        await hand.press("4")
        assert lines(hand) == [
            "seat task evidence age time tokens cost",
            "no provider open 2 of 2 in use",
            "┃● w1 a no output for 1m 1m 1:30",
            "● w2 b claimed 0s 0:00",
            "glm open 0 of 1 in use",
            "· glm-1 no ready task",
        ]
        assert foot(hand) == "w1 this run 1 task · 0 merged · 0 failed profile shell"
        hand.drive.ledger.join_workers("r1", [seat(f"w{n}") for n in range(1, 5)])
        hand.drive.clock.move(60)
        await hand.settle()
        screen = hand.app.screen
        assert isinstance(screen, WorkersScreen)
        screen.tick(hand.drive.clock.now())
        assert len(lines(hand)) == 6
        assert lines(hand)[2] == "┃● w1 a no output for 2m 2m 2:30"


async def test_its_keys_work_on_the_task_of_the_seat(tmp_path: Path) -> None:
    """The selected seat's task is held, whatever is marked; a free seat has none; enter opens.

    Escape then leads back to the board.
    """
    async with board(tmp_path, "a", "b", "c", before=at_work) as hand:
        await hand.mark("c")
        await hand.press("4", "j", "b", "down", "enter")
        assert hand.acts == [("task_blocked", "b")]
        assert "● w2 b stopping" in lines(hand)[3]
        await hand.press("j", "x")
        assert hand.told[-1] == "x: no task is selected"
        await hand.press("k", "k", "enter")
        screen = hand.app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.selected == "a"
        await hand.press("4", "escape")
        assert isinstance(hand.app.screen, BoardScreen)


async def test_a_task_dropped_on_a_seat_is_reassigned(tmp_path: Path) -> None:
    """A click is no drop, nor is less than three cells; escape lets go; else it is given away."""
    async with board(tmp_path, "a", "b", before=at_work) as hand:
        await hand.press("4")
        view = hand.app.screen.query_one(SeatList)
        await hand.pilot.click(view, offset=(4, 2))
        await hand.pilot.mouse_down(view, offset=(4, 2))
        await hand.pilot.mouse_up(view, offset=(5, 4))
        await hand.settle()
        assert hand.acts == []
        await hand.pilot.mouse_down(view, offset=(4, 2))
        await hand.pilot.hover(view, offset=(9, 4))
        assert hand.told[-1] == "let go to give “a” to w3"
        await hand.press("escape")
        await hand.pilot.mouse_up(view, offset=(9, 4))
        await hand.settle()
        assert hand.acts == []
        await hand.pilot.mouse_down(view, offset=(4, 2))
        await hand.pilot.mouse_up(view, offset=(9, 4))
        await hand.settle()
        assert hand.acts == [("task_reassigned", "a")]
        assert hand.drive.task("a").pinned == "w3"


async def test_a_seat_that_cannot_take_it_says_so_while_it_is_held(tmp_path: Path) -> None:
    """What it takes, or its roles; letting go there changes nothing."""
    seats = [seat("w1"), seat("w2"), seat("critic", roles=("review",))]
    async with board(tmp_path, "a", "b", before=at_work, seats=seats) as hand:
        await hand.press("4")
        view = hand.app.screen.query_one(SeatList)
        await hand.pilot.mouse_down(view, offset=(4, 2))
        await hand.pilot.hover(view, offset=(9, 4))
        refusal = "“a”: critic does not fit: its roles are review"
        assert hand.told[-1] == refusal
        await hand.pilot.mouse_up(view, offset=(9, 4))
        await hand.settle()
        assert (hand.told[-1], hand.acts) == (refusal, [])


async def test_a_second_without_news_costs_next_to_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ages grow with no layout, and nothing is read beside what the feed reads."""
    async with board(tmp_path, "a", "b", before=at_work) as hand:
        await hand.press("4")
        screen, frames, asked = hand.app.screen, Frames(), []
        assert isinstance(screen, WorkersScreen)
        screen.read_if_due()
        await hand.settle()

        async def read(ask: object) -> None:
            asked.append(ask)

        monkeypatch.setattr(hand.app, "read", read)
        frames.watch(monkeypatch, hand.app)
        for _ in range(3):
            hand.drive.clock.move(1)
            screen.tick(hand.drive.clock.now())
            screen.read_if_due()
            await hand.pilot.pause()
        assert lines(hand)[2].endswith("1:33")
        assert (frames.layouts, asked) == (0, [])


async def test_the_lane_of_the_selected_seat_is_paused_and_opened(tmp_path: Path) -> None:
    """`P` asks nothing here; a seat that asks no provider has no lane."""
    seats = [seat("glm-1", "glm", lane="glm"), seat("w1")]
    async with board(tmp_path, "a", seats=seats) as hand:
        await hand.press("4", "P")
        assert hand.told[-1] == "lane glm is paused: nothing new starts in it, P opens it"
        # As the scheduler of the run notes it.
        paused = LaneState("glm", LaneStatus.PAUSED, LimitKind.PERSON)
        hand.drive.ledger.see_lanes("r1", [paused], {})
        await hand.settle()
        assert lines(hand)[1:3] == [
            "glm ‖ paused P opens it",
            "┃· glm-1 waits for its lane next: a",
        ]
        await hand.press("P")
        assert hand.told[-1] == "lane glm is open"
        await hand.press("j", "P")
        assert hand.told[-1] == "this seat asks no provider, so there is no lane to pause"
