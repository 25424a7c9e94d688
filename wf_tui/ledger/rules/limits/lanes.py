"""Lanes in a run's own ledger (RULES 5, Lanes): what its scheduler saw of those of the host.

A lane that shuts keeps its seats from claiming. One that opens lets go what its quota blocked.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.events.run_events import LaneLimited, LaneOpen
from wf_tui.ledger.model.events.task_events import TaskUnblocked
from wf_tui.ledger.model.lane_state import LOCAL, LaneState, LaneStatus
from wf_tui.ledger.model.rows import TaskRow, decode, evolve, select
from wf_tui.ledger.model.states import (
    PERSON,
    BlockedKind,
    LimitKind,
    PendingReason,
    RunState,
)
from wf_tui.ledger.queries.lane_reads import LANE_COLUMNS, RunLane, lanes
from wf_tui.ledger.rules.runs import wake_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.store.database import Value

__all__ = [
    "PATIENCE",
    "cut_limits",
    "is_shut",
    "open_due",
    "open_for",
    "restore_pause",
    "see",
    "shut",
]

PATIENCE: Final = "patience"
"""In the detail of a task that was put off for too long: only a person lets it go on."""
_LOOKED_AT: Final = 100
"""The newest limits of lanes that are looked at: the one that holds is among them."""
_WRITE: Final = (
    f"INSERT INTO lane (run, {', '.join(LANE_COLUMNS)}) "
    f"VALUES (:run, :{', :'.join(LANE_COLUMNS)}) ON CONFLICT (run, name) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in LANE_COLUMNS[1:])
)


def is_shut(tx: Change, name: str) -> bool:
    """Whether the seats of a lane may claim nothing now."""
    if name == LOCAL:
        return False
    lane = lanes(tx.db, tx.run.id).get(name)
    return lane is not None and lane.state.shut(tx.now)


def see(tx: Change, states: Iterable[LaneState], short: Mapping[str, str]) -> None:
    """Take over how the lanes of the host are; `short` says why a lane gave fewer permits.

    Called by the scheduler before its claims, with the lanes that the run has seats of; it writes
    only what differs, and tells of it in the name of who did it.
    """
    known = lanes(tx.db, tx.run.id)
    for host in states:
        old = known.get(host.name, RunLane(LaneState(host.name)))
        state = _believed(old.state, host, tx.now)
        new = RunLane(state, short.get(state.name, ""))
        if old.state.shut(tx.now) != state.shut(tx.now) or _differs(old.state, state):
            _tell(tx, old.state, state)
        if new != old:
            _write(tx, new)


def _believed(old: LaneState, host: LaneState, now: float) -> LaneState:
    """Return how a lane is, as the host has it; a pause with an end lasts as long as it was told.

    Only a person ends it before. Where the file of the host was lost, or cannot be used for a
    while, nobody knows of the pause but this run.
    """
    if host.shut(now):
        return host
    by_person = host.actor.startswith(PERSON)
    if old.shut(now) and old.until is not None and not by_person:
        return replace(old, capacity=host.capacity)
    return host if host.status is LaneStatus.OPEN else _opened(host)


def shut(tx: Change, task: TaskRow, state: LaneState) -> None:
    """Shut a lane in this run, since its provider told the worker of this task so."""
    old = lanes(tx.db, tx.run.id).get(state.name, RunLane(LaneState(state.name)))
    stays = _stricter(old.state, state, tx.now)
    tx.emit(
        LaneLimited(
            lane=stays.name,
            state=stays.status,
            until=stays.until,
            capacity=stays.capacity,
            # What this worker was told, though something stricter may hold for its lane.
            reason=state.reason or LimitKind.RATE,
            text=state.text or None,
        ),
        task,
    )
    _write(tx, replace(old, state=stays))


def open_due(tx: Change) -> None:
    """Open the lanes whose time has come."""
    for lane in lanes(tx.db, tx.run.id).values():
        if lane.state.status is not LaneStatus.OPEN and not lane.state.shut(tx.now):
            opened = _opened(lane.state)
            _tell(tx, lane.state, opened)
            _write(tx, replace(lane, state=opened))


def open_for(tx: Change, names: Iterable[str] | None = None) -> list[str]:
    """Open lanes that only a person opens, at this person's word; return which.

    Without names all that a refused key has shut. The lane of the host is opened by the command.
    """
    wanted = None if names is None else set(names)
    found = []
    for lane in lanes(tx.db, tx.run.id).values():
        name, status = lane.state.name, lane.state.status
        # One that is open already has nothing to tell.
        named = wanted is not None and name in wanted and status is not LaneStatus.OPEN
        if status is LaneStatus.AUTH if wanted is None else named:
            opened = replace(_opened(lane.state), actor=tx.actor)
            _tell(tx, lane.state, opened)
            _write(tx, replace(lane, state=opened))
            found.append(name)
    return found


def cut_limits(tx: Change) -> None:
    """Let no lane be limited for longer than its provider has asked for: the clock was set back.

    How long that was, the newest event of it says. The end of a quota is a time, and stays.
    """
    limited = {
        name: lane
        for name, lane in lanes(tx.db, tx.run.id).items()
        if lane.state.status is LaneStatus.LIMITED and lane.state.until is not None
    }
    if not limited:
        return
    told = tx.db.execute(
        "SELECT at, data FROM event WHERE run = :run AND kind = :kind "
        "ORDER BY seq DESC LIMIT :most",
        {"run": tx.run.id, "kind": LaneLimited.event_kind, "most": _LOOKED_AT},
    )
    for at, text in told:
        data = json.loads(str(text))
        lane, until = limited.pop(data.get("lane"), None), data.get("until")
        if lane is None or lane.state.until is None or not isinstance(until, int | float):
            continue
        latest = tx.now + max(0.0, until - float(at or 0))
        if lane.state.until > latest:
            _write(tx, replace(lane, state=replace(lane.state, until=latest)))


def _opened(state: LaneState) -> LaneState:
    return LaneState(state.name, capacity=state.capacity)


def _differs(old: LaneState, new: LaneState) -> bool:
    """Whether there is something to tell; of an open lane its capacity alone."""
    if new.status is LaneStatus.OPEN and old.status is LaneStatus.OPEN:
        return old.capacity != new.capacity
    return (old.status, old.until, old.text) != (new.status, new.until, new.text)


def _stricter(old: LaneState, new: LaneState, now: float) -> LaneState:
    """Return the one that lasts longer, so that no later word of a provider opens what is shut."""
    order = list(LaneStatus)
    if old.shut(now) and order.index(old.status) > order.index(new.status):
        return old
    return replace(new, capacity=old.capacity if new.capacity is None else new.capacity)


def _tell(tx: Change, old: LaneState, new: LaneState) -> None:
    """Tell of a lane that shuts or opens, by whom; one that opens frees what waited for that."""
    actor = tx.actor
    tx.actor = new.actor or actor
    try:
        _emit(tx, old, new, is_act=actor.startswith(PERSON))
        if not new.shut(tx.now) and old.status is not LaneStatus.OPEN:
            by_person = tx.actor.startswith(PERSON)
            _free(tx, new.name, by_person=by_person)
            if by_person and tx.run.state == RunState.STALLED:
                wake_run(tx)
    finally:
        tx.actor = actor


def restore_pause(tx: Change, name: str, *, paused: bool) -> None:
    """Pause a lane of this run again, or open it, since the act that changed that is taken back.

    The command changes the lane of the host. Raises `RefusedError` where it is as wanted by now.
    """
    lane = lanes(tx.db, tx.run.id).get(name, RunLane(LaneState(name)))
    if paused == (lane.state.status is LaneStatus.PAUSED) or (
        paused and lane.state.status is not LaneStatus.OPEN
    ):
        raise RefusedError(f"lane {name} is {lane.state.status} by now")
    new = _opened(lane.state)
    if paused:
        by = tx.actor.removeprefix(PERSON)
        new = replace(
            new, status=LaneStatus.PAUSED, reason=LimitKind.PERSON, text=f"paused by {by}"
        )
    new = replace(new, actor=tx.actor)
    _emit(tx, lane.state, new, is_act=False)
    _write(tx, replace(lane, state=new))


def _emit(tx: Change, old: LaneState, new: LaneState, *, is_act: bool) -> None:
    """Append the event; a pause, and the end of one, is an act of the person who makes it here.

    What a scheduler saw of the host is told in the name of who did it, and is no act in this run.
    """
    event: LaneLimited | LaneOpen
    if new.shut(tx.now):
        event = LaneLimited(
            lane=new.name,
            state=new.status,
            until=new.until,
            capacity=new.capacity,
            reason=new.reason or LimitKind.RATE,
            text=new.text or None,
        )
    else:
        event = LaneOpen(lane=new.name, state=LaneStatus.OPEN, capacity=new.capacity)
    pauses = {old.status, new.status}
    if not is_act or LaneStatus.PAUSED not in pauses:
        tx.emit(event)
        return
    # What the provider had asked for before a pause nobody would bring back.
    plain = pauses <= {LaneStatus.OPEN, LaneStatus.PAUSED}
    was_paused = old.status is LaneStatus.PAUSED
    tx.emit_act(event, undo={"lane": old.name, "paused": was_paused} if plain else None)


def _free(tx: Change, name: str, *, by_person: bool) -> None:
    """Let the tasks go that the quota of a lane has blocked."""
    rows = tx.db.execute(
        select(
            TaskRow, "WHERE run = :run AND state = 'blocked' AND kind = :quota ORDER BY ordinal"
        ),
        {"run": tx.run.id, "quota": BlockedKind.QUOTA},
    )
    for task in [decode(TaskRow, row) for row in rows]:
        if task.detail.get("lane") != name or (PATIENCE in task.detail and not by_person):
            continue
        tx.emit(TaskUnblocked(kind=PendingReason.READY, before=BlockedKind.QUOTA), task)
        tx.to_pending(task, evolve(task, not_before=None))


def _write(tx: Change, lane: RunLane) -> None:
    state = lane.state
    values: dict[str, Value] = {
        "run": tx.run.id,
        "name": state.name,
        "state": state.status.value,
        "reason": "" if state.reason is None else state.reason.value,
        "text": state.text,
        "until": state.until,
        "capacity": state.capacity,
        "actor": state.actor,
        "short": lane.short,
    }
    tx.db.execute(_WRITE, values)
