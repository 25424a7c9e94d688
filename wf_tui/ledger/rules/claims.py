"""Claims (RULES 4.3): one worker, the best ready task that it may hold, in one transaction."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.base import Shape
from wf_tui.ledger.model.events.task_events import TaskClaimed, TaskEdited, TaskUnblocked
from wf_tui.ledger.model.lane_state import LOCAL
from wf_tui.ledger.model.rows import (
    AttemptRow,
    PhaseRow,
    TaskRow,
    WorkerRow,
    decode,
    evolve,
    select,
)
from wf_tui.ledger.model.run_environment import lacking
from wf_tui.ledger.model.startable import STARTABLE, UNPARKED
from wf_tui.ledger.model.states import (
    BlockedKind,
    Intent,
    PendingReason,
    PinnedBy,
    RunState,
    SeatState,
    Step,
)
from wf_tui.ledger.model.task_moves import claimed
from wf_tui.ledger.queries import budget_reads
from wf_tui.ledger.queries.role_routing import reserved_roles
from wf_tui.ledger.queries.scope_holders import contention, extent, needs_newer, writes_in_shared
from wf_tui.ledger.rules import breaker, going_on, probes
from wf_tui.ledger.rules.change import Change
from wf_tui.ledger.rules.conversation import comments
from wf_tui.ledger.rules.conversation.messages import deliver
from wf_tui.ledger.rules.conversation.questions import tell_next
from wf_tui.ledger.rules.limits import lanes
from wf_tui.ledger.rules.runs import wake_run
from wf_tui.plan.choices import Isolation
from wf_tui.plan.scopes import first_overlap
from wf_tui.values import frozen

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Value

__all__ = [
    "PERSON_PROFILE",
    "Claim",
    "claim_event",
    "claim_for",
    "conflict_paths",
    "open_attempt",
    "release_due",
    "wake",
    "wake_next",
]

_FIRST_PAGE: Final = 1
"""The best task is nearly always free: each further one that is read costs it a tenth."""
_PAGE: Final = 64
_READY: Final = (
    f"WHERE run = :run AND {STARTABLE} AND (rank, ordinal) > (:rank, :ordinal) "
    "AND takes = :takes AND pinned IN ('', :name, :profile) AND phase NOT IN "
    "(SELECT name FROM phase WHERE phase.run = task.run AND wip IS NOT NULL "
    "AND open_attempts >= wip) "
)
PERSON_PROFILE: Final = "user"
"""The profile of a claim by which a person's decision is carried out; no seat has it."""


@frozen
class Claim:
    """What a worker holds: the task as it was claimed, and the fence that its writes must carry."""

    run: str
    task: TaskRow
    worker: str
    kind: str
    """The kind of the worker's seat."""
    profile: str
    """What its seat was made of."""
    lane: str
    """The lane of its seat, whose permit it uses."""
    epoch: int
    at: float
    """When it was claimed: the date of its commit, also when the harvest is made again."""
    head: str
    session: str | None = None
    """The session of its seat that it goes on with."""
    tree: str | None = None
    """The number of the worktree that this session belongs to."""
    last_note: str = ""
    conflict: tuple[str, ...] = ()
    renews_shared: bool = False
    """Whether it writes in the shared tree, and no other worker did when it was claimed.

    Then that tree is brought to the head before it begins, though those whose attempts have ended
    in the ledger may be on their way out still.
    """

    @classmethod
    def of(cls, attempt: AttemptRow, task: TaskRow) -> "Claim":
        """Return the claim of an attempt that nobody sees through yet, as after a crash."""
        return cls(
            run=attempt.run,
            task=task,
            worker=attempt.worker,
            kind="",
            profile=attempt.profile,
            lane=attempt.lane or LOCAL,
            epoch=attempt.epoch,
            at=attempt.started_at,
            head=attempt.base or "",
        )


