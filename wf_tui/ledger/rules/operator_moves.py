"""The rules of the moves: what each does to a task, row by row of RULES 3.1.

`moves.make` calls them, in the transaction of the command, on tasks for which the table allows the
move; nothing is refused here. What the scheduler has to stop is fenced in the same transaction; it
is killed and harvested there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from wf_tui.errors import UsageError
from wf_tui.ledger.model.events.task_events import (
    TaskBlocked,
    TaskEdited,
    TaskEvent,
    TaskReassigned,
    TaskReleased,
    TaskRetried,
    TaskSkipped,
    TaskUnblocked,
)
from wf_tui.ledger.model.nodes.new_rows import rank, scope_key
from wf_tui.ledger.model.rows import Detail, Spec, TaskRow, evolve, from_json
from wf_tui.ledger.model.states import (
    PERSON,
    BlockedKind,
    DoneKind,
    PendingReason,
    PinnedBy,
    TaskState,
)
from wf_tui.ledger.model.task_moves import blocked, carried, finished, told_next
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.rules import breaker, going_on
from wf_tui.ledger.rules.claims import wake_next
from wf_tui.ledger.rules.conversation import comments
from wf_tui.ledger.rules.conversation.messages import too_late
from wf_tui.ledger.rules.decisions import critics, rivals
from wf_tui.ledger.rules.task_guards import fence, work_left
from wf_tui.plan.choices import Takes
from wf_tui.values import field_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.rules.change import Change

__all__ = [
    "cancel",
    "check_worker",
    "claimed_dependant",
    "edit",
    "edited",
    "hold",
    "priority",
    "reassign",
    "release",
    "retry",
    "skip",
    "stopped",
    "unhold",
]

_NOTHING: Final[Detail] = {}
_SPEC: Final = frozenset(field_names(Spec))
_BUDGET: Final = frozenset({"max_tokens", "max_cost_usd"})
"""What all attempts of a task may use together; to change it raises it."""
_GOES_ON: Final = frozenset(
    {BlockedKind.REVIEW, BlockedKind.CRITIC, BlockedKind.BUDGET, BlockedKind.QUOTA}
)
"""What is retried by the seat that knows it: its work is good, or was cut short."""


def retry(tx: Change, task: TaskRow) -> TaskRow:
    """Give a task another chance, with all its tries; of a back-off, end the wait alone.

    Also of a skipped one, as long as nothing that waited for it was claimed. A profile that its
    breaker paused may try again with it.
    """
    if task.asking:
        return stopped(tx, task, TaskRetried(stopped=True), _fresh(task))
    reviewed = task.kind is BlockedKind.REVIEW
    tx.emit_move(TaskRetried(sent_back=reviewed or None), task)
    if task.state is TaskState.BLOCKED:
        comments.send(tx, task)
    critics.dismiss(tx, task)
    breaker.close_for(tx, task)
    if task.state is TaskState.PENDING:
        return tx.update_task(task, evolve(task, not_before=None))
    fresh, note = evolve(_fresh(task), commit_id=None, result=None), task.note
    if task.block and task.block.passed_checks:
        # Its work did not fail, so that its tries stay counted; the next worker is told why it is
        # asked again.
        fresh, note = evolve(fresh, tries=task.tries), f"sent back by {_person(tx)}"
    if reviewed:
        fresh = going_on.send_back(tx, fresh)
    elif task.kind in _GOES_ON:
        fresh = going_on.go_on(tx, fresh)
    return tx.to_pending(task, fresh, note=note, detail=told_next(task))


def _fresh(task: TaskRow) -> TaskRow:
    """Return the task with all its tries, waiting for nothing, and with no scope waived."""
    anew = going_on.begin_anew(task)
    anew = evolve(anew, limited_since=None, limited_count=0)
    anew = evolve(anew, tries=0, conflicts=0, merge_gates=0, critic_rounds=0)
    return evolve(anew, not_before=None, scope_waived=False)


def reassign(tx: Change, task: TaskRow, *, to: str, fresh: bool = False) -> TaskRow:
    """Give a task to a named seat or profile; it waits for that one and is never taken from it.

    With `fresh` its next attempt begins at the clean head, and not with the work that is there.
    """
    pinned = evolve(going_on.begin_anew(task), pinned=to, pinned_by=PinnedBy.PERSON)
    stops = task.claimed or None
    event = TaskReassigned(to=to, fresh=fresh or None, stopped=stops)
    known = told_next(task, fresh=fresh)
    if stops:
        return stopped(tx, task, event, pinned, known)
    tx.emit_move(event, task)
    if task.state is TaskState.BLOCKED:
        comments.send(tx, task)
    critics.dismiss(tx, task)
    breaker.close_for(tx, pinned)
    if task.state is TaskState.PENDING:
        wake_next(tx, task)
        return tx.update_task(task, evolve(pinned, wait_queue=None, detail=known))
    return tx.to_pending(task, _fresh(pinned), note=task.note, detail=known)


def check_worker(tx: Change, task: TaskRow, *, to: str, fresh: bool = False) -> None:
    """Refuse a seat or profile that does not exist or cannot do this task (`UsageError`)."""
    del fresh  # of the worker nothing depends on it
    named = [seat for seat in tx.workers() if to in {seat.name, seat.profile}]
    if not named:
        tx.worker(to)
    if any(seat.accepts(task.takes, task.role) for seat in named):
        return
    why = f"its roles are {', '.join(named[0].roles)}, the task's is {task.role}"
    if named[0].takes is not task.takes:
        asks = "needs" if named[0].takes is Takes.COMMAND else "takes"
        why = f"a worker of kind {named[0].kind} {asks} a {named[0].takes}"
    raise UsageError(f"{to!r} cannot do {task.id!r}: {why}", "wf workers shows who can")


def release(tx: Change, task: TaskRow) -> TaskRow:
    """Take a task from its worker and put it back into the queue."""
    return stopped(tx, task, TaskReleased(stopped=True), going_on.go_on(tx, task))


def hold(tx: Change, task: TaskRow) -> TaskRow:
    """Keep a task from running until `unhold`."""
    return _blocked(tx, task, BlockedKind.HOLD, f"held by {_person(tx)}")


def unhold(tx: Change, task: TaskRow) -> TaskRow:
    """Let a held task go on; its tries are kept."""
    tx.emit_move(TaskUnblocked(kind=PendingReason.READY), task)
    return tx.to_pending(task, evolve(task, not_before=None), detail=carried(task))


def cancel(tx: Change, task: TaskRow) -> TaskRow:
    """Give a task up; what needs its result is blocked with it."""
    return _blocked(tx, task, BlockedKind.CANCELLED, f"cancelled by {_person(tx)}")


def skip(tx: Change, task: TaskRow) -> TaskRow:
    """Count a task as done without its work; dependants get an empty result."""
    stops = task.claimed
    if not stops:
        # As long as it is in the walk: afterwards it is not known what it kept parked.
        wake_next(tx, task)
    tx.emit_move(TaskSkipped(kind=DoneKind.SKIPPED, stopped=stops or None), task)
    critics.dismiss(tx, task)
    too_late(tx, task)
    if stops:
        fence(tx, task)
    skipped = tx.update_task(task, finished(task, DoneKind.SKIPPED, f"skipped by {_person(tx)}"))
    critics.given_up(tx, skipped)
    rivals.after_end(tx, skipped)
    return skipped


def edit(tx: Change, task: TaskRow, *, fields: Mapping[str, object]) -> TaskRow:
    """Change what a task asks for: at once while it waits, else from its next attempt.

    `fields` may hold any field of `Spec`, and title, scope, role, mode, max_attempts, backoff.
    """
    before: dict[str, object] = {k: getattr(task.spec if k in _SPEC else task, k) for k in fields}
    fields = dict(fields)
    if not _BUDGET.isdisjoint(fields):
        # What it used until now counts no more.
        fields["budget_from"] = task.usage.figures()
        before["budget_from"] = task.budget_from.figures()
    tx.emit_move(TaskEdited(fields=fields, was=before), task)
    # By its old scope, behind which others are parked; with the new one it keeps back others.
    wake_next(tx, task)
    return tx.update_task(task, edited(task, fields))


def edited(task: TaskRow, fields: Mapping[str, object]) -> TaskRow:
    """Return the task with these fields of `edit`, and all that follows from them.

    For `undo` as well, with values as JSON has them. Out of its queue, since with another scope or
    another seat it may be free.
    """
    in_spec: dict[str, Any] = {k: v for k, v in fields.items() if k in _SPEC}
    own: dict[str, Any] = {k: from_json(k, v) for k, v in fields.items() if k not in _SPEC}
    if "budget_from" in own:
        own["budget_from"] = Usage(**own["budget_from"])
    spec = replace(task.spec, **in_spec)
    new = evolve(task, **own)
    return evolve(
        new,
        spec=spec,
        takes=spec.takes,
        scope_key=scope_key(new.scope, task.isolation),
        rank=rank(new.priority, task.chain),
        wait_queue=None,
    )


def priority(tx: Change, task: TaskRow, *, number: int) -> TaskRow:
    """Move a task in the queue; lower comes first."""
    return edit(tx, task, fields={"priority": number})


def _blocked(tx: Change, task: TaskRow, kind: BlockedKind, note: str) -> TaskRow:
    """Block a task at a person's word, and stop the attempt that it has."""
    stops = task.claimed
    detail = carried(task) if kind is BlockedKind.HOLD else _NOTHING
    if kind.facts.can_mend and not stops:
        detail = work_left(tx, task)
    blocks = TaskBlocked(kind=kind, text=note, stopped=stops or None, detail=detail or None)
    tx.emit_move(blocks, task)
    critics.dismiss(tx, task)
    if stops:
        fence(tx, task)
    else:
        wake_next(tx, task)
    stays = tx.update_task(task, blocked(task, kind, note, detail))
    if kind.facts.settles_phase:
        critics.given_up(tx, stays)
    rivals.after_end(tx, stays)
    return stays


