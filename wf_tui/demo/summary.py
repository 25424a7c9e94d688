"""What a demo run has shown, told from its ledger."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.events.attempt_events import ConflictFound
from wf_tui.ledger.model.events.task_events import TaskRetried
from wf_tui.ledger.model.states import PERSON, Outcome, RunState, TaskState
from wf_tui.ledger.queries import reads
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.demo.folder import DemoFolder
    from wf_tui.ledger.model.events.base import EventBase
    from wf_tui.ledger.model.rows import AttemptRow, EventRow, RunRow, TaskRow
    from wf_tui.ledger.store.database import Database

__all__ = ["summary"]


@dataclass(frozen=True)
class _RunHistory:
    """All that is known of a run."""

    run: RunRow
    phases: int
    tasks: list[TaskRow]
    attempts: list[AttemptRow]
    events: list[EventRow]

    def task(self, event: EventRow) -> TaskRow:
        """Return the task that an event is about."""
        return next(task for task in self.tasks if task.id == event.task)

    def of_kind(self, kind: type[EventBase]) -> Iterator[EventRow]:
        """Yield the events of a kind."""
        return (event for event in self.events if event.kind == kind.event_kind)


def summary(db: Database, run: str, folder: DemoFolder, wf: str) -> list[str]:
    """Return the lines that end the demo; `wf` is how the reader calls wf.

    Called when the run is over, however it ended; all of it comes from the ledger, so that it says
    what happened, and not what the plan meant to show.
    """
    row = reads.run_row(db, run)
    history = _RunHistory(
        row,
        len(reads.phases(db, run)),
        reads.tasks(db, run),
        reads.attempts(db, run),
        list(reads.events(db, run)),
    )
    branch = short_branch(row.ref)
    shown = [f"  {name:13} {text}" for name, text in _highlights(history)]
    look = [f"{wf} status", f"{wf} events", f"git log --graph --oneline {branch}"]
    return [
        "",
        _headline(history, branch),
        "",
        "What you saw",
        *shown,
        "",
        "Look around",
        *(f"  {line}" for line in [f"cd {shlex.quote(str(folder.repository))}", *look]),
    ]


def _headline(history: _RunHistory, branch: str) -> str:
    run = history.run
    took = (run.ended_at or history.events[-1].at) - run.created_at
    done = f"{run.done} of {plural(len(history.tasks), 'task')} done in {took:.1f} s"
    if run.state == RunState.COMPLETED:
        return f"{done}, all work merged into {branch}."
    return f"{done}; the run is {run.state}."


def _highlights(history: _RunHistory) -> Iterator[tuple[str, str]]:
    yield "dependencies", f"{plural(history.phases, 'phase')}, each started when it could"
    most = _most_at_once(history.attempts)
    yield "side by side", f"at most {plural(most, 'task')} at once, each in a tree of its own"
    yield from (("retry", text) for text in _retries(history))
    yield from (("conflict", text) for text in _conflicts(history))
    yield from (("by hand", text) for text in _retries_by_hand(history))
    kinds = Counter(task.kind or task.state.value for task in history.tasks)
    yield "results", ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    yield "attempts", f"{len(history.attempts)} for {plural(len(history.tasks), 'task')}"


def _conflicts(history: _RunHistory) -> Iterator[str]:
    for event in history.of_kind(ConflictFound):
        task, paths = history.task(event), event.data.get("paths")
        where = ", ".join(map(str, paths)) if isinstance(paths, list) else "the same lines"
        end = ", and was done again on top of it" if task.state is TaskState.DONE else ""
        yield f"“{task.title}” met another change of {where}{end}"


def _retries_by_hand(history: _RunHistory) -> Iterator[str]:
    for event in history.of_kind(TaskRetried):
        task, who = history.task(event), event.actor.removeprefix(PERSON)
        end = ", and it was done" if task.state is TaskState.DONE else ""
        yield f"“{task.title}” was blocked; {who} gave it what it lacked and retried it{end}"


def _retries(history: _RunHistory) -> Iterator[str]:
    for task in history.tasks:
        tries = [attempt for attempt in history.attempts if attempt.task == task.id]
        by_hand = any(event.task == task.id for event in history.of_kind(TaskRetried))
        for before, after in pairwise(tries):
            if before.outcome == Outcome.FAILED and after.outcome == Outcome.SUCCEEDED:
                if not by_hand:
                    yield f"“{task.title}” failed ({before.note}), and succeeded when tried again"
                break


def _most_at_once(attempts: list[AttemptRow]) -> int:
    """Return how many attempts were open at the same time at most."""
    turns = [(a.started_at, 1) for a in attempts] + [
        (a.ended_at, -1) for a in attempts if a.ended_at is not None
    ]
    most = now = 0
    # At the same moment ends come before beginnings (-1 before 1): a seat is handed on.
    for _, turn in sorted(turns):
        now += turn
        most = max(most, now)
    return most
