"""The standing notices: what keeps the run from going on, and what helps.

A view shows the first one for as long as it is so. Tasks are named by their titles, as on cards.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from wf_tui.disk_space import DISK_FULL, DISK_LOW
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.run_budget import read_budget
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.queries.breaker_reads import explained
from wf_tui.ledger.queries.budget_reads import percent_used
from wf_tui.picture.usage_text import budget_words
from wf_tui.picture.words.timed import Timed
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.ledger.model.lane_state import LaneState
    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.picture.batch import Batch

__all__ = ["Notice", "NoticeKind", "Standstill", "notices", "stalled"]

_NAME: Final = 60
_TEXT: Final = 200
_MOST: Final = 2
"""Seats that are named."""
_WARN: Final = 80
"""Percent of a budget from which on it is told."""
_ALL: Final = 100


class NoticeKind(IntEnum):
    """What a notice is about, the one that has to be dealt with first at the top."""

    ENDED = 1
    DISK = 2
    PAUSED = 3
    NO_SCHEDULER = 4
    STALLED = 5
    LANE = 6
    PROFILE = 7
    BUDGET = 8
    DISK_LOW = 9
    EXPORT = 10


@dataclass(frozen=True)
class Notice:
    """What is said for as long as it is so; its texts are safe to draw."""

    kind: NoticeKind
    text: Timed
    """What is so, with a countdown where it is over at a time."""
    more: str = ""
    """What follows from it, or what helps; left out where there is no room."""
    warns: bool = True
    """Whether something does not go on by itself, or not as it should."""


@dataclass(frozen=True)
class Standstill:
    """What is known of a run in which nothing moves."""

    needs: Sequence[TaskRow]
    """The oldest that needs a person, and how many others do: two rows are enough to tell."""
    count: int
    """How many need one."""
    snoozed: int
    root: TaskRow | None
    """Of the blocked ones that which most wait for; None where nothing is blocked."""
    behind: int
    """How many tasks are blocked through the root."""
    paused: str = ""
    """Why a profile is paused until a person says so."""


def notices(batch: Batch, still: Standstill | None, branch: str) -> tuple[Notice, ...]:
    """Return all there is to say of a run, what matters most first.

    `still` is None where the run is not stalled, `branch` where its work is.
    """
    return tuple(sorted(_found(batch, still, branch), key=lambda notice: notice.kind))


def _found(batch: Batch, still: Standstill | None, branch: str) -> Iterator[Notice]:
    run = batch.run
    if run.state.ended:
        text = f"{run.state}: its work is on the branch {branch}"
        help_ = "M lands it" if run.head != run.base else ""
        if batch.landed_in:
            help_ = f"all of it is in {clean(batch.landed_in, limit=_TEXT)}"
        yield Notice(NoticeKind.ENDED, Timed(text), help_, warns=False)
    if run.export_note:
        text = f"its work is not yet in your repository: {clean(run.export_note, limit=_TEXT)}"
        yield Notice(NoticeKind.EXPORT, Timed(text), "it is tried again")
    if batch.full:
        yield Notice(NoticeKind.DISK, Timed(f"{DISK_FULL} {clean(batch.full, limit=_TEXT)}"))
    if run.state.ended:
        return
    if run.state is RunState.PAUSED:
        yield Notice(NoticeKind.PAUSED, Timed("paused: nothing new starts"), "p resumes")
    if not batch.alive:
        text = "no scheduler leads this run, so nothing moves"
        yield Notice(NoticeKind.NO_SCHEDULER, Timed(text), "p starts one")
    if still is not None:
        yield stalled(still)
    yield from _lanes(batch)
    yield from _profiles(batch)
    yield from _budget(run)
    if batch.low and not batch.full:
        yield Notice(NoticeKind.DISK_LOW, Timed(f"{DISK_LOW} {clean(batch.low, limit=_TEXT)}"))


def stalled(still: Standstill) -> Notice:
    """Return what is left to move in a run that does not, and how one gets there."""
    text, more = _standstill(still)
    return Notice(NoticeKind.STALLED, Timed(f"stalled: {text}"), more)


def _standstill(still: Standstill) -> tuple[str, str]:
    if still.paused:
        return still.paused, ""
    if still.count == 1:
        return f"only {title(still.needs[0])} is left to move", "N goes there"
    if still.count:
        return f"{still.count} need you, {title(still.needs[0])} the longest", "N goes there"
    if still.snoozed:
        return f"only {plural(still.snoozed, 'snoozed task')} {_be(still.snoozed)} left to move", ""
    if still.root is None:
        return "no task can start, no worker fits", "a gives one to a worker that does"
    behind = f", {plural(still.behind, 'task')} behind it" if still.behind else ""
    why = (still.root.kind or "").replace("_", " ")
    keys = still.root.block.keys if still.root.block is not None else ""
    return f"{title(still.root)} is blocked ({why}{behind})", keys


def title(row: TaskRow) -> str:
    """Return the title of a task in quotes, as its card has it; its id where it has none."""
    return f"“{clean(row.title, limit=_NAME).strip() or clean(row.id, limit=_NAME)}”"


def _be(count: int) -> str:
    return "is" if count == 1 else "are"


def _lanes(batch: Batch) -> Iterator[Notice]:
    now = batch.reasons.now
    for lane in batch.reasons.lanes.values():
        seats = [seat for seat in batch.workers if seat.lane == lane.state.name]
        if seats and lane.state.shut(now):
            yield Notice(NoticeKind.LANE, _lane_text(lane.state), _waiting_seats(batch, lane.state))


def _lane_text(lane: LaneState) -> Timed:
    name = clean(lane.name, limit=_NAME)
    why = f" ({clean(lane.text, limit=_NAME)})" if lane.text else ""
    words = {
        LaneStatus.LIMITED: f"rate limit{why}",
        LaneStatus.QUOTA: f"its quota is used up{why}",
        LaneStatus.AUTH: f"its provider refuses it{why}",
        LaneStatus.PAUSED: f"paused{why}",
    }.get(lane.status, lane.status.value)
    if lane.until is None:
        return Timed(f"{name}: {words}")
    return Timed(f"{name}: {words}, opens in ", lane.until)


def _waiting_seats(batch: Batch, lane: LaneState) -> str:
    idle = [seat.name for seat in batch.workers if seat.lane == lane.name and seat.task is None]
    who = f"{listed(idle, _MOST)} {'waits' if len(idle) == 1 else 'wait'}" if idle else ""
    opens = "P opens it" if lane.until is None else ""
    others = any(seat.lane != lane.name for seat in batch.workers)
    return ", ".join(word for word in (who, opens, "other lanes go on" if others else "") if word)


def _profiles(batch: Batch) -> Iterator[Notice]:
    now = batch.reasons.now
    for row in batch.reasons.breakers.values():
        if row.until is None or row.until > now:
            yield Notice(NoticeKind.PROFILE, Timed(clean(explained(row, now), limit=_TEXT)))


def _budget(run: RunRow) -> Iterator[Notice]:
    budget = read_budget(run.budget)
    used = percent_used(budget, run.usage) if budget.limits else 0
    limit = budget_words(budget.figures())
    if used >= _ALL:
        text = f"the budget of {limit} is used up, so nothing new starts"
        yield Notice(NoticeKind.BUDGET, Timed(text), "wf budget +5usd gives it more")
    elif used >= _WARN:
        yield Notice(NoticeKind.BUDGET, Timed(f"{used} % of the budget of {limit} is used"))
