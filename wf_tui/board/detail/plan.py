"""The plan that the agent of an attempt has made for itself, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.document import Document, choose_attempt, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads
from wf_tui.text import plural
from wf_tui.workers.shim import log
from wf_tui.workers.transcript import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.board.detail.document import Source
    from wf_tui.workers.transcript import Record

__all__ = ["read_plan"]

_DONE: Final = "completed"
_MARKS: Final = {_DONE: ("x", Role.DONE), "in_progress": (">", Role.IN_PROGRESS)}


def read_plan(source: Source) -> Document:
    """Return the newest plan that the agent has told; called on a thread of the pane."""
    with open_reads(source.project) as db:
        reads.task(db, source.run, source.task)
        attempts = reads.attempts(db, source.run, source.task)
    attempt = choose_attempt(attempts, source.epoch)
    if attempt is None:
        return Document((Span("no attempt yet, so no plan", Role.QUIET),))
    folder = source.attempt(attempt.epoch)
    found = (log.newest(path, EntryKind.PLAN) for path in log.attempt_logs(folder))
    steps = next((steps_of(record) for record in found if record), [])
    if not steps:
        waits = "has told no plan yet" if attempt.open else "told no plan"
        lines: tuple[Span, ...] = (Span(f"its worker {waits}", Role.QUIET),)
    else:
        lines = tuple(step_lines(steps))
    done = sum(status == _DONE for _, status in steps)
    return Document(
        lines,
        note=f"{done} of {plural(len(steps), 'step')}" if steps else "",
        live=attempt.open,
        epochs=tuple(row.epoch for row in attempts),
        epoch=attempt.epoch,
    )


def steps_of(record: Record) -> list[tuple[str, str]]:
    """Return the steps of a plan with their states; what is no step is left out."""
    data = record.get("data")
    items = data.get("items") if isinstance(data, dict) else None
    steps = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return [(str(one.get("text", "")), str(one.get("status", ""))) for one in steps]


def step_lines(steps: list[tuple[str, str]]) -> Iterator[Span]:
    """Yield a line for each step."""
    for text, status in steps:
        mark, role = _MARKS.get(status, (" ", Role.TEXT))
        yield Span(safe(f"{mark} {' '.join(text.split())}"), role)
