"""The application: what was read becomes what is seen, and acts are told."""

from __future__ import annotations

import asyncio
import gc
import threading
from functools import partial
from typing import TYPE_CHECKING

from tests.support.bare_project import project_in
from tests.support.board_harness import board
from tests.support.ledger_harness import RUN, FixedClock, LedgerHarness
from tests.support.screen_text import board_of, screen_text, text_of
from wf_tui.board.app import BoardApp
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.frame.status_line import StatusLine
from wf_tui.board.messages import FeedFailed, LedgerChanged
from wf_tui.errors import RefusedError
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.rules.moves import HOLD
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture import first_part, reading
from wf_tui.picture.age import time_of_day

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.picture.batch import Batch

PENDING, IN_PROGRESS, DONE, BLOCKED = TaskState


async def test_the_board_follows_the_ledger(tmp_path: Path) -> None:
    """With its own feed the board shows a run, and then what happens in it."""
    database = SqliteDatabase(project_in(tmp_path).paths.ledger, create=True)
    drive = LedgerHarness(database, FixedClock()).make("a", "b")
    app = BoardApp(project_in(tmp_path), RUN, clock=drive.clock, environ={})
    async with app.run_test(size=(120, 40)) as pilot:
        while app.picture.seq < drive.run().seq:
            await pilot.pause(0.01)
        drive.expect_claim("a")
        while app.picture.seq < drive.run().seq:
            await pilot.pause(0.01)
        assert [len(app.picture.columns[state]) for state in TaskState] == [1, 1, 0, 0]
    database.close()


async def test_garbage_is_looked_for_once_the_run_is_on_the_screen(tmp_path: Path) -> None:
    """Not among all that comes in before; where the run cannot be read, from then on."""
    database = SqliteDatabase(project_in(tmp_path).paths.ledger, create=True)
    drive = LedgerHarness(database, FixedClock()).make("a")
    app = BoardApp(project_in(tmp_path), RUN, clock=drive.clock, environ={})
    async with app.run_test(size=(120, 40)) as pilot:
        while app.live.run is None:
            await pilot.pause(0.01)
        assert gc.isenabled()
    async with board(tmp_path / "other", "a") as hand:
        assert not gc.isenabled()
        hand.app.post_message(FeedFailed("the disk is gone"))
        await hand.pilot.pause()
        assert gc.isenabled()
    database.close()


