"""The attempts of a task side by side, as many to a row as the width has room for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from wf_tui.board.detail.diff import counts
from wf_tui.board.detail.document import Document, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.errors import WfError
from wf_tui.git.control.control import open_control
from wf_tui.git.control.diffs import file_changes
from wf_tui.ledger.model.ignored_files import ignored_text
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.left_refs import left_of_attempt
from wf_tui.picture.age import offset
from wf_tui.picture.attempt_text import left_text
from wf_tui.project import open_reads
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.board.detail.document import Source
    from wf_tui.git.control.control import Control
    from wf_tui.ledger.model.rows import AttemptRow

__all__ = ["Table", "read_attempts"]

_NEWEST: Final = 20
"""Attempts whose changes are counted; each asks git once."""
_LABEL: Final = 9
_WIDEST: Final = 26
_Column = tuple[str, ...]
_LABELS: Final = (
    "attempt",
    "worker",
    "profile",
    "started",
    "took",
    "outcome",
    "cause",
    "exit",
    "changes",
)


@dataclass(frozen=True)
class Table(Document):
    """A column for each attempt, newest first; what does not fit in a row goes below it."""

    columns: tuple[_Column, ...] = ()

    def laid_out(self, width: int) -> Sequence[Span]:
        """Return the rows of cells, then the notes.

        Here and not in the reader, since the width may change while the document stays.
        """
        found: list[Span] = []
        for columns in fit_columns(self.columns, width):
            for number, label in enumerate(_LABELS):
                cells = [set_cell_size(column[number], width_in(column)) for column in columns]
                text = f"{label:<{_LABEL}}{'  '.join(cells)}".rstrip()
                found.append(Span(text, Role.LABEL if number == 0 else Role.TEXT))
            found.append(Span(""))
        return (*found, *self.lines)


def read_attempts(source: Source) -> Document:
    """Return the newest attempts, with what each has changed and why it ended.

    Called on a thread of the pane. The connection is closed before git is asked: a read that is
    kept open keeps the ledger's log from being cut.
    """
    with open_reads(source.project) as db, db.snapshot():
        reads.task(db, source.run, source.task)
        attempts = reads.attempts(db, source.run, source.task)
    if not attempts:
        return Document((Span("no attempt yet", Role.QUIET),))
    control = open_control(source.project.paths.run(source.run))
    newest = attempts[: -_NEWEST - 1 : -1]
    now = source.clock.now()
    notes = [
        Span(safe(f"attempt {attempt.epoch}: {text}"), Role.QUIET)
        for attempt in newest
        for text in (attempt.note, ignored_text(attempt), *_left(attempt))
        if text
    ]
    return Table(
        tuple(notes),
        note=plural(len(attempts), "attempt"),
        live=any(attempt.open for attempt in attempts),
        columns=tuple(_column(attempt, control, now) for attempt in newest),
    )


def _left(attempt: AttemptRow) -> list[str]:
    """Return what an attempt left beside its work, as `wf accept --left` names it."""
    return [f"left {left_text(one)}: {one.ref}" for one in left_of_attempt(attempt)]


def _column(attempt: AttemptRow, control: Control, now: float) -> _Column:
    """Return the cells of an attempt, in the order of `_LABELS`."""
    took = offset((attempt.ended_at or now) - attempt.started_at)
    exit_status = "-"
    if attempt.signal:
        exit_status = f"signal {attempt.signal}"
    elif attempt.exit_code is not None:
        exit_status = str(attempt.exit_code)
    changes = "-"
    if attempt.base is not None and attempt.ref is not None:
        try:
            changes = counts(file_changes(control, attempt.base, attempt.ref))
        except WfError:  # the commit of one attempt may be gone; the others still tell
            changes = "unreadable"
    values = (
        str(attempt.epoch),
        attempt.worker,
        attempt.profile,
        time.strftime("%H:%M:%S", time.localtime(attempt.started_at)),
        took if attempt.ended_at else f"{took} so far",
        (attempt.outcome or "runs").replace("_", " "),
        (attempt.cause or "-").replace("_", " "),
        exit_status,
        changes,
    )
    return tuple(map(safe, values))


def fit_columns(columns: Sequence[_Column], width: int) -> Iterator[Sequence[_Column]]:
    """Yield as many columns at a time as fit beside the labels; at least one.

    One that alone is too wide for the view is cut by the view.
    """
    taken: list[_Column] = []
    room = width - _LABEL
    for column in columns:
        room -= width_in(column) + 2
        if taken and room < 0:
            yield taken
            taken, room = [], width - _LABEL - width_in(column) - 2
        taken.append(column)
    if taken:
        yield taken


def width_in(column: _Column) -> int:
    """Return the cells that a column takes; what is longer than the widest is cut."""
    return min(_WIDEST, max(map(cell_len, column)))
