"""From a line of the log to its event: what a later version wrote, or a fault spoilt, is no crash.

Called by views, on any thread; no rule reads an event.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, cast, get_args

from wf_tui.ledger.model.events.attempt_events import AttemptEvent
from wf_tui.ledger.model.events.run_events import RunEvent
from wf_tui.ledger.model.events.task_events import TaskEvent
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Intent, Outcome, RunState, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum

    from wf_tui.ledger.model.events.base import EventBase, Shape
    from wf_tui.ledger.model.rows import EventRow

__all__ = ["EVENTS", "Event", "event_class", "read_event"]

Event = RunEvent | TaskEvent | AttemptEvent
"""Each kind of event there is."""

EVENTS: Final[tuple[type[EventBase], ...]] = get_args(Event)
_BY_KIND: Final[Mapping[str, type[EventBase]]] = {event.event_kind: event for event in EVENTS}


def event_class(kind: str) -> type[EventBase] | None:
    """Return the class of a kind, which has its facts; None for a kind of a later version."""
    return _BY_KIND.get(kind)


def read_event(row: EventRow) -> Event | None:
    """Return the event of a line of the log, or None where it is none that this version knows.

    Fields of a later version are left out. One that is missing or of another type is empty, so that
    the rest of a damaged event can still be shown; a word of a closed set has no such value, and an
    event without it is not known.
    """
    known = _BY_KIND.get(row.kind)
    if known is None:
        return None
    try:
        values = {name: reader(row.data.get(name)) for name, reader in _readers(row.kind)}
    except ValueError:
        return None
    return cast("Event", known(**values))


@cache
def _readers(kind: str) -> list[tuple[str, Callable[[object], object]]]:
    """Return what reads each field of a kind, by its annotation; only kinds that are read cost."""
    event = _BY_KIND[kind]
    return [(name, _READERS[str(event.__annotations__[name])]) for name in event.names]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _whole_or_none(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _number_or_none(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _flag_or_none(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _words_or_none(value: object) -> tuple[str, ...] | None:
    return _words(value) or None


def _shape(value: object) -> Shape:
    return value if isinstance(value, dict) else {}


def _shape_or_none(value: object) -> Shape | None:
    return _shape(value) or None


def _closed(words: type[StrEnum]) -> Callable[[object], object]:
    """Return the reader of a closed set; any other value is a `ValueError`."""
    return lambda value: words(str(value))


def _shapes(value: object) -> tuple[Shape, ...]:
    return tuple(map(_shape, value)) if isinstance(value, list | tuple) else ()


_CLOSED_SETS: Final[tuple[type[StrEnum], ...]] = (
    BlockedKind,
    DoneKind,
    Intent,
    Outcome,
    RunState,
    Step,
)
_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "str": _text,
    "str | None": _text_or_none,
    "int": _whole,
    "int | None": _whole_or_none,
    "float": _number,
    "float | None": _number_or_none,
    "bool": bool,
    "bool | None": _flag_or_none,
    "tuple[str, ...]": _words,
    "tuple[str, ...] | None": _words_or_none,
    "tuple[Shape, ...]": _shapes,
    "Shape": _shape,
    "Shape | None": _shape_or_none,
    **{words.__name__: _closed(words) for words in _CLOSED_SETS},
}
