"""The rows of a run at one moment, and how the last changes are taken back.

Rows are frozen, so a copy of a moment is a copy of the tables alone, and a change is taken back by
the row that was there before it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wf_tui.ledger.model.rows import evolve
from wf_tui.picture.pace import NO_PACE, Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import (
        AttemptRow,
        EventRow,
        PhaseRow,
        QuestionRow,
        RunRow,
        SnoozeRow,
        TaskRow,
        WorkerRow,
    )
    from wf_tui.ledger.queries.lane_reads import RunLane
    from wf_tui.picture.history.beginning import Beginning

__all__ = ["KEPT", "Past", "Tables"]

KEPT: Final = 5000
"""So many events can be taken back without a copy."""
_RUN: Final = "run"
_Key = TypeVar("_Key")
_Row = TypeVar("_Row")


@dataclass
class Tables:
    """The rows of a moment; each by its key."""

    run: dict[str, RunRow] = field(default_factory=dict)
    tasks: dict[str, TaskRow] = field(default_factory=dict)
    phases: dict[str, PhaseRow] = field(default_factory=dict)
    seats: dict[str, WorkerRow] = field(default_factory=dict)
    attempts: dict[tuple[str, int], AttemptRow] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)
    """The epoch of the open attempt of a task."""
    lanes: dict[str, RunLane] = field(default_factory=dict)
    proofs: dict[str, EventRow] = field(default_factory=dict)
    """The last sign of life of a task's attempt."""
    asked: dict[str, tuple[QuestionRow, ...]] = field(default_factory=dict)
    """The open questions of a task, the oldest first."""
    snoozes: dict[str, SnoozeRow] = field(default_factory=dict)
    """What a person has put off."""
    begun: dict[str, float] = field(default_factory=dict)
    """When the first task of a phase was claimed."""
    turns: dict[str, bool] = field(default_factory=dict)
    """The tasks of phases in order whose turn has come."""
    paces: dict[str, Pace] = field(default_factory=dict)
    """What the attempts of a phase took that succeeded."""
    durations: dict[tuple[str, int], int] = field(default_factory=dict)
    """How many of them took so many milliseconds, by the role of the task."""

    def copy(self) -> Tables:
        """Return these rows in tables of their own."""
        return Tables(**{name: dict(table) for name, table in self.__dict__.items()})


@dataclass
class Past:
    """A run at event `seq`; the handlers of events change it through `put` and `move`."""

    beginning: Beginning
    tables: Tables = field(default_factory=Tables)
    seq: int = 0
    at: float = 0.0
    """When that event was, in UTC seconds."""
    changed: set[str] = field(default_factory=set)
    """Tasks that differ from what was last looked at; whoever looks clears it."""
    vanished: bool = False
    """Whether a task that was there is not there any more."""
    _journal: deque[list[tuple[dict[Any, Any], Any, Any]]] = field(
        default_factory=lambda: deque(maxlen=KEPT)
    )
    _heads: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=KEPT))
    _entry: list[tuple[dict[Any, Any], Any, Any]] | None = None
    _by_task: frozenset[int] = frozenset()
    """Which tables have a row for each task that a card shows, by identity."""

    def __post_init__(self) -> None:
        """Know the tables."""
        self._know_tables()

    # -- going

    def begin_event(self, event: EventRow) -> None:
        """Note what one event changes, from here on, so that it can be taken back."""
        self._entry = []
        self._journal.append(self._entry)
        self._heads.append((self.seq, self.at))
        self.seq, self.at = event.seq, event.at

    def forget_changes(self) -> None:
        """Take nothing back of what was before, and note nothing until an event begins."""
        self._entry = None
        self._journal.clear()
        self._heads.clear()

    def can_take_back(self, seq: int) -> bool:
        """Whether it can go back to this number without a copy."""
        return bool(self._heads) and self._heads[0][0] <= seq

    def take_back(self) -> None:
        """Undo the last event."""
        for table, key, old in reversed(self._journal.pop()):
            if old is None:
                table.pop(key, None)
                self.vanished = self.vanished or table is self.tables.tasks
            else:
                table[key] = old
            self._note(table, key)
        self.seq, self.at = self._heads.pop()

    def restore(self, seq: int, at: float, tables: Tables) -> None:
        """Be at the moment of a copy, which is left as it is; who looked has to look at all."""
        self.tables, self.seq, self.at = tables.copy(), seq, at
        self._know_tables()
        self.forget_changes()

    # -- rows

    @property
    def run(self) -> RunRow:
        """The row of the run."""
        return self.tables.run[_RUN]

    def put(self, table: dict[_Key, _Row], key: _Key, value: _Row) -> None:
        """Change one row."""
        if self._entry is not None:
            self._entry.append((table, key, table.get(key)))
        table[key] = value
        self._note(table, key)

    def put_run(self, row: RunRow) -> None:
        """Change the row of the run."""
        self.put(self.tables.run, _RUN, row)

    def drop(self, table: dict[_Key, _Row], key: _Key) -> None:
        """Remove one row."""
        if key in table:
            old = table.pop(key)
            if self._entry is not None:
                self._entry.append((table, key, old))
            self._note(table, key)

    def _know_tables(self) -> None:
        tables = self.tables
        self._by_task = frozenset(
            map(id, (tables.tasks, tables.proofs, tables.turns, tables.asked))
        )

    def _note(self, table: Mapping[Any, Any], key: Any) -> None:
        if id(table) in self._by_task:
            self.changed.add(key)
        elif table is self.tables.attempts:
            self.changed.add(key[0])

    def attempt(self, event: EventRow) -> AttemptRow | None:
        """Return the attempt that an event is about."""
        return self.tables.attempts.get((str(event.task), event.epoch or 0))

    def put_attempt(self, row: AttemptRow) -> None:
        """Change an attempt."""
        self.put(self.tables.attempts, (row.task, row.epoch), row)

    def count_open(self, attempt: AttemptRow, by: int) -> None:
        """Count an attempt that is opened or closed, with its run and its phase."""
        run = self.run
        self.put_run(
            evolve(
                run,
                open_attempts=run.open_attempts + by,
                attempts=max(run.attempts, attempt.number),
            )
        )
        phase = self.tables.phases.get(attempt.phase)
        if phase is not None:
            later = evolve(phase, open_attempts=phase.open_attempts + by)
            self.put(self.tables.phases, phase.name, later)

    def add_pace(self, phase: str, role: str, pace: Pace) -> None:
        """Count an attempt that has succeeded."""
        paces, durations = self.tables.paces, self.tables.durations
        self.put(paces, phase, paces.get(phase, NO_PACE) + pace)
        took = role, pace.milliseconds
        self.put(durations, took, durations.get(took, 0) + 1)
