"""What a run and a repository look like in the list of all runs, at each width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.frame.strip import bar_spans
from wf_tui.board.widgets.line import Line, Role, Span, fitted
from wf_tui.disk_space import shown_size
from wf_tui.ledger.model.states import RunState
from wf_tui.picture.age import span
from wf_tui.picture.runs.listed_run import Standing
from wf_tui.picture.seats.records import midnight
from wf_tui.text import clean, dollars, plural

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.runs.listed_run import ListedRepository, ListedRun

__all__ = ["RunColumns", "columns_for", "repository_line", "run_line", "run_times", "title_line"]

_WIDE_FROM: Final = 105
_MIDDLE_FROM: Final = 78
"""Cells of a line; below the second there is no bar, below the first no id and no time."""
_MINUTE: Final = 60
_JUST: Final = 5.0
"""Seconds after a change for which it is now."""
_DAY: Final = 86_400
_YESTERDAY: Final = "yesterday"
_DIED: Final = "scheduler died"
"""Where one has led the run, and is not alive; said where there is room."""
_PLACE: Final = 200
_WORDS: Final = {
    Standing.RUNNING: ("", Role.MUTED),
    Standing.NO_SCHEDULER: ("no scheduler", Role.WARNING),
    Standing.PAUSED: ("paused", Role.WARNING),
    Standing.STALLED: ("stalled", Role.WARNING),
    Standing.TO_LAND: ("M lands it", Role.TEXT),
    Standing.LANDED: ("landed", Role.MUTED),
    Standing.EMPTY: ("nothing to land", Role.MUTED),
    Standing.PARTIAL: ("not all done", Role.MUTED),
    Standing.ABORTED: ("aborted", Role.MUTED),
}


@dataclass(frozen=True)
class RunColumns:
    """How many cells each column has; 0 leaves it out. The title has what is left."""

    id: int
    bar: int
    done: int
    needs: int
    cost: int
    time: int
    last: int

    @property
    def width(self) -> int:
        """The cells of all of them, with those between."""
        every = (self.id, self.bar, self.done, self.needs, self.cost, self.time, self.last)
        return sum(one + 2 for one in every if one)


def columns_for(room: int) -> RunColumns:
    """Return the columns for a line of so many cells."""
    if room >= _WIDE_FROM:
        return RunColumns(id=6, bar=20, done=7, needs=15, cost=8, time=5, last=9)
    if room >= _MIDDLE_FROM:
        return RunColumns(id=0, bar=12, done=7, needs=12, cost=7, time=0, last=5)
    return RunColumns(id=0, bar=0, done=7, needs=12, cost=7, time=0, last=5)


def title_line(room: int, glyphs: GlyphSet) -> Line:
    """Return the names of the columns."""
    columns = columns_for(room)
    cells = [
        ("", columns.id),
        ("progress", columns.bar),
        ("" if columns.bar else "done", columns.done),
        ("needs", columns.needs),
        ("cost", -columns.cost),
        ("time", -columns.time),
        ("last", columns.last),
    ]
    spans = [Span(" " * 2), *_cell("run", room - columns.width - 2, Role.MUTED, glyphs)]
    for text, width in cells:
        if width:
            spans += [_GAP, *_cell(text, width, Role.MUTED, glyphs)]
    return Line(tuple(spans))


_GAP: Final = Span("  ", Role.MUTED)


def run_line(run: ListedRun, room: int, glyphs: GlyphSet, now: float) -> Line:
    """Return the line of a run."""
    columns = columns_for(room)
    sign, role = _sign(run, glyphs)
    spans = [Span(f"{sign} ", role)]
    title = run.goal or run.id
    spans += _cell(title, room - columns.width - 2, _title_role(run), glyphs)
    if columns.id:
        spans += [_GAP, *_cell(run.id, columns.id, Role.MUTED, glyphs)]
    if columns.bar:
        spans += [_GAP, *_bar(run, columns.bar, glyphs)]
    spans += [_GAP, *_cell(f"{run.done}/{run.total}", columns.done, Role.MUTED, glyphs)]
    words, of = _need(run, glyphs, columns.needs)
    spans += [_GAP, *_cell(words, columns.needs, of, glyphs)]
    spans += [_GAP, *_cell(_cost(run, glyphs), -columns.cost, Role.MUTED, glyphs)]
    took, last = run_times(run, room, now)
    if columns.time:
        spans += [_GAP, *_cell(took, -columns.time, Role.MUTED, glyphs)]
    spans += [_GAP, *_cell(last, columns.last, Role.MUTED, glyphs)]
    return Line(tuple(spans))


def run_times(run: ListedRun, room: int, now: float) -> tuple[str, str]:
    """Return what of the line of a run changes as time passes: how long it takes, its last sign."""
    return _time(run.seconds(now)), _last(run, now, columns_for(room).last)


def repository_line(
    one: ListedRepository,
    home: Path | None,
    glyphs: GlyphSet,
    *,
    folded: int = 0,
    size: int | None = None,
) -> Line:
    """Return the line above the runs of a repository: where it is, and what is wrong there.

    `home` is written `~`; `folded` are the runs that are not shown below it, `size` the bytes of
    its worktrees, None as long as nobody has counted.
    """
    where = one.place
    if where is None:
        shown = one.folder if one.problem else f"unknown, its runs are in {one.paths.root}"
    elif home is not None and where.is_relative_to(home):
        shown = f"~/{where.relative_to(home)}"
    else:
        shown = str(where)
    sign = f"{glyphs.folded} " if folded else ""
    left = (Span(sign + clean(shown, limit=_PLACE), Role.TITLE),)
    if one.problem:
        return Line((*left, Span(f"  {one.problem}", Role.WARNING)))
    if where is not None and not one.is_there:
        return Line(left, (Span("not here any more: moved or deleted", Role.WARNING),))
    facts = [plural(folded, "run")] if folded else []
    facts += [one.branch] if one.branch else []
    facts += [f"{shown_size(size)} in trees"] if size else []
    return Line(left, (Span(f" {glyphs.dot} ".join(facts), Role.MUTED),))


def _cell(text: str, width: int, role: Role, glyphs: GlyphSet) -> tuple[Span, ...]:
    """Return a text in exactly so many cells; of a negative width it stands at the right."""
    if width < 0:
        text = text.rjust(-width)
    return fitted(Line((Span(text, role),)), max(1, abs(width)), glyphs.more)


def _bar(run: ListedRun, width: int, glyphs: GlyphSet) -> tuple[Span, ...]:
    if not run.total:
        return (Span(" " * width, Role.MUTED),)
    return bar_spans(run.bar, width, glyphs)


def _sign(run: ListedRun, glyphs: GlyphSet) -> tuple[str, Role]:
    match run.standing:
        case Standing.NEEDS_YOU | Standing.RUNNING if run.is_led:
            return glyphs.go, Role.RUNNING
        case Standing.TO_LAND | Standing.LANDED | Standing.EMPTY:
            is_all = run.state is RunState.COMPLETED
            return (glyphs.done, Role.DONE) if is_all else (glyphs.cancelled, Role.MUTED)
        case Standing.PARTIAL | Standing.ABORTED:
            return glyphs.cancelled, Role.MUTED
        case _:
            return glyphs.stop, Role.WARNING


def _title_role(run: ListedRun) -> Role:
    match run.standing:
        case Standing.NEEDS_YOU | Standing.RUNNING | Standing.STALLED:
            return Role.TITLE
        case Standing.LANDED | Standing.EMPTY | Standing.PARTIAL | Standing.ABORTED:
            return Role.MUTED
        case _:
            return Role.TEXT


def _need(run: ListedRun, glyphs: GlyphSet, room: int) -> tuple[str, Role]:
    if run.standing is Standing.NO_SCHEDULER and run.leader is not None and room >= len(_DIED):
        return _DIED, _WORDS[run.standing][1]
    if run.standing is Standing.NEEDS_YOU:
        return f"{glyphs.needs_you} {len(run.needs)}", Role.NEED
    return _WORDS[run.standing]


def _cost(run: ListedRun, glyphs: GlyphSet) -> str:
    """Return what it cost as far as that is known; unknown is not nothing."""
    cost = run.usage.cost_microusd
    if cost is None:
        return ""
    return f"{glyphs.least if run.usage.unknown else ''}{dollars(cost)}"


def _time(seconds: float) -> str:
    """Return hours and minutes: `1:12`."""
    minutes = int(seconds) // _MINUTE
    return f"{minutes // _MINUTE}:{minutes % _MINUTE:02}"


def _last(run: ListedRun, now: float, room: int) -> str:
    ago = now - run.changed_at
    if run.is_led and ago < _JUST:
        return "now"
    words = f"{span(ago)} ago"
    if ago >= _DAY and run.changed_at >= midnight(now) - _DAY and room >= len(_YESTERDAY):
        words = _YESTERDAY
    return words if len(words) <= room else span(ago)
