"""The run over time: bars of attempts, how they ended, and what a cell is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, seat
from wf_tui.ledger.model.states import Step
from wf_tui.picture.ink import plain
from wf_tui.picture.timeline.chart import ASCII_SIGNS, SCALES, Chart, Window
from wf_tui.picture.timeline.timeline import BarEnd, read_timeline
from wf_tui.picture.timeline.timeline_text import timeline_lines

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.picture.timeline.timeline import Timeline


@pytest.fixture
def timeline(drive: LedgerHarness) -> Timeline:
    """Give a run of twenty minutes: one merged, one failed for good, one that is silent."""
    drive.make(*"abc", seats=[seat("w1"), seat("w2")])
    done = drive.expect_claim("a", "w1", step=Step.RUNNING)
    drive.clock.move(300)
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
    """A bar says how its attempt ended, and since when nothing was heard of one that is open."""
    first, second = timeline.seats
    assert [bar.how for bar in first.bars] == [BarEnd.DONE, BarEnd.RUNNING]
    assert first.bars[1].silent_since == timeline.now - 300
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


def test_no_two_times_of_the_axis_read_alike(timeline: Timeline) -> None:
    """Where a label is for less than a minute it has its seconds."""
    chart = Chart(timeline, 120)
    window = Window.of_all(timeline, chart.cells)
    for _ in SCALES:
        labels = plain(chart.head(window)[0]).split()
        assert len(labels) == len(set(labels))
        window = window.zoomed(1, timeline.now)
