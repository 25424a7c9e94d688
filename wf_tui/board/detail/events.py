"""What has happened to a task, one line an event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.document import Document
from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.ledger.model.events.attempt_events import ConflictFound, ResultRejected
from wf_tui.ledger.model.events.task_events import TaskBlocked
from wf_tui.ledger.model.states import PERSON
from wf_tui.ledger.queries import reads
from wf_tui.picture.event_text import event_line
from wf_tui.project import open_reads
from wf_tui.text import cut, plural

if TYPE_CHECKING:
    from wf_tui.board.detail.document import Source
    from wf_tui.ledger.model.rows import EventRow

__all__ = ["read_events"]

_NEWEST: Final = 1000
_ACTOR: Final = 10
"""Cells of who did it."""
_BAD: Final = frozenset(event.event_kind for event in (TaskBlocked, ResultRejected, ConflictFound))


def read_events(source: Source) -> Document:
    """Return the newest events of the task, with the time since the run began; newest last.

    Called on a thread of the pane. The name of the task is left out of each line: it stands above
    all of them, in the frame.
    """
    with open_reads(source.project) as db, db.snapshot():
        start = reads.run_row(db, source.run).created_at
        live = reads.task(db, source.run, source.task).open_epoch is not None
        every = reads.task_events(db, source.run, source.task, _NEWEST + 1)
        found = [event for event in every if source.was(event.at)]
    lines: list[TextLine] = []
    # One more than is shown was asked for, to know whether there are others.
    if len(found) > _NEWEST:
        lines.append(plain("… earlier ones are in: wf events", Role.MUTED))
    lines += (_line(event, start) for event in found[-_NEWEST:])
    note = plural(min(len(found), _NEWEST), "event")
    return Document(tuple(lines), note, at_end=True, live=live)


def _line(event: EventRow, start: float) -> TextLine:
    """Return an event: when it was, who did it, and what it was."""
    role = Role.WARNING if event.kind in _BAD else Role.TEXT
    at, _, text = event_line(replace(event, task=None, actor=""), start).lstrip().partition(" ")
    who = cut(event.actor.removeprefix(PERSON) or "wf", _ACTOR - 1)
    head = (Span(f"{at:>8} ", Role.FAINT), Span(f"{safe(who):<{_ACTOR}}", Role.MUTED))
    return TextLine((*head, Span(safe(text), role)), hang=_ACTOR + 11)
