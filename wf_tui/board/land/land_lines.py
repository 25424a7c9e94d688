"""What the land screen says: from where, into what, how, what stands against it, and the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.land.folders import Folder, by_folder
from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.git.user.land import LandingKind
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.git.user.land import Landing
    from wf_tui.landing import LandingPlan
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["LandFacts", "land_lines"]

_LABEL: Final = 9
_VALUE: Final = 20
_SHORT: Final = 7
_PATH: Final = 26
_BAR: Final = 24
_NAME: Final = 80
_NAMED: Final = 3
_HOW: Final = {
    LandingKind.NOTHING: "nothing to do",
    LandingKind.FAST_FORWARD: "fast-forward",
    LandingKind.MERGE: "one merge commit",
    LandingKind.SQUASH: "one commit",
}


@dataclass(frozen=True)
class LandFacts:
    """What the lines are made of."""

    plan: LandingPlan
    message: str
    tasks: Sequence[TaskRow]
    phases: Sequence[str]


def land_lines(facts: LandFacts, glyphs: GlyphSet) -> list[tuple[str, Line]]:
    """Return the lines, each under a name; those of folders begin with `/`, the others pass by."""
    plan = facts.plan
    lines = [(f"fact{at}", line) for at, line in enumerate(_facts(facts, glyphs))]
    if plan.trial.landing is None:
        lines.append(("", Line()))
        lines += [(f"/{one.path}", _conflict(one.path, one.tasks)) for one in plan.trial.conflicts]
        return lines
    folders = by_folder(plan.trial.landing.files)
    if folders:
        lines += [("", Line()), ("files", _files_title(plan.trial.landing))]
        most = max(one.added + one.removed for one in folders)
        lines += [(f"/{one.path}", _folder_line(one, most, glyphs)) for one in folders]
    lines += [(" ", Line()), ("phases", Line((Span("By phase", Role.TITLE),)))]
    lines += [(f"phase{at}", line) for at, line in enumerate(_phases(facts, glyphs))]
    return lines


def _facts(facts: LandFacts, glyphs: GlyphSet) -> list[Line]:
    plan, landing = facts.plan, facts.plan.trial.landing
    head, old = plan.trial.head[:_SHORT], plan.trial.old[:_SHORT]
    commits = plural(len(landing.commits), "commit") if landing else ""
    place = f", checked out in {clean(str(plan.checkout), limit=_NAME)}" if plan.checkout else ""
    lines = [
        _fact("from", plan.branch, f"{commits}{', ' if commits else ''}head {head}"),
        _fact("into", clean(plan.into, limit=_NAME), f"at {old}{place}"),
    ]
    if landing is None:
        return [*lines, _said("merges", f"no: {clean(plan.refusal, limit=_NAME)}", Role.ERROR)]
    lines.append(_fact("how", _HOW[landing.kind], "s squash" if _can_squash(landing) else ""))
    merges = Span(f"{glyphs.done} cleanly", Role.DONE)
    lines.append(Line((_label("merges"), merges, Span("  tried just now", Role.MUTED))))
    if landing.commits_anew:
        lines.append(
            _fact("message", clean(facts.message, limit=_NAME), "e edits it; tasks follow")
        )
    if plan.left:
        names = listed([task.title or task.id for task in plan.left], _NAMED, limit=_NAME)
        words = f"{plural(len(plan.left), 'task')} not done: {names}"
        lines.append(_said("without", words, Role.WARNING))
    if plan.refusal:
        lines.append(_said("not now", clean(plan.refusal, limit=200), Role.ERROR))
        if plan.hint:
            lines.append(_said("", clean(plan.hint, limit=200), Role.MUTED))
    return lines


def _can_squash(landing: Landing) -> bool:
    return landing.kind is not LandingKind.NOTHING


def _label(word: str) -> Span:
    return Span(f"{word:<{_LABEL}}", Role.MUTED)


def _fact(word: str, value: str, more: str) -> Line:
    return Line((_label(word), Span(f"{value:<{_VALUE}}", Role.TEXT), Span(more, Role.MUTED)))


def _said(word: str, text: str, role: Role) -> Line:
    return Line((_label(word), Span(text, role)))


def _conflict(path: str, tasks: Sequence[str]) -> Line:
    whose = f"  {listed(tasks, _NAMED, limit=_NAME)}" if tasks else ""
    return Line((Span(path, Role.ERROR), Span(whose, Role.MUTED)))


def _files_title(landing: Landing) -> Line:
    added = sum(file.added or 0 for file in landing.files)
    removed = sum(file.removed or 0 for file in landing.files)
    return Line(
        (
            Span(f"Files {len(landing.files)} ", Role.TITLE),
            Span(f"+{added:,} ", Role.ADDED),
            Span(f"−{removed:,}", Role.REMOVED),
        )
    )


def _folder_line(folder: Folder, most: int, glyphs: GlyphSet) -> Line:
    """Return a folder with its files, its lines, a bar of these, and what stands out."""
    scale = _BAR / max(1, most)
    more = max(1, round(folder.added * scale)) if folder.added else 0
    less = max(1, round(folder.removed * scale)) if folder.removed else 0
    counts = f"+{folder.added:,} −{folder.removed:,}"
    path = folder.path
    if len(path) > _PATH:
        path = glyphs.more + path[-_PATH + 1 :]
    return Line(
        (
            Span(f"{path:<{_PATH}} ", Role.TEXT),
            Span(f"{folder.files:>4}  {counts:<14} ", Role.MUTED),
            Span(glyphs.heavy * more, Role.DONE),
            Span(glyphs.heavy * less, Role.ERROR),
        ),
        (Span(folder.remark, Role.ERROR if folder.is_risk else Role.WARNING),)
        if folder.remark
        else (),
    )


def _phases(facts: LandFacts, glyphs: GlyphSet) -> list[Line]:
    by_phase: Mapping[str, list[TaskRow]] = {name: [] for name in facts.phases}
    for task in facts.tasks:
        by_phase.get(task.phase, []).append(task)
    return [_phase(name, tasks, glyphs) for name, tasks in by_phase.items() if tasks]


def _phase(name: str, tasks: Sequence[TaskRow], glyphs: GlyphSet) -> Line:
    left = sum(task.state != "done" for task in tasks)
    merged = sum(task.commit_id is not None for task in tasks)
    remarks = [f"{merged} merged" if merged else "answers only"]
    if retried := sum(task.attempts > 1 for task in tasks):
        remarks.append(f"{retried} retried")
    if outside := sum(task.scope_waived for task in tasks):
        remarks.append(f"{outside} outside its scope")
    if left:
        remarks.append(f"{left} not done")
    sign = Span(f"{glyphs.pending} ", Role.WARNING) if left else Span(f"{glyphs.done} ", Role.DONE)
    title = f"{clean(name, limit=_NAME)} {len(tasks)}"
    return Line((sign, Span(f"{title:<16} ", Role.TEXT), Span(", ".join(remarks), Role.MUTED)))