def claim_for(
    tx: Change,
    name: str,
    *,
    start_deadline: float,
    steal_after: float,
    permits: Mapping[str, int] | None = None,
) -> Claim | None:
    """Claim the best ready task for a seat, or return None where there is none for it now.

    `start_deadline` is how many seconds the attempt has until its program runs; `steal_after` how
    long a task that the plan pinned to a busy seat waits for it; `permits` are how many claims each
    lane of the host still lets through, None where nobody asked for any. In one transaction with
    what it finds, so that two seats never hold one task.
    """
    if tx.run.state not in {RunState.RUNNING, RunState.STALLED} or tx.run.intent != Intent.GO:
        return None
    if tx.run.open_attempts >= tx.run.jobs:
        return None
    worker = tx.worker(name)
    if worker.task is not None or budget_reads.is_used_up(tx.run):
        return None
    if worker.lane != LOCAL:
        lanes.open_due(tx)
        if lanes.is_shut(tx, worker.lane):
            return None
        if permits is not None and permits.get(worker.lane, 0) <= 0:
            return None
    due = probes.due(tx, worker, steal_after)
    if due.tripped and breaker.is_shut(tx, worker.profile):
        return None
    _bring_in(tx, due, steal_after)
    task = _best(tx, worker)
    if task is None:
        return None
    wake_run(tx)
    return _hold(tx, worker, task, start_deadline)


def _bring_in(tx: Change, due: probes.Due, steal_after: float) -> None:
    """Bring tasks into the walk that begins next: what is due, and what waits for nothing."""
    if due.timers:
        release_due(tx)
    if due.wants:
        going_on.drop_late_wants(tx)
    if due.pins:
        _drop_stale_pins(tx, steal_after)
    if due.parked and not tx.run.open_attempts:
        # With nothing open, none of those that are parked has anything to wait for.
        for parked in _first_parked(tx):
            tx.write(parked, evolve(parked, wait_queue=None))


def release_due(tx: Change) -> None:
    """Let tasks go whose back-off or quota is over.

    A back-off ends by one statement for all, without an event: the task was pending and stays so.
    A quota blocked its task, which is moved and told of.
    """
    tx.db.execute(
        "UPDATE task SET not_before = NULL "
        "WHERE run = :run AND not_before <= :now AND state = 'pending' "
        "AND not_before IS NOT NULL",
        {"run": tx.run.id, "now": tx.now},
    )
    rows = tx.db.execute(
        select(
            TaskRow,
            "WHERE run = :run AND not_before IS NOT NULL AND not_before <= :now "
            "AND kind = :quota ORDER BY not_before, ordinal",
        ),
        {"run": tx.run.id, "now": tx.now, "quota": BlockedKind.QUOTA},
    )
    for task in (decode(TaskRow, row) for row in rows):
        tx.emit(TaskUnblocked(kind=PendingReason.READY, before=BlockedKind.QUOTA), task)
        tx.to_pending(task, evolve(task, not_before=None))


def _drop_stale_pins(tx: Change, steal_after: float) -> None:
    """Free tasks that the plan pinned to a seat or profile that has been busy for too long."""
    rows = tx.db.execute(
        select(
            TaskRow,
            f"WHERE run = :run AND pinned_by = 'plan' AND ready_at < :before AND {UNPARKED} "
            "AND EXISTS (SELECT 1 FROM worker w WHERE w.run = :run AND w.task IS NOT NULL "
            "AND (w.name = pinned OR w.profile = pinned)) ORDER BY ready_at, ordinal",
        ),
        {"run": tx.run.id, "before": tx.now - steal_after},
    )
    for task in (decode(TaskRow, row) for row in rows):
        tx.emit(TaskEdited(fields={"pinned": ""}, was={"pinned": task.pinned}), task)
        tx.write(task, evolve(task, pinned="", pinned_by=PinnedBy.NOBODY))


def _best(tx: Change, worker: WorkerRow) -> TaskRow | None:
    """Return the best task that this seat may hold now; park what a scope keeps from it."""
    # Read when the first task asks for them: one that only reads files needs none.
    holders: list[AttemptRow] | None = None
    workspace_closed = False
    # Best first, and the first that may be held is taken. What a scope keeps back is parked, so
    # that no later claim walks over it; what waits for a newer workspace stays in the walk, since
    # no queue would ever wake it: it may start as soon as the shared tree is used by nobody.
    for task in _walk(tx, worker):
        if _prefers_another(tx, task, worker) or lacking(tx.run, task, worker.profile):
            continue
        if going_on.waits_for_another(task, worker):
            continue
        if not task.writes:
            return task
        holders = tx.open_attempts() if holders is None else holders
        if contention(tx.run, task, holders):
            _park(tx, task)
        elif task.isolation is Isolation.SHARED:
            # One that waits for the tree to be refreshed closes it behind itself: if worse tasks
            # went on entering it, it would never be free, and the best would wait for ever.
            workspace_closed = workspace_closed or needs_newer(tx.run, task, holders)
            if not workspace_closed:
                return task
        else:
            return task
    return None


