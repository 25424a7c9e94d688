"""How an attempt's gates, and what it left lying or running, are said to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.plan.choices import GateOn
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from wf_tui.ledger.model.events.attempt_events import LeftKept

__all__ = ["gate_name", "left_text"]

_NAME: Final = 60


def gate_name(on: GateOn) -> str:
    """Return what a gate is called, by what it is asked about."""
    return "the gate on the merged tree" if on is GateOn.MERGE else "the gate"


def left_text(event: LeftKept) -> str:
    """Return what an attempt left beside its work, and how much; its name is cleaned."""
    name = "" if event.kind == event.name else f" {clean(event.name, limit=_NAME)}"
    return f"{event.kind}{name} ({plural(event.files, 'file')})"
