"""Histories that the checker looks at: real ones, and ways to spoil them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from tests.support.ledger_harness import RUN, merging
from tests.support.random_runs import RandomRuns
from wf_tui.ledger.model.rows import EventRow
from wf_tui.ledger.queries import reads
from wf_tui.verify.verify import examine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.support.stores import MakeStore
    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.ledger.store.database import Database

    Pick = Callable[[EventRow], bool]


def run_at_random(make_store: MakeStore, seed: int, acts: int) -> RandomRuns:
    """Return a run to which much has happened."""
    random = Random(seed)  # noqa: S311 - the same history each time
    swarm = RandomRuns(make_store)
    merging(swarm.drive)
    swarm.start(random)
    for number in range(acts):
        swarm.act(random)
        if number == acts - 10 and seed % 3 == 0:
            swarm.abort()
    return swarm


@dataclass(frozen=True)
class History:
    """The events of a run, and what its tables say at the end."""

    events: tuple[EventRow, ...]
    row: RunRow
    tasks: tuple[TaskRow, ...]

    def found(self) -> list[str]:
        """Return the codes of the violations, in order."""
        return [
            violation.code for violation in examine(self.events, self.row, self.tasks).violations
        ]

    def at(self, pick: Pick) -> int:
        """Return the place of the first event that is meant."""
        return next(place for place, event in enumerate(self.events) if pick(event))

    def without(self, pick: Pick) -> History:
        """Leave one event out, with no gap in the numbers."""
        place = self.at(pick)
        return self._renumbered([*self.events[:place], *self.events[place + 1 :]])

    def twice(self, pick: Pick) -> History:
        """Let one event happen twice."""
        place = self.at(pick)
        return self._renumbered([*self.events[: place + 1], *self.events[place:]])

    def sooner(self, pick: Pick, than: Pick) -> History:
        """Let one event happen just before an earlier one."""
        events = list(self.events)
        event = events.pop(self.at(pick))
        events.insert(self.at(than), event)
        return self._renumbered(events)

    def changed(self, pick: Pick, **values: object) -> History:
        """Change one event; names that are no field of it are names of its data."""
        place = self.at(pick)
        event = self.events[place]
        fields = {name: value for name, value in values.items() if hasattr(event, name)}
        told = {name: value for name, value in values.items() if name not in fields}
        new = replace(event, **{"data": {**event.data, **told}, **fields})  # type: ignore[arg-type]
        return replace(self, events=(*self.events[:place], new, *self.events[place + 1 :]))

    def _renumbered(self, events: Sequence[EventRow]) -> History:
        numbered = tuple(replace(event, seq=number) for number, event in enumerate(events, 1))
        return replace(self, events=numbered, row=replace(self.row, seq=len(numbered)))


def history(db: Database, run: str = RUN) -> History:
    """Return the history of a run as it is now."""
    tasks = tuple(reads.tasks(db, run))
    return History(tuple(reads.events(db, run)), reads.run_row(db, run), tasks)


def of(kind: str, task: str | None = None, epoch: int | None = None, /, **data: object) -> Pick:
    """Return a test for an event: its kind, task and epoch, and what its data hold."""

    def is_it(event: EventRow) -> bool:
        same = kind == event.kind and task in {None, event.task} and epoch in {None, event.epoch}
        return same and data.items() <= event.data.items()

    return is_it


def long_history(tasks: int) -> Iterator[EventRow]:
    """Yield the events of a run of a chain of tasks that are all merged."""
    phases = [{"name": "p", "parallel": True, "on_failure": "skip_continue", "depends_on": []}]
    told: list[tuple[str | None, str, dict[str, object]]] = [
        (None, "run_created", {"base": "b", "jobs": 4, "scopes": "serialize", "phases": phases}),
        (None, "worker_joined", {"worker_name": "w1"}),
    ]
    head = "b"
    asks: dict[str, object] = {"mode": "read_write", "isolation": "worktree", "max_attempts": 1}
    for number in range(tasks):
        needs = [f"t{number - 1}"] if number else []
        scope = [f"src/{number}"]
        told.append(
            (f"t{number}", "task_added", {**asks, "phase": "p", "needs": needs, "scope": scope})
        )
    for number in range(tasks):
        name, new = f"t{number}", f"c{number}"
        told += [
            (name, "task_claimed", {**asks, "tries": 0, "scope": [f"src/{number}"]}),
            (name, "task_step", {"step": "integrating", "before": "claimed"}),
            (name, "integrated", {"old": head, "new": new}),
            (name, "task_done", {"kind": "merged", "before": "integrating", "commit": new}),
            (name, "attempt_ended", {"outcome": "succeeded"}),
        ]
        head = new
    for seq, (task, kind, data) in enumerate(told, 1):
        epoch = 1 if task and kind != "task_added" else None
        yield EventRow(seq, float(seq), RUN, task, "w1" if epoch else None, epoch, "s", kind, data)
