"""The attempts of a task side by side, as many to a row as the width has room for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from wf_tui.board.detail.document import Document
from wf_tui.board.detail.usage import usage_lines
from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Line, Look, Role, Span, fitted
from wf_tui.errors import WfError
from wf_tui.git.control.control import open_control
from wf_tui.git.control.diffs import changed_lines
from wf_tui.ledger.model.ignored_files import ignored_text
from wf_tui.ledger.model.states import Outcome
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.left_refs import left_of_attempt
from wf_tui.picture.age import offset, time_of_day
from wf_tui.picture.attempt_text import left_text
from wf_tui.project import open_reads
from wf_tui.text import dollars, line_counts, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.board.detail.document import Source
    from wf_tui.git.control.control import Control
    from wf_tui.ledger.model.rows import AttemptRow

__all__ = ["LABELS", "Table", "read_attempts"]

_NEWEST: Final = 20
"""Attempts whose changes are counted; each asks git once, where the ledger has no count."""
_LABEL: Final = 11
_WIDEST: Final = 26
_THOUSAND: Final = 1000
LABELS: Final = (
    *("try", "seat", "profile", "model", "started", "time", "tokens", "cost"),
    *("ended", "exit", "diff", "last line"),
)
_ENDED: Final = LABELS.index("ended")
_BAD: Final = frozenset(str(one) for one in Outcome if one is not Outcome.SUCCEEDED)


@dataclass(frozen=True)
class Column:
    """An attempt: its cells in the order of `LABELS`, safe to draw."""

    epoch: int
    cells: tuple[str, ...]
    bad: bool
    """Whether it ended in any other way than with its work."""

    @property
    def width(self) -> int:
        """The cells that it takes; what is longer than the widest is cut."""
        return min(_WIDEST, max(map(cell_len, self.cells))) + 2


@dataclass(frozen=True)
class Table(Document):
    """A column for each attempt, oldest first; what does not fit in a row goes below it."""

    columns: tuple[Column, ...] = ()
    chosen: int | None = None
    """The attempt under the cursor."""
    marked: frozenset[int] = frozenset()
    """The attempts whose difference is asked for."""

    def laid_out(self, width: int) -> Sequence[TextLine]:
        """Return the rows of cells, then the keys, then what was used and the notes.

        Here and not in the reader, since the width may change while the document stays.
        """
        found: list[TextLine] = []
        for columns in fit_columns(self.columns, width):
            found += (self._row(number, columns) for number in range(len(LABELS)))
            found.append(plain(""))
        if len(self.columns) > 1:
            found += (TextLine(_KEYS), plain(""))
        return (*found, *self.lines)

    def newest(self, width: int) -> Sequence[TextLine]:
        """Return the rows of cells of the newest attempts, as many as stand side by side."""
        backwards = next(fit_columns(self.columns[::-1], width), ())
        return [self._row(number, backwards[::-1]) for number in range(len(LABELS))]

    def choosing(self, chosen: int | None, marked: frozenset[int]) -> Table:
        """Return it with another attempt under the cursor, and other marks."""
        return replace(self, chosen=chosen, marked=marked)

    def _row(self, number: int, columns: Sequence[Column]) -> TextLine:
        spans = [Span(f"{LABELS[number]:<{_LABEL}}", Role.FAINT)]
        for column in columns:
            here = column.epoch == self.chosen
            edge = "┃" if here else "+" if column.epoch in self.marked and not number else " "
            role = Role.TITLE if number == 0 else Role.TEXT
            if number >= _ENDED and column.bad and number != _ENDED + 2:
                role = Role.ERROR
            look = Look.CURSOR if here else Look.PLAIN
            text = fitted(Line((Span(column.cells[number], role),)), column.width - 1, "…")
            spans += (Span(edge, Role.FOCUS), *(replace(one, look=look) for one in text))
        return TextLine(tuple(spans))


_KEYS: Final = (
    *(Span("[ ]", Role.KEY), Span(" attempt   ", Role.MUTED)),
    *(Span("Space", Role.KEY), Span(" marks   ", Role.MUTED)),
    *(Span("d", Role.KEY), Span(" difference of two marked", Role.MUTED)),
)


def read_attempts(source: Source) -> Document:
    """Return the newest attempts, with what each has changed and used, and why it ended.

    Called on a thread of the pane. The connection is closed before git is asked: a read that is
    kept open keeps the ledger's log from being cut.
    """
    with open_reads(source.project) as db, db.snapshot():
        task = reads.task(db, source.run, source.task)
        attempts = source.attempts(db)
    if not attempts:
        return Document((plain("no attempt yet", Role.MUTED),))
    control = open_control(source.project.paths.run(source.run))
    newest = attempts[-_NEWEST:]
    now = source.clock.now()
    notes = [
        plain(safe(f"attempt {attempt.epoch}: {text}"), Role.MUTED)
        for attempt in newest
        for text in (attempt.note, ignored_text(attempt), *_left(attempt))
        if text
    ]
    lines = (*notes, *([plain("")] if notes else ()), *usage_lines(task, newest))
    return Table(
        lines,
        note=plural(len(attempts), "attempt"),
        live=any(attempt.open for attempt in attempts),
        epochs=tuple(attempt.epoch for attempt in newest),
        epoch=source.epoch or newest[-1].epoch,
        columns=tuple(_column(attempt, control, now) for attempt in newest),
    )


def _left(attempt: AttemptRow) -> list[str]:
    """Return what an attempt left beside its work, as `wf accept --left` names it."""
    return [f"left {left_text(one)}: {one.ref}" for one in left_of_attempt(attempt)]


def _column(attempt: AttemptRow, control: Control, now: float) -> Column:
    """Return the cells of an attempt, in the order of `LABELS`."""
    took = offset((attempt.ended_at or now) - attempt.started_at)
    exit_status = "-"
    if attempt.signal:
        exit_status = f"signal {attempt.signal}"
    elif attempt.exit_code is not None:
        exit_status = str(attempt.exit_code)
    outcome = (attempt.outcome or "runs").replace("_", " ")
    cause = (attempt.cause or "").replace("_", " ")
    values = (
        str(attempt.epoch),
        attempt.worker,
        attempt.profile,
        attempt.model or "-",
        time_of_day(attempt.started_at),
        took if attempt.ended_at else f"{took} so far",
        *_used(attempt),
        f"{outcome}: {cause}" if cause and cause != outcome else outcome,
        exit_status,
        _changes(attempt, control),
        attempt.proof or attempt.said or "-",
    )
    bad = attempt.outcome is not None and str(attempt.outcome) in _BAD
    return Column(attempt.epoch, tuple(map(safe, values)), bad)


def _used(attempt: AttemptRow) -> tuple[str, str]:
    """Return the tokens and the cost of an attempt; `-` where nobody told."""
    if attempt.usage is None:
        return "-", "-"
    tokens, cost = attempt.usage.tokens, attempt.usage.cost_microusd
    shown = f"{tokens // _THOUSAND}k" if tokens >= _THOUSAND else str(tokens)
    return shown, "-" if cost is None else dollars(cost)


def _changes(attempt: AttemptRow, control: Control) -> str:
    if attempt.added is not None and attempt.removed is not None:
        return line_counts(attempt.added, attempt.removed)
    if attempt.base is None or attempt.ref is None:
        return "-"
    try:
        return changed_lines(control, attempt.base, attempt.ref).replace("-", "−")
    except WfError:  # the commit of one attempt may be gone; the others still tell
        return "unreadable"


def fit_columns(columns: Sequence[Column], width: int) -> Iterator[Sequence[Column]]:
    """Yield as many columns at a time as fit beside the labels; at least one.

    One that alone is too wide for the view is cut by the view.
    """
    taken: list[Column] = []
    room = width - _LABEL
    for column in columns:
        room -= column.width
        if taken and room < 0:
            yield taken
            taken, room = [], width - _LABEL - column.width
        taken.append(column)
    if taken:
        yield taken
