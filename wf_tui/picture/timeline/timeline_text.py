"""What `wf timeline` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.picture.ink import plain
from wf_tui.picture.timeline.chart import Chart, Signs, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.picture.timeline.timeline import Timeline

__all__ = ["timeline_lines"]


def timeline_lines(timeline: Timeline, width: int, signs: Signs) -> Iterator[str]:
    """Yield the chart of all of a run, for so many cells, line by line, safe to draw."""
    chart = Chart(timeline, width, signs)
    window = Window.of_all(timeline, chart.cells)
    for line in chart.head(window):
        yield plain(line)
    for seat in timeline.seats:
        yield plain(chart.seat(seat, window))
    for line in chart.sums(window):
        yield plain(line)
    yield plain(chart.legend())
