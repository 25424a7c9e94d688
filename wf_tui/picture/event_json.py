"""An event as `wf events --json` prints it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow

__all__ = ["event_json"]

_PRIVATE: Final = frozenset({"undo", "command", "follows"})
"""What only `undo` needs: the ledger's own notes, which may change."""


def event_json(event: "EventRow") -> dict[str, object]:
    """Return the nine fields of an event, in the order in which they are printed.

    Scripts depend on them: fields are only ever added, and a kind's own stand in `data`.
    """
    data = {name: value for name, value in event.data.items() if name not in _PRIVATE}
    return {**asdict(event), "data": data}
