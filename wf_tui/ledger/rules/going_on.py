"""Who goes on with a task after an attempt (RULES 3.4): the same seat in its session, or any other.

A session of an agent is worth waiting for: its seat and its worktree are kept for it, for a while.
After what the work itself failed by, somebody else looks at it with fresh eyes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.rows import AttemptRow, decode, evolve, select
from wf_tui.ledger.model.states import NextSeat, PinnedBy
from wf_tui.ledger.queries.lane_reads import lanes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wf_tui.ledger.model.rows import TaskRow, WorkerRow
    from wf_tui.ledger.rules.change import Change

__all__ = [
    "STEAL_AFTER",
    "WAIT",
    "begin_anew",
    "drop_late_wants",
    "go_on",
    "send_back",
    "session_of",
    "to_fallback",
    "wait_anew",
    "waits_for_another",
]

WAIT: Final = 60.0
"""Seconds that a task waits for the seat whose session knows it."""
STEAL_AFTER: Final = 300.0
"""Seconds that a task waits for the seat which its plan, or who sent it back, wants to have it.

The default of the setting `timing.steal_after`, which a scheduler hands to its claims.
"""


def go_on(tx: Change, task: TaskRow, *, at: float | None = None) -> TaskRow:
    """Let the seat of its last attempt go on in the session of that, where there is one.

    It is waited for from `at` on (UTC seconds), when the task may be claimed again; from now on, if
    not given. The caller writes the row.
    """
    attempt = _last_attempt(tx, task)
    if attempt is None or attempt.session is None:
        return begin_anew(task)
    return evolve(
        task,
        seat_wanted=attempt.worker,
        tree_wanted=None if _used_since(tx, attempt) else attempt.tree,
        wanted_until=(tx.now if at is None else at) + WAIT,
    )


def send_back(tx: Change, task: TaskRow) -> TaskRow:
    """Let the seat whose work was reviewed go on with it: in its session, and in its worktree.

    Also where it has no session, for its work is what is talked of. The seat is waited for as long
    as a pin of the plan would be. The caller writes the row.
    """
    attempt = _last_attempt(tx, task, of_seat=True)
    if attempt is None:
        return begin_anew(task)
    return evolve(
        task,
        seat_wanted=attempt.worker,
        tree_wanted=None if _used_since(tx, attempt) else attempt.tree,
        wanted_until=tx.now + STEAL_AFTER,
    )


def begin_anew(task: TaskRow) -> TaskRow:
    """Let any seat go on, in a session of its own; nearly always, no seat was waited for."""
    if task.seat_wanted is None and task.tree_wanted is None and task.wanted_until is None:
        return task
    return evolve(task, seat_wanted=None, tree_wanted=None, wanted_until=None)


def waits_for_another(task: TaskRow, worker: WorkerRow) -> bool:
    """Whether a task waits for another seat than this one; `drop_late_wants` ends its waiting."""
    return task.seat_wanted not in {None, worker.name}


def session_of(tx: Change, task: TaskRow, worker: WorkerRow) -> str | None:
    """Return the session that a seat goes on with, as it claims a task that waited for it."""
    if task.seat_wanted != worker.name:
        return None
    attempt = _last_attempt(tx, task, of_seat=True)
    return attempt.session if attempt is not None and attempt.worker == worker.name else None


def drop_late_wants(tx: Change) -> None:
    """Let any seat have what has waited for its own for long enough; by one statement."""
    tx.db.execute(
        "UPDATE task SET seat_wanted = NULL, tree_wanted = NULL, wanted_until = NULL "
        "WHERE run = :run AND seat_wanted IS NOT NULL AND wanted_until <= :now "
        "AND state = 'pending'",
        {"run": tx.run.id, "now": tx.now},
    )


def wait_anew(tx: Change) -> None:
    """Let what waits for its seat wait from now on: while nobody claimed, it could not come."""
    tx.db.execute(
        "UPDATE task SET wanted_until = :until WHERE run = :run AND seat_wanted IS NOT NULL "
        "AND wanted_until < :until AND state = 'pending'",
        {"run": tx.run.id, "until": tx.now + WAIT},
    )


def to_fallback(tx: Change, task: TaskRow, tries: int, next_seat: NextSeat) -> TaskRow:
    """Return a failed task pinned to the next profile of its `fallback`; a person's pin stays.

    `tries` is how often it has failed now. The first time another seat of the profile has a try;
    where the conversation is too long for a model, another model is needed at once. An entry that
    has no seat which could do it now is passed over; the last one takes all further tries.
    """
    place = tries - 1 if next_seat is NextSeat.FALLBACK else tries - 2
    if place < 0 or task.pinned_by is PinnedBy.PERSON:
        return task
    entries = _usable(tx, task, _entries(tx, task))
    if not entries:
        return task
    return evolve(task, pinned=entries[min(place, len(entries) - 1)], pinned_by=PinnedBy.PLAN)


def _entries(tx: Change, task: TaskRow) -> Iterator[str]:
    """Yield the profiles to fall back on: the task's, else the profile's own, and what follows.

    Each once. The one that it began with is none of them.
    """
    profiles = _fallbacks(tx)
    first = _first_profile(tx, task)
    waiting = list(task.spec.fallback or profiles.get(first, ()))
    seen = {first} if not task.spec.fallback else set[str]()
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.add(name)
            yield name
            waiting += profiles.get(name, ())


def _fallbacks(tx: Change) -> dict[str, tuple[str, ...]]:
    """Return the `fallback` of each profile, as it was when the run was started."""
    stored = json.loads(tx.run.profiles)
    return {name: tuple(profile.get("fallback", ())) for name, profile in stored.items()}


def _first_profile(tx: Change, task: TaskRow) -> str:
    rows = tx.db.execute(
        "SELECT profile FROM attempt WHERE run = :run AND task = :task "
        "AND profile <> 'user' ORDER BY epoch LIMIT 1",
        {"run": tx.run.id, "task": task.id},
    )
    return str(rows[0][0]) if rows else ""


def _usable(tx: Change, task: TaskRow, entries: Iterable[str]) -> list[str]:
    """Return the entries with a seat that could do a task, without those whose lanes stay shut.

    A limit of a rate is over in a while; a quota and a refused key are not. Where all lanes are
    shut so, they are waited for.
    """
    seats = [seat for seat in tx.workers() if seat.accepts(task.takes, task.role)]
    fit = [name for name in entries if any(seat.profile == name for seat in seats)]
    shut = {
        name
        for name, lane in lanes(tx.db, tx.run.id).items()
        if lane.state.shut(tx.now) and lane.state.status is not LaneStatus.LIMITED
    }
    open_now = {seat.profile for seat in seats if seat.lane not in shut}
    return [name for name in fit if name in open_now] or fit


def _used_since(tx: Change, attempt: AttemptRow) -> bool:
    """Whether another attempt had its worktree after it: then it may be kept for that one."""
    rows = tx.db.execute(
        # Not the claim of a person, which looks at the work where it lies.
        "SELECT 1 FROM attempt WHERE run = :run AND tree = :tree AND number > :number "
        "AND profile <> 'user' LIMIT 1",
        {"run": tx.run.id, "tree": attempt.tree, "number": attempt.number},
    )
    return bool(rows)


def _last_attempt(tx: Change, task: TaskRow, *, of_seat: bool = False) -> AttemptRow | None:
    """Return its last attempt; with `of_seat` the last that was no person's claim of the work."""
    rows = tx.db.execute(
        select(
            AttemptRow,
            "WHERE run = :run AND task = :task AND (profile <> 'user' OR NOT :of_seat) "
            "ORDER BY epoch DESC LIMIT 1",
        ),
        {"run": tx.run.id, "task": task.id, "of_seat": int(of_seat)},
    )
    return decode(AttemptRow, rows[0]) if rows else None