def _walk(tx: Change, worker: WorkerRow) -> Iterator[TaskRow]:
    """Walk the ready tasks that this worker fits, best first, a page at a time."""
    roles = {f"role{place}": role for place, role in enumerate(worker.roles)}
    where = _READY
    if roles:
        where += f"AND role IN ({', '.join(f':{name}' for name in roles)}) "
    for place, role in enumerate(reserved_roles(tx.db, worker)):
        where += f"AND (pinned <> '' OR role <> :other{place}) "
        roles[f"other{place}"] = role
    statement = select(TaskRow, where + "ORDER BY rank, ordinal LIMIT :most")
    # The next page begins behind the last task that was seen, and is asked for only when that one
    # was refused: by then it may be parked, which an offset would not survive.
    values: dict[str, Value] = {
        "run": tx.run.id,
        "rank": -(2**62),
        "ordinal": -1,
        "takes": worker.takes,
        "name": worker.name,
        "profile": worker.profile,
        "most": _FIRST_PAGE,
        **roles,
    }
    while True:
        rows = tx.db.execute(statement, values)
        for row in rows:
            task = decode(TaskRow, row)
            values["rank"], values["ordinal"] = task.rank, task.ordinal
            yield task
        if len(rows) < int(str(values["most"])):
            return
        values["most"] = _PAGE


def _prefers_another(tx: Change, task: TaskRow, worker: WorkerRow) -> bool:
    """Whether a failed task should wait for another idle seat that fits (RULES 5, Retry)."""
    if not task.tries or task.last_worker != worker.name:
        return False
    if worker.name in {task.pinned, task.seat_wanted}:
        return False
    return any(
        seat.name != worker.name
        and seat.task is None
        and not lanes.is_shut(tx, seat.lane)
        and seat.fits(task)
        and not breaker.is_shut(tx, seat.profile)
        for seat in tx.workers()
    )


def _park(tx: Change, task: TaskRow) -> None:
    """Take a task, and all that ask for the same, out of the walk until one may be free."""
    if task.spec.rival:
        tx.write(task, evolve(task, wait_queue=_label(task)))
        return
    tx.db.execute(
        f"UPDATE task SET wait_queue = :queue WHERE run = :run AND {STARTABLE} "
        # The same words as in the partial index `task_scope`, which a parameter would not match.
        "AND mode = 'read_write' AND scope_key = :scope_key AND takes = :takes "
        "AND role = :role AND pinned = :pinned AND phase = :phase",
        {
            "queue": _label(task),
            "run": tx.run.id,
            "scope_key": task.scope_key,
            "takes": task.takes,
            "role": task.role,
            "pinned": task.pinned,
            "phase": task.phase,
        },
    )


def _label(task: TaskRow) -> str:
    """Return the queue that a task is parked in.

    All in one queue can be held by the same workers under the same caps, so that the first of them
    never keeps one back that could run. A rival has one to itself: it may run beside the others of
    its phase, whatever their scopes.
    """
    own = [task.id] if task.spec.rival else []
    return json.dumps([task.scope_key, task.takes, task.role, task.pinned, task.phase, *own])


def wake(tx: Change, attempt: AttemptRow) -> None:
    """Put the best task of each queue that this attempt kept waiting back into the walk.

    One of each is enough: tasks that ask for the same scope exclude each other anyway. Called as
    the attempt is closed. What is woken may be parked again, behind somebody else.
    """
    if not attempt.writes:
        return
    held = extent(attempt.scope, attempt.isolation)
    for task in _first_parked(tx):
        wants = extent(task.scope, task.isolation)
        if first_overlap(wants, held, fold_case=tx.run.fold_case):
            tx.write(task, evolve(task, wait_queue=None))


def wake_next(tx: Change, task: TaskRow) -> None:
    """Let the next of its scope into the walk: this one leaves it without having run.

    Else those that were parked behind it would stay there until some attempt of their scope ends.
    """
    if task.writes and task.wait_queue is None:
        tx.db.execute(
            "UPDATE task SET wait_queue = NULL WHERE run = :run AND id = (SELECT id FROM task "
            "WHERE run = :run AND wait_queue = :queue ORDER BY rank, ordinal LIMIT 1)",
            {"run": tx.run.id, "queue": _label(task)},
        )


