"""The board as it was: other moments, nothing that acts, and the way back to now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.board_harness import board
from tests.support.busy_run import swarm_run
from tests.support.ledger_harness import RUN
from tests.support.screen_text import screen_text
from wf_tui.board.detail.document import Tab
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.timeline_screen import TimelineScreen
from wf_tui.board.time_travel.past_board import PastBoard
from wf_tui.board.time_travel.traveller import Traveller
from wf_tui.board.timeline.timeline_view import TimelineView
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture.history.history import read_history
from wf_tui.picture.timeline.chart import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.board_harness import BoardHarness
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.picture.batch import Changes


def some_of_each(drive: LedgerHarness) -> None:
    """Bring one task to each column, a minute after the other."""
    drive.finish("a")
    drive.clock.move(60)
    drive.wreck("b")
    drive.clock.move(60)
    drive.expect_claim("c", step=Step.RUNNING)


def past(hand: BoardHarness) -> PastBoard:
    """Return the board of the moment."""
    screen = hand.app.screen
    assert isinstance(screen, PastBoard)
    return screen


@pytest.mark.slow
async def test_other_moments_and_back(tmp_path: Path) -> None:
    """`t` shows the last moment, `[ ] { }` and `/` others, `F` now; marks and filter are gone."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        await hand.mark("d")
        hand.app.picture.filter("c")
        await hand.press("t")
        traveller = past(hand).traveller
        last = traveller.history.last
        assert traveller.seq == last
        assert (hand.app.live.marks, hand.app.live.filtered.active) == (set(), False)
        assert "as of " in "".join(screen_text(hand.app))
        await hand.press("[")
        assert traveller.seq == last - 1
        await hand.press("{")
        assert hand.app.picture.counts["in_progress"] == 1
        await hand.press("{")
        assert hand.app.picture.counts == {"pending": 2, "in_progress": 0, "done": 1, "blocked": 1}
        await hand.press("}", "]")
        assert hand.app.picture.counts["in_progress"] == 1
        await hand.press("/", "1", "enter")
        assert traveller.seq == traveller.first
        await hand.press("/", "x", "enter")
        assert "no moment" in hand.told[-1]
        await hand.press("F")
        assert type(hand.app.screen) is BoardScreen
        assert hand.app.picture is hand.app.live


async def test_nothing_acts_in_the_past(tmp_path: Path) -> None:
    """Keys of tasks and of the run say so, undo too; ◆ is that of now, and the news go on."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        await hand.press("t", "/", "6", "enter")
        assert past(hand).traveller.seq == 6
        for key in ("r", "b", "x", "f", "u", "p", "n", "V"):
            await hand.press(key)
            assert "this is the past" in hand.told[-1], key
        assert hand.acts == []
        shown = [key.action for key in hand.app.footer_keys()]
        assert {name.partition(".")[0] for name in shown} == {"view", "run", "app"}
        assert [key.why_not for key in hand.app.footer_keys() if key.why_not] == []
        hand.app.perform("view.attempt_previous", clicked=True)
        hand.app.perform("run.more_jobs", clicked=True)
        await hand.settle()
        assert (past(hand).traveller.seq, past(hand).traveller.pace) == (5, 120)
        assert past(hand).keys_of("task.retry") == ""
        hand.drive.wreck("d")
        await hand.settle()
        assert past(hand).header().need_you == 2
        assert past(hand).traveller.picture.header.need_you == 0
        await hand.press("1")
        assert hand.app.picture.counts["blocked"] == 2


@pytest.mark.slow
async def test_it_plays(tmp_path: Path) -> None:
    """Space lets it go on by itself, `+ -` say how fast; at its end it stops."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        await hand.press("t", "/", "1", "enter")
        traveller = past(hand).traveller
        await hand.press("+", "+", "-")
        assert traveller.pace == 120
        await hand.press("space")
        assert traveller.playing
        await traveller.play_on(0.5)
        assert traveller.picture.counts["done"] == 1
        await traveller.play_on(60)
        assert (traveller.playing, traveller.seq) == (False, traveller.history.last)


@pytest.mark.slow
async def test_the_timeline_leads_to_the_moment_of_an_attempt(tmp_path: Path) -> None:
    """Its cursor is on an attempt; `+ -` zoom, `t` shows the board as it was at its end."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        await hand.press("5")
        screen = hand.app.screen
        assert isinstance(screen, TimelineScreen)
        await hand.press("g", "[", "[", "[")
        current = screen.view.current
        assert current is not None
        bar = current[1]
        assert bar is not None
        assert bar.key == screen.selected_task() == "a"
        chart = screen.view.chart
        assert chart is not None
        before = screen.view.shown_window(chart).scale
        await hand.press("-")
        assert screen.view.window is not None
        assert screen.view.window.scale > before
        await hand.press("t")
        assert past(hand).traveller.at == bar.end
        assert hand.app.picture.counts["done"] == 1
        await hand.press("F")
        assert isinstance(hand.app.screen, TimelineScreen)
        cells = chart.cells_of(bar, screen.view.shown_window(chart))
        await hand.press("j")
        await hand.pilot.click(TimelineView, (1 + NAMES + cells.start, 2))
        assert screen.selected_task() == "a"
        await hand.press("L")
        pane = hand.app.screen.query_one(DetailPane)
        assert (pane.task_id, pane.tab) == ("a", Tab.LOG)


async def test_steps_add_up(tmp_path: Path) -> None:
    """Keys that come faster than moments are made each count; none is gone to after the end."""
    store = SqliteDatabase(tmp_path / "ledger.db", create=True)
    swarm_run(store)
    shown: list[Changes | None] = []
    traveller = Traveller(read_history(store, RUN), shown.append)
    last = traveller.history.last
    await asyncio.gather(*(traveller.step(-1) for _ in range(3)))
    assert traveller.seq == last - 3
    steps = [asyncio.create_task(traveller.step(-1)) for _ in range(2)]
    await asyncio.sleep(0)
    count = len(shown)
    traveller.close()
    await asyncio.gather(*steps, return_exceptions=True)
    await traveller.step(-1)
    assert (len(shown), traveller.seq) == (count, last - 3)
