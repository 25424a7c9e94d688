"""Which profiles a role goes to: those that list it, where one of the run does (RULES 5, Prompts).

A profile without roles takes all but these; a task that is pinned goes where its pin says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wf_tui.plan.choices import Takes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import TaskRow, WorkerRow
    from wf_tui.ledger.store.database import Database

__all__ = ["fitting_seats", "reserved_roles"]


def reserved_roles(db: Database, worker: WorkerRow) -> list[str]:
    """Return the roles whose tasks a seat leaves to profiles that list them.

    Asked within a claim, so it costs one statement, and none for commands: what runs a command
    does it as well in any role.
    """
    if worker.roles or worker.takes is Takes.COMMAND:
        return []
    rows = db.execute(
        "SELECT DISTINCT roles FROM worker WHERE run = :run AND takes = :takes AND roles <> '[]'",
        {"run": worker.run, "takes": worker.takes},
    )
    return sorted({str(role) for row in rows for role in json.loads(str(row[0]))})


def fitting_seats(seats: Iterable[WorkerRow], task: TaskRow) -> list[WorkerRow]:
    """Return the seats that may hold a task; of a role that some list, only those."""
    fit = [seat for seat in seats if seat.fits(task)]
    if task.pinned or task.takes is Takes.COMMAND:
        return fit
    return [seat for seat in fit if seat.roles] or fit
