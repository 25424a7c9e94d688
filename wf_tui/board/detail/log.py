"""What an attempt and its gate have printed since the last reading: from the end, bounded."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.document import choose_attempt, lines_of, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads
from wf_tui.text import last_state, unfinished_state
from wf_tui.workers.shim import log
from wf_tui.workers.transcript import entry_text

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.board.detail.document import Source

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

    lines: tuple[Span, ...] = ()
    unfinished: Span | None = None
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

    def head(self, more_lines: int, task: str) -> Span | None:
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
        return Span(safe(words), Role.QUIET)


def read_log(source: Source, cursor: Cursor | None) -> LogNews:
    """Return what the attempt has printed since `cursor`; of another attempt, its end.

    Called on a thread of the pane, every quarter of a second while the attempt runs. At most
    `WINDOW` bytes of each log are read; what a program has printed beyond that is only counted.
    """
    with open_reads(source.project) as db:
        attempts = reads.attempts(db, source.run, source.task)
        if not attempts:
            reads.task(db, source.run, source.task)  # says so when there is no such task
    attempt = choose_attempt(attempts, source.epoch)
    if attempt is None:
        return LogNews()
    fresh = cursor is None or cursor.epoch != attempt.epoch
    start = Cursor(attempt.epoch) if cursor is None or fresh else cursor
    folder = source.attempt(attempt.epoch)
    # The row was read before the logs: of an attempt that has ended nothing printed is missed.
    reading = _Reading(start)
    reading.read_output(folder)
    reading.read_gate(folder / "gate.jsonl")
    return replace(
        reading.news(),
        fresh=fresh,
        running=attempt.open,
        outcome=(attempt.outcome or "running").replace("_", " "),
        epochs=tuple(row.epoch for row in attempts),
    )


class _Reading:
    """One reading of the two logs of an attempt: first the program's, then the gate's."""

    def __init__(self, start: Cursor) -> None:
        self.cursor = start
        self.lines: list[Span | str] = []
        self.passed_bytes = 0

    def read_output(self, folder: Path) -> None:
        """Take what the program has printed, and said on its line, in the order of the times."""
        output, end = self.read_on(folder / log.LOG, self.cursor.output)
        said, end_said = self.read_on(folder / log.SAID, self.cursor.said)
        self.cursor = replace(self.cursor, output=end, said=end_said)
        self.add_text("".join(map(entry_text, log.in_time(output, said))))

    def read_gate(self, path: Path) -> None:
        """Take what the gate has printed, after a rule that says so."""
        records, end = self.read_on(path, self.cursor.gate)
        text = "".join(map(entry_text, records))
        if text and not self.cursor.at_gate:
            # The program's last line may have no newline; the rule must not be appended to it.
            self.finish_line()
            self.lines.append(Span("── the gate", Role.RULE))
            self.cursor = replace(self.cursor, at_gate=True)
        self.cursor = replace(self.cursor, gate=end)
        self.add_text(text)

    def news(self) -> LogNews:
        """Return the last lines, made safe."""
        rest = self.cursor.unfinished
        lines: list[Span] = []
        # Only what is handed on is made safe, which costs more than reading it.
        for line in self.lines[-MOST_LINES:]:
            if isinstance(line, Span):
                lines.append(line)
            else:
                lines += lines_of(last_state(line))
        return LogNews(
            lines=tuple(lines),
            unfinished=Span(safe(last_state(rest))) if rest else None,
            passed_lines=max(0, len(self.lines) - MOST_LINES),
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

    def add_text(self, text: str) -> None:
        """Take what was printed, apart from the last line where it is unfinished."""
        *whole, rest = (self.cursor.unfinished + text).split("\n")
        self.lines += whole
        rest = unfinished_state(rest)
        self.cursor = replace(self.cursor, unfinished=rest)
        if len(rest) > _LONGEST_UNFINISHED:
            self.finish_line()

    def finish_line(self) -> None:
        """Take the unfinished line as it is, where there is one."""
        if self.cursor.unfinished:
            self.lines.append(self.cursor.unfinished)
            self.cursor = replace(self.cursor, unfinished="")
