"""The plan that the agent of an attempt has made for itself, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.text import plural
from wf_tui.workers.shim import log
from wf_tui.workers.transcript import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.workers.transcript import Record

__all__ = ["plan_lines"]

_DONE: Final = "completed"
_MARKS: Final = {_DONE: ("✓", Role.DONE), "in_progress": ("●", Role.RUNNING)}


def plan_lines(folder: Path) -> Iterator[TextLine]:
    """Yield the newest plan that the agent of an attempt has told, with its steps; else nothing.

    `folder` is that of the attempt. Called on a thread of the pane.
    """
    found = (log.newest(path, EntryKind.PLAN) for path in log.attempt_logs(folder))
    steps = next((steps_of(record) for record in found if record), [])
    if steps:
        done = sum(status == _DONE for _, status in steps)
        yield plain(f"plan of its worker, {done} of {plural(len(steps), 'step')}", Role.TITLE)
        yield from step_lines(steps)


def steps_of(record: Record) -> list[tuple[str, str]]:
    """Return the steps of a plan with their states; what is no step is left out."""
    data = record.get("data")
    items = data.get("items") if isinstance(data, dict) else None
    steps = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return [(str(one.get("text", "")), str(one.get("status", ""))) for one in steps]


def step_lines(steps: list[tuple[str, str]]) -> Iterator[TextLine]:
    """Yield a line for each step."""
    for text, status in steps:
        mark, role = _MARKS.get(status, ("○", Role.TEXT))
        spans = (Span(f"  {mark} ", role), Span(safe(" ".join(text.split())), role))
        yield TextLine(spans, hang=4)
