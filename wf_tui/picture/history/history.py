"""Going to any moment of a run: forwards by its events, backwards by what they changed."""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.queries import reads
from wf_tui.picture.batch import Batch
from wf_tui.picture.history.beginning import read_beginning
from wf_tui.picture.history.past import KEPT, Past
from wf_tui.picture.history.replay import replay
from wf_tui.picture.history.telling import TOLD, Telling
from wf_tui.picture.history.waits import counted, met, past_reasons
from wf_tui.picture.last_attempt import as_last_attempt
from wf_tui.picture.pace import NO_PACE, Pace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wf_tui.ledger.model.rows import EventRow, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.history.beginning import Beginning
    from wf_tui.picture.history.past import Tables
    from wf_tui.picture.last_attempt import LastAttempt

__all__ = ["History", "read_history"]

_EVERY: Final = 5000
"""Events between two copies of the rows, as long as there are few."""
_MOST: Final = 8
_MOVES: Final = frozenset(
    {
        *("task_claimed", "task_blocked", "task_unblocked", "task_released", "task_retried"),
        *("task_reassigned", "task_done", "task_skipped", "rival_skipped", "undone"),
        *("question_asked", "question_answered", "task_added"),
        *("run_paused", "run_resumed", "run_stalled", "run_ended"),
    }
)
"""The kinds of events that move a task, or the run."""


def read_history(db: Database, run_id: str) -> History:
    """Read the events of a run, and what it began with; in one snapshot, on any thread."""
    with db.snapshot():
        events = list(reads.events(db, run_id, page=_EVERY))
        return History(read_beginning(db, run_id, events), events)


