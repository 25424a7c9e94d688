"""What an attempt told of itself, what it used and how it ended, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.json_text import compact_json
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, Outcome, SeatState
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.ledger.queries.trees import WORK
from wf_tui.picture.history.task_moves import note_others
from wf_tui.picture.history.task_rows import move
from wf_tui.picture.pace import Pace

if TYPE_CHECKING:
    from wf_tui.ledger.model.events import attempt_events as told
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.picture.history.past import Past

__all__ = ["ended", "harvested", "integrated", "progressed", "started", "used"]

_THOUSAND: Final = 1000
_LONGEST_PROOF: Final = 200


def started(past: Past, event: EventRow, what: told.AttemptStarted) -> None:
    """Note that the program of an attempt runs."""
    attempt = past.attempt(event)
    if attempt is not None:
        past.put_attempt(
            evolve(
                attempt,
                pid=what.pid,
                base=what.base or attempt.base,
                tree=what.tree or attempt.tree,
            )
        )


def progressed(past: Past, event: EventRow) -> None:
    """Take what a worker says of itself; a command's last lines are signs of life alone.

    Most events are of this kind, so it reads their fields without the class of the event.
    """
    attempt, data = past.attempt(event), event.data
    if attempt is None:
        return
    if isinstance(session := data.get("session"), str):
        model = data.get("model")
        named = evolve(attempt, session=session)
        past.put_attempt(evolve(named, model=model) if isinstance(model, str) else named)
        return
    last = past.beginning.attempts.get((attempt.task, attempt.epoch))
    if last is not None and last.said is None:
        return
    values: dict[str, Any] = {"said": data.get("text") or attempt.said, "said_at": past.at}
    if isinstance(tools := data.get("tools"), int):
        values["tools"] = tools
    if isinstance(plan := data.get("plan"), dict):
        values |= {"plan_done": plan.get("done"), "plan_total": plan.get("of")}
    past.put_attempt(evolve(attempt, **values))


def used(past: Past, event: EventRow) -> None:
    """Add what an attempt used to its sums, and to those of task, seat and run."""
    figures: dict[str, Any] = {k: v for k, v in event.data.items() if isinstance(v, int)}
    step = Usage(**{name: figures[name] for name in _FIGURES if name in figures})
    attempt = past.attempt(event)
    if attempt is not None:
        past.put_attempt(evolve(attempt, usage=(attempt.usage or NO_USAGE) + step))
    task = past.tables.tasks[str(event.task)]
    past.put(past.tables.tasks, task.id, evolve(task, usage=task.usage + step))
    seat = past.tables.seats.get(event.worker or "")
    if seat is not None:
        past.put(past.tables.seats, seat.name, evolve(seat, usage=seat.usage + step))
    past.put_run(evolve(past.run, usage=past.run.usage + step))


_FIGURES: Final = tuple(Usage.__dataclass_fields__)


def harvested(past: Past, event: EventRow, found: told.WorkHarvested) -> None:
    """Note what an attempt left behind."""
    attempt = past.attempt(event)
    if attempt is not None:
        past.put_attempt(
            evolve(
                attempt,
                ref=found.ref,
                commit_id=found.commit,
                files=found.files,
                added=found.added,
                removed=found.removed,
                ignored=found.ignored or 0,
                ignored_names=found.ignored_names or (),
            )
        )


def integrated(past: Past, event: EventRow, what: told.Integrated) -> None:
    """Move the branch of the run."""
    del event
    past.put_run(evolve(past.run, head=what.new))


def ended(past: Past, event: EventRow, what: told.AttemptEnded) -> None:
    """Close an attempt: its seat is free, and its task may be claimed again."""
    attempt = past.attempt(event)
    task = past.tables.tasks[str(event.task)]
    if attempt is None:
        return
    last = past.beginning.attempts.get((attempt.task, attempt.epoch), attempt)
    proof = (what.proof or what.text or "")[:_LONGEST_PROOF] or None
    past.put_attempt(
        evolve(
            attempt,
            open=False,
            outcome=what.outcome,
            cause=what.cause,
            note=what.text or "",
            exit_code=what.exit_code,
            signal=what.signal,
            ref=what.ref or attempt.ref,
            commit_id=last.commit_id,
            ended_at=past.at,
            proof=proof,
            verdict=compact_json(what.verdict) if what.verdict else attempt.verdict,
            said=what.said or attempt.said,
            files=attempt.files if what.files is None else what.files,
            added=attempt.added if what.added is None else what.added,
            removed=attempt.removed if what.removed is None else what.removed,
        )
    )
    if task.kind is BlockedKind.CANCELLED and last.commit_id and task.epoch == attempt.epoch:
        detail = {**task.detail, WORK: last.commit_id}
        past.put(past.tables.tasks, task.id, evolve(task, detail=detail))
    past.count_open(attempt, -1)
    seat = past.tables.seats.get(attempt.worker)
    if seat is not None and seat.epoch == attempt.epoch and seat.task == attempt.task:
        idle = evolve(seat, task=None, epoch=None, state=SeatState.IDLE)
        past.put(past.tables.seats, seat.name, idle)
    if past.tables.open.get(task.id) == attempt.epoch:
        past.drop(past.tables.open, task.id)
    if task.open_epoch == attempt.epoch:
        note_others(past, move(past, task, evolve(task, open_epoch=None)))
    if what.outcome is Outcome.SUCCEEDED:
        took = max(0, int((past.at - attempt.started_at) * _THOUSAND))
        past.add_pace(task.phase, task.role, Pace(1, took, attempt.tools))
