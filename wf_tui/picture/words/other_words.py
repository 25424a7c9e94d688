"""What the cards say that need nobody: why one waits, what is parked, how one was done."""

from __future__ import annotations

from math import inf, isinf
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import PERSON, BlockedKind, DoneKind, PendingReason
from wf_tui.picture.words.timed import NOTHING, Timed
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.queries.reasons import Reason
    from wf_tui.picture.last_attempt import LastAttempt

__all__ = ["answered_words", "parked_words", "waiting_words", "wrong_words"]

_LONGEST: Final = 400
_NAME: Final = 200
_OF_RUN: Final = frozenset({PendingReason.PAUSED, PendingReason.BUDGET})
"""What keeps each task of the run alike; the header says it."""


def waiting_words(reason: Reason) -> str:
    """Return what a pending task needs, `consent +1`; "" where only its turn has to come.

    Of what is blocked, and holds up all that comes after it, also how: `consent (cancelled)`. A
    phase that waits is said once, above all of its cards.
    """
    if reason.kind != PendingReason.WAITING:
        return ""
    blocked, tasks = reason.detail.get("blocked"), reason.detail.get("tasks")
    names = [str(blocked)] if blocked else []
    names += [name for name in tasks if name != blocked] if isinstance(tasks, list) else []
    if not names:
        return "" if reason.detail.get("phases") else clean(reason.text, limit=_LONGEST)
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    kind = _kind(str(reason.detail.get("blocked_kind", "")))
    return f"{clean(names[0], limit=_NAME)}{kind}{more}"


def _kind(name: str) -> str:
    return f" ({name.replace('_', ' ')})" if name else ""


def wrong_words(row: TaskRow, reason: Reason) -> Timed:
    """Return what is wrong where a pending task could begin, and does not."""
    words = _WRONG.get(PendingReason(reason.kind))
    return words(row, reason) if words else NOTHING


def _text(reason: Reason) -> str:
    return clean(reason.text, limit=_LONGEST)


def _time(reason: Reason) -> float | None:
    until = reason.detail.get("until")
    return float(until) if isinstance(until, int | float) else None


def _lane(_row: TaskRow, reason: Reason) -> Timed:
    name, until = clean(str(reason.detail.get("lane")), limit=_NAME), _time(reason)
    if until is not None:
        return Timed(f"lane {name}: ", until)
    if reason.detail.get("capacity"):
        return Timed(f"lane {name} is full")
    state = reason.detail.get("state")
    return Timed(f"lane {name}: {state}" if state else _text(reason))


def _profile(_row: TaskRow, reason: Reason) -> Timed:
    until = _time(reason)
    if until is None:
        return Timed(_text(reason))
    return Timed(f"profile {clean(str(reason.detail.get('lane')), limit=_NAME)}: ", until)


def _backoff(row: TaskRow, reason: Reason) -> Timed:
    note = clean(row.note, limit=_LONGEST)
    return Timed("again in ", _time(reason), f": {note}" if note else "")


def _scope(_row: TaskRow, reason: Reason) -> Timed:
    holds, holder = reason.detail.get("holds"), reason.detail.get("holder")
    paths = clean(str(holds), limit=_NAME)
    return Timed(f"{paths} is held by {clean(str(holder), limit=_NAME)}")


def _worker(row: TaskRow, reason: Reason) -> Timed:
    if reason.text.startswith("no worker for the role"):
        return Timed(f"no worker takes role {clean(row.role, limit=_NAME)}")
    return Timed(_text(reason))


def _limit(row: TaskRow, reason: Reason) -> Timed:
    limit = reason.detail.get("limit")
    if limit == "seats" and row.pinned:
        return Timed(f"{clean(row.pinned, limit=_NAME)} is busy")
    return Timed(_text(reason)) if limit == "memory" else NOTHING


def _wanted(row: TaskRow, reason: Reason) -> Timed:
    until = _time(reason)
    if until is None or not row.seat_wanted:
        return NOTHING
    return Timed(f"waits for {clean(row.seat_wanted, limit=_NAME)}: ", until)


_WRONG: Final[Mapping[PendingReason, Callable[[TaskRow, Reason], Timed]]] = {
    PendingReason.LANE_LIMITED: _lane,
    PendingReason.PROFILE_PAUSED: _profile,
    PendingReason.BACKOFF: _backoff,
    PendingReason.SCOPE_BUSY: _scope,
    PendingReason.NO_WORKER: _worker,
    PendingReason.WIP_LIMIT: _limit,
    PendingReason.READY: _wanted,
}


def parked_words(row: TaskRow, snoozed_until: float | None, kind_of: Callable[[str], str]) -> Timed:
    """Return why a blocked task needs nobody now; `kind_of` is the kind that another is blocked by.

    A snooze without an end is until infinity. A quota that is over at a time says the time of day,
    by the zone of this process.
    """
    if snoozed_until == inf:
        return Timed("snoozed until it changes")
    if snoozed_until is not None:
        if isinf(snoozed_until):
            return Timed("snoozed until it changes")
        return Timed("snoozed ", snoozed_until, coarse=True)
    words = _PARKED.get(row.kind) if isinstance(row.kind, BlockedKind) else None
    if words is not None:
        return words(row, kind_of)
    return Timed(clean(row.note or (row.kind or "").replace("_", " "), limit=_LONGEST))


def _dependency(row: TaskRow, kind_of: Callable[[str], str]) -> Timed:
    root = str(row.detail.get("root") or row.detail.get("needs") or "")
    if not root:
        return Timed(clean(row.note, limit=_LONGEST))
    return Timed(f"← {clean(root, limit=_NAME)}{_kind(kind_of(root))}")


def _hold(row: TaskRow, _kind_of: Callable[[str], str]) -> Timed:
    return Timed("held ", since=row.since)


def _quota(row: TaskRow, _kind_of: Callable[[str], str]) -> Timed:
    import time  # noqa: PLC0415 - `wf status` has no need of it

    at = time.localtime(row.not_before)
    return Timed(f"quota until {at.tm_hour:02}:{at.tm_min:02}")


def _cancelled(row: TaskRow, _kind_of: Callable[[str], str]) -> Timed:
    return Timed(clean(row.note, limit=_LONGEST) or "cancelled")


def _critic(row: TaskRow, _kind_of: Callable[[str], str]) -> Timed:
    of = row.detail.get("of")
    return Timed(f"critic, round {row.detail.get('round', 1)}" + (f" of {of}" if of else ""))


_PARKED: Final[Mapping[BlockedKind, Callable[[TaskRow, Callable[[str], str]], Timed]]] = {
    BlockedKind.DEPENDENCY: _dependency,
    BlockedKind.HOLD: _hold,
    BlockedKind.QUOTA: _quota,
    BlockedKind.CANCELLED: _cancelled,
    BlockedKind.CRITIC: _critic,
}


def answered_words(row: TaskRow, attempt: LastAttempt | None) -> str:
    """Return how a task was done where it was not simply merged: the answer, the note, by whom."""
    if row.kind is DoneKind.ANSWERED:
        lines = clean(row.result or row.note, limit=_LONGEST, multiline=True).strip()
        return lines.partition("\n")[0].strip()
    if row.kind is DoneKind.SKIPPED:
        note = clean(row.note, limit=_LONGEST)
        return note if note.startswith("skipped") else f"skipped: {note}".removesuffix(": ")
    if attempt is not None and attempt.worker.startswith(PERSON):
        return f"accepted by {clean(attempt.worker.removeprefix(PERSON), limit=_NAME)}"
    return ""