def _first_parked(tx: Change) -> Iterator[TaskRow]:
    """Walk the best task of each queue, one index seek each.

    The caller may take the task that it is given out of its queue: the next seek is for a later
    queue, so that the one behind it is not met.
    """
    label = ""
    while True:
        rows = tx.db.execute(
            select(
                TaskRow,
                "WHERE run = :run AND wait_queue > :queue "
                "ORDER BY wait_queue, rank, ordinal LIMIT 1",
            ),
            {"run": tx.run.id, "queue": label},
        )
        if not rows:
            return
        task = decode(TaskRow, rows[0])
        label = str(task.wait_queue)
        yield task


def _hold(tx: Change, worker: WorkerRow, task: TaskRow, start_deadline: float) -> Claim:
    """Give a task to a seat: both rows, the attempt, the event, and what people wrote to it."""
    phase = tx.phase(task.phase)
    taken = evolve(
        claimed(task, worker.name, Step.CLAIMED, tx.now, tx.run.lease),
        step_deadline=tx.now + start_deadline,
        last_worker=worker.name,
        scope_waived=False,
    )
    session = going_on.session_of(tx, task, worker)
    ties = probes.ties(tx, task)
    renews_shared = writes_in_shared(task) and not any(
        # What a person has accepted is in a tree of its own.
        writes_in_shared(attempt) and attempt.profile != PERSON_PROFILE
        for attempt in tx.open_attempts()
    )
    held = tx.update_task(task, going_on.begin_anew(taken))
    open_attempt(tx, held, phase, worker.profile, worker)
    state = SeatState.BUSY
    busy = evolve(worker, task=task.id, epoch=held.epoch, state=state, heartbeat_at=tx.now)
    tx.write(worker, busy)
    tx.emit(claim_event(tx, held, lane=worker.lane), held)
    # Its prompt has all of it.
    if ties.messages:
        deliver(tx, held)
    if ties.answers:
        tell_next(tx, held)
    if ties.comments:
        comments.tell_next(tx, held)
    return Claim(
        run=tx.run.id,
        task=held,
        worker=worker.name,
        kind=worker.kind,
        profile=worker.profile,
        lane=worker.lane,
        epoch=held.epoch,
        at=tx.now,
        head=tx.run.head,
        session=session,
        tree=task.tree_wanted if task.seat_wanted == worker.name else None,
        last_note=task.note,
        conflict=conflict_paths(task),
        renews_shared=renews_shared,
    )


def claim_event(
    tx: Change,
    task: TaskRow,
    *,
    before: str | None = None,
    lane: str | None = None,
    choices: Shape | None = None,
) -> TaskClaimed:
    """Return what the log has of a claim, of the row as claimed; `before` is how it was held."""
    return TaskClaimed(
        lease_until=tx.now + tx.run.lease,
        tries=task.tries,
        scope=task.scope,
        isolation=task.isolation,
        mode=task.mode,
        before=before,
        lane=lane,
        choices=choices,
    )


def conflict_paths(task: TaskRow) -> tuple[str, ...]:
    """Return the paths that did not merge the last time, of a task that is to be claimed again."""
    # A gate that failed on the merge has named no paths, a scope that was left no head.
    paths = task.detail.get("paths") if "head" in task.detail else None
    return tuple(paths) if isinstance(paths, list | tuple) else ()


def open_attempt(
    tx: Change, task: TaskRow, phase: PhaseRow, profile: str, seat: WorkerRow | None = None
) -> AttemptRow:
    """Open the attempt of a claim: it holds seat, scope and caps until it is closed.

    `task` is the row as claimed, with worker and epoch; the caller writes it, and the seat. A
    person's claim has one too, of the profile `user` and without a `seat`.
    """
    attempt = AttemptRow(
        run=tx.run.id,
        task=task.id,
        epoch=task.epoch,
        worker=str(task.worker),
        profile=profile,
        phase=phase.name,
        open=True,
        fenced=False,
        writes=task.writes,
        isolation=task.isolation,
        scope=task.scope,
        scope_waived=task.scope_waived,
        started_at=tx.now,
        number=tx.run.attempts + 1,
        host=seat.host if seat else "",
        lane=seat.lane if seat else None,
        model=seat.model or None if seat else None,
    )
    if writes_in_shared(task) and not any(map(writes_in_shared, tx.open_attempts())):
        # The first one in refreshes the tree to the head before it begins.
        tx.update_run(evolve(tx.run, shared_merges=tx.run.merges))
    tx.insert(attempt)
    tx.update_run(evolve(tx.run, open_attempts=tx.run.open_attempts + 1, attempts=attempt.number))
    tx.write(phase, evolve(phase, open_attempts=phase.open_attempts + 1))
    return attempt
