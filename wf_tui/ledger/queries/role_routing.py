"""Which profiles a role goes to: those that list it, where one of the run does (RULES 5, Prompts).

A profile without roles takes all but these, and these, too, while only a person opens their lanes.
A task that is pinned goes where its pin says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.queries import lane_reads
from wf_tui.plan.choices import Takes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from wf_tui.ledger.model.rows import TaskRow, WorkerRow
    from wf_tui.ledger.queries.lane_reads import RunLane
    from wf_tui.ledger.store.database import Database

__all__ = ["closed_lanes", "fitting_seats", "reserved_roles"]


def reserved_roles(db: Database, worker: WorkerRow) -> list[str]:
    """Return the roles whose tasks a seat leaves to profiles that list them.

    Asked within a claim, so it costs one statement, and none for commands: what runs a command
    does it as well in any role.
    """
    if worker.roles or worker.takes is Takes.COMMAND:
        return []
    rows = db.execute(
        "SELECT DISTINCT roles, lane FROM worker "
        "WHERE run = :run AND takes = :takes AND roles <> '[]'",
        {"run": worker.run, "takes": worker.takes},
    )
    closed = closed_lanes(lane_reads.lanes(db, worker.run)) if rows else frozenset()
    open_rows = [roles for roles, lane in rows if lane not in closed]
    return sorted({str(role) for roles in open_rows for role in json.loads(str(roles))})


def closed_lanes(lanes: Mapping[str, RunLane]) -> frozenset[str]:
    """Return the lanes that only a person opens: nobody waits for a profile of one."""
    shut = {name for name, lane in lanes.items() if lane.state.status is not LaneStatus.OPEN}
    return frozenset(name for name in shut if lanes[name].state.until is None)


def fitting_seats(
    seats: Iterable[WorkerRow], task: TaskRow, closed: Collection[str] = ()
) -> list[WorkerRow]:
    """Return the seats that may hold a task; of a role that some list, only those.

    Unless the lanes of all of them are `closed` until a person opens them.
    """
    fit = [seat for seat in seats if seat.fits(task)]
    if task.pinned or task.takes is Takes.COMMAND:
        return fit
    listed = [seat for seat in fit if seat.roles]
    return listed if any(seat.lane not in closed for seat in listed) else fit
