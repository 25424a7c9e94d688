"""The right side of the plan screen: the selected task, what was checked, where you are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.plan.plan_lines import minutes
from wf_tui.board.text_view.text_line import TextLine, lines_of, plain, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.planning.editing.examine import Level
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.planning.editing.examine import Examination, Finding
    from wf_tui.planning.editing.outline import Outline, OutlinedPhase, OutlinedTask

__all__ = ["BEGINNINGS", "blank_lines", "check_lines", "side_lines"]

_LABEL: Final = 9
_NAMED: Final = 6
_MOST_CHANGES: Final = 12
BEGINNINGS: Final = {
    "words": "ask the planner, with what it should know",
    "shape": "a ready-made shape, without a model",
    "new": "a first task",
    "file": "write it in your editor",
}
"""How a plan is begun, by the names of the actions."""


def side_lines(
    task: OutlinedTask | None,
    phase: OutlinedPhase | None,
    outline: Outline,
    found: Examination | None,
    changes: Sequence[str],
    glyphs: GlyphSet,
) -> list[TextLine]:
    """Return all of it; `found` is None while it is checked, `changes` what a wish has brought."""
    lines = [*_changes(changes)]
    if task is not None:
        lines += [*_task_lines(task, found), TextLine()]
    elif phase is not None:
        lines += [*_phase_lines(phase), TextLine()]
    lines += check_lines(found, glyphs)
    lines += [TextLine(), *_asked_lines(outline, found, glyphs)]
    if found is not None and found.commands:
        lines += [TextLine(), plain("Commands that would run", Role.TITLE)]
        lines += [line for one in found.commands for line in _command(*one)]
    return lines


def blank_lines(
    why: str, keys: Mapping[str, str], found: Examination | None, glyphs: GlyphSet
) -> list[TextLine]:
    """Return what stands in the place of the tasks where there are none: why, and what helps.

    `keys` are those of `BEGINNINGS`.
    """
    lines = [plain("No tasks yet", Role.TITLE)]
    if why:
        lines.append(TextLine((Span(safe(why), Role.WARNING),)))
    lines.append(TextLine())
    for name, words in BEGINNINGS.items():
        lines.append(
            TextLine((Span(f"{keys[name]:<4}", Role.KEY), Span(words, Role.MUTED)), hang=4)
        )
    return [*lines, TextLine(), *check_lines(found, glyphs)]


def check_lines(found: Examination | None, glyphs: GlyphSet) -> Iterator[TextLine]:
    """Yield what was checked, the worst first."""
    if found is None:
        yield TextLine((Span("Check", Role.TITLE), Span(f" {glyphs.more}", Role.MUTED)))
        return
    warnings = sum(one.level is Level.WARNING for one in found.findings)
    counts = [Span("Check", Role.TITLE)]
    if found.errors:
        counts.append(Span(f" {plural(len(found.errors), 'error')}", Role.ERROR))
    if warnings:
        counts.append(Span(f" {plural(warnings, 'warning')}", Role.WARNING))
    yield TextLine(tuple(counts))
    for level in Level:
        for one in found.findings:
            if one.level is level:
                yield from _finding(one, glyphs)


def _finding(one: Finding, glyphs: GlyphSet) -> Iterator[TextLine]:
    sign, role, words = {
        Level.ERROR: (glyphs.cancelled, Role.ERROR, Role.TEXT),
        Level.WARNING: (glyphs.warns, Role.WARNING, Role.TEXT),
        Level.GOOD: (glyphs.done, Role.DONE, Role.MUTED),
    }[one.level]
    mark = f"task:{one.task}" if one.task else ""
    yield TextLine((Span(f"{sign} ", role), Span(one.text, words)), mark=mark, hang=2)
    if one.hint:
        yield TextLine((Span("  ", Role.MUTED), Span(one.hint, Role.MUTED)), mark=mark, hang=2)


def _task_lines(task: OutlinedTask, found: Examination | None) -> Iterator[TextLine]:
    title = (Span(task.name, Role.TITLE),)
    yield TextLine(title, right=(Span(task.id, Role.FAINT),) if task.title else ())
    worker = task.worker or (found.workers.get(task.id, "") if found else "")
    then = f" then {', '.join(task.fallback)}" if task.fallback else ""
    yield _fact("worker", worker or f"whoever takes {task.role}", then)
    yield _fact("role", task.role)
    yield from _asked_of(task)
    estimate = found.estimates.get(task.id) if found else None
    if estimate is not None:
        yield _fact("est.", minutes(estimate.seconds), f" by {estimate.attempts} attempts")
    if task.command:
        yield TextLine()
        yield from _command("", task.command)
    if task.prompt:
        yield TextLine()
        yield from lines_of(task.prompt.strip())


def _asked_of(task: OutlinedTask) -> Iterator[TextLine]:
    """Yield what it needs and may, as far as it says so."""
    writes = (", ".join(task.scope) or "anywhere") if task.writes else ""
    if task.scope and not task.writes:
        writes = f"nothing: its mode is {task.mode}"
    facts = (
        ("needs", ", ".join(task.needs)),
        ("writes", writes),
        ("gate", task.gate),
        ("limits", " · ".join(task.limits)),
        ("asks", f"waits {task.asks}s for your answer" if task.asks else ""),
    )
    yield from (_fact(word, text) for word, text in facts if text)


def _command(place: str, command: str) -> Iterator[TextLine]:
    """Yield a command to the letter: it runs as this user, with nobody in between."""
    for number, line in enumerate(command.strip().split("\n")):
        yield TextLine((Span("  " if number else "$ ", Role.MUTED), Span(safe(line))), hang=2)
    if place:
        yield TextLine((Span(f"    {place}", Role.MUTED),), hang=4)


def _phase_lines(phase: OutlinedPhase) -> Iterator[TextLine]:
    yield TextLine((Span(phase.name, Role.TITLE),), right=(Span("phase", Role.FAINT),))
    if phase.after:
        yield _fact("after", ", ".join(phase.after))
    order = "side by side" if phase.parallel else "one after the other"
    yield _fact("tasks", plural(len(phase.tasks), "task"), f", {order}")
    if phase.on_failure:
        yield _fact("failure", phase.on_failure.replace("_", " "))


def _asked_lines(
    outline: Outline, found: Examination | None, glyphs: GlyphSet
) -> Iterator[TextLine]:
    yield plain("You will be asked", Role.TITLE)
    reviewed = [task.name for task in outline.tasks if task.review]
    if reviewed:
        names = listed(reviewed, _NAMED)
        yield _asked(f"review before the merge: {names}", glyphs)
    if found is not None and found.unseen:
        commands = plural(len(found.unseen), "command")
        yield _asked(f"before it runs: {commands} that no run here has had", glyphs)
    if found is not None and found.uncommitted:
        yield _asked("before it runs: about files that are not committed", glyphs)
    if not reviewed:
        yield TextLine((Span("  v sets a review before the merge of a task", Role.MUTED),), hang=2)
    else:
        yield TextLine((Span("  v sets or clears it for a task", Role.MUTED),), hang=2)


def _asked(text: str, glyphs: GlyphSet) -> TextLine:
    return TextLine((Span(f"{glyphs.needs_you} ", Role.NEED), Span(text)), hang=2)


def _changes(changes: Sequence[str]) -> Iterator[TextLine]:
    """Yield the first lines that a wish has changed."""
    if not changes:
        return
    yield plain("Changed", Role.TITLE)
    for line in changes[:_MOST_CHANGES]:
        role = {"+": Role.ADDED, "-": Role.REMOVED}.get(line[:1], Role.MUTED)
        yield plain(clean(line, limit=200), role)
    if len(changes) > _MOST_CHANGES:
        yield plain(f"and {plural(len(changes) - _MOST_CHANGES, 'more line')}", Role.MUTED)
    yield TextLine()


def _fact(word: str, value: str, more: str = "") -> TextLine:
    spans = (Span(f"{word:<{_LABEL}}", Role.MUTED), Span(safe(value)), Span(safe(more), Role.MUTED))
    return TextLine(spans, hang=_LABEL)