async def test_a_large_run_is_shown_in_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First what is seen of it, with the counts of all; then all, without a look for garbage."""
    monkeypatch.setattr(first_part, "LARGE", 3)
    monkeypatch.setattr(first_part, "TOP", 1)
    database = SqliteDatabase(project_in(tmp_path).paths.ledger, create=True)
    drive = LedgerHarness(database, FixedClock()).make("a", "b", "c")
    app = BoardApp(project_in(tmp_path), RUN, clock=drive.clock, environ={})
    seen, apply = [], app.apply_batch

    def note(batch: Batch) -> None:
        apply(batch)
        seen.append((len(batch.tasks), app.live.column_title(PENDING).count, gc.isenabled()))

    monkeypatch.setattr(app, "apply_batch", note)
    async with app.run_test(size=(120, 40)) as pilot:
        while app.live.run is None or app.live.is_part:
            await pilot.pause(0.01)
        assert seen == [(1, 3, False), (3, 3, False)]
        assert app.selected == "a"
        assert list(app.picture.columns[PENDING]) == ["a", "b", "c"]
        assert gc.isenabled()
    database.close()


async def test_what_is_not_in_the_run_is_told_at_the_start(tmp_path: Path) -> None:
    """What was not committed as the run was made, once, when the board opens."""
    database = SqliteDatabase(project_in(tmp_path).paths.ledger, create=True)
    drive = LedgerHarness(database, FixedClock()).make("a")
    database.execute("UPDATE run SET left_out = '2 new files are not in the run'")
    app = BoardApp(project_in(tmp_path), RUN, clock=drive.clock, environ={})
    async with app.run_test(size=(120, 40)) as pilot:
        while app.picture.seq < drive.run().seq:
            await pilot.pause(0.01)
        told = [toast.text for toast in app.toasts.kept]
        assert told == ["2 new files are not in the run"]
    database.close()


async def test_an_action_runs_on_another_thread(tmp_path: Path) -> None:
    """The event loop never waits for the ledger."""
    seen: list[bool] = []

    def act(ledger: Ledger) -> list[MoveResult]:
        seen.append(threading.current_thread() is threading.main_thread())
        return ledger.move(RUN, HOLD, ["a"])

    async with board(tmp_path, "a") as hand:
        hand.app.do(act, "held")
        await hand.settle()
        assert (seen, hand.told) == ([False], ["held “a”"])
        assert [hand.app.picture.counts[state] for state in (PENDING, BLOCKED)] == [0, 1]


async def test_actions_keep_their_order(tmp_path: Path) -> None:
    """What was asked first is done first, however long it takes."""
    order: list[int] = []
    gate = threading.Event()

    def handler(number: int, _: Ledger) -> None:
        if not number:
            gate.wait(5)
        order.append(number)

    async with board(tmp_path, "a") as hand:
        for number in range(3):
            hand.app.do(partial(handler, number), "done")
        await asyncio.sleep(0)
        gate.set()
        await hand.settle()
        assert order == [0, 1, 2]


async def test_an_error_of_an_action_is_told(tmp_path: Path) -> None:
    """What the ledger refuses is a line on the screen, with its hint, and no more."""

    def act(_: Ledger) -> None:
        raise RefusedError("not now [/]", "wait")

    async with board(tmp_path, "a") as hand:
        hand.app.do(act, "done")
        await hand.settle()
        assert hand.told == ["not now [/] (wait)"]


async def test_a_ledger_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The board stays as it was then, and says since when; no age grows until it is read again."""
    async with board(tmp_path, "a") as hand:
        clock = hand.drive.clock
        clock.move(5)
        hand.app.post_message(FeedFailed("the file is gone"))
        await hand.pilot.pause()
        since, then = time_of_day(clock.now()), hand.app.now()
        clock.move(60)
        hand.app.post_message(FeedFailed("the file is gone"))
        await hand.pilot.pause()
        hand.app.beat()
        header, *_, status, _ = screen_text(hand.app)
        assert f"as of {since}" in header
        assert f"the ledger cannot be read since {since} · the file is gone" in status
        assert hand.app.now() == then
        hand.app.note_reading()
        hand.app.beat()
        assert "as of" not in screen_text(hand.app)[0]


async def test_news_after_a_rest_are_shown_at_once(tmp_path: Path) -> None:
    """What comes right after them waits for the next beat: nobody reads ten frames a second."""
    async with board(tmp_path, "a", "b") as hand:
        app, drive = hand.app, hand.drive
        folder = app.project.paths.run(RUN).root
        for task, shown in (("a", True), ("b", False)):
            drive.expect_claim(task, f"w{ord(task) - 96}")
            batch = reading.read_since(drive.db, RUN, app.live.seq, drive.clock.now(), folder)
            assert batch is not None
            if task == "a":
                drive.clock.move(1)
            app.take_batch(LedgerChanged(batch))
            assert (app.live.row(task).state is IN_PROGRESS) == shown
        app.beat()
        assert app.live.row("b").state is IN_PROGRESS


async def test_a_run_without_a_scheduler_says_so(tmp_path: Path) -> None:
    """Nothing moves, and the board names the key that helps."""
    async with board(tmp_path, "a", led=False) as hand:
        notice = board_of(hand.app).query_one(StatusLine)
        assert "no scheduler leads this run" in text_of(notice)[0]
        assert "p starts one" in text_of(notice)[0]


async def test_a_card_is_opened_from_anywhere(tmp_path: Path) -> None:
    """Other screens and the palette open a card on the board, whatever its column."""
    async with board(tmp_path, "a", "b", before=lambda drive: drive.wreck("a")) as hand:
        await hand.press("2")
        hand.app.open_card("a")
        await hand.settle()
        view = board_of(hand.app)
        assert (hand.app.screen, view.current, view.selected) == (view, BLOCKED, "a")
        assert view.query_one(DetailPane).task_id == "a"


async def test_a_card_that_the_filter_hides_is_not_opened(tmp_path: Path) -> None:
    """The person is told why."""
    async with board(tmp_path, "a", "b") as hand:
        hand.app.picture.filter("state:done")
        hand.app.open_card("b")
        await hand.settle()
        assert hand.told == ["the filter hides this card (escape clears the filter)"]
