"""What happens to a whole run: who leads it, pause, stop, abort, its end, and its coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.events.run_events import (
    Exported,
    ExportPending,
    RunEnded,
    RunPaused,
    RunRemoved,
    RunResumed,
    RunStalled,
    SchedulerLost,
    SchedulerStarted,
    SchedulerWaited,
)
from wf_tui.ledger.model.events.task_events import TaskBlocked
from wf_tui.ledger.model.rows import RunRow, TaskRow, decode, evolve, select
from wf_tui.ledger.model.states import (
    PERSON,
    BlockedKind,
    Intent,
    RunState,
    TaskState,
)
from wf_tui.ledger.model.task_moves import blocked
from wf_tui.ledger.queries import breaker_reads, lane_reads
from wf_tui.ledger.rules import breaker, going_on
from wf_tui.ledger.rules.conversation.allowances import end_all
from wf_tui.ledger.rules.conversation.questions import put_back
from wf_tui.ledger.rules.task_guards import fence, stoppable, work_left

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.rules.change import Change

__all__ = [
    "RUN_MOVES",
    "abort",
    "abort_rest",
    "end_when_idle",
    "exported",
    "has_timer",
    "pause",
    "record_leader",
    "refresh_abort",
    "resume",
    "sign_off",
    "stop",
    "wake_run",
    "wants_scheduler",
    "why_not_resume",
    "why_not_stop",
    "why_not_wake",
]

IDLE_END: Final = 1800.0
"""Seconds after which a stalled run without a person is over (RULES 3.1, End of a run)."""
_LEADS: Final = (
    "INSERT INTO scheduler (run, pid, host, boot, pid_started, started_at) "
    "VALUES (:run, :pid, :host, :boot, :pid_started, :started_at) "
    "ON CONFLICT (run) DO UPDATE SET pid = excluded.pid, host = excluded.host, "
    "boot = excluded.boot, pid_started = excluded.pid_started, started_at = excluded.started_at"
)


def wants_scheduler(run: RunRow) -> bool:
    """Whether there is something to do, or to wait for, in this run."""
    if run.state.ended:
        return False
    return run.state != RunState.PAUSED or run.intent == Intent.GO


# -- why a move of the whole run is not possible: for the ledger, and for the keys of the board


def why_not_stop(run: RunRow) -> RefusedError | None:
    """Return why a run cannot be paused, stopped or aborted, or None where it can."""
    if run.state.ended:
        return RefusedError(f"run {run.id} is over: {run.state}")
    if run.intent == Intent.ABORT:
        return RefusedError(f"run {run.id} is being aborted")
    return None


def why_not_resume(run: RunRow) -> RefusedError | None:
    """Return why a run cannot be resumed, or None where it can."""
    if run.intent == Intent.ABORT and run.open_attempts:
        return RefusedError(
            f"run {run.id} is being aborted", "wait for that to end, then retry a task"
        )
    if run.state == RunState.COMPLETED:
        return RefusedError(f"run {run.id} is completed", "add a task, or start another run")
    return None


def why_not_wake(run: RunRow) -> RefusedError | None:
    """Return why a run cannot be given something to do, or None where it can."""
    if run.removed_at is not None:
        return RefusedError(f"run {run.id} was removed", "start another one: wf run PLAN")
    if run.intent == Intent.ABORT and run.open_attempts:
        return RefusedError(f"run {run.id} is being aborted", "wait for that to end")
    return None


RUN_MOVES: Final[Mapping[str, Callable[[RunRow], RefusedError | None]]] = {
    "pause": why_not_stop,
    "stop": why_not_stop,
    "stop_now": why_not_stop,
    "abort": why_not_stop,
    "resume": why_not_resume,
    "add": why_not_wake,
}
"""What a person can do to the whole run, and why it may not be possible."""


# -- by hand


def remove(tx: Change) -> None:
    """Note that all of a run but its rows is removed; raises `RefusedError` where it is not over.

    The rows stay: other processes know by their count that the ledger is the one they opened.
    """
    if not tx.run.state.ended or tx.run.open_attempts:
        raise RefusedError(f"run {tx.run.id} is not over", f"end it first: wf abort {tx.run.id}")
    if tx.run.removed_at is None:
        tx.emit(RunRemoved())
        tx.update_run(evolve(tx.run, removed_at=tx.now))


def written_again(tx: Change, why: str, seconds: float) -> None:
    """Tell that nothing could be written for a while."""
    tx.emit(SchedulerWaited(reason=why, seconds=round(seconds, 1)))


def pause(tx: Change) -> bool:
    """Start nothing new; what runs goes on, and the scheduler stays. False where it is so already.

    Where a `stop` came before, the run is merely paused from now on: its scheduler stays.
    """
    _raise(why_not_stop(tx.run))
    if tx.run.state == RunState.PAUSED and tx.run.intent == Intent.GO:
        return False
    before = {"state": tx.run.state, "intent": tx.run.intent}
    tx.update_run(evolve(tx.run, state=RunState.PAUSED, intent=Intent.GO))
    tx.emit_act(RunPaused(intent=Intent.GO), undo={"run": before})
    return True


def resume(tx: Change) -> bool:
    """Claim again; also with the profiles that are paused. False where nothing was changed."""
    if tx.run.state == RunState.RUNNING and tx.run.intent == Intent.GO:
        return breaker.close_all(tx)
    _raise(why_not_resume(tx.run))
    before = {"state": tx.run.state, "intent": tx.run.intent}
    # What had ended is no pause: that it goes on again can be stopped, and not taken back.
    _go(tx, undo={"run": before} if tx.run.state == RunState.PAUSED else None, act=True)
    breaker.close_all(tx)
    return True


def stop(tx: Change, *, now: bool) -> list[TaskRow]:
    """Pause and let the scheduler exit; with `now`, take running work back to the queue first.

    Returns the tasks that were taken back. What a person or a critic has accepted is seen through:
    in the queue a worker would begin it anew. What waits for an answer is taken back without `now`,
    too: nobody would be there to give it to.
    """
    _raise(why_not_stop(tx.run))
    intent = Intent.STOP if now else Intent.DRAIN
    tx.update_run(evolve(tx.run, state=RunState.PAUSED, intent=intent))
    tx.emit_act(RunPaused(intent=intent))
    rows = tx.db.execute(
        select(
            TaskRow,
            "WHERE run = :run AND worker IS NOT NULL AND id IN "
            "(SELECT task FROM attempt WHERE run = :run AND open = 1) ORDER BY ordinal",
        ),
        {"run": tx.run.id},
    )
    return [
        put_back(tx, task)
        for task in [decode(TaskRow, row) for row in rows]
        if (task.asking or (now and stoppable(task))) and not (task.by_hand or task.by_critic)
    ]


def abort(tx: Change) -> None:
    """Abort at a person's word."""
    _raise(why_not_stop(tx.run))
    abort_rest(tx, f"aborted by {tx.actor.removeprefix(PERSON)}")


