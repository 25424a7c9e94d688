"""The cursor of the timeline: on an attempt, whatever comes beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.board_harness import board
from wf_tui.board.screens.timeline_screen import TimelineScreen
from wf_tui.board.timeline.timeline_view import TimelineView
from wf_tui.board.widgets.glyph_sets import ASCII
from wf_tui.picture.timeline.timeline import Bar, BarEnd, SeatRow, Timeline

if TYPE_CHECKING:
    from pathlib import Path


def bar(task: str, start: float, end: float | None) -> Bar:
    """Return an attempt of a task, its first."""
    how = BarEnd.RUNNING if end is None else BarEnd.DONE
    return Bar(task, task, task.upper(), 1, start, end, how, "", (), None, None)


def timeline(*seats: SeatRow) -> Timeline:
    """Return a run of a hundred seconds."""
    return Timeline("r1", 0.0, 100.0, False, seats, ())


ONE = SeatRow("w1", "local", (bar("a", 0, 10), bar("b", 20, 30)))
TWO = SeatRow("w2", "local", (bar("c", 0, None),))


def selected(view: TimelineView) -> str:
    """Return seat and task under the cursor."""
    assert view.current is not None
    seat, chosen = view.current
    return f"{seat.name} {chosen.key if chosen is not None else '-'}"


def test_new_attempts_and_seats_move_no_selection() -> None:
    """It is of an attempt and not of a place; only keys and the mouse move it."""
    view = TimelineView(ASCII)
    view.take(timeline(ONE, TWO))
    assert selected(view) == "w1 b"
    more = replace(ONE, bars=(*ONE.bars, bar("d", 40, None)))
    view.take(timeline(SeatRow("w0", "local", ()), TWO, more))
    assert selected(view) == "w1 b"
    view.go_beside(1)
    assert selected(view) == "w1 d"
    view.go_beside(1)
    view.go_to(0)
    assert selected(view) == "w0 -"
    view.go_to(99)
    assert selected(view) == "w1 d"


async def test_it_is_read_once_at_each_showing(tmp_path: Path) -> None:
    """When it comes, and when it comes again; and not once more a moment later."""

    class Counted(TimelineScreen):
        readings = 0

        async def read_more(self) -> None:
            self.readings += 1
            await super().read_more()

    async with board(tmp_path, "a") as hand:
        screen = Counted()
        hand.app.push_screen(screen)
        await hand.pilot.pause(0.05)
        assert (screen.readings, screen.due) == (1, False)
        await hand.press("?", "escape")
        await hand.pilot.pause(0.05)
        assert (screen.readings, screen.due) == (2, False)


def test_a_task_is_found_by_its_last_attempt() -> None:
    """As `N` needs it; a task that nobody has begun is not there."""
    view = TimelineView(ASCII)
    again = SeatRow("w3", "local", (replace(bar("c", 50, 60), epoch=2),))
    view.take(timeline(ONE, TWO, again))
    assert (view.go_to_task("c"), selected(view)) == (True, "w3 c")
    assert (view.go_to_task("z"), selected(view)) == (False, "w3 c")
