"""What a person does to the tasks of a run: each act is one transaction, like every other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError
from wf_tui.ledger.rules import accept, load, operator_moves, questions, runs, undo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.rules.load import NewTask

__all__ = ["Acts", "MoveResult"]


@dataclass(frozen=True)
class MoveResult:
    """What came of one act on one task."""

    task: str
    changed: bool
    state: str
    reason: str


class Acts(ABC):
    """The acts of a ledger; which one, and who acts, the ledger knows."""

    @abstractmethod
    def _change(self, run: str) -> AbstractContextManager[Change]:
        """Open a change of a run."""

    def act(
        self, run: str, tasks: Sequence[str], rule: Callable[[Change, TaskRow], TaskRow]
    ) -> list[MoveResult]:
        """Do the same to several tasks; one that is refused does not keep the others.

        A rule refuses before it changes anything, so nothing has to be taken back.
        """
        with self._change(run) as tx:
            for name in tasks:
                tx.task(name)
            return [_one(tx, tx.task(name), rule) for name in tasks]

    def retry(self, run: str, *tasks: str) -> list[MoveResult]:
        """Give tasks another chance."""
        return self.act(run, tasks, operator_moves.retry)

    def reassign(self, run: str, to: str, *tasks: str) -> list[MoveResult]:
        """Give tasks to a named seat or profile."""
        return self.act(run, tasks, lambda tx, task: operator_moves.reassign(tx, task, to))

    def release(self, run: str, *tasks: str) -> list[MoveResult]:
        """Take tasks from their workers."""
        return self.act(run, tasks, operator_moves.release)

    def hold(self, run: str, *tasks: str) -> list[MoveResult]:
        """Keep tasks from running."""
        return self.act(run, tasks, operator_moves.hold)

    def unhold(self, run: str, *tasks: str) -> list[MoveResult]:
        """Take tasks off hold."""
        return self.act(run, tasks, operator_moves.unhold)

    def cancel(self, run: str, *tasks: str) -> list[MoveResult]:
        """Give tasks up, dependants first, as an abort does."""
        with self._change(run) as tx:
            found = {name: tx.task(name) for name in tasks}
            later_first = sorted(found.values(), key=lambda task: (task.chain, -task.ordinal))
            acted = {
                task.id: _one(tx, tx.task(task.id), operator_moves.cancel) for task in later_first
            }
            return [acted[name] for name in tasks]

    def skip(self, run: str, *tasks: str) -> list[MoveResult]:
        """Count tasks as done without their work."""
        return self.act(run, tasks, operator_moves.skip)

    def accept(self, run: str, *tasks: str) -> list[MoveResult]:
        """Take work that was held back for its scope or a conflict."""
        return self.act(run, tasks, accept.accept)

    def answer(self, run: str, task: str, text: str) -> list[MoveResult]:
        """Answer a worker's question."""
        return self.act(run, [task], lambda tx, row: questions.answer(tx, row, text))

    def message(self, run: str, task: str, text: str) -> list[MoveResult]:
        """Leave a message for a task."""
        return self.act(run, [task], lambda tx, row: questions.message(tx, row, text))

    def edit(self, run: str, task: str, fields: Mapping[str, object]) -> list[MoveResult]:
        """Change what a task asks for; see `hands.edit` for the fields."""
        return self.act(run, [task], lambda tx, row: operator_moves.edit(tx, row, fields))

    def priority(self, run: str, task: str, number: int) -> list[MoveResult]:
        """Move a task in the queue."""
        return self.act(run, [task], lambda tx, row: operator_moves.priority(tx, row, number))

    def undo(self, run: str) -> list[MoveResult]:
        """Take back the actor's last act."""
        with self._change(run) as tx:
            return [_acted(task, changed=True) for task in undo.undo(tx)]

    def add(self, run: str, task: NewTask, phase: str | None = None) -> TaskRow:
        """Add a task to a run, into a phase or into the one that nothing waits for."""
        with self._change(run) as tx:
            runs.wake_run(tx)
            return load.add_task(tx, task, phase)


def _one(tx: Change, task: TaskRow, rule: Callable[[Change, TaskRow], TaskRow]) -> MoveResult:
    try:
        return _acted(rule(tx, task), changed=True)
    except RefusedError as error:
        return MoveResult(task.id, changed=False, state=task.state.value, reason=error.message)


def _acted(task: TaskRow, *, changed: bool) -> MoveResult:
    return MoveResult(task.id, changed, task.state.value, task.kind or "")
