"""What an attempt and its gate have printed since the last reading: from the end, bounded."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.document import choose_attempt
from wf_tui.board.detail.log.entries import STREAMED, LogEntry, entries_of, streamed_entry
from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Role
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads
from wf_tui.text import last_state, unfinished_state
from wf_tui.workers.shim import log
from wf_tui.workers.transcript import EntryKind, entry_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wf_tui.board.detail.document import Source
    from wf_tui.board.detail.log.entries import CallEnd
    from wf_tui.ledger.model.rows import AttemptRow

__all__ = ["Cursor", "LogNews", "LogSoFar", "read_log"]

WINDOW: Final = 1 << 19
"""Bytes of a log that are read at once; what is before them is said, not read.

More than the longest record: a chunk of 64 KiB, each byte of it escaped.
"""
MOST_LINES: Final = 5000
"""Lines that one reading hands on."""
_LONGEST_UNFINISHED: Final = 1 << 16
"""Characters after which a line is taken as finished: a program may print none at all."""
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True)
class Cursor:
    """How far the logs of an attempt have been read; the offsets are in bytes.

    The pane keeps it between two readings, and hands it back to read on from there.
    """

    epoch: int
    output: int = 0
    said: int = 0
    gate: int = 0
    at_gate: bool = False
    unfinished: str = ""
    """The last line as it is, without its newline."""
    streaming: str = EntryKind.OUT
    """What the unfinished line is of."""
    begins: bool = True
    """Whether the unfinished line is the first of its words."""
    since: float = 0.0
    """When the last piece of it came, in UTC seconds."""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to read."""
        return not (self.output or self.said or self.gate)


@dataclass(frozen=True)
class LogNews:
    """What is new; `fresh` when an attempt is read for the first time.

    `passed_lines` and `passed_bytes` are what was printed and is not handed on, because a program
    has printed more between two readings than anybody could read.
    """

    entries: tuple[LogEntry | CallEnd, ...] = ()
    unfinished: LogEntry | None = None
    passed_lines: int = 0
    passed_bytes: int = 0
    cursor: Cursor | None = None
    fresh: bool = True
    running: bool = False
    outcome: str = ""
    epochs: tuple[int, ...] = ()

    @property
    def epoch(self) -> int | None:
        """The attempt that this is of; None where there was none yet."""
        return self.cursor.epoch if self.cursor else None


@dataclass(frozen=True)
class LogSoFar:
    """What has been read of an attempt's log in all."""

    cursor: Cursor | None = None
    running: bool = False
    passed_lines: int = 0
    passed_bytes: int = 0

    def after(self, news: LogNews) -> LogSoFar:
        """Return what has been read with these news; a first reading begins anew.

        Only the pane calls it, with the answer to what it asked last, so that nothing counts twice.
        """
        before = LogSoFar() if news.fresh else self
        return LogSoFar(
            news.cursor,
            news.running,
            before.passed_lines + news.passed_lines,
            before.passed_bytes + news.passed_bytes,
        )

    def head(self, more_lines: int, task: str) -> TextLine | None:
        """Return the line for what is not shown: lines, bytes never read, or all of nothing."""
        lines, size = self.passed_lines + more_lines, self.passed_bytes
        parts = []
        if size:
            parts.append(f"about {size / _MEGABYTE:,.1f} MB")
        if lines:
            parts.append(f"{lines:,} {'line' if lines == 1 else 'lines'}")
        if parts:
            words = f"… {' and '.join(parts)} left out; all of it: wf logs {task}"
        elif self.cursor is None:
            words = "no attempt yet, so no log"
        elif self.cursor.is_empty:
            words = "nothing printed yet" if self.running else "nothing was printed"
        else:
            return None
        return plain(safe(words), Role.MUTED)


def read_log(source: Source, cursor: Cursor | None) -> LogNews:
    """Return what the attempt has printed since `cursor`; of another attempt, its end.

    Called on a thread of the pane, every quarter of a second while the attempt runs. At most
    `WINDOW` bytes of each log are read; what a program has printed beyond that is only counted.
    """
    with open_reads(source.project) as db:
        attempts = source.attempts(db)
        if not attempts:
            reads.task(db, source.run, source.task)  # says so when there is no such task
    attempt = choose_attempt(attempts, source.epoch)
    if attempt is None:
        return LogNews()
    fresh = cursor is None or cursor.epoch != attempt.epoch
    start = Cursor(attempt.epoch) if cursor is None or fresh else cursor
    folder = source.attempt(attempt.epoch)
    # The row was read before the logs: of an attempt that has ended nothing printed is missed.
    reading = _Reading(start, source)
    reading.read_output(folder)
    reading.read_gate(folder / "gate.jsonl")
    return replace(
        reading.news(),
        fresh=fresh,
        running=attempt.open and source.until is None,
        outcome=(_outcome_then(source, attempt) or "running").replace("_", " "),
        epochs=tuple(row.epoch for row in attempts),
    )


