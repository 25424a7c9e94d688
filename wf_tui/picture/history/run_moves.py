"""What happened to the run as a whole, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wf_tui.ledger.model.lane_state import LOCAL, LaneState, LaneStatus
from wf_tui.ledger.model.rows import WorkerRow, evolve
from wf_tui.ledger.model.run_budget import RunBudget, write_budget
from wf_tui.ledger.model.states import Intent, RunState, SeatState
from wf_tui.ledger.queries.lane_reads import RunLane

if TYPE_CHECKING:
    from wf_tui.ledger.model.events import run_events as told
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.picture.history.past import Past

__all__ = [
    "budget_changed",
    "created",
    "export_pending",
    "exported",
    "jobs_changed",
    "joined",
    "lane_limited",
    "lane_open",
    "left",
    "paused",
    "phase_added",
    "phase_settled",
    "resumed",
    "run_ended",
    "stalled",
]


def created(past: Past, event: EventRow, run: told.RunCreated) -> None:
    """Begin the run, with the phases of its plan."""
    del event
    past.put_run(past.beginning.run)
    for shape in run.phases:
        _add_phase(past, str(shape.get("name")))


def phase_added(past: Past, event: EventRow, phase: told.PhaseAdded) -> None:
    """Take in a phase."""
    del event
    _add_phase(past, phase.phase)


def _add_phase(past: Past, name: str) -> None:
    row = past.beginning.phases.get(name)
    if row is not None:
        past.put(past.tables.phases, name, row)


def phase_settled(past: Past, event: EventRow, phase: told.PhaseSettled) -> None:
    """Note that a phase has nothing left to do."""
    del event
    row = past.tables.phases.get(phase.phase)
    if row is not None:
        past.put(past.tables.phases, row.name, evolve(row, settled_at=past.at))


def paused(past: Past, event: EventRow, what: told.RunPaused) -> None:
    """Claim nothing any more."""
    del event
    past.put_run(evolve(past.run, state=RunState.PAUSED, intent=what.intent))


def resumed(past: Past, event: EventRow, _: told.RunResumed) -> None:
    """Go on."""
    del event
    past.put_run(evolve(past.run, state=RunState.RUNNING, intent=Intent.GO, ended_at=None))


def stalled(past: Past, event: EventRow, _: told.RunStalled) -> None:
    """Stand still until a person acts."""
    del event
    past.put_run(evolve(past.run, state=RunState.STALLED, idle_since=past.at))


def run_ended(past: Past, event: EventRow, what: told.RunEnded) -> None:
    """Be over."""
    del event
    intent = Intent.ABORT if what.state is RunState.ABORTED else past.run.intent
    past.put_run(evolve(past.run, state=what.state, ended_at=past.at, intent=intent))


def jobs_changed(past: Past, event: EventRow, what: told.JobsChanged) -> None:
    """Have another number of attempts at once."""
    del event
    past.put_run(evolve(past.run, jobs=what.jobs))


def budget_changed(past: Past, event: EventRow, what: told.BudgetChanged) -> None:
    """Have another budget."""
    del event
    limit: dict[str, Any] = dict(what.limit)
    past.put_run(evolve(past.run, budget=write_budget(RunBudget(**limit))))


def exported(past: Past, event: EventRow, what: told.Exported) -> None:
    """Note where the user's branch is."""
    del event
    past.put_run(evolve(past.run, exported=what.commit, export_note=""))


def export_pending(past: Past, event: EventRow, what: told.ExportPending) -> None:
    """Note why the user's branch waits."""
    del event
    past.put_run(evolve(past.run, export_note=what.reason))


def joined(past: Past, event: EventRow, seat: told.WorkerJoined) -> None:
    """Take in a seat behind those that are there; of one that is gone now little is known."""
    row = past.beginning.seats.get(seat.worker_name) or WorkerRow(
        run=event.run,
        name=seat.worker_name,
        profile=seat.profile,
        kind="",
        roles=(),
        lane=LOCAL,
        state=SeatState.IDLE,
    )
    last = max((one.ordinal for one in past.tables.seats.values()), default=0)
    past.put(past.tables.seats, row.name, evolve(row, ordinal=last + 1))


def left(past: Past, event: EventRow, seat: told.WorkerLeft) -> None:
    """Let a seat go."""
    del event
    past.drop(past.tables.seats, seat.worker_name)


def lane_limited(past: Past, event: EventRow, lane: told.LaneLimited) -> None:
    """Shut a lane; that of a breaker is a profile and no lane."""
    del event
    if lane.state is not None:
        state = LaneState(
            lane.lane, lane.state, lane.reason, lane.text or "", lane.until, lane.capacity
        )
        past.put(past.tables.lanes, lane.lane, RunLane(state))


def lane_open(past: Past, event: EventRow, lane: told.LaneOpen) -> None:
    """Open a lane."""
    del event
    if lane.state is not None:
        state = LaneState(lane.lane, LaneStatus.OPEN, capacity=lane.capacity)
        past.put(past.tables.lanes, lane.lane, RunLane(state))
