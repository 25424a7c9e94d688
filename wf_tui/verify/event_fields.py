"""Reading what an event says, whatever it holds: a damaged log is reported, never a crash.

The ledger's own classes of events are not used: what they made of a field that is missing or of the
wrong type would be what the ledger thinks of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow

__all__ = ["get_int", "get_list", "get_number", "get_text"]


def get_text(event: EventRow, name: str) -> str:
    """Return a word of an event's data; an empty one where there is none."""
    value = event.data.get(name)
    return value if isinstance(value, str) else ""


def get_list(event: EventRow, name: str) -> tuple[str, ...]:
    """Return a list of words of an event's data; an empty one where there is none."""
    value = event.data.get(name)
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def get_number(event: EventRow, name: str) -> float | None:
    """Return a number of an event's data; None where there is none, or something else."""
    value = event.data.get(name)
    return float(value) if isinstance(value, (int, float)) else None


def get_int(event: EventRow, name: str) -> int | None:
    """Return a whole number of an event's data; None where there is none, or something else."""
    value = event.data.get(name)
    return value if isinstance(value, int) else None
