"""What the land screen says: from where, into what, how, what stands against it, and the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.land.folders import Folder, by_folder
from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.git.user.land import LandingKind
from wf_tui.picture.age import offset
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wf_tui.board.land.land_facts import LandFacts
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.git.user.land import Landing
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["land_lines", "undo_text"]

_LABEL: Final = 9
_VALUE: Final = 22
_SHORT: Final = 7
_PATH: Final = 26
_COUNTS: Final = 22
_REMARK: Final = 20
"""Cells of a folder's line: its path, its files and lines, what stands out of it."""
_LEAST_PATH: Final = 12
_BAR: Final = 24
_LEAST_BAR: Final = 6
_NAME: Final = 80
_TEXT: Final = 200
_NAMED: Final = 3
_OUTPUT: Final = 5
"""Lines of a failed gate's output that are shown."""
_HOW: Final = {
    LandingKind.NOTHING: "nothing to do",
    LandingKind.FAST_FORWARD: "fast-forward",
    LandingKind.MERGE: "one merge commit",
    LandingKind.SQUASH: "one commit",
}


def land_lines(facts: LandFacts, glyphs: GlyphSet, width: int = 110) -> list[tuple[str, Line]]:
    """Return the lines, each under a name; those of folders begin with `/`, the others pass by."""
    trial = facts.plan.trial
    lines = [(f"fact{at}", line) for at, line in enumerate(_facts(facts, glyphs))]
    if trial.landing is None:
        if trial.conflicts:
            title = _title(f"Conflicts {len(trial.conflicts)} ", (), width, glyphs)
            lines += [("", Line()), ("conflicts", title)]
        lines += [(f"/{one.path}", _conflict(one.path, one.tasks)) for one in trial.conflicts]
        return lines
    folders = by_folder(trial.landing.files, trial.outside)
    if folders:
        lines += [("", Line()), ("files", _files_title(trial.landing, width, glyphs))]
        most = max(one.added + one.removed for one in folders)
        lines += [(f"/{one.path}", _folder_line(one, most, width, glyphs)) for one in folders]
    lines += [(" ", Line()), ("phases", Line((Span("By phase", Role.TITLE),)))]
    lines += [(f"phase{at}", line) for at, line in enumerate(_phases(facts, glyphs))]
    return lines


def undo_text(facts: LandFacts) -> str:
    """Return how a landing that has been done is taken back, as a person types it."""
    plan = facts.plan
    if plan.checkout is not None:
        return f"nothing is pushed; undo: git reset --keep {plan.trial.old[:_SHORT]}"
    into = clean(plan.into, limit=_NAME)
    return f"nothing is pushed; undo: git branch -f {into} {plan.trial.old[:_SHORT]}"


def _facts(facts: LandFacts, glyphs: GlyphSet) -> Iterator[Line]:
    plan, trial = facts.plan, facts.plan.trial
    head, old = trial.head[:_SHORT], trial.old[:_SHORT]
    work = f"{plural(len(facts.merged), 'merge')} by {plural(facts.workers, 'worker')}, "
    place = f", checked out in {_folder(facts)}" if plan.checkout else ", checked out nowhere"
    yield _fact("from", plan.branch, f"{work if facts.merged else ''}head {head}")
    yield _fact("into", clean(plan.into, limit=_NAME), f"at {old}{place}")
    if trial.landing is None:
        yield _said("merges", f"no: {clean(plan.refusal, limit=_TEXT)}", Role.ERROR)
        yield from _ways_out(facts)
        return
    yield _fact("how", _HOW[trial.landing.kind], _how(facts, trial.landing))
    if trial.landing.kind is LandingKind.NOTHING:
        return
    merges = Span(f"{f'{glyphs.done} cleanly':<{_VALUE}} ", Role.DONE)
    yield Line((_label("merges"), merges, Span("tried just now", Role.MUTED)))
    yield from _gate(facts, glyphs)
    if trial.landing.commits_anew:
        more = "  e edits it; tasks, workers and models follow"
        text = Span(clean(facts.message, limit=_NAME), Role.TEXT)
        yield Line((_label("message"), text, Span(more, Role.MUTED)))
    if plan.left:
        names = listed([task.title or task.id for task in plan.left], _NAMED, limit=_NAME)
        words = f"{plural(len(plan.left), 'task')} not done: {names}"
        yield _said("without", words, Role.WARNING)
    if plan.refusal:
        yield _said("not now", clean(plan.refusal, limit=_TEXT), Role.ERROR)
        if plan.hint:
            yield _said("", clean(plan.hint, limit=_TEXT), Role.MUTED)


