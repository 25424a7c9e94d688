"""To whom a task can be given: who is free, who fits, and what giving it would interrupt."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from wf_tui.board.dialogs.choice_dialog import Choice
from wf_tui.board.widgets.glyph_sets import UNICODE
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.ledger.rules.task_guards import stoppable
from wf_tui.picture.age import duration
from wf_tui.plan.choices import Takes
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.ledger.model.lane_state import LaneState
    from wf_tui.ledger.model.rows import TaskRow, WorkerRow
    from wf_tui.ledger.store.database import Database

__all__ = ["SeatFacts", "choices", "interrupted", "read", "why_unfit"]


class _Rank(IntEnum):
    """The order in which choices are listed."""

    FREE = 0
    BUSY = 1
    LIMITED = 2
    UNFIT = 3


@dataclass(frozen=True)
class SeatFacts:
    """The tasks that are to be given away, and all seats of their run."""

    tasks: tuple[TaskRow, ...]
    seats: tuple[WorkerRow, ...]
    now: float = 0.0
    """When they were read, in UTC seconds."""
    lanes: Mapping[str, LaneState] = field(default_factory=dict)


def read(db: Database, *, run: str, tasks: Sequence[str], now: float = 0.0) -> SeatFacts:
    """Read what the list of workers needs; `now` is in UTC seconds.

    The handler calls it through `ActionHost.read`, on a thread.
    """
    rows = tuple(reads.task(db, run, name) for name in tasks)
    lanes = {name: lane.state for name, lane in lane_reads.lanes(db, run).items()}
    return SeatFacts(rows, tuple(reads.workers(db, run)), now, lanes)


def choices(
    facts: SeatFacts, titles: Callable[[str], str], glyphs: GlyphSet = UNICODE
) -> list[Choice]:
    """Return who can be chosen, the free ones that fit first; the unfit are greyed.

    A busy one can be chosen, too: the tasks then wait for it. Within a rank the order is that of
    the seats, and seats come before profiles. `titles` gives a task as it is told.
    """
    found = [_seat(seat, facts, titles) for seat in facts.seats]
    by_profile: dict[str, list[WorkerRow]] = defaultdict(list)
    for seat in facts.seats:
        by_profile[seat.profile].append(seat)
    names = {seat.name for seat in facts.seats}
    for profile, seats in by_profile.items():
        # A profile that is called like one of its seats is listed once, as the seat.
        if len(seats) > 1 and profile not in names:
            found.append(_profile(profile, seats, facts))
    wide = max((cell_len(one.name) for one in found), default=0)
    models = max((cell_len(one.model) for one in found), default=0)
    # By the rank alone: the sort is stable, so the seats of a rank keep their order.
    ranked = sorted(found, key=lambda one: one.rank)
    return [one.choice(wide, models, glyphs) for one in ranked]


def interrupted(facts: SeatFacts, titles: Callable[[str], str]) -> str:
    """Return which attempts a reassignment stops, in a sentence; empty where none.

    The dialog shows it above the choices, in the place of a second question.
    """
    stopped = [task for task in facts.tasks if stoppable(task)]
    if not stopped:
        return ""
    held = [f"{titles(t.id)} on {clean(t.worker or '', limit=40)}" for t in stopped]
    return f"interrupts {listed(held, 1)}; the work so far is kept as an attempt"


@dataclass(frozen=True)
class _Found:
    """Somebody who may get the tasks; names and notes are safe to draw."""

    id: str
    name: str
    model: str
    rank: _Rank
    note: str

    def choice(self, wide: int, models: int, glyphs: GlyphSet) -> Choice:
        """Return the line of it; `wide` and `models` are the cells of the widest name and model."""
        sign = {_Rank.LIMITED: glyphs.stop, _Rank.UNFIT: " "}.get(self.rank, glyphs.pending)
        columns = (sign, set_cell_size(self.name, wide), set_cell_size(self.model, models))
        return Choice(
            self.id,
            " ".join(columns).rstrip(),
            self.note,
            disabled=self.rank is _Rank.UNFIT,
            style=_STYLES.get(self.rank, ""),
        )


_STYLES: Final = {_Rank.FREE: "$success", _Rank.LIMITED: "$warning"}


def _seat(seat: WorkerRow, facts: SeatFacts, titles: Callable[[str], str]) -> _Found:
    found = partial(_Found, seat.name, clean(seat.name, limit=40), clean(seat.model, limit=16))
    unfit = why_unfit(seat, facts.tasks)
    if unfit:
        return found(_Rank.UNFIT, unfit)
    if seat.task is not None:
        return found(_Rank.BUSY, f"busy: {titles(seat.task)}, then this")
    lane = facts.lanes.get(seat.lane)
    if lane is not None and lane.shut(facts.now):
        return found(_Rank.LIMITED, _shut(lane, facts.now))
    return found(_Rank.FREE, "free")


def _profile(name: str, seats: Sequence[WorkerRow], facts: SeatFacts) -> _Found:
    named = f"any {clean(name, limit=40)}"
    found = partial(_Found, name, named, clean(seats[0].model, limit=16))
    # The seats of a profile have one configuration, so any of them speaks for all.
    unfit = why_unfit(seats[0], facts.tasks)
    if unfit:
        return found(_Rank.UNFIT, unfit)
    lane = facts.lanes.get(seats[0].lane)
    if lane is not None and lane.shut(facts.now):
        return found(_Rank.LIMITED, _shut(lane, facts.now))
    free = sum(seat.task is None for seat in seats)
    if free:
        return found(_Rank.FREE, f"{free} free")
    return found(_Rank.BUSY, "next free seat")


def _shut(lane: LaneState, now: float) -> str:
    """Return when a lane lets its seats go on, as far as is known."""
    name = clean(lane.name, limit=40)
    if lane.until is None:
        return f"lane {name} is {lane.status}"
    return f"lane {name} opens in {duration(lane.until - now)}"


def why_unfit(seat: WorkerRow, tasks: Sequence[TaskRow]) -> str:
    """Return why a seat cannot do all of these tasks; empty where it can."""
    for task in tasks:
        if seat.accepts(task.takes, task.role):
            continue
        # A seat that takes such a task fails by its roles; so what it takes is compared first.
        if seat.takes is not task.takes:
            asks = "needs" if seat.takes is Takes.COMMAND else "takes"
            return f"does not fit: it {asks} a {seat.takes}"
        return f"does not fit: its roles are {', '.join(seat.roles)}"
    return ""
