"""The lines of a plan: its phases, its tasks, and what will have to be known of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from wf_tui.board.widgets.line import Line, Role, Span, width_of
from wf_tui.planning.editing.examine import Level
from wf_tui.text import cut, dollars

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.ledger.queries.forecast import Estimate
    from wf_tui.planning.editing.outline import OutlinedPhase, OutlinedTask

__all__ = ["TaskFacts", "head_line", "minutes", "phase_line", "sums", "task_line"]

_TIME: Final = 5
_WORKER: Final = 10
_SCOPE: Final = 30
_LEAST_SCOPE: Final = 6
"""Cells below which a scope says nothing."""
_SECONDS: Final = 60
_HOUR: Final = 60
_EDGE: Final = Span("  ", Role.MUTED)


@dataclass(frozen=True)
class TaskFacts:
    """What is known of the tasks beside what is written, by their ids."""

    workers: Mapping[str, str] = field(default_factory=dict)
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    marks: Mapping[str, Level] = field(default_factory=dict)

    @property
    def timed(self) -> bool:
        """Whether anything is known of how long tasks take."""
        return bool(self.estimates)


def head_line(phases: Iterable[OutlinedPhase], *, timed: bool) -> Line:
    """Return the line above: how much there is, and what stands in the columns."""
    listed = [*phases]
    tasks = sum(len(phase.tasks) for phase in listed)
    words = f" {_count(len(listed), 'phase')} · {_count(tasks, 'task')}"
    time = f"{'est.':>{_TIME}} " if timed else ""
    columns = f"writes  {time}{'worker':<{_WORKER}}"
    return Line((Span("Plan", Role.TITLE), Span(words, Role.MUTED)), (Span(columns, Role.MUTED),))


def phase_line(
    phase: OutlinedPhase, facts: TaskFacts, glyphs: GlyphSet, *, folded: bool, seats: int
) -> Line:
    """Return the line of a phase: its name, what it waits for, and what it takes."""
    sign = glyphs.folded if folded else glyphs.opened
    parts = [f"after {', '.join(phase.after)}"] if phase.after else []
    if phase.parallel and len(phase.tasks) > 1:
        parts.append(f"{min(seats, len(phase.tasks))} at once")
    if phase.on_failure and phase.on_failure != "hold":
        parts.append(f"on failure {phase.on_failure.replace('_', ' ')}")
    if folded:
        parts.insert(0, _count(len(phase.tasks), "task"))
    left = [Span(f"{sign} ", Role.MUTED), Span(phase.name, Role.TITLE)]
    if parts:
        left.append(Span(f" {' · '.join(parts)}", Role.MUTED))
    facts_right = [] if any(task.writes for task in phase.tasks) else ["reads only"]
    facts_right += sums(phase.tasks, facts)
    right = (Span(" · ".join(facts_right), Role.MUTED),) if facts_right else ()
    return Line(tuple(left), (), right)


def sums(tasks: Iterable[OutlinedTask], facts: TaskFacts) -> list[str]:
    """Return time and money of tasks, where all of them are known."""
    found = [facts.estimates.get(task.id) for task in tasks if not task.command]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return []
    words = [f"~{minutes(sum(one.seconds for one in known))}"]
    costs = [one.cost_microusd for one in known if one.cost_microusd is not None]
    if len(costs) == len(known):
        words.append(dollars(sum(costs)))
    return words


def task_line(task: OutlinedTask, facts: TaskFacts, glyphs: GlyphSet, room: int) -> Line:
    """Return the line of a task; what it writes gets the cells that its title leaves."""
    level = facts.marks.get(task.id)
    sign = Span(f"{glyphs.pending} ", Role.TEXT)
    if level is Level.ERROR:
        sign = Span(f"{glyphs.cancelled} ", Role.ERROR)
    elif task.review:
        sign = Span(f"{glyphs.needs_you} ", Role.NEED)
    elif level is Level.WARNING:
        sign = Span(f"{glyphs.warns} ", Role.WARNING)
    left = (_EDGE, sign, Span(task.name, Role.TEXT))
    worker = task.worker or facts.workers.get(task.id, "")
    end = f" {cut(worker, _WORKER):<{_WORKER}}"
    if facts.timed:
        one = facts.estimates.get(task.id)
        end = f" {minutes(one.seconds) if one else '':>{_TIME}}{end}"
    scope = ""
    if task.writes:
        free = min(_SCOPE, room - width_of(left) - cell_len(end) - 3)
        words = ", ".join(task.scope) or "anywhere"
        scope = _end_of(words, free, glyphs.more) if free >= _LEAST_SCOPE else ""
    return Line(left, (Span(f"{scope} ", Role.MUTED), Span(end[1:], Role.MUTED)))


def minutes(seconds: float) -> str:
    """Return a time as people plan with it: `4m`, `1h20`, under a minute `40s`."""
    if seconds < _SECONDS:
        return f"{round(seconds)}s"
    hours, rest = divmod(round(seconds / _SECONDS), _HOUR)
    return f"{hours}h{rest:02}" if hours else f"{rest}m"


def _end_of(words: str, room: int, more: str) -> str:
    """Return the end of a path, which says most, where not all of it fits."""
    return words if cell_len(words) <= room else more + words[-(room - 1) :]


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
