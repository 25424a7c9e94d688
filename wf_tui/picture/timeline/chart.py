"""The timeline as lines: bars of characters for so many seconds a cell."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wf_tui.picture.age import duration
from wf_tui.picture.ink import Ink, Piece
from wf_tui.picture.timeline.timeline import BarEnd
from wf_tui.picture.usage_text import count_words
from wf_tui.text import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.picture.timeline.timeline import Bar, SeatRow, Timeline

__all__ = ["ASCII_SIGNS", "NAMES", "SCALES", "SIGNS", "Chart", "Signs", "Window", "foot_lines"]

SCALES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)
"""Seconds that a cell may stand for."""
NAMES: Final = 14
"""Cells for the name of a seat, before those of the time."""
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
    levels=" 12345678",
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
        return max(10, self.width - NAMES - self.titles)

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
            (Piece(" " * NAMES), Piece("".join(times), Ink.FAINT)),
            (Piece("phases".ljust(NAMES), Ink.MUTED), *_joined(phases)),
        ]

    def seat(self, seat: SeatRow, window: Window) -> Line:
        """Return the row of a seat: its name, its bars, and the task that it works on."""
        cells = [(" ", Ink.MUTED)] * window.cells
        now = self.timeline.now
        for begun, until in self.timeline.pauses.get(seat.lane, ()):
            last = min(now, until or now)
            self._fill(cells, window, (begun, last), (self.signs.paused, Ink.WARNING))
            if until is not None and until > now and not self.timeline.ended:
                self._fill(cells, window, (now, until), (self.signs.silent, Ink.WARNING))
        for bar in seat.bars:
            self._draw(cells, window, bar)
        cell = window.cell(now)
        if not self.timeline.ended and 0 <= cell < window.cells and cells[cell][0] == " ":
            cells[cell] = (self.signs.now, Ink.FOCUS)
        line: Line = (Piece(self._cut(seat.name, NAMES - 1).ljust(NAMES)), *_joined(cells))
        open_bar = next((bar for bar in seat.bars if bar.end is None), None)
        if self.titles and open_bar is not None:
            line = (*line, Piece(f" {self._cut(open_bar.title, self.titles - 1)}", Ink.MUTED))
        return line

    def _cut(self, text: str, limit: int) -> str:
        return text if len(text) <= limit else text[: limit - 1] + self.signs.more

    def now_line(self, window: Window) -> Line:
        """Return the time of now below its line; of a run that is over, when that was."""
        words = f"{'ended' if self.timeline.ended else 'now'} {_local(self.timeline.now):%H:%M}"
        cell = window.cell(self.timeline.now)
        if not 0 <= cell < window.cells:
            return (Piece(" "),)
        place = max(0, min(cell - words.index(" "), window.cells + self.titles - len(words)))
        return (Piece(" " * (NAMES + place)), Piece(words, Ink.FOCUS))

    def _draw(self, cells: list[tuple[str, Ink]], window: Window, bar: Bar) -> None:
        signs, now = self.signs, self.timeline.now
        sign, ink = {
            BarEnd.DONE: (signs.bar, Ink.DONE),
            BarEnd.RUNNING: (signs.running, Ink.RUNNING),
            BarEnd.FAILED: (signs.bar, Ink.ERROR),
            BarEnd.NEEDS_YOU: (signs.running if bar.end is None else signs.bar, Ink.NEED),
        }[bar.how]
        last = self._fill(cells, window, (bar.start, bar.end_at(now)), (sign, ink))
        for begun, until in bar.quiet:
            # A silence of less than a cell hides nothing of what was done beside it.
            if until - begun >= window.scale:
                self._fill(cells, window, (begun, until), (signs.silent, Ink.WARNING))
        if 0 <= last < window.cells and bar.how is not BarEnd.RUNNING:
            ends = {BarEnd.FAILED: signs.failed, BarEnd.NEEDS_YOU: signs.needs_you}
            cells[last] = (ends.get(bar.how, signs.bar), ink)

    def cells_of(self, bar: Bar, window: Window) -> range:
        """Return the cells that an attempt is drawn in, also those outside of the window."""
        first = window.cell(bar.start)
        return range(first, max(first, window.cell(bar.end_at(self.timeline.now)) - 1) + 1)

    def bar_at(self, seat: SeatRow, window: Window, cell: int) -> Bar | None:
        """Return the attempt that is drawn in a cell of the row of a seat: the last, of several."""
        found = (bar for bar in reversed(seat.bars) if cell in self.cells_of(bar, window))
        return next(found, None)

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
        known = bool(timeline.money.times)
        spent = f"most {dollars(round(most_cost))}" if known else "not known"
        rows: list[Line] = []
        for name, found, most, figure, ink in (
            ("working seats", work, most_work, f"most {most_work:.0f}", Ink.RUNNING),
            ("cost a minute", cost, most_cost, spent, Ink.MUTED),
        ):
            bars = "".join(self._level(found.get(a, 0.0), most) for a, _ in spans)
            shown = f" {figure}" if self.titles and (most or not known) else ""
            title = Piece(name.ljust(NAMES), Ink.MUTED)
            rows.append((title, Piece(bars, ink), Piece(shown, Ink.FAINT)))
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
            (signs.silent * 2, Ink.WARNING, "silent or limited"),
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
    now, start = chart.timeline.now, chart.timeline.start
    busy = sum(one.end_at(now) - one.start for one in seat.bars)
    idle = duration(max(0.0, now - start - busy))
    name = Piece(f"{seat.name}  ", Ink.TITLE)
    first: Line = (name, Piece("has not begun anything", Ink.MUTED))
    if bar is not None:
        first = (name, *_bar_pieces(chart, bar))
    return [first, (Piece(f"idle {idle} of {duration(now - start)}", Ink.MUTED),)]


def _bar_pieces(chart: Chart, bar: Bar) -> Line:
    now, signs = chart.timeline.now, chart.signs
    until = "now" if bar.end is None else f"{_local(bar.end):%H:%M}"
    facts = [f"{_local(bar.start):%H:%M} to {until}", duration(bar.end_at(now) - bar.start)]
    if bar.tokens is not None:
        facts.append(f"{count_words(bar.tokens)} tok")
    if bar.cost_microusd is not None:
        facts.append(dollars(bar.cost_microusd))
    sign, ink = {
        BarEnd.DONE: (signs.done, Ink.DONE),
        BarEnd.RUNNING: (signs.running, Ink.RUNNING),
        BarEnd.FAILED: (signs.failed, Ink.ERROR),
        BarEnd.NEEDS_YOU: (signs.needs_you, Ink.NEED),
    }[bar.how]
    dot = f" {signs.dot} "
    why = Ink.NEED if bar.how is BarEnd.NEEDS_YOU else Ink.MUTED
    return (
        Piece(f"{sign} ", ink),
        Piece(bar.title),
        Piece(f" attempt {bar.epoch}  ", Ink.FAINT),
        Piece(dot.join(facts), Ink.MUTED),
        Piece(f"{dot}{bar.why}" if bar.why else "", why),
    )


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