def _how(facts: LandFacts, landing: Landing) -> str:
    """Return which other way there is, and why there is no simpler one."""
    ahead = plural(facts.plan.trial.ahead, "commit")
    into = clean(facts.plan.into, limit=_NAME)
    match landing.kind:
        case LandingKind.NOTHING:
            return f"{into} has all of it"
        case LandingKind.FAST_FORWARD:
            return "s squash"
        case LandingKind.MERGE:
            return f"s squash   no fast-forward: {into} has {ahead} of its own"
        case LandingKind.SQUASH:
            return "s as it is"


def _gate(facts: LandFacts, glyphs: GlyphSet) -> Iterator[Line]:
    """Yield what is known of the plan's gate on this very merge."""
    command, gate = clean(facts.command, limit=_NAME), facts.gate
    if not command:
        yield _said("gate", "the plan has none", Role.MUTED)
    elif facts.gating:
        value = Span(f"{f'{glyphs.in_progress} {command}':<{_VALUE}} ", Role.RUNNING)
        yield Line((_label("gate"), value, Span("runs on the merged tree; g stops it", Role.MUTED)))
    elif gate is None:
        yield _fact("gate", command, "g runs it on the merged tree")
    elif gate.passed:
        value = Span(f"{f'{glyphs.done} {command}':<{_VALUE}} ", Role.DONE)
        more = f"passed on the merged tree, {offset(gate.seconds)}"
        said = f"{gate.text} {glyphs.dot} " if gate.text else ""
        yield Line((_label("gate"), value, Span(f"{said}{more}", Role.MUTED)))
    else:
        value = Span(f"{command:<{_VALUE}} ", Role.ERROR)
        failed = f"failed on the merged tree: {gate.text}"
        yield Line((_label("gate"), value, Span(failed, Role.ERROR)))
        told = [line for line in gate.output.split("\n") if any(map(str.isalnum, line))]
        for line in told[-_OUTPUT:]:
            yield _said("", line, Role.MUTED)


def _ways_out(facts: LandFacts) -> Iterator[Line]:
    """Yield what a person can do about a conflict; where its task is there, how that stands."""
    plan, task = facts.plan, facts.merge_task
    if not plan.trial.conflicts:
        return
    if task is not None:
        state = task.kind or task.state
        title = clean(task.title, limit=_NAME)
        yield _said("", f"“{title}” settles it: {state.replace('_', ' ')}", Role.WARNING)
    else:
        into, branch = clean(plan.into, limit=_NAME), plan.branch
        yield _said("", f"n adds a task that merges {into} into {branch}", Role.TEXT)
    yield _said("", "c copies the git commands, to settle it yourself", Role.MUTED)


def _folder(facts: LandFacts) -> str:
    path = str(facts.plan.checkout)
    if facts.home and path.startswith(f"{facts.home}/"):
        path = f"~{path.removeprefix(facts.home)}"
    return clean(path, limit=_NAME)


def _label(word: str) -> Span:
    return Span(f"{word:<{_LABEL}}", Role.MUTED)


def _fact(word: str, value: str, more: str) -> Line:
    return Line((_label(word), Span(f"{value:<{_VALUE}} ", Role.TEXT), Span(more, Role.MUTED)))


