"""The list of phases and tasks of a plan, and below it the waves as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from wf_tui.board.plan.plan_lines import TaskFacts, head_line, minutes, phase_line, sums, task_line
from wf_tui.board.widgets.entry_view import EntryView, ListSource
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.planning.editing.outline import Outline
from wf_tui.planning.editing.waves import lay_waves
from wf_tui.text import cut, plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.entries import Entry
    from wf_tui.planning.editing.outline import OutlinedPhase, OutlinedTask
    from wf_tui.planning.editing.waves import Bar

__all__ = ["PlanList", "WaveBars", "wave_rows"]

_MOST_ROWS: Final = 3
"""Rows of bars."""
_LEAST: Final = 40
"""Cells below which there are no bars."""
_TAIL: Final = 2


class PlanList(EntryView):
    """Lists a plan; the cursor stops at phases and tasks, and keeps its task as others change."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(glyphs, id="plan-list")
        self._outline = Outline()
        self._facts = TaskFacts()
        self._phases: dict[str, OutlinedPhase] = {}
        self._tasks: dict[str, OutlinedTask] = {}
        self._folded: set[str] = set()

    def show(self, outline: Outline, facts: TaskFacts) -> None:
        """Show this plan from now on."""
        self._outline, self._facts = outline, facts
        self._phases, self._tasks = {}, {}
        for number, phase in enumerate(outline.phases):
            name = f"/{number} {phase.name}"
            self._phases[name] = phase
            if name in self._folded:
                continue
            for task in phase.tasks:
                # Two tasks of one id are a fault, and are both there.
                key = f"={task.id}" if f"={task.id}" not in self._tasks else f"={name}{task.id}"
                self._tasks[key] = task
        names = [
            key
            for name, phase in self._phases.items()
            for key in (name, *(one for one, task in self._tasks.items() if task in phase.tasks))
        ]
        self.source = ListSource([*dict.fromkeys(names)])
        if self.cursor is None or self.current is None:
            first = next(iter(self._tasks), next(iter(self._phases), ""))
            near = self.source.nearest(self.cursor) if self.cursor else self.source.find(first)
            self.viewport.put_cursor(near.at if near else None)
        self.repaint()

    @property
    def chosen_task(self) -> OutlinedTask | None:
        """The task under the cursor."""
        return None if self.current is None else self._tasks.get(self.current.name)

    @property
    def chosen_phase(self) -> OutlinedPhase | None:
        """The phase under the cursor, or that of the task there."""
        if self.current is None:
            return None
        task = self.chosen_task
        if task is None:
            return self._phases.get(self.current.name)
        return next((one for one in self._outline.phases if task in one.tasks), None)

    def go_to(self, task: str) -> None:
        """Put the cursor on a task, and open its phase."""
        self._folded -= {
            name for name, phase in self._phases.items() if any(t.id == task for t in phase.tasks)
        }
        self.show(self._outline, self._facts)
        entry = self.source.find(f"={task}") if isinstance(self.source, ListSource) else None
        if entry is not None:
            self.choose(entry)

    def fold(self, *, every: bool = False) -> None:
        """Fold or open the phase under the cursor, or all."""
        phase = self.chosen_phase
        here = {name for name, one in self._phases.items() if every or one == phase}
        if here <= self._folded:
            self._folded -= here
        else:
            self._folded |= here
        name = next((name for name, one in self._phases.items() if one == phase), "")
        self.show(self._outline, self._facts)
        entry = self.source.find(name) if isinstance(self.source, ListSource) else None
        if entry is not None and self.chosen_task is None:
            self.choose(entry)

    def head(self) -> Sequence[Row]:
        """Return the names of the columns."""
        line = head_line(self._outline.phases, timed=self._facts.timed)
        return (Row((Span(" ", Role.MUTED), *fitted(line, self.room, self.glyphs.more))),)

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the line of an entry."""
        task = self._tasks.get(entry.name)
        if task is not None:
            return (task_line(task, self._facts, self.glyphs, self.room),)
        phase = self._phases.get(entry.name)
        if phase is None:
            return (Line(),)
        folded = entry.name in self._folded
        seats = self._outline.seats
        return (phase_line(phase, self._facts, self.glyphs, folded=folded, seats=seats),)


class WaveBars(LineWidget):
    """Draws which phase runs when, and what all of it takes at least."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="plan-waves")
        self.glyphs = glyphs
        self._outline, self._facts = Outline(), TaskFacts()

    def show(self, outline: Outline, facts: TaskFacts) -> None:
        """Show the waves of this plan."""
        self._outline, self._facts = outline, facts
        rows = {bar.row for bar in lay_waves(outline, {}, outline.seats).bars}
        self.styles.height = 1 + 2 * min(_MOST_ROWS, len(rows)) + 1 if rows else 0
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the lines."""
        width = self.size.width
        lines = wave_rows(self._outline, self._facts, self.glyphs, width - _TAIL)
        return [
            Row((Span(" "), *fitted(line, max(0, width - 1), self.glyphs.more))) for line in lines
        ]


def wave_rows(outline: Outline, facts: TaskFacts, glyphs: GlyphSet, width: int) -> list[Line]:
    """Return the lines of the waves for so many cells; none where there is no plan."""
    seconds: Mapping[str, float] = {name: one.seconds for name, one in facts.estimates.items()}
    waves = lay_waves(outline, seconds, outline.seats)
    if not waves.bars or width < _LEAST:
        return []
    lines = [
        Line((Span("Waves", Role.TITLE), Span(f" {plural(outline.seats, 'seat')}", Role.MUTED)))
    ]
    scale = width / max(waves.end, 1e-9)
    for row in range(min(_MOST_ROWS, max(bar.row for bar in waves.bars) + 1)):
        here = [bar for bar in waves.bars if bar.row == row]
        lines += _bar_lines(here, scale, glyphs)
    return [*lines, Line(tuple(_total(outline, facts, waves.end, timed=waves.timed)))]


def _bar_lines(bars: Sequence[Bar], scale: float, glyphs: GlyphSet) -> tuple[Line, Line]:
    names, drawn, at = "", "", 0
    for bar in bars:
        start, end = max(at, round(bar.start * scale)), round(bar.end * scale)
        length = max(1, end - start - 1)
        name = cut(bar.phase, length) if length < cell_len(bar.phase) else bar.phase
        names += " " * (start - at) + name + " " * (length - cell_len(name) + 1)
        drawn += " " * (start - at) + glyphs.heavy * length + " "
        at = start + length + 1
    return Line((Span(names, Role.MUTED),)), Line((Span(drawn, Role.RUNNING),))


def _total(outline: Outline, facts: TaskFacts, end: float, *, timed: bool) -> list[Span]:
    """Return what it takes in all, and how much stands behind that; never a figure of nothing."""
    if not timed:
        why = "no figures yet: under 5 finished attempts of a role here"
        return [Span(why, Role.MUTED)]
    fewest = min(one.attempts for one in facts.estimates.values())
    money = sums(outline.tasks, facts)[1:]
    return [
        Span("at least ", Role.MUTED),
        Span(minutes(end), Role.TITLE),
        *(Span(f" · about {one}", Role.MUTED) for one in money),
        Span(f" · by {fewest} finished attempts or more of each role", Role.MUTED),
    ]
