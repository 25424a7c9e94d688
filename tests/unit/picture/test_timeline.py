"""The run over time: bars of attempts, how they ended, and what a cell is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tests.support.ledger_harness import RUN, seat
from wf_tui.ledger.model.rows import EventRow
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.rules.moves import ANSWER
from wf_tui.picture.card import WAITS_FOR_MODEL
from wf_tui.picture.ink import plain
from wf_tui.picture.timeline.chart import ASCII_SIGNS, SCALES, SIGNS, Chart, Signs, Window
from wf_tui.picture.timeline.timeline import BarEnd, read_timeline
from wf_tui.picture.timeline.timeline_text import timeline_lines
from wf_tui.picture.timeline.told import Told

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.picture.timeline.timeline import Timeline


@pytest.fixture
def timeline(drive: LedgerHarness) -> Timeline:
    """Give a run of twenty minutes: one merged, one failed for good, one that is silent."""
    drive.make(*"abc", seats=[seat("w1"), seat("w2")])
    done = drive.expect_claim("a", "w1", step=Step.RUNNING)
    for _ in range(6):
        drive.clock.move(50)
        drive.ledger.progress(done, "works")
    drive.done(done)
    failed = drive.expect_claim("b", "w2", step=Step.RUNNING)
    drive.clock.move(600)
    for _ in range(3):
        drive.fail(failed)
        if drive.task("b").state == "blocked":
            break
        drive.clock.move(400)
        failed = drive.expect_claim("b", "w2", step=Step.RUNNING)
    drive.expect_claim("c", "w1", step=Step.RUNNING)
    drive.clock.move(300)
    return read_timeline(drive.db, RUN, drive.clock.now())


def test_each_attempt_is_a_bar_of_its_seat(timeline: Timeline) -> None:
    """A bar says how its attempt ended, and when nothing was heard of one that is open."""
    first, second = timeline.seats
    assert [bar.how for bar in first.bars] == [BarEnd.DONE, BarEnd.RUNNING]
    assert first.bars[1].quiet == ((timeline.now - 300, timeline.now),)
    assert second.bars[-1].how is BarEnd.NEEDS_YOU
    assert second.bars[-1].why == "failed"


def test_all_of_a_run_fits(timeline: Timeline) -> None:
    """At first all is seen; zooming keeps its right end, and there is an end to it both ways."""
    window = Window.of_all(timeline, 60)
    assert window.start <= timeline.start
    assert window.cell(timeline.now) < 60
    closer = window.zoomed(1, timeline.now)
    assert closer.scale < window.scale
    assert 0 <= closer.cell(timeline.now) < 60
    for _ in SCALES:
        closer = closer.zoomed(1, timeline.now)
    assert closer.scale == SCALES[0]
    assert closer.at_now(timeline.now).cell(timeline.now) == 57


def test_a_bar_ends_with_how_it_went(timeline: Timeline) -> None:
    """A failure ends with its sign, and what is silent or needs you has its own."""
    lines = list(timeline_lines(timeline, 100, ASCII_SIGNS))
    one = next(line for line in lines if line.startswith("w1"))
    two = next(line for line in lines if line.startswith("w2"))
    assert "====" in one
    assert ".." in one
    assert two.rstrip(" |").endswith("!")


def test_a_cell_is_of_the_attempt_that_is_drawn_there(timeline: Timeline) -> None:
    """As a click needs it; between two attempts there is none."""
    chart = Chart(timeline, 100)
    window, seat = Window.of_all(timeline, chart.cells), timeline.seats[1]
    for bar in seat.bars:
        cells = chart.cells_of(bar, window)
        assert [chart.bar_at(seat, window, cell) for cell in cells] == [bar] * len(cells)
    assert chart.bar_at(seat, window, chart.cells_of(seat.bars[0], window).stop) is None


def test_no_line_is_wider_than_it_may(timeline: Timeline) -> None:
    """At any width the head, the seats and the sums fit."""
    for width in (60, 80, 120, 200):
        chart = Chart(timeline, width)
        window = Window.of_all(timeline, chart.cells)
        rows = [*chart.head(window), *(chart.seat(one, window) for one in timeline.seats)]
        assert all(len(plain(row)) <= width for row in [*rows, *chart.sums(window)])


def test_seats_at_work_are_counted(timeline: Timeline) -> None:
    """The sum of a span is what all bars have of it."""
    assert timeline.at_work(timeline.start, timeline.start + 300) == pytest.approx(1.0)
    assert timeline.cost(timeline.start, timeline.now) == 0


def test_a_silence_that_is_over_stays(drive: LedgerHarness) -> None:
    """Of an attempt that ended, too; not while a person is asked, nor in a step that is silent."""
    drive.make("a", seats=[seat("w1")])
    held = drive.expect_claim("a", "w1", step=Step.RUNNING)
    begun = drive.clock.now()
    drive.clock.move(90)
    drive.ledger.progress(held, "at last")
    drive.clock.move(40)
    drive.ledger.progress(held, f"{WAITS_FOR_MODEL}: 429")
    drive.clock.move(10)
    drive.ask(held, "May I?")
    drive.clock.move(600)
    drive.mine.move(RUN, ANSWER, ["a"], option="y")
    drive.clock.move(50)
    drive.bring(held, Step.CHECKING)
    drive.clock.move(500)
    drive.done(held)
    (row,) = read_timeline(drive.db, RUN, drive.clock.now()).seats
    assert row.bars[0].quiet == ((begun, begun + 90), (begun + 130, begun + 140))
    chart = Chart(read_timeline(drive.db, RUN, drive.clock.now()), 100, ASCII_SIGNS)
    assert "." in plain(chart.seat(row, Window.of_all(chart.timeline, chart.cells)))


def test_money_comes_when_it_is_told(drive: LedgerHarness) -> None:
    """A report is of what came since the one before it; what only the end tells is spread."""
    drive.make("a", seats=[seat("w1")])
    held = drive.expect_claim("a", "w1", step=Step.RUNNING)
    start = drive.clock.now()
    for minutes, cost in ((10, 100), (2, 600)):
        drive.clock.move(minutes * 60)
        drive.ledger.used(held, Usage(cost_microusd=cost))
    drive.clock.move(300)
    seen = read_timeline(drive.db, RUN, drive.clock.now())
    assert seen.cost(start, start + 300) == pytest.approx(50)
    assert seen.cost(start + 600, start + 660) == pytest.approx(300)
    assert seen.cost(start + 720, start + 1020) == pytest.approx(0)


def test_reading_again_reads_what_is_new(drive: LedgerHarness) -> None:
    """The same told twice counts once, and the second reading is that of a first one."""
    drive.make("a", seats=[seat("w1")])
    held = drive.expect_claim("a", "w1", step=Step.RUNNING)
    drive.clock.move(100)
    drive.ledger.used(held, Usage(cost_microusd=100))
    told = Told()
    read_timeline(drive.db, RUN, drive.clock.now(), told)
    drive.clock.move(100)
    drive.ledger.progress(held, "goes on")
    now = drive.clock.now()
    assert read_timeline(drive.db, RUN, now, told) == read_timeline(drive.db, RUN, now)


@pytest.mark.parametrize("signs", [SIGNS, ASCII_SIGNS], ids=["signs", "letters"])
def test_no_two_things_of_a_chart_have_one_sign(signs: Signs) -> None:
    """Bars and their ends, pauses and now stand in one column, the levels below them."""
    seats = (signs.bar, signs.running, signs.silent, signs.failed, signs.needs_you, signs.paused)
    every = (*seats, signs.now, *signs.levels)
    assert len(set(every)) == len(every)
    assert all(cell_len(sign) == 1 for sign in every)


def test_a_lane_that_is_shut_again_is_one_pause_after_the_other() -> None:
    """Each ends where the next begins, and the last when the lane opens."""
    told = Told()
    for at, kind, data in (
        (10.0, "lane_limited", {"state": "quota", "reason": "quota"}),
        (20.0, "lane_limited", {"state": "limited", "reason": "rate", "until": 90.0}),
        (40.0, "lane_open", {"state": "open"}),
    ):
        row = EventRow(1, at, RUN, None, None, None, "scheduler", kind, {"lane": "l", **data})
        told.take(row)
    assert told.pauses == {"l": [(10.0, 20.0), (20.0, 40.0)]}


def test_no_two_times_of_the_axis_read_alike(timeline: Timeline) -> None:
    """Where a label is for less than a minute it has its seconds."""
    chart = Chart(timeline, 120)
    window = Window.of_all(timeline, chart.cells)
    for _ in SCALES:
        labels = plain(chart.head(window)[0]).split()
        assert len(labels) == len(set(labels))
        window = window.zoomed(1, timeline.now)
