"""From a line of the log to its event: what a later version wrote, or a fault spoilt, is no crash.

Called by views, on any thread; no rule reads an event.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast, get_args

from wf_tui.ledger.model.events.attempt_events import AttemptEvent
from wf_tui.ledger.model.events.rival_events import RivalEvent
from wf_tui.ledger.model.events.run_events import RunEvent
from wf_tui.ledger.model.events.task_events import TaskEvent
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.states import (
    BlockedKind,
    DoneKind,
    Intent,
    LimitKind,
    Outcome,
    PendingReason,
    ReleaseKind,
    RunState,
    Step,
    TaskState,
    WokenBy,
)
from wf_tui.plan.choices import GateOn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum

    from wf_tui.ledger.model.events.base import EventBase, Shape
    from wf_tui.ledger.model.rows import EventRow

__all__ = ["EVENTS", "Event", "changes_row", "event_class", "reaches_dependants", "read_event"]

Event = RunEvent | TaskEvent | AttemptEvent | RivalEvent
"""Each kind of event there is."""

EVENTS: Final[tuple[type[EventBase], ...]] = get_args(Event)
_BY_KIND: Final[Mapping[str, type[EventBase]]] = {event.event_kind: event for event in EVENTS}


def event_class(kind: str) -> type[EventBase] | None:
    """Return the class of a kind, which has its facts; None for a kind of a later version."""
    return _BY_KIND.get(kind)


def changes_row(kind: str) -> bool:
    """Whether the row of its task may be another one after it; of an unknown kind, it may."""
    known = _BY_KIND.get(kind)
    return known is None or known.changes_row


def reaches_dependants(kind: str) -> bool:
    """Whether it may change something for those that wait for its task."""
    known = _BY_KIND.get(kind)
    return known is None or known.reaches_dependants


def read_event(row: EventRow) -> Event | None:
    """Return the event of a line of the log, or None where it is none that this version knows.

    Fields of a later version are left out. One that is missing or of another type is empty, so that
    the rest of a damaged event can still be shown; a word of a closed set has no such value, and an
    event without it is not known.
    """
    fields = _fields(row.kind)
    if fields is None:
        return None
    event, readers, empty, words = fields
    values = empty.copy()
    for name, value in row.data.items():
        if name in readers and value is not None:
            values[name] = readers[name](value)
    for name in words:
        if values.get(name) is None:
            return None
    return cast("Event", event(**values))


class _Fields(NamedTuple):
    """How the data of a kind is read."""

    event: type[EventBase]
    readers: Mapping[str, Callable[[object], object]]
    empty: dict[str, object]
    """What a field has that is missing and may not be None."""
    words: tuple[str, ...]
    """Fields of a closed set that may not be missing."""


@cache
def _fields(kind: str) -> _Fields | None:
    """Return how the data of a kind is read, by its annotations."""
    event = _BY_KIND.get(kind)
    if event is None:
        return None
    types = {name: str(event.__annotations__[name]) for name in event.names}
    return _Fields(
        event,
        {name: _READERS[kind.removesuffix(" | None")] for name, kind in types.items()},
        {name: _EMPTY[kind] for name, kind in types.items() if kind in _EMPTY},
        tuple(name for name, kind in types.items() if kind in _CLOSED),
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0.0


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _numbers(value: object) -> tuple[int, ...]:
    return tuple(map(_whole, value)) if isinstance(value, list | tuple) else ()


def _shape(value: object) -> Shape:
    return value if isinstance(value, dict) else {}


def _shapes(value: object) -> tuple[Shape, ...]:
    return tuple(map(_shape, value)) if isinstance(value, list | tuple) else ()


def _word_of(words: type[StrEnum]) -> Callable[[object], StrEnum | None]:
    """Return the reader of a closed set; looked up, at a tenth of the cost of calling its class."""
    known = {word.value: word for word in words}
    return lambda value: known.get(value) if isinstance(value, str) else None


_CLOSED: Final[Mapping[str, type[StrEnum]]] = {
    words.__name__: words
    for words in (
        *(BlockedKind, DoneKind, GateOn, Intent, LaneStatus, LimitKind, Outcome),
        *(PendingReason, ReleaseKind, RunState, Step, TaskState, WokenBy),
    )
}
_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "str": str,
    "int": _whole,
    "float": _number,
    "bool": bool,
    "tuple[str, ...]": _words,
    "tuple[int, ...]": _numbers,
    "tuple[Shape, ...]": _shapes,
    "Shape": _shape,
    **{name: _word_of(words) for name, words in _CLOSED.items()},
}
_EMPTY: Final[Mapping[str, object]] = {
    "str": "",
    "int": 0,
    "float": 0.0,
    "bool": False,
    "tuple[str, ...]": (),
    "tuple[int, ...]": (),
    "tuple[Shape, ...]": (),
    "Shape": {},
}
