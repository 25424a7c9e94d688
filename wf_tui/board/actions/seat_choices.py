"""To whom a task can be given: who is free, who fits, and what giving it would interrupt."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.screens.dialogs import Choice
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.task_guards import stoppable
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import TaskRow, WorkerRow
    from wf_tui.ledger.store.database import Database

__all__ = ["SeatFacts", "choices", "interrupted", "read"]

_UNFIT: Final = 3


@dataclass(frozen=True)
class SeatFacts:
    """The tasks that are to be given away, and all seats of their run."""

    tasks: tuple[TaskRow, ...]
    seats: tuple[WorkerRow, ...]
    now: float = 0.0


def read(db: Database, *, run: str, tasks: Sequence[str], now: float = 0.0) -> SeatFacts:
    """Read what the list of workers needs."""
    rows = tuple(reads.task(db, run, name) for name in tasks)
    return SeatFacts(rows, tuple(reads.workers(db, run)), now)


def choices(facts: SeatFacts) -> list[Choice]:
    """Return who can be chosen, the free ones that fit first; the unfit are greyed."""
    ranked = [_seat(seat, facts) for seat in facts.seats]
    by_profile: dict[str, list[WorkerRow]] = defaultdict(list)
    for seat in facts.seats:
        by_profile[seat.profile].append(seat)
    names = {seat.name for seat in facts.seats}
    ranked += [
        _profile(name, seats, facts)
        for name, seats in by_profile.items()
        if len(seats) > 1 and name not in names
    ]
    return [choice for _, choice in sorted(ranked, key=lambda pair: pair[0])]


def interrupted(facts: SeatFacts) -> str:
    """Return which attempts a reassignment stops, in a sentence; empty where none."""
    stopped = [task for task in facts.tasks if stoppable(task)]
    if not stopped:
        return ""
    held = [f"{clean(t.id, limit=60)} on {clean(t.worker or '', limit=40)}" for t in stopped]
    return f"interrupts {listed(held, 1)}; the work so far is kept as an attempt"


def _seat(seat: WorkerRow, facts: SeatFacts) -> tuple[int, Choice]:
    wrong = _unfit(seat, facts.tasks)
    if wrong:
        return _UNFIT, Choice(seat.name, seat.name, wrong, disabled=True)
    if seat.task is not None:
        note = f"busy with {clean(seat.task, limit=60)}: waits until it is free"
        return 1, Choice(seat.name, seat.name, note)
    if (seat.lane_until or 0) > facts.now:
        return 2, Choice(seat.name, seat.name, f"fits, but its lane {seat.lane} is limited")
    return 0, Choice(seat.name, seat.name, "free")


def _profile(name: str, seats: Sequence[WorkerRow], facts: SeatFacts) -> tuple[int, Choice]:
    free = sum(seat.task is None for seat in seats)
    label = f"{name} (any of {plural(len(seats), 'seat')})"
    if wrong := _unfit(seats[0], facts.tasks):
        return _UNFIT, Choice(name, label, wrong, disabled=True)
    return (0, Choice(name, label, f"{free} free")) if free else (1, Choice(name, label, "busy"))


def _unfit(seat: WorkerRow, tasks: Sequence[TaskRow]) -> str:
    """Return why a seat cannot do all of these tasks; empty where it can."""
    for task in tasks:
        if seat.accepts(task.needs_kind, task.role):
            continue
        if seat.kind == "shell" and task.needs_kind != "shell":
            return "does not fit: it needs a command"
        if seat.kind != task.needs_kind:
            return f"does not fit: it takes a {seat.kind}"
        return f"does not fit: its roles are {', '.join(seat.roles)}"
    return ""