def abort_rest(tx: Change, why: str) -> None:
    """Cancel all that is not done; what is merging may finish; `aborted` when nothing is open.

    At a person's word, or by the policy `abort` of a phase; `why` is the note of each task.
    """
    tx.update_run(evolve(tx.run, intent=Intent.ABORT, state=RunState.RUNNING))
    # Dependants first: the other way round each of a chain tells all behind it of a new root, 50
    # million times among 10,000.
    rows = tx.db.execute(
        select(TaskRow, "WHERE run = :run AND state <> :done ORDER BY chain, ordinal DESC"),
        {"run": tx.run.id, "done": TaskState.DONE},
    )
    for task in [decode(TaskRow, row) for row in rows]:
        open_block = task.block is not None and task.block.cancelled_by_abort
        if task.state is not TaskState.PENDING and not stoppable(task) and not open_block:
            continue
        # Read again: what one before it was told may have changed this one's row.
        current = tx.task(task.id)
        if current.claimed:
            fence(tx, current)
        before = current.step or current.kind or current.state.value
        kind = BlockedKind.CANCELLED
        detail = {} if current.claimed else work_left(tx, current)
        told = TaskBlocked(kind=kind, before=before, text=why, abort=True, detail=detail or None)
        tx.emit_act(told, current)
        tx.update_task(current, blocked(current, kind, why, detail))
    refresh_abort(tx)


def refresh_abort(tx: Change) -> None:
    """End an aborted run once its last attempt is closed; asked wherever one may have been."""
    if tx.run.intent == Intent.ABORT and not tx.run.open_attempts and not tx.run.state.ended:
        _end(tx, RunState.ABORTED)


def end_when_idle(tx: Change, *, foreground: bool, looked_at: float) -> RunState:
    """Decide what an idle run is (RULES 3.1, End of a run) and return its state.

    Called by the scheduler when nothing could be claimed; does nothing while an attempt is open or
    a timer is set, or was when it began to look for claims.
    """
    run = tx.run
    if run.open_attempts or run.state.ended or has_timer(tx, looked_at):
        return run.state
    if not run.pending + run.in_progress + run.blocked:
        _end(tx, RunState.COMPLETED)
    elif run.state == RunState.RUNNING:
        tx.update_run(evolve(tx.run, state=RunState.STALLED, idle_since=tx.now))
        tx.emit(RunStalled(roots=tuple(roots(tx))))
    if tx.run.state == RunState.STALLED:
        idle = tx.now - (tx.run.idle_since or tx.now)
        if foreground or idle >= IDLE_END or is_given_up(tx):
            _end(tx, RunState.PARTIAL)
    return tx.run.state


def is_given_up(tx: Change) -> bool:
    """Whether a person has cancelled all that could go on, so that nobody is to be waited for."""
    rows = tx.db.execute(
        "SELECT SUM(kind = :cancelled) > 0 AND SUM(kind NOT IN (:cancelled, :through)) = 0 "
        "AND NOT EXISTS (SELECT 1 FROM task WHERE run = :run AND state = :pending AND unmet = 0) "
        "FROM task WHERE run = :run AND state = :blocked",
        {
            "run": tx.run.id,
            "blocked": TaskState.BLOCKED,
            "pending": TaskState.PENDING,
            "cancelled": BlockedKind.CANCELLED,
            "through": BlockedKind.DEPENDENCY,
        },
    )
    return bool(rows and rows[0][0])


