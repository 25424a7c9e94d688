"""The plan that the agent of an attempt has made for itself, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.text import plural
from wf_tui.workers.shim import log
from wf_tui.workers.transcript import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wf_tui.workers.transcript import Record

__all__ = ["newest_steps", "plan_lines", "plan_spans"]

_DONE: Final = "completed"
_MARKS: Final = {_DONE: ("✓", Role.DONE), "in_progress": ("●", Role.RUNNING)}


def plan_lines(folder: Path) -> Iterator[TextLine]:
    """Yield the newest plan that the agent of an attempt has told, with its steps; else nothing.

    `folder` is that of the attempt. Called on a thread of the pane.
    """
    steps = newest_steps(folder)
    if steps:
        done = sum(status == _DONE for _, status in steps)
        yield plain(f"plan of its worker, {done} of {plural(len(steps), 'step')}", Role.TITLE)
        yield from step_lines(steps)


def newest_steps(folder: Path) -> list[tuple[str, str]]:
    """Return the steps of the newest plan of an attempt, each with its state; called on a thread.

    The last of its logs is read from its end, as far as it takes: only for one that told a plan.
    """
    found = (log.newest(path, EntryKind.PLAN) for path in log.attempt_logs(folder))
    return next((steps_of(record) for record in found if record), [])


def plan_spans(steps: Sequence[tuple[str, str]]) -> tuple[Span, ...]:
    """Return a plan on one line: how far it is, then its steps from the last that is done on."""
    done = sum(status == _DONE for _, status in steps)
    spans = [Span(f"plan {done} of {len(steps)}", Role.MUTED)]
    for text, status in steps[max(0, done - 1) :]:
        mark, role = _MARKS.get(status, ("○", Role.MUTED))
        words = Role.TEXT if role is Role.RUNNING else Role.MUTED
        spans += (Span(f"  {mark} ", role), Span(safe(" ".join(text.split())), words))
    return tuple(spans)


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
