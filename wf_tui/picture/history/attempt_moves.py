"""How an attempt began, what it left behind and how it ended, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.json_text import compact_json
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, Outcome, SeatState
from wf_tui.ledger.queries.trees import WORK
from wf_tui.picture.history.task_moves import note_others
from wf_tui.picture.history.task_rows import move
from wf_tui.picture.pace import Pace

if TYPE_CHECKING:
    from wf_tui.ledger.model.events import attempt_events as told
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.picture.history.past import Past

__all__ = ["ended", "harvested", "integrated", "started"]

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
