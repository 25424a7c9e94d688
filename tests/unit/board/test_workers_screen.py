"""The workers: each seat with what it holds; its keys and drops work on that task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import DataTable, Label

from tests.support.board_harness import board
from tests.support.ledger_harness import seat
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.workers_screen import WorkersScreen
from wf_tui.ledger.model.states import Step

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.board_harness import BoardHarness
    from tests.support.ledger_harness import LedgerHarness


def at_work(drive: LedgerHarness) -> None:
    """Let a run on w1, and b on w2 since later."""
    first = drive.expect_claim("a", "w1", Step.RUNNING)
    drive.ledger.heartbeat("r1", [first])
    drive.clock.move(90)
    drive.expect_claim("b", "w2", Step.CLAIMED)


def rows(hand: BoardHarness) -> list[str]:
    """Return the rows of the table as text."""
    table = hand.app.screen.query_one(DataTable)
    return [" ".join(str(cell) for cell in table.get_row_at(n)) for n in range(table.row_count)]


async def test_it_shows_seats_with_what_they_hold(tmp_path: Path) -> None:
    """Seat, task, step, how long, age of the heartbeat, paths it may change, lane, profile."""
    seats = [seat("w1"), seat("w2"), seat("glm-1", "glm", lane="glm")]
    async with board(tmp_path, "a", "b", before=at_work, seats=seats) as hand:
        await hand.press("4")
        assert rows(hand) == [
            "w1 a running 1m 1m    local shell src/a",
            "w2 b claimed 0s 0s    local shell src/b",
            "glm-1 free idle      glm glm ",
        ]
        title = hand.app.screen.query_one("#workers-title", Label)
        assert str(title.visual) == "Workers: 3 seats, 2 at work"


async def test_its_keys_work_on_the_task_of_the_seat(tmp_path: Path) -> None:
    """The selected seat's task is released; marks made on the board do not count."""
    async with board(tmp_path, "a", "b", "c", before=at_work) as hand:
        await hand.mark("c")
        await hand.press("4", "j", "b", "down", "enter")
        assert hand.acts == [("task_released", "b")]
        assert rows(hand)[1].startswith("w2 b stopping")


async def test_a_free_seat_has_no_card(tmp_path: Path) -> None:
    """A key on a free seat says that there is nothing."""
    async with board(tmp_path, "a", "b", before=at_work) as hand:
        await hand.press("4", "j", "j", "x")
        assert hand.told == ["no card is selected"]


async def test_enter_opens_the_card(tmp_path: Path) -> None:
    """Enter leads to the card of the seat's task; escape only to the board."""
    async with board(tmp_path, "a", "b", before=at_work) as hand:
        await hand.press("4", "j", "k", "enter")
        screen = hand.app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.selected == "a"
        await hand.press("4", "escape")
        assert isinstance(hand.app.screen, BoardScreen)


async def test_a_task_dropped_on_a_seat_is_reassigned(tmp_path: Path) -> None:
    """Press on one seat's row, release on another's."""
    async with board(tmp_path, "a", "b", before=at_work) as hand:
        await hand.press("4")
        table = hand.app.screen.query_one(DataTable)
        await hand.pilot.mouse_down(table, offset=(4, 1))
        await hand.pilot.mouse_up(table, offset=(4, 3))
        await hand.settle()
        assert hand.acts == [("task_reassigned", "a")]
        assert hand.drive.task("a").pinned == "w3"


async def test_a_click_is_no_drop(tmp_path: Path) -> None:
    """Press and release on the same seat change nothing."""
    async with board(tmp_path, "a", "b", before=at_work) as hand:
        await hand.press("4")
        await hand.pilot.click(hand.app.screen.query_one(DataTable), offset=(4, 1))
        await hand.settle()
        assert hand.acts == []


async def test_it_follows_the_run(tmp_path: Path) -> None:
    """News and new seats come in; ages grow."""
    async with board(tmp_path, "a", "b", before=at_work) as hand:
        await hand.press("4")
        assert isinstance(hand.app.screen, WorkersScreen)
        hand.drive.ledger.join_workers("r1", [seat(f"w{n}") for n in range(1, 5)])
        hand.drive.clock.move(60)
        await hand.settle()
        hand.app.screen.tick(hand.drive.clock.now())
        assert len(rows(hand)) == 4
        assert rows(hand)[0] == "w1 a running 2m 2m    local shell src/a"
