"""The lanes of a run, as its own ledger has them, and which of them it would claim in now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.json_text import read_words
from wf_tui.ledger.model.lane_state import LOCAL, LaneState, LaneStatus
from wf_tui.ledger.model.startable import STARTABLE, UNPARKED
from wf_tui.ledger.model.states import Intent, LimitKind, RunState
from wf_tui.ledger.queries.budget_reads import is_used_up
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.store.database import Database, Row, Value

__all__ = [
    "LANE_COLUMNS",
    "RunLane",
    "explained",
    "lanes",
    "next_opening",
    "seat_lanes",
    "wanted_seats",
]

LANE_COLUMNS: Final = ("name", "state", "reason", "text", "until", "capacity", "actor", "short")
_LANES: Final = f"SELECT {', '.join(LANE_COLUMNS)} FROM lane WHERE run = :run ORDER BY name"
_SEATS: Final = (
    "SELECT lane, profile, takes, roles, count(*) FROM worker WHERE run = :run "
    "AND task IS NULL AND lane <> :local GROUP BY lane, profile, takes, roles "
    "ORDER BY min(ordinal)"
)
_OF_SEAT: Final = (
    "AND takes = :takes AND (pinned IN ('', :profile) OR pinned IN "
    "(SELECT name FROM worker w WHERE w.run = :run AND w.profile = :profile)) "
    "AND phase NOT IN (SELECT name FROM phase WHERE phase.run = task.run AND wip IS NOT NULL "
    "AND open_attempts >= wip)"
)


@frozen
class RunLane:
    """A lane of a run, and what kept the run from claiming more in it when it last looked."""

    state: LaneState
    short: str = ""
    """`capacity`, `ramp` or `memory`; "" where there was a permit for each seat that wanted one."""


def lanes(db: Database, run: str) -> dict[str, RunLane]:
    """Return the lanes of a run by name; one that nobody told anything of is not among them."""
    found = map(_decode, db.execute(_LANES, {"run": run}))
    return {lane.state.name: lane for lane in found}


def explained(lane: LaneState, now: float) -> str:
    """Say why a lane lets nothing through, and what ends it."""
    opens = f"wf lane {lane.name} --open"
    left = "" if lane.until is None else f"open again in {max(0.0, lane.until - now):.0f} s"
    why = f": {lane.text}" if lane.text else ""
    match lane.status:
        case LaneStatus.LIMITED:
            return f"{lane.name} is limited, {left or opens}"
        case LaneStatus.QUOTA:
            return f"{lane.name} is shut{why or ': its quota is used up'}; {left or opens}"
        case LaneStatus.AUTH:
            return f"{lane.name} is shut{why}; {opens}"
        case LaneStatus.PAUSED:
            return f"{lane.name} is {lane.text or 'paused'}; {opens}"
        case LaneStatus.OPEN:
            return f"{lane.name} is open"


def seat_lanes(db: Database, run: str) -> list[str]:
    """Return the lanes that the run has seats of, but for the one that has no limits."""
    rows = db.execute(
        "SELECT DISTINCT lane FROM worker WHERE run = :run AND lane <> :local ORDER BY lane",
        {"run": run, "local": LOCAL},
    )
    return [str(name) for (name,) in rows]


def wanted_seats(db: Database, run: RunRow) -> dict[str, list[str]]:
    """Return the idle seats that may find a task to claim, by lane: the profile of each.

    At most as many as the run may still start. A seat that finds a task here may yet be refused it,
    by a scope say; one that finds none is refused for sure.
    """
    most = run.jobs - run.open_attempts
    going = run.state == RunState.RUNNING and run.intent == Intent.GO
    wanted: dict[str, list[str]] = {}
    if most <= 0 or not going or is_used_up(run):
        return wanted
    for lane, profile, takes, roles, idle in db.execute(_SEATS, {"run": run.id, "local": LOCAL}):
        values: dict[str, Value] = {"run": run.id, "takes": takes, "profile": profile, "most": most}
        found = min(int(str(idle)), _startable(db, run, values, read_words(str(roles))))
        if found:
            wanted.setdefault(str(lane), []).extend([str(profile)] * found)
    return {lane: profiles[:most] for lane, profiles in wanted.items()}


def _startable(
    db: Database, run: RunRow, values: Mapping[str, Value], roles: tuple[str, ...]
) -> int:
    """Return how many tasks a seat could take, as far as it matters."""
    names = {f"role{place}": role for place, role in enumerate(roles)}
    which = f"AND role IN (:{', :'.join(names)}) " if names else ""
    # With nothing open, what is parked waits for nobody any more: the next claim takes it out.
    ready = STARTABLE if run.open_attempts else UNPARKED
    rows = db.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM task WHERE run = :run AND {ready} {_OF_SEAT} "
        f"{which}LIMIT :most) AS found",
        {**values, **names},
    )
    return int(str(rows[0][0]))


def next_opening(db: Database, run: str, now: float) -> float | None:
    """Return when the first lane opens that a task which could start waits for."""
    rows = db.execute(
        "SELECT min(until) FROM lane WHERE run = :run AND state <> 'open' AND until > :now "
        "AND EXISTS (SELECT 1 FROM worker w WHERE w.run = :run AND w.lane = lane.name AND EXISTS "
        f"(SELECT 1 FROM task WHERE run = :run AND {STARTABLE} AND takes = w.takes))",
        {"run": run, "now": now},
    )
    return None if rows[0][0] is None else float(str(rows[0][0]))


def _decode(row: Row) -> RunLane:
    name, state, reason, text, until, capacity, actor, short = row
    seen = LaneState(
        name=str(name),
        status=LaneStatus(str(state)),
        reason=LimitKind(str(reason)) if reason else None,
        text=str(text),
        until=None if until is None else float(str(until)),
        capacity=None if capacity is None else int(str(capacity)),
        actor=str(actor),
    )
    return RunLane(seen, str(short))