def roots(tx: Change) -> list[str]:
    """Return the tasks that all the rest waits for: blocked, and not by another one.

    The oldest 20 at most, which is what a notice has room for.
    """
    rows = tx.db.execute(
        "SELECT id FROM task WHERE run = :run AND state = :blocked AND kind <> :through "
        "ORDER BY since, ordinal LIMIT 20",
        {
            "run": tx.run.id,
            "blocked": TaskState.BLOCKED,
            "through": BlockedKind.DEPENDENCY,
        },
    )
    return [str(row[0]) for row in rows]


def wake_run(tx: Change) -> None:
    """Bring a stalled or ended run back, since a person gave it something to do.

    A paused one stays so. Raises `RefusedError` while the run is being aborted.
    """
    _raise(why_not_wake(tx.run))
    if tx.run.state == RunState.STALLED or tx.run.state.ended:
        _go(tx)


def _go(tx: Change, undo: Mapping[str, object] | None = None, *, act: bool = False) -> None:
    """Let a run go on; at a person's word that is an `act`, else it follows from another one."""
    going = evolve(
        tx.run,
        state=RunState.RUNNING,
        intent=Intent.GO,
        ended_at=None,
        idle_since=None,
    )
    tx.update_run(going)
    if act:
        tx.emit_act(RunResumed(), undo=undo)
    else:
        tx.emit(RunResumed())
    going_on.wait_anew(tx)


def _end(tx: Change, state: RunState) -> None:
    end_all(tx)
    tx.update_run(evolve(tx.run, state=state, ended_at=tx.now))
    run = tx.run
    counts = {"pending": run.pending, "done": run.done, "blocked": run.blocked}
    tx.emit(RunEnded(state=state, counts=counts))


def _raise(refusal: RefusedError | None) -> None:
    if refusal is not None:
        raise refusal


def has_timer(tx: Change, looked_at: float) -> bool:
    """Whether something of the run will go on by itself: a back-off, a quota, a breaker's pause.

    So will what waits for the seat of its session: others may take it later.

    A pause counts that ended after `looked_at`, in UTC seconds: whoever looked for claims then
    could not see what it lets through now.
    """
    for next_look in (breaker_reads.next_look, lane_reads.next_opening):
        if next_look(tx.db, tx.run.id, looked_at) is not None:
            return True
    values = {"run": tx.run.id, "pending": TaskState.PENDING}
    rows = tx.db.execute(
        "SELECT 1 FROM task WHERE run = :run AND not_before IS NOT NULL "
        "AND (state = :pending OR kind = :quota) LIMIT 1",
        {**values, "quota": BlockedKind.QUOTA},
    )
    return bool(rows) or bool(
        tx.db.execute(
            "SELECT 1 FROM task WHERE run = :run AND seat_wanted IS NOT NULL "
            "AND wanted_until > :at AND state = :pending LIMIT 1",
            {**values, "at": looked_at},
        )
    )


def record_leader(tx: Change, leader: Mapping[str, str | int], missing: tuple[str, ...]) -> None:
    """Record the process that leads from now on; one before it that did not sign off is lost.

    `leader` has the fields of a `ProcessIdentity`. Called by a scheduler as it begins. What needs a
    variable that it does not have waits for a leader that does (`missing`).
    """
    if tx.db.execute("SELECT 1 FROM scheduler WHERE run = :run", {"run": tx.run.id}):
        tx.emit(SchedulerLost())
    tx.db.execute(_LEADS, {**leader, "run": tx.run.id, "started_at": tx.now})
    pid, host = int(leader["pid"]), str(leader["host"])
    tx.emit(SchedulerStarted(pid=pid, host=host, missing=missing or None))
    going_on.wait_anew(tx)
    tx.update_run(evolve(tx.run, missing=missing))


def exported(tx: Change, commit: str | None, reason: str) -> None:
    """Record where the user's branch is, or, without a commit, why it waits."""
    if commit is None:
        if tx.run.export_note != reason:
            tx.emit(ExportPending(reason=reason))
        tx.update_run(evolve(tx.run, export_note=reason))
    elif commit != tx.run.exported or tx.run.export_note:
        tx.emit(Exported(commit=commit, before=tx.run.exported))
        tx.update_run(evolve(tx.run, exported=commit, export_note=""))


def sign_off(tx: Change) -> bool:
    """Take the leader's row away as it ends; False, and it stays, where there is new work.

    In one change with the look, since whoever brings a run back asks in another whether it is led.
    """
    if wants_scheduler(tx.run):
        return False
    tx.db.execute("DELETE FROM scheduler WHERE run = :run", {"run": tx.run.id})
    return True