def _outcome_then(source: Source, attempt: AttemptRow) -> str | None:
    ended = source.until is None or source.was(attempt.ended_at)
    return attempt.outcome if ended else None


class _Reading:
    """One reading of the two logs of an attempt: first the program's, then the gate's."""

    def __init__(self, start: Cursor, source: Source) -> None:
        self.cursor = start
        self._source = source
        self.entries: list[LogEntry | CallEnd | _Raw] = []
        self.passed_bytes = 0

    def read_output(self, folder: Path) -> None:
        """Take what the program has printed, and said on its line, in the order of the times."""
        output, end = self.read_on(folder / log.LOG, self.cursor.output)
        said, end_said = self.read_on(folder / log.SAID, self.cursor.said)
        self.cursor = replace(self.cursor, output=end, said=end_said)
        self.add([one for one in log.in_time(output, said) if self._source.was(_at(one))])

    def read_gate(self, path: Path) -> None:
        """Take what the gate has printed, after a rule that says so."""
        found, end = self.read_on(path, self.cursor.gate)
        records = [one for one in found if self._source.was(_at(one))]
        self.cursor = replace(self.cursor, gate=end)
        if records and not self.cursor.at_gate:
            # The program's last line may have no newline; the rule must not be appended to it.
            self.finish_line()
            self.entries.append(LogEntry(_at(records[0]), "", "── the gate ", rule=True))
            self.cursor = replace(self.cursor, at_gate=True)
        self.add(records)

    def news(self) -> LogNews:
        """Return the last entries, made safe."""
        rest = self.cursor.unfinished
        passed = max(0, len(self.entries) - MOST_LINES)
        # Only what is handed on is made safe, which costs more than reading it.
        entries = (one.entry() if isinstance(one, _Raw) else one for one in self.entries[passed:])
        return LogNews(
            entries=tuple(entries),
            unfinished=self._raw(rest).entry() if rest else None,
            passed_lines=passed,
            passed_bytes=self.passed_bytes,
            cursor=self.cursor,
        )

    def read_on(self, path: Path, offset: int) -> tuple[list[log.Record], int]:
        """Read on; from the last window where the program has run far ahead."""
        size = offset
        with suppress(FileNotFoundError):
            size = path.lstat().st_size
        start = max(offset, size - WINDOW)
        # A window may begin in the middle of a record, which is then not read.
        self.passed_bytes += start - offset
        return log.follow(path, start)

    def add(self, records: Iterable[log.Record]) -> None:
        """Take records; what comes in pieces becomes lines, all else is an entry each."""
        for record in records:
            kind = str(record.get("kind", EntryKind.OUT))
            is_note = "left_out" in record or "truncated" in record
            if kind in _STREAMED and not is_note:
                self._add_piece(kind, record)
            else:
                self.finish_line()
                self.entries += entries_of({**record, "kind": EntryKind.NOTE if is_note else kind})

    def _add_piece(self, kind: str, record: log.Record) -> None:
        """Take a piece of a text, apart from its last line where that is unfinished."""
        data = record.get("data")
        begins = isinstance(data, dict) and bool(data.get("begins"))
        if kind != self.cursor.streaming or begins:
            self.finish_line()
            self.cursor = replace(self.cursor, streaming=kind, begins=True)
        self.cursor = replace(self.cursor, since=_at(record))
        text = record.get("text")
        words = text if kind == EntryKind.OUT and isinstance(text, str) else entry_text(record)
        *whole, rest = (self.cursor.unfinished + words).split("\n")
        for line in whole:
            self.entries.append(self._raw(line))
            self.cursor = replace(self.cursor, begins=False)
        rest = unfinished_state(rest)
        self.cursor = replace(self.cursor, unfinished=rest)
        if len(rest) > _LONGEST_UNFINISHED:
            self.finish_line()

    def finish_line(self) -> None:
        """Take the unfinished line as it is, where there is one."""
        if self.cursor.unfinished:
            self.entries.append(self._raw(self.cursor.unfinished))
            self.cursor = replace(self.cursor, unfinished="", begins=False)

    def _raw(self, line: str) -> _Raw:
        cursor = self.cursor
        return _Raw(line, cursor.streaming, cursor.since, first=cursor.begins)


@dataclass(frozen=True, slots=True)
class _Raw:
    """A line as it was printed, which is made safe only where it is shown."""

    line: str
    kind: str
    at: float
    first: bool

    def entry(self) -> LogEntry:
        """Return it made safe, as it is after all that has written over it."""
        return streamed_entry(self.kind, self.at, last_state(self.line), first=self.first)


_STREAMED: Final = frozenset(str(kind) for kind in STREAMED)


def _at(record: log.Record) -> float:
    at = record.get("at")
    return float(at) if isinstance(at, float | int) else 0.0
