"""The two pictures of a report: how far each phase is, and who worked when on what."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from wf_tui.picture.age import time_of_day
from wf_tui.report.facts import Mark
from wf_tui.report.words import length

if TYPE_CHECKING:
    from wf_tui.report.facts import ReportedAttempt, RunReport

__all__ = ["strip", "timeline"]

_WIDTH: Final = 1000
_NAMES: Final = 150
"""Width of the column with the names of the seats; all lengths are units of the picture."""
_ROW: Final = 22
_BAR: Final = 14
_LEAST: Final = 2.0
"""Width of a bar however short the attempt was."""
_TICKS: Final = 6
_ORDER: Final = (Mark.DONE, Mark.WORKING, Mark.NEEDS, Mark.PARKED, Mark.OPEN)


def strip(report: RunReport) -> str:
    """Return a bar for each phase, a piece for each of its tasks, what is done first."""
    parts = []
    for phase, tasks, done in report.by_phase():
        pieces = "".join(
            f'<i class={task.mark} title="{escape(f"{task.title}: {task.state}")}"></i>'
            for task in sorted(tasks, key=lambda task: _ORDER.index(task.mark))
        )
        name = f"<span>{escape(phase)}</span> <b>{done}</b>/{len(tasks)}"
        parts.append(f"<div>{name}<div class=pieces>{pieces}</div></div>")
    return f"<div class=strip>{''.join(parts)}</div>"


def timeline(report: RunReport) -> str:
    """Return a row for each seat with a bar for each of its attempts."""
    attempts = report.attempts
    if not attempts:
        return "<p>Nothing was begun.</p>"
    seats = list(dict.fromkeys(one.worker for one in attempts))
    start = min(report.created_at, attempts[0].started_at)
    end = max([report.until, *(one.ended_at or report.until for one in attempts)])
    scale = (_WIDTH - _NAMES) / max(1.0, end - start)
    height = _ROW * (len(seats) + 1)
    parts = [_axis(start, end, scale, height)]
    for row, seat in enumerate(seats, 1):
        parts.append(f'<text x="0" y="{row * _ROW + 15}">{escape(seat)}</text>')
        mine = (one for one in attempts if one.worker == seat)
        parts += [_bar(one, row, start, end, scale) for one in mine]
    inside = "".join(parts)
    return f'<svg class=timeline viewBox="0 0 {_WIDTH} {height}" role="img">{inside}</svg>'


def _axis(start: float, end: float, scale: float, height: int) -> str:
    """Return the times above the rows, with a thin line down from each."""
    parts = []
    for tick in range(_TICKS):
        at = start + (end - start) * tick / _TICKS
        x = _NAMES + (at - start) * scale
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_ROW}" y2="{height}"/>')
        parts.append(f'<text class=quiet x="{x:.1f}" y="15">{time_of_day(at)}</text>')
    return "".join(parts)


def _bar(one: ReportedAttempt, row: int, start: float, end: float, scale: float) -> str:
    until = end if one.ended_at is None else one.ended_at
    x, width = _NAMES + (one.started_at - start) * scale, (until - one.started_at) * scale
    words = f"{one.title}, try {one.number}: {one.ended}, {length(until - one.started_at)}"
    shape = (
        f'x="{x:.1f}" y="{row * _ROW + 3}" width="{max(_LEAST, width):.1f}" height="{_BAR}" rx="2"'
    )
    return f"<rect class={one.mark} {shape}><title>{escape(words)}</title></rect>"
