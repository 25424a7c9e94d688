"""An open transaction of one run: its rows, its counts of tasks, and the events it will write.

What a `Change` and the walk along the edges both need. Neither knows here what a move does to
other tasks: that is `propagate`, which works on this, and `change`, which calls it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from wf_tui.errors import RefusedError, UnknownNameError
from wf_tui.ledger.deferred_writes import DeferredWrites
from wf_tui.ledger.model.events.read import Event
from wf_tui.ledger.model.events.task_events import TaskEvent
from wf_tui.ledger.model.json_text import event_json
from wf_tui.ledger.model.rows import (
    AttemptRow,
    PhaseRow,
    RunRow,
    StoredRow,
    TaskRow,
    WorkerRow,
    decode,
    evolve,
    select,
)
from wf_tui.ledger.model.states import PERSON, TaskState
from wf_tui.ledger.model.task_moves import counted, settles
from wf_tui.ledger.model.undo_record import undo_record
from wf_tui.ledger.store.database import Values

__all__ = ["FOLLOWS", "NEW_EVENT", "RunTransaction"]

FOLLOWS: Final = "follows"
"""In an event of a task that moved since another one has: the act, and how old the task was."""

NEW_EVENT: Final = (
    "INSERT INTO event (run, seq, at, task, worker, epoch, actor, kind, data, command) "
    "VALUES (:run, :seq, :at, :task, :worker, :epoch, :actor, :kind, :data, :command)"
)


@dataclass
class RunTransaction:
    """The rows of a run, read and written in a transaction that `change` has opened.

    `command` is one number for all that a person did to several tasks at once, for `undo`. The
    run's own number of events is brought up to date at the end. `reporter` is the task, worker and
    epoch of whose report this is: its events say so, not who should have reported.
    """

    db: DeferredWrites
    run: RunRow
    now: float
    actor: str
    command: int
    undoing: int | None = None
    """The number of the act that is being taken back: its events stand beside that one, so that
    they are no later ones of their task."""
    undoable: bool = False
    """Whether what a person does now may be taken back: its events then say what was before."""
    ages: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Of the tasks behind the act that is being taken back: what each was, and since when."""
    reporter: tuple[str, str, int] | None = None
    events: list[Values] = field(default_factory=list)
    _snoozed: set[str] | None = None

    @property
    def snoozed(self) -> set[str]:
        """The tasks that are put off; read once, for each move of a task asks."""
        if self._snoozed is None:
            rows = self.db.execute("SELECT task FROM snooze WHERE run = :run", {"run": self.run.id})
            self._snoozed = {str(row[0]) for row in rows}
        return self._snoozed

    def note_nothing_snoozed(self) -> None:
        """Take note that nothing is put off, of one who has asked that along with more."""
        self._snoozed = set()

    def update_run(self, new: RunRow) -> None:
        """Take over a changed row of the run; it is written as the change ends."""
        self.run = new

    def emit(
        self, event: Event, task: TaskRow | None = None, of: tuple[str, int] | None = None
    ) -> None:
        """Append an event; a task brings its worker and epoch along.

        `task` is the row as it was before what the event tells of. `of` are the worker and epoch
        of the attempt that the event is about, where the claim may be another one by now.
        """
        self._append(event.event_kind, task, event.data(), self.undoing, of)

    def emit_behind(self, event: TaskEvent, old: TaskRow) -> None:
        """Append the event of a task that moves since another one has.

        Where a person's move is the cause, it remembers for `undo` since when this one was so.
        """
        record = {FOLLOWS: {"act": self.command, "since": old.since}} if self.undoable else {}
        self._append(event.event_kind, old, {**record, **event.data()}, self.undoing)

    def since_again(self, task: TaskRow) -> float | None:
        """Return since when a task behind others was what an undo makes it again, if it does."""
        was, since = self.ages.get(task.id, ("", 0.0))
        return since if was == (task.kind or task.state.value) else None

    def emit_move(self, event: TaskEvent, task: TaskRow) -> None:
        """Append the event of a person's move, with what `undo` needs to take it back.

        `task` is the row before the move. Where the move cannot be undone, the event has no record.
        """
        before = task.step or task.kind or task.state.value
        record: dict[str, object] = {"before": before}
        if self.undoable:
            record["undo"] = undo_record(task)
        record["command"] = self.command
        self._append(event.event_kind, task, {**record, **event.data()}, self.command)

    def emit_act(
        self, event: Event, task: TaskRow | None = None, undo: Mapping[str, object] | None = None
    ) -> None:
        """Append the event of another act of a person; anybody else's is an event like any.

        `undo` is what was before, None where the act cannot be taken back. Either way its command
        has a number, since the last thing that a person did is asked for by it.
        """
        if not self.actor.startswith(PERSON):
            self.emit(event, task)
            return
        record = {} if undo is None else {"undo": undo, "command": self.command}
        self._append(event.event_kind, task, {**record, **event.data()}, self.command)

    def _append(
        self,
        kind: str,
        task: TaskRow | None,
        data: Mapping[str, object],
        command: int | None,
        of: tuple[str, int] | None = None,
    ) -> None:
        """Give an event its number; `command` stands beside its data, so that `undo` finds it fast.

        It is of the command that it belongs to, or that it takes back; `of` is as in `emit`.
        """
        name: str | None = None
        worker: str | None = None
        epoch: int | None = None
        if task is not None:
            name = task.id
            worker, epoch = of or (task.worker or task.last_worker, task.epoch or None)
        if self.reporter is not None and self.reporter[0] == name:
            # Also after the rule has taken the claim from the task: it is still their report.
            _, worker, epoch = self.reporter
        self.events.append(
            {
                "run": self.run.id,
                "seq": self.run.seq + len(self.events) + 1,
                "at": self.now,
                "task": name,
                "worker": worker,
                "epoch": epoch,
                "actor": self.actor,
                "kind": kind,
                # Made to text now, so that a value that cannot be stored is refused by its rule.
                "data": event_json(data),
                "command": command,
            }
        )

    def task(self, task_id: str) -> TaskRow:
        """Return a task of this run, as this transaction has left it so far.

        Raises `UnknownNameError`, which says which one was probably meant.
        """
        task = self.db.row(TaskRow, self.run.id, task_id)
        if task is None:
            known = self.db.execute(
                "SELECT id FROM task WHERE run = :run ORDER BY ordinal", {"run": self.run.id}
            )
            raise UnknownNameError("task", task_id, [str(row[0]) for row in known])
        return task

    def attempt(self, task_id: str, epoch: int) -> AttemptRow:
        """Return one attempt; raises `RefusedError` where the task never had this epoch."""
        attempt = self.db.row(AttemptRow, self.run.id, task_id, epoch)
        if attempt is None:
            raise RefusedError(f"task {task_id!r} has no attempt {epoch}")
        return attempt

    def open_attempts(self) -> list[AttemptRow]:
        """Return all attempts whose processes or harvest are not over."""
        rows = self.db.execute(
            select(AttemptRow, "WHERE run = :run AND open = 1 ORDER BY task"),
            {"run": self.run.id},
        )
        return [decode(AttemptRow, row) for row in rows]

    def phase(self, name: str) -> PhaseRow:
        """Return a phase of this run; raises `UnknownNameError`."""
        phase = self.db.row(PhaseRow, self.run.id, name)
        if phase is None:
            known = self.db.execute(
                "SELECT name FROM phase WHERE run = :run ORDER BY ordinal", {"run": self.run.id}
            )
            raise UnknownNameError("phase", name, [str(row[0]) for row in known])
        return phase

    def workers(self) -> list[WorkerRow]:
        """Return all seats of this run that are not gone."""
        rows = self.db.execute(
            select(WorkerRow, "WHERE run = :run ORDER BY ordinal"),
            {"run": self.run.id},
        )
        return [decode(WorkerRow, row) for row in rows]

    def worker(self, name: str) -> WorkerRow:
        """Return one seat, or say which one was probably meant."""
        seat = self.db.row(WorkerRow, self.run.id, name)
        if seat is None:
            raise UnknownNameError("worker", name, [seat.name for seat in self.workers()])
        return seat

    def insert(self, row: StoredRow) -> None:
        """Store a new row."""
        self.db.insert(row)

    def write(self, old: StoredRow, new: StoredRow) -> StoredRow:
        """Write the fields that differ, and return the new row.

        Nothing follows from it. A task goes through `Change.update_task` instead, unless what
        changes is counted nowhere: a pin, a queue.
        """
        self.db.write(old, new)
        return new

    def note_ready(self, old: TaskRow, new: TaskRow) -> TaskRow:
        """Return the task with when it became ready, and how many merges it may count on.

        It is ready while it is pending and waits for nobody. One that was so before keeps its time,
        by which a pin of the plan is dropped after a while (RULES 4.3).
        """
        if new.state is not TaskState.PENDING or new.unmet:
            return new
        if old.state is TaskState.PENDING and not old.unmet:
            return new
        return evolve(new, ready_at=self.now, ready_merges=self.run.merges)

    def count(self, old: TaskRow, new: TaskRow) -> None:
        """Keep the run's count of tasks per state."""
        if old.state is not new.state:
            self.update_run(counted(self.run, old.state, new.state))

    def settles(self, task: TaskRow) -> bool:
        """Whether this task no longer keeps its phase from settling."""
        return settles(task, lambda: self.phase(task.phase).on_failure)