def _said(word: str, text: str, role: Role) -> Line:
    return Line((_label(word), Span(text, role)))


def _conflict(path: str, tasks: Sequence[str]) -> Line:
    whose = f"  {listed(tasks, _NAMED, limit=_NAME)}" if tasks else ""
    return Line((Span(path, Role.ERROR), Span(whose, Role.MUTED)))


def _title(words: str, counts: Sequence[Span], width: int, glyphs: GlyphSet) -> Line:
    used = len(words) + sum(len(one.text) for one in counts)
    rule = Span(glyphs.rule * max(0, width - used), Role.RULE)
    return Line((Span(words, Role.TITLE), *counts, rule))


def _files_title(landing: Landing, width: int, glyphs: GlyphSet) -> Line:
    added = sum(file.added or 0 for file in landing.files)
    removed = sum(file.removed or 0 for file in landing.files)
    counts = (Span(f"+{added:,} ", Role.ADDED), Span(f"−{removed:,} ", Role.REMOVED))
    return _title(f"Files {len(landing.files)} ", counts, width, glyphs)


def _folder_line(folder: Folder, most: int, width: int, glyphs: GlyphSet) -> Line:
    """Return a folder with its files, its lines, a bar of these, and what stands out."""
    bar = min(_BAR, width - _PATH - _COUNTS - _REMARK)
    scale = bar / max(1, most) if bar >= _LEAST_BAR else 0.0
    more = max(1, round(folder.added * scale)) if folder.added and scale else 0
    less = max(1, round(folder.removed * scale)) if folder.removed and scale else 0
    counts = f"+{folder.added:,} −{folder.removed:,}"
    room = max(_LEAST_PATH, min(_PATH, width - _COUNTS - _REMARK))
    path = folder.path
    if len(path) > room:
        path = glyphs.more + path[-room + 1 :]
    return Line(
        (
            Span(f"{path:<{room}} ", Role.TEXT),
            Span(f"{folder.files:>4}  {counts:<14} ", Role.MUTED),
            Span(glyphs.heavy * more, Role.DONE),
            Span(glyphs.heavy * less, Role.ERROR),
        ),
        (Span(folder.remark, Role.ERROR if folder.is_risk else Role.WARNING),)
        if folder.remark
        else (),
    )


def _phases(facts: LandFacts, glyphs: GlyphSet) -> Iterator[Line]:
    by_phase: Mapping[str, list[TaskRow]] = {name: [] for name in facts.phases}
    for task in facts.tasks:
        by_phase.get(task.phase, []).append(task)
    return (_phase(facts, name, tasks, glyphs) for name, tasks in by_phase.items() if tasks)


def _phase(facts: LandFacts, name: str, tasks: Sequence[TaskRow], glyphs: GlyphSet) -> Line:
    left = sum(task.state != "done" for task in tasks)
    merged = [facts.merged[task.id] for task in tasks if task.id in facts.merged]
    added, removed = sum(one.added for one in merged), sum(one.removed for one in merged)
    counts = f"+{added:,} −{removed:,}"
    if not merged:
        counts = "" if left == len(tasks) else "answers only"
    remarks = []
    if by_hand := sum(task.conflicts > 0 and task.id in facts.merged for task in tasks):
        remarks.append(f"{plural(by_hand, 'conflict')} settled")
    if retried := sum(task.attempts > 1 for task in tasks):
        remarks.append(f"{retried} retried")
    if outside := sum(task.scope_waived and bool(task.scope) for task in tasks):
        remarks.append(f"{outside} outside its scope")
    if left:
        remarks.append(f"{left} not done")
    sign = Span(f"{glyphs.pending} ", Role.WARNING) if left else Span(f"{glyphs.done} ", Role.DONE)
    title = f"{clean(name, limit=_NAME)} {len(tasks)}"
    words = f"{counts:<15} {', '.join(remarks)}"
    return Line((sign, Span(f"{title:<16} ", Role.TEXT), Span(words, Role.MUTED)))
