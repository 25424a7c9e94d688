"""An event as `wf events --json` prints it."""

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wf_tui.ledger.rows import EventRow

__all__ = ["event_json"]


def event_json(event: "EventRow") -> dict[str, object]:
    """Return the nine fields of an event, in the order in which they are printed."""
    return asdict(event)