class History:
    """A run at any of its moments; made by `read_history`, and of one thread at a time.

    The first batch is of all of the run, and so is each after a jump; between neighbours a batch
    has what differs alone, backwards too. A picture takes all of them, in the order in which they
    were asked for.
    """

    def __init__(self, beginning: Beginning, events: Sequence[EventRow]) -> None:
        self.events = events
        self.last = events[-1].seq if events else 0
        """The number of the last event."""
        self._past = Past(beginning)
        self._copies: dict[int, tuple[float, Tables]] = {0: (0.0, self._past.tables.copy())}
        self._every = _EVERY
        self._given: dict[str, TaskRow] | None = None
        """The rows as the picture has them; None where it has to have all of them anew."""
        self._phases: dict[str, float | None] = {}
        self._paces: dict[str, Pace] = {}
        self._durations: dict[tuple[str, int], int] = {}

    # -- finding a moment

    def seq_at(self, at: float) -> int:
        """Return the number of the last event until this time, in UTC seconds; the first, if none.

        The times of a log may go back where a clock was set; its numbers never do.
        """
        place = bisect_right(self.events, at, key=lambda event: event.at)
        return self.events[max(0, place - 1)].seq if self.events else 0

    def time_of(self, seq: int) -> float:
        """Return when an event was."""
        return self.events[self._place(seq)].at if self.events else 0.0

    def event(self, seq: int) -> EventRow:
        """Return an event; of a number that there is not, the nearest."""
        return self.events[self._place(seq)]

    def step(self, seq: int, by: int, *, moves: bool = False) -> int:
        """Return the number that many events further on, or back; with `moves` only of changes.

        At an end of the log it stays there.
        """
        place = self._place(seq)
        if not moves:
            return self.events[min(max(0, place + by), len(self.events) - 1)].seq
        way = 1 if by > 0 else -1
        at = place + way
        while 0 <= at < len(self.events):
            if self.events[at].kind in _MOVES:
                return self.events[at].seq
            at += way
        return self.events[0 if way < 0 else -1].seq

    def _place(self, seq: int) -> int:
        return min(max(0, seq - self.events[0].seq), len(self.events) - 1)

    # -- going there

    def batch_at(self, seq: int) -> Batch:
        """Return the run as it was after event `seq`, as far as it differs from the last batch."""
        seq = min(max(seq, self.events[0].seq), self.last) if self.events else 0
        self._go(seq)
        past = self._past
        whole = self._given is None or past.vanished
        if whole:
            self._given, past.vanished = {}, False
            names = set(past.tables.tasks)
            self._paces, self._durations = {}, {}
        else:
            names = self._reached(set(past.changed))
        past.changed.clear()
        self._phases = {name: one.settled_at for name, one in past.tables.phases.items()}
        return self._batch(names, whole=whole)

    def _go(self, seq: int) -> None:
        past = self._past
        if seq < past.seq and past.can_take_back(seq):
            while past.seq > seq:
                past.take_back()
            return
        nearest = max(at for at in self._copies if at <= seq)
        if seq < past.seq or nearest > past.seq:
            at, tables = self._copies[nearest]
            past.restore(nearest, at, tables)
            self._given = None
        first = self._place(past.seq) + 1 if past.seq else 0
        end = self._place(seq) + 1
        kept = max(first, end - KEPT)
        if first < kept:
            self._pass_over(first, kept)
        for event in islice(self.events, kept, end):
            past.begin_event(event)
            replay(past, event)
            if event.seq % self._every == 0:
                self._keep_copy()

    def _pass_over(self, first: int, end: int) -> None:
        """Let these events happen, by their places; they cannot be taken back."""
        past = self._past
        telling = Telling(past)
        past.forget_changes()
        for event in islice(self.events, first, end):
            if event.kind in TOLD:
                telling.add(event)
            else:
                telling.settle(event.task)
                past.seq, past.at = event.seq, event.at
                replay(past, event)
            if event.seq % self._every == 0:
                telling.settle()
                past.seq, past.at = event.seq, event.at
                self._keep_copy()
        telling.settle()

    def _keep_copy(self) -> None:
        past = self._past
        self._copies[past.seq] = (past.at, past.tables.copy())
        if len(self._copies) <= _MOST:
            return
        # Half as dense, so that a log of any length has as many.
        self._every *= 2
        self._copies = {at: one for at, one in self._copies.items() if at % self._every == 0}

    def _reached(self, changed: set[str]) -> set[str]:
        """Return these tasks, and those of which only what they wait for has changed."""
        past, given = self._past, self._given or {}
        edges, tasks = past.beginning.edges, past.tables.tasks
        found = {name for name in changed if name in tasks}
        moved = [
            name
            for name in found
            if (before := given.get(name)) is None or met(before) != met(tasks[name])
        ]
        while moved:
            behind = [one for one in edges.after.get(moved.pop(), ()) if one in tasks]
            # Whoever is blocked behind them names them, too.
            moved += [
                one
                for one in behind
                if one not in found and tasks[one].kind is BlockedKind.DEPENDENCY
            ]
            found.update(behind)
        phases = past.tables.phases
        settled = {name for name, row in phases.items() if self._phases.get(name) != row.settled_at}
        if settled:
            later = {name for name, many in edges.phases.items() if settled.intersection(many)}
            found.update(task.id for task in tasks.values() if task.phase in later)
        return found

    def _batch(self, names: set[str], *, whole: bool) -> Batch:
        past = self._past
        tables = past.tables
        rows = sorted((counted(past, tables.tasks[one]) for one in names), key=_by_ordinal)
        assert self._given is not None, "made before"  # noqa: S101 - for the type
        self._given.update({row.id: row for row in rows})
        reasons = past_reasons(past, rows)
        proofs = [tables.proofs[row.id] for row in rows if row.claimed and row.id in tables.proofs]
        return Batch(
            seq=past.seq,
            run=past.run,
            tasks=tuple(rows),
            events=tuple(proofs),
            workers=tuple(reasons.workers),
            reasons=reasons,
            alive=True,
            durations=self._new_durations(),
            paces=self._new_paces(),
            phase_order=past.beginning.edges.phases,
            last=self._last(rows),
            questions={row.id: asked[0] for row in rows if (asked := tables.asked.get(row.id))},
            begun=dict(tables.begun),
            snoozes=dict(tables.snoozes),
            whole=whole,
        )

    def _last(self, rows: Iterable[TaskRow]) -> dict[str, LastAttempt]:
        """Return the last attempts of these tasks, as far as they were over."""
        attempts = self._past.tables.attempts
        rows_of = (attempts.get((row.id, row.epoch)) for row in rows)
        found = (as_last_attempt(row) for row in rows_of if row is not None)
        return {one.task: one for one in found if one is not None}

    def _new_durations(self) -> dict[tuple[str, int], int]:
        """Return what is to be added to the durations that were given, as with the paces."""
        now, given = self._past.tables.durations, self._durations
        self._durations = dict(now)
        changed = {key for key, _ in now.items() ^ given.items()}
        return {key: now.get(key, 0) - given.get(key, 0) for key in changed}

    def _new_paces(self) -> dict[str, Pace]:
        """Return what is to be added to the paces that were given; less, where it went back."""
        now, given = self._past.tables.paces, self._paces
        self._paces = dict(now)
        found = {}
        for name in now.keys() | given.keys():
            new, old = now.get(name, NO_PACE), given.get(name, NO_PACE)
            if new != old:
                found[name] = Pace(
                    new.attempts - old.attempts,
                    new.milliseconds - old.milliseconds,
                    new.calls - old.calls,
                )
        return found


def _by_ordinal(task: TaskRow) -> int:
    return task.ordinal