def stopped(
    tx: Change, task: TaskRow, event: TaskEvent, new: TaskRow, known: Detail = _NOTHING
) -> TaskRow:
    """Take a task from its running attempt: fence first, kill later (RULES 3.1, *stop*).

    `new` is the task with what else the move changes, `known` what its next attempt has to know.
    The attempt stays open, with its scope and
    its seat, until the scheduler has killed its processes and saved its work.
    """
    tx.emit_move(event, task)
    fence(tx, task)
    return tx.to_pending(task, evolve(new, not_before=None), detail=known)


def claimed_dependant(tx: Change, task: TaskRow) -> str | None:
    """Return a task that waited for this one, or for its phase, and was claimed since.

    It may have counted on the result, so that a skip cannot be taken back any more.
    """
    rows = tx.db.execute(
        "SELECT id FROM task WHERE run = :run AND attempts > 0 AND (id IN "
        "(SELECT dst FROM edge WHERE run = :run AND src = :task) OR phase IN "
        "(SELECT dst FROM phase_edge WHERE run = :run AND src = :phase)) "
        "ORDER BY ordinal LIMIT 1",
        {"run": tx.run.id, "task": task.id, "phase": task.phase},
    )
    return str(rows[0][0]) if rows else None


def _person(tx: Change) -> str:
    """Return who acts, as notes name a person."""
    return tx.actor.removeprefix(PERSON)
