"""What the scheduler and its workers did to a task, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.rows import AttemptRow, QuestionRow, evolve
from wf_tui.ledger.model.rows.options import Option
from wf_tui.ledger.model.states import (
    CRITIC,
    SEATLESS,
    BlockedKind,
    Cause,
    DoneKind,
    Intent,
    QuestionState,
    ReleaseKind,
    RunState,
    SeatState,
    Step,
    TaskState,
)
from wf_tui.ledger.model.task_moves import blocked, carried, claimed, finished, unclaimed
from wf_tui.ledger.queries.rivals import Standing, standing
from wf_tui.picture.history.task_rows import (
    blocked_by_result,
    fence,
    move,
    rivals_in,
    to_pending,
    turn_has_come,
)
from wf_tui.plan.choices import Isolation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.events import task_events as told
    from wf_tui.ledger.model.events.rival_events import RivalLeft, RivalSkipped
    from wf_tui.ledger.model.rows import EventRow, TaskRow
    from wf_tui.picture.history.past import Past

__all__ = [
    "added",
    "asked",
    "blocked_task",
    "claimed_task",
    "conflict_found",
    "done",
    "note_others",
    "question_answered",
    "question_closed",
    "released",
    "rival_left",
    "rival_skipped",
    "stepped",
    "unblocked",
]

_OTHERS: Final = "others"
_PATIENCE: Final = "patience"
"""Stands in the detail of what was put off for too long; nothing opens it but a person."""


def added(past: Past, event: EventRow, task: told.TaskAdded) -> None:
    """Take in a task; where its phase was over, it is not any more."""
    row = past.beginning.tasks.get(str(event.task))
    if row is None:
        return
    phases = past.tables.phases
    phase = phases.get(row.phase) or past.beginning.phases.get(row.phase)
    if phase is not None and not task.critic_of:
        past.put(phases, phase.name, evolve(phase, settled_at=None))
    move(past, None, row)
    before = past.tables.tasks.get(past.beginning.edges.before.get(row.id, ""))
    if before is not None and before.settled and turn_has_come(past, before.id):
        # It comes after one that has passed its turn on when nobody was there to take it.
        past.put(past.tables.turns, row.id, True)


def claimed_task(past: Past, event: EventRow, claim: told.TaskClaimed) -> None:
    """Open the attempt of a worker; of a person, a judge or a critic it is on what there is."""
    old = past.tables.tasks[str(event.task)]
    holder, epoch = event.worker or "", event.epoch or old.epoch + 1
    step, detail = Step.CLAIMED, old.detail
    by_critic = holder.startswith(CRITIC)
    if claim.before is not None:
        step = Step.CHECKING if by_critic else _accepted_at(old)
        kind = BlockedKind.REVIEW if old.kind is BlockedKind.CRITIC else old.kind
        detail = {} if by_critic else {**old.detail, "accepted": kind}
    lease = claim.lease_until - past.at
    taken = claimed(evolve(old, epoch=epoch - 1), holder, step, past.at, lease)
    new = evolve(
        taken,
        tries=claim.tries,
        detail=detail,
        last_worker=old.last_worker if by_critic else holder,
        scope=claim.scope or old.scope,
    )
    move(past, old, new)
    _open_attempt(past, event, new, claim)
    seat = past.tables.seats.get(holder)
    if seat is not None:
        busy = evolve(seat, task=new.id, epoch=epoch, state=SeatState.BUSY, heartbeat_at=past.at)
        past.put(past.tables.seats, holder, busy)


def _accepted_at(task: TaskRow) -> Step:
    return (task.block and task.block.accepted_at) or Step.HARVESTING


def _open_attempt(past: Past, event: EventRow, task: TaskRow, claim: told.TaskClaimed) -> None:
    known = past.beginning.attempts.get((task.id, task.epoch))
    if known is None:
        seat = past.tables.seats.get(event.worker or "")
        known = AttemptRow(
            run=task.run,
            task=task.id,
            epoch=task.epoch,
            worker=event.worker or "",
            profile=seat.profile if seat else "",
            phase=task.phase,
            open=True,
            fenced=False,
            writes=task.writes,
            isolation=Isolation(claim.isolation) if claim.isolation else task.isolation,
            scope=task.scope,
            scope_waived=False,
            started_at=past.at,
            lane=claim.lane,
        )
    seatless = known.worker.startswith(SEATLESS)
    attempt = evolve(
        known,
        open=True,
        fenced=False,
        started_at=past.at,
        base=known.base if seatless else None,
        tree=known.tree if seatless else None,
        pid=None,
        outcome=None,
        cause=None,
        note="",
        exit_code=None,
        signal=None,
        ref=None,
        commit_id=None,
        usage=None,
        ended_at=None,
        ignored=0,
        ignored_names=(),
        session=None,
        tools=0,
        plan_done=None,
        plan_total=None,
        said=None,
        said_at=None,
        proof=None,
        files=None,
        added=None,
        removed=None,
        verdict=None,
        left_refs="[]",
    )
    past.put_attempt(attempt)
    past.put(past.tables.open, task.id, task.epoch)
    if task.phase not in past.tables.begun:
        past.put(past.tables.begun, task.phase, past.at)
    past.count_open(attempt, 1)


def stepped(past: Past, event: EventRow, step: Step) -> None:
    """Bring a task to a later step; whatever it asked, it asks no more."""
    old = past.tables.tasks[str(event.task)]
    new = evolve(
        old,
        state=TaskState.IN_PROGRESS,
        kind=None,
        note="" if old.asking else old.note,
        step=step,
        step_at=past.at,
        step_deadline=None,
        questions=0,
    )
    past.drop(past.tables.asked, old.id)
    move(past, old, new)


def blocked_task(past: Past, event: EventRow, what: told.TaskBlocked) -> None:
    """Block a task: by its attempt, by a result, by an abort, or by a person."""
    old = past.tables.tasks[str(event.task)]
    detail: Any = what.detail or {}
    text = what.text or ""
    if what.stopped or what.abort:
        fence(past, old)
    if what.abort:
        run = past.run
        past.put_run(evolve(run, state=RunState.RUNNING, intent=Intent.ABORT))
    if what.kind is BlockedKind.DEPENDENCY:
        # By what is blocked now: of a task that was added no event names it.
        told_of = evolve(
            old, state=TaskState.BLOCKED, kind=BlockedKind.DEPENDENCY, note=text, detail=detail
        )
        new = told_of if detail else blocked_by_result(past, old) or told_of
    elif what.kind is BlockedKind.QUESTION:
        new = unclaimed(old)
    else:
        new = blocked(old, what.kind, text, detail)
        if what.kind is BlockedKind.QUOTA and _PATIENCE not in detail:
            new = evolve(new, not_before=_opens(past, detail))
    if what.tries is not None:
        new = evolve(new, tries=what.tries)
    note_others(past, _aged(past, move(past, old, new), what.since), by_person="undo" in event.data)


def _aged(past: Past, task: TaskRow, since: float | None) -> TaskRow:
    """Give a task the age that an undo has brought back, if there is one."""
    if since is None:
        return task
    aged = evolve(task, since=since)
    past.put(past.tables.tasks, task.id, aged)
    return aged


def _opens(past: Past, detail: Mapping[str, object]) -> float | None:
    """Return when a quota is over; an older log says it of the lane alone."""
    if isinstance(until := detail.get("until"), int | float):
        return float(until)
    known = past.tables.lanes.get(str(detail.get("lane")))
    return None if known is None else known.state.until


def note_others(past: Past, task: TaskRow, *, by_person: bool = True) -> None:
    """Note of a rival that is given up that another one may still be merged.

    Without an event of its own, as its attempt is closed or as a person has moved it.
    """
    given_up = task.spec.rival and task.block is not None and task.block.settles_phase
    if not given_up or not by_person or _OTHERS in task.detail:
        return
    if standing(rivals_in(past, task.phase)) not in {Standing.OVER, Standing.LOST}:
        move(past, task, evolve(task, detail={**task.detail, _OTHERS: "open"}))


def unblocked(past: Past, event: EventRow, what: told.TaskUnblocked) -> None:
    """Let a task go on: a hold, a quota, or what held up a result is over."""
    old = past.tables.tasks[str(event.task)]
    if old.kind is BlockedKind.DEPENDENCY and "undo" not in event.data:
        free = evolve(old, state=TaskState.PENDING, kind=None, note="", detail=carried(old))
        _aged(past, move(past, old, free), what.since)
    else:
        to_pending(past, old, evolve(old, not_before=None), detail=carried(old))


def released(past: Past, event: EventRow, what: told.TaskReleased) -> None:
    """Put a task back into the queue without its attempt."""
    old = past.tables.tasks[str(event.task)]
    new, note, detail = old, what.text or "", {}
    if what.stopped or what.kind is ReleaseKind.STOP:
        fence(past, old)
    if what.tries is not None:
        new = evolve(new, tries=what.tries)
    if what.kind is ReleaseKind.BACKOFF:
        new = evolve(new, not_before=past.at + what.wait if what.wait else None)
    elif what.kind is ReleaseKind.CRITIC:
        new = evolve(new, critic_rounds=new.critic_rounds + 1)
    elif what.kind is None:
        new = evolve(new, not_before=None)
    elif what.cause == Cause.CONFLICT:
        new = evolve(new, conflicts=1)
        detail = dict(old.detail)
    to_pending(past, old, new, note=note, detail=detail)


def done(past: Past, event: EventRow, what: told.TaskDone) -> None:
    """Finish a task; what it has answered is in no event, but in the ledger, if it is the last."""
    old = past.tables.tasks[str(event.task)]
    new = evolve(finished(old, what.kind, what.text or ""), commit_id=what.commit)
    last = past.beginning.last.get(old.id)
    if last is not None and last.kind is what.kind and last.since == past.at:
        new = evolve(new, result=last.result, pick=last.pick)
    if what.kind is DoneKind.MERGED:
        run = past.run
        past.put_run(evolve(run, merges=run.merges + 1))
    move(past, old, new)


def conflict_found(past: Past, event: EventRow, paths: tuple[str, ...]) -> None:
    """Keep which paths did not merge, for what comes of it."""
    old = past.tables.tasks[str(event.task)]
    past.put(past.tables.tasks, old.id, evolve(old, detail={"paths": list(paths)}))


def rival_skipped(past: Past, event: EventRow, what: RivalSkipped) -> None:
    """Count a task as done, since another one was merged."""
    old = past.tables.tasks[str(event.task)]
    if what.stopped:
        fence(past, old)
    move(past, old, finished(old, what.kind, what.text or ""))


def rival_left(past: Past, event: EventRow, what: RivalLeft) -> None:
    """Let a rival wait for a person alone."""
    old = past.tables.tasks[str(event.task)]
    rest = {name: value for name, value in old.detail.items() if name not in {"judge", _OTHERS}}
    move(past, old, evolve(old, note=what.text, detail=rest))


# -- questions


def asked(past: Past, event: EventRow, question: told.QuestionAsked) -> None:
    """Let a task wait for a person, with its claim kept."""
    if event.seq in past.beginning.at_once:
        return
    old = past.tables.tasks[str(event.task)]
    open_ones = past.tables.asked.get(old.id, ())
    row = QuestionRow(
        run=event.run,
        task=old.id,
        epoch=event.epoch or old.epoch,
        id=question.id,
        ordinal=len(open_ones) + 1,
        asked_at=past.at,
        text=question.text,
        kind=question.kind or "",
        options=tuple(map(_option, question.options)),
        state=QuestionState.OPEN,
        expires_at=question.expires_at,
        detail=question.detail or {},
    )
    past.put(past.tables.asked, old.id, (*open_ones, row))
    new = evolve(
        old,
        state=TaskState.BLOCKED,
        kind=BlockedKind.QUESTION,
        note=old.note if old.asking else question.text,
        detail={},
        questions=old.questions + 1,
    )
    move(past, old, new)


def question_answered(past: Past, event: EventRow, answer: told.QuestionAnswered) -> None:
    """Let a task go on, once nothing else is asked."""
    old = past.tables.tasks[str(event.task)]
    if event.seq in past.beginning.at_once or not answer.id:
        return
    rest = _without(past, old.id, answer.id)
    if not old.claimed:
        to_pending(past, old, old)
    elif rest:
        move(past, old, evolve(old, questions=len(rest), note=rest[0].text))
    else:
        running = evolve(
            old,
            state=TaskState.IN_PROGRESS,
            kind=None,
            note="",
            step=Step.RUNNING,
            questions=0,
        )
        move(past, old, running)


def question_closed(past: Past, event: EventRow, closed: told.QuestionClosed) -> None:
    """Forget a question that nobody waits for any more; the task that it blocks still names it."""
    task = past.tables.tasks[str(event.task)]
    texts = {one.id: one.text for one in past.tables.asked.get(task.id, ())}
    _without(past, task.id, closed.id)
    if closed.why == QuestionState.EXPIRED and closed.id in texts:
        past.put(past.tables.tasks, task.id, evolve(task, note=texts[closed.id]))


def _option(shape: Mapping[str, object]) -> Option:
    return Option(*(str(shape.get(name, "")) for name in ("id", "name", "kind")))


def _without(past: Past, task: str, question: str) -> tuple[QuestionRow, ...]:
    table = past.tables.asked
    rest = tuple(one for one in table.get(task, ()) if one.id != question)
    past.put(table, task, rest)
    return rest
