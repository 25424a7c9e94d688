"""The timeline as lines: bars of characters for so many seconds a cell."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wf_tui.picture.age import duration
from wf_tui.picture.ink import Ink, Piece
from wf_tui.picture.timeline.timeline import BarEnd
from wf_tui.picture.usage_text import count_words, dollars
from wf_tui.text import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.picture.timeline.timeline import Bar, SeatRow, Timeline

__all__ = ["ASCII_SIGNS", "SCALES", "SIGNS", "Chart", "Signs", "Window", "foot_lines"]

SCALES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)
"""Seconds that a cell may stand for."""
_NAMES: Final = 14
_TITLES: Final = 28
_TITLES_FROM: Final = 100
_LABEL: Final = 15
_MINUTE: Final = 60
_LEVELS: Final = 8
_ROOM: Final = 3
"""Cells that stay free behind now."""
Line = tuple[Piece, ...]


@dataclass(frozen=True)
class Signs:
    """The characters of a chart, each one cell wide."""

    bar: str = "━"
    running: str = "╍"
    silent: str = "┄"
    failed: str = "×"  # noqa: RUF001 - the sign is meant
    needs_you: str = "◆"
    paused: str = "‖"
    now: str = "│"
    rule: str = "─"
    levels: str = " ▁▂▃▄▅▆▇█"
    done: str = "✓"
    more: str = "…"
    dot: str = "·"


SIGNS: Final = Signs()
ASCII_SIGNS: Final = Signs(
    bar="=",
    running="*",
    silent=".",
    failed="x",
    needs_you="!",
    paused="#",
    now="|",
    rule="-",
    levels=" .:-=+*%#",
    done="v",
    more="~",
    dot="-",
)


@dataclass(frozen=True)
class Window:
    """What of the time is seen: so many seconds a cell, from a time on."""

    scale: int
    start: float
    cells: int

    @classmethod
    def of_all(cls, timeline: Timeline, cells: int) -> Window:
        """Return the window in which all of a run is seen, as large as it can be."""
        took = max(1.0, timeline.now - timeline.start)
        room = max(1, cells - _ROOM)
        scale = next((one for one in SCALES if took / one <= room), SCALES[-1])
        return cls(scale, timeline.start - timeline.start % scale, cells)

    @property
    def end(self) -> float:
        """Where it ends, in UTC seconds."""
        return self.start + self.cells * self.scale

    def cell(self, at: float) -> int:
        """Return the cell of a time; outside of the window where it is not seen."""
        return math.floor((at - self.start) / self.scale)

    def zoomed(self, by: int, now: float) -> Window:
        """Return it with fewer seconds a cell, or more; what is at its right end stays there."""
        place = SCALES.index(self.scale) - by
        scale = SCALES[min(max(0, place), len(SCALES) - 1)]
        end = min(self.end, now + _ROOM * self.scale)
        return replace(self, scale=scale, start=end - self.cells * scale)

    def moved(self, by: int) -> Window:
        """Return it a quarter further on, or back."""
        return replace(self, start=self.start + by * self.cells * self.scale / 4)

    def at_now(self, now: float) -> Window:
        """Return it with now at its right end."""
        return replace(self, start=now - (self.cells - _ROOM) * self.scale)


@dataclass(frozen=True)
class Chart:
    """A timeline for a width in cells."""

    timeline: Timeline
    width: int
    signs: Signs = SIGNS

    @property
    def titles(self) -> int:
        """How many cells are kept for what the seats do now."""
        return _TITLES if self.width >= _TITLES_FROM else 0

    @property
    def cells(self) -> int:
        """How many cells the time has."""
        return max(10, self.width - _NAMES - self.titles)

    def head(self, window: Window) -> list[Line]:
        """Return the times and the phases."""
        times = [" "] * window.cells
        # Between two labels less than a minute goes by: with minutes alone they would read alike.
        form = "%H:%M" if window.scale * _LABEL >= _MINUTE else "%H:%M:%S"
        for place in range(0, window.cells - len(form), _LABEL):
            label = format(_local(window.start + place * window.scale), form)
            times[place : place + len(label)] = label
        phases = [(" ", Ink.MUTED)] * window.cells
        for phase in self.timeline.phases:
            end = self.timeline.now if phase.end is None else phase.end
            cells = range(max(0, window.cell(phase.start)), min(window.cells, window.cell(end) + 1))
            text = f"{self.signs.now}{phase.name} "
            for place, cell in enumerate(cells):
                is_name = place < len(text)
                sign = text[place] if is_name else self.signs.rule
                phases[cell] = (sign, Ink.TEXT if is_name and place else Ink.RULE)
        return [
            (Piece(" " * _NAMES), Piece("".join(times), Ink.FAINT)),
            (Piece("phases".ljust(_NAMES), Ink.MUTED), *_joined(phases)),
        ]

    def seat(self, seat: SeatRow, window: Window) -> Line:
        """Return the row of a seat: its name, its bars, and the task that it works on."""
        cells = [(" ", Ink.MUTED)] * window.cells
        for begun, until in self.timeline.pauses.get(seat.lane, ()):
            last = min(self.timeline.now, until or self.timeline.now)
            self._fill(cells, window, (begun, last), (self.signs.paused, Ink.WARNING))
        for bar in seat.bars:
            self._draw(cells, window, bar)
        now = window.cell(self.timeline.now)
        if not self.timeline.ended and 0 <= now < window.cells and cells[now][0] == " ":
            cells[now] = (self.signs.now, Ink.FOCUS)
        name = cut(seat.name, _NAMES - 1).ljust(_NAMES)
        line: Line = (Piece(name, Ink.TEXT), *_joined(cells))
        open_bar = next((bar for bar in seat.bars if bar.end is None), None)
        if self.titles and open_bar is not None:
            line = (*line, Piece(f" {cut(open_bar.title, self.titles - 1)}", Ink.MUTED))
        return line

    def _draw(self, cells: list[tuple[str, Ink]], window: Window, bar: Bar) -> None:
        signs, now = self.signs, self.timeline.now
        end = now if bar.end is None else bar.end
        sign, ink = {
            BarEnd.DONE: (signs.bar, Ink.DONE),
            BarEnd.RUNNING: (signs.running, Ink.RUNNING),
            BarEnd.FAILED: (signs.bar, Ink.ERROR),
            BarEnd.NEEDS_YOU: (signs.running if bar.end is None else signs.bar, Ink.NEED),
        }[bar.how]
        last = self._fill(cells, window, (bar.start, end), (sign, ink))
        if bar.end is None and bar.silent_since is not None and bar.how is BarEnd.RUNNING:
            self._fill(cells, window, (bar.silent_since, now), (signs.silent, Ink.WARNING))
        if 0 <= last < window.cells and bar.how in {BarEnd.FAILED, BarEnd.NEEDS_YOU}:
            mark = signs.failed if bar.how is BarEnd.FAILED else signs.needs_you
            cells[last] = (mark, ink)

    @staticmethod
    def _fill(
        cells: list[tuple[str, Ink]],
        window: Window,
        span: tuple[float, float],
        sign: tuple[str, Ink],
    ) -> int:
        """Draw one sign from a time until another, at least once; return the last cell."""
        first = window.cell(span[0])
        last = max(first, window.cell(span[1]) - 1)
        for cell in range(max(0, first), min(window.cells, last + 1)):
            cells[cell] = sign
        return last

    def sums(self, window: Window) -> list[Line]:
        """Return how many seats were at work, and what was spent a minute."""
        timeline = self.timeline
        spans = [
            (window.start + cell * window.scale, window.start + (cell + 1) * window.scale)
            for cell in range(window.cells)
        ]
        seen = [(a, b) for a, b in spans if b > timeline.start and a < timeline.now]
        work = {a: timeline.at_work(a, b) for a, b in seen}
        cost = {a: timeline.cost(a, b) * 60 / window.scale for a, b in seen}
        most_work = max(work.values(), default=0.0)
        most_cost = max(cost.values(), default=0.0)
        rows: list[Line] = []
        for name, found, most, ink in (
            ("working seats", work, most_work, Ink.RUNNING),
            ("cost a minute", cost, most_cost, Ink.MUTED),
        ):
            bars = "".join(self._level(found.get(a, 0.0), most) for a, _ in spans)
            most_words = f"{most:.0f}" if name == "working seats" else dollars(round(most))
            figure = f" most {most_words}" if most and self.titles else ""
            title = Piece(name.ljust(_NAMES), Ink.MUTED)
            rows.append((title, Piece(bars, ink), Piece(figure, Ink.FAINT)))
        return rows

    def _level(self, value: float, most: float) -> str:
        if not most or value <= 0:
            return self.signs.levels[0]
        return self.signs.levels[max(1, math.ceil(value / most * _LEVELS))]

    def legend(self) -> Line:
        """Return what the signs mean."""
        signs = self.signs
        parts = (
            (signs.bar * 2, Ink.DONE, "merged or answered"),
            (signs.running * 2, Ink.RUNNING, "running"),
            (signs.silent * 2, Ink.WARNING, "silent"),
            (f"{signs.bar}{signs.failed}", Ink.ERROR, "failed"),
            (f"{signs.bar}{signs.needs_you}", Ink.NEED, "ends with you"),
            (signs.paused, Ink.WARNING, "lane paused"),
        )
        line: list[Piece] = []
        for sign, ink, words in parts:
            line += [Piece(sign, ink), Piece(f" {words}   ", Ink.MUTED)]
        return tuple(line)


def foot_lines(chart: Chart, seat: SeatRow, bar: Bar | None) -> list[Line]:
    """Return what there is to say of the selected attempt, and of its seat."""
    timeline, dot = chart.timeline, f" {chart.signs.dot} "
    busy = sum((timeline.now if one.end is None else one.end) - one.start for one in seat.bars)
    idle = max(0.0, timeline.now - timeline.start - busy)
    lines: list[Line] = []
    if bar is None:
        lines.append((Piece(seat.name, Ink.TITLE), Piece("  has not begun anything", Ink.MUTED)))
    else:
        end = timeline.now if bar.end is None else bar.end
        times = f"{_local(bar.start):%H:%M} to " + (
            "now" if bar.end is None else f"{_local(end):%H:%M}"
        )
        facts = [times, duration(end - bar.start)]
        if bar.tokens is not None:
            facts.append(f"{count_words(bar.tokens)} tok")
        if bar.cost_microusd is not None:
            facts.append(dollars(bar.cost_microusd))
        ink = Ink.NEED if bar.how is BarEnd.NEEDS_YOU else Ink.MUTED
        lines.append(
            (
                Piece(f"{seat.name}  ", Ink.TITLE),
                Piece(bar.title),
                Piece(f" attempt {bar.epoch}  ", Ink.FAINT),
                Piece(dot.join(facts), Ink.MUTED),
                Piece(f"{dot}{bar.why}" if bar.why else "", ink),
            )
        )
    lines.append(
        (Piece(f"idle {duration(idle)} of {duration(timeline.now - timeline.start)}", Ink.MUTED),)
    )
    return lines


def _joined(cells: Sequence[tuple[str, Ink]]) -> Line:
    """Return cells as pieces, neighbours of one kind in one."""
    pieces: list[Piece] = []
    for sign, ink in cells:
        if pieces and pieces[-1].ink is ink:
            pieces[-1] = Piece(pieces[-1].text + sign, ink)
        else:
            pieces.append(Piece(sign, ink))
    return tuple(pieces)


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at).astimezone()
