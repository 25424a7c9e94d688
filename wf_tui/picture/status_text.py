"""A run's status as text: a header, counts, then the tasks by state with the reason of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.disk_space import DISK_FULL
from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.states import BlockedKind, PendingReason, RunState, TaskState
from wf_tui.ledger.queries.lane_reads import explained
from wf_tui.ledger.queries.scope_holders import holds
from wf_tui.picture import glyphs
from wf_tui.picture.age import span
from wf_tui.picture.budget_text import budget_lines
from wf_tui.picture.critic_rounds import critic_mark
from wf_tui.picture.orders import column_order
from wf_tui.picture.phase_counts import count_lines, phase_counts
from wf_tui.picture.remedies import budget_remedy, conflict_remedy, helping_command, quota_remedy
from wf_tui.picture.rival_text import rival_text
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.ledger.model.rows import RunRow, SnoozeRow, TaskRow
    from wf_tui.picture.status import Status

__all__ = ["branch", "remedy", "snoozed_text", "status_lines", "summary_lines"]

_NEEDS_PERSON: Final = frozenset(
    {PendingReason.NO_WORKER, PendingReason.LANE_LIMITED, PendingReason.PROFILE_PAUSED}
)
"""Why a pending task stays so until somebody acts, once a run is over."""
_SHOWN: Final = 40
_NAMED: Final = 3
_NAME: Final = 60
_WIDEST: Final = 32
_TEXT: Final = 120
_PATH: Final = 4096
_ORDER: Final = (TaskState.IN_PROGRESS, TaskState.PENDING, TaskState.DONE, TaskState.BLOCKED)


def status_lines(status: Status) -> Iterator[str]:
    """Yield what `wf status` prints, line by line, safe to draw.

    At most 40 tasks of each state: it is read at a glance, and `--json` has all of them.
    """
    run = status.run
    yield f"{run.id}  {run.state}  {clean(run.goal, limit=_TEXT)}"
    yield _counts(run, status.now)
    yield from count_lines(phase_counts(status.tasks))
    if run.left_out:
        yield run.left_out
    yield from budget_lines(run, status.forecast)
    if status.shown is not None:
        yield f"the filter shows {len(status.shown)} of {plural(len(status.tasks), 'task')}"
    yield from _lane_lines(status)
    yield from _export_lines(run)
    yield from _leader_line(status)
    for state in _ORDER:
        tasks = [task for task in status.listed if task.state is state]
        tasks.sort(key=lambda task: column_order(task, needs=status.needs_you(task)))
        if tasks:
            yield ""
            yield f"{state.value.replace('_', ' ')} {len(tasks)}"
            yield from _task_lines(status, tasks)
        # Below those who hold them: who waits for a scope is pending and comes next.
        if state is TaskState.IN_PROGRESS:
            yield from _scope_lines(status)
    yield from _result_lines(run)


def summary_lines(status: Status) -> Iterator[str]:
    """Yield what stands at the end of a run in the foreground: counts, branch, what is stuck.

    Pending tasks are listed only where nobody but a person can free them; the others wait for one
    of the blocked ones that are listed anyway.
    """
    run = status.run
    yield f"{run.id}  {run.state}"
    yield _counts(run, run.ended_at or status.now)
    stuck = []
    for task in status.tasks:
        waits = task.state is TaskState.PENDING
        if waits and status.reasons[task.id].kind not in _NEEDS_PERSON:
            continue
        if waits or task.state is TaskState.BLOCKED:
            stuck.append(task)
    yield from _task_lines(status, stuck)
    yield from budget_lines(run, None)
    yield from _export_lines(run)
    yield from _result_lines(run)


def snoozed_text(snooze: SnoozeRow, now: float) -> str:
    """Return how long a task is put off still, for people."""
    if snooze.until is None:
        return "snoozed until it changes"
    return f"snoozed for {span(snooze.until - now)} still"


def branch(run: RunRow) -> str:
    """Return the name of the integration branch as people write it, without `refs/heads/`."""
    return short_branch(run.ref)


def remedy(task: TaskRow) -> str:
    """Return the command that helps a blocked task, or "" where it needs none or none helps."""
    if task.kind is BlockedKind.QUOTA and task.not_before is None:
        return quota_remedy(task)
    if task.block is None or not task.block.command:
        return ""
    if task.kind is BlockedKind.CONFLICT:
        return conflict_remedy(task.id, task.detail)
    if task.kind is BlockedKind.BUDGET and (raised := budget_remedy(task)):
        return raised
    paths = task.detail.get("paths")
    return helping_command(task.block, task.id, paths if isinstance(paths, list) else ())


def _counts(run: RunRow, now: float) -> str:
    total = run.pending + run.in_progress + run.done + run.blocked
    parts = [f"{run.done}/{total} done"]
    others = {"in progress": run.in_progress, "pending": run.pending, "blocked": run.blocked}
    parts += [f"{number} {state}" for state, number in others.items() if number]
    if run.ended_at:
        since = f"took {span(run.ended_at - run.created_at)}"
    else:
        since = f"since {span(now - run.created_at)}"
    where = f"branch {branch(run)}"
    if run.export_note or run.unexported:
        where += " (not there yet)"
    return "  ".join([" · ".join(parts), since, where])


def _lane_lines(status: Status) -> Iterator[str]:
    """Yield which providers let nothing through, and that their limits are known here alone."""
    if status.lanes_apart:
        yield "limits of providers are kept for this run alone; wf doctor says why"
    for lane in status.lanes.values():
        if lane.state.shut(status.now) and not status.run.state.ended:
            yield clean(explained(lane.state, status.now), limit=_TEXT)


def _export_lines(run: RunRow) -> Iterator[str]:
    """Yield why the branch is not in the repository, and what brings it there."""
    if run.export_note or run.unexported:
        why = clean(run.export_note, limit=_PATH) or "no scheduler was there for it"
        yield f"{branch(run)} could not be brought into your repository: {why}"
        yield f"the work is safe; when that is put right, this brings it: wf resume {run.id}"


def _result_lines(run: RunRow) -> Iterator[str]:
    """Yield what the run has found out: the answer of the task that joins the others."""
    if run.result:
        yield ""
        yield "result"
        for line in clean(run.result, multiline=True).splitlines():
            yield f"  {line}"


def _leader_line(status: Status) -> Iterator[str]:
    run = status.run
    # Of a run that is over neither matters: nothing is to be written, and nobody has to lead it.
    if status.full and not run.state.ended:
        yield f"{DISK_FULL} {clean(str(status.paths.root), limit=_PATH)}"
    if status.alive or run.state.ended:
        return
    if run.state == RunState.PAUSED:
        yield "no scheduler is running; start one with: wf resume"
    elif status.leader is None:
        yield "no scheduler is running yet; if none starts, start one with: wf resume"
    else:
        yield "its scheduler is dead, so nothing runs; start one with: wf resume"


def _scope_lines(status: Status) -> Iterator[str]:
    """Yield who holds which paths, and whom that keeps waiting."""
    held = [(one.task, paths) for one in status.holders if (paths := holds(status.run, one))]
    if not held:
        return
    waiting: dict[object, list[str]] = {}
    for task, reason in status.reasons.items():
        if reason.kind == PendingReason.SCOPE_BUSY:
            waiting.setdefault(reason.detail["holder"], []).append(task)
    yield ""
    yield f"scopes held {len(held)}"
    width = max(len(clean(task, limit=_WIDEST)) for task, _ in held[:_SHOWN])
    for task, paths in held[:_SHOWN]:
        line = f"  {clean(task, limit=_WIDEST):<{width}}  {listed(paths, _NAMED, limit=_NAME)}"
        waits = listed(waiting.get(task, ()), _NAMED, limit=_NAME)
        yield f"{line}; keeps waiting: {waits}" if waits else line
    if len(held) > _SHOWN:
        yield f"  and {len(held) - _SHOWN} more"


def _task_lines(status: Status, tasks: Sequence[TaskRow]) -> Iterator[str]:
    shown = tasks[:_SHOWN]
    width = max((len(clean(task.id, limit=_WIDEST)) for task in shown), default=0)
    for task in shown:
        snooze = status.snoozes.get(task.id)
        glyph = glyphs.of(task) if snooze is None else glyphs.BLOCKED
        line = f"  {glyph} {clean(task.id, limit=_WIDEST):<{width}}  {_explanation(status, task)}"
        if help_with := remedy(task):
            line += f"  -> {help_with}"
        if snooze is not None:
            line += f"  ({snoozed_text(snooze, status.now)})"
        yield line
    if len(tasks) > len(shown):
        yield f"  and {plural(len(tasks) - len(shown), 'more task')} (all: wf status --json)"


def _explanation(status: Status, task: TaskRow) -> str:
    reason = status.reasons[task.id]
    text = clean(reason.text, limit=_TEXT)
    if task.state is TaskState.IN_PROGRESS:
        share = status.progress(task)
        far = f"  {share:.0%}" if share else ""
        return f"{text}  {span(status.now - (task.step_at or task.since))}{far}{_rival(task)}"
    word = reason.kind.replace("_", " ")
    # Some texts begin with the word themselves; it is not said twice.
    if task.state is TaskState.BLOCKED and not text.startswith(word):
        return f"{word}: {text}{_rival(task)}"
    if task.state is TaskState.DONE and task.commit_id:
        merged = f"{word} {task.commit_id[:8]}  {clean(task.note, limit=_TEXT)}".rstrip()
        return f"{merged}{_rival(task)}"
    return f"{text or word}{_rival(task)}"


def _rival(task: TaskRow) -> str:
    """Return that a task is one of several of which one is merged, as a line goes on."""
    words = clean(critic_mark(task), limit=_TEXT) or rival_text(task)
    return f"  ({words})" if words else ""
