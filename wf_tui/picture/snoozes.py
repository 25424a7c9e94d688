"""What a person has put off: parked until a time, or until it changes."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import SnoozeRow, TaskRow

__all__ = ["Snoozes"]


class Snoozes:
    """Those of a run as they were last read, and which of them are over by the clock.

    Belongs to the thread that draws. Whether a snooze is over is asked of the time of the last
    `tick`, and not of that of the asking: all places of a task are then changed at once.
    """

    def __init__(self) -> None:
        self.by_task: Mapping[str, SnoozeRow] = {}
        self._over: set[str] = set()

    def update(self, snoozes: Mapping[str, SnoozeRow], now: float) -> set[str]:
        """Take them as they are now; return the tasks of which one came, went or is over."""
        before, self.by_task = self.by_task, snoozes
        changed = {
            task for task in before.keys() | snoozes.keys() if before.get(task) != snoozes.get(task)
        }
        self._over -= changed
        return changed | self.tick(now)

    def tick(self, now: float) -> set[str]:
        """Let time pass, or go back; return the tasks whose time has come, or has not yet."""
        again = {
            task
            for task in self._over
            if (snooze := self.by_task.get(task)) and snooze.until and snooze.until > now
        }
        self._over -= again
        over = {
            task
            for task, snooze in self.by_task.items()
            if task not in self._over and snooze.over(now)
        }
        self._over |= over
        return over | again

    def of(self, row: TaskRow) -> SnoozeRow | None:
        """Return the snooze that keeps a task from its person, now; None where none does."""
        snooze = self.by_task.get(row.id)
        if snooze is None or row.id in self._over or row.state is not TaskState.BLOCKED:
            return None
        return snooze if (row.epoch, row.kind) == (snooze.epoch, snooze.kind) else None

    def until(self, row: TaskRow) -> float | None:
        """Return until when a task is put off, infinity being until it changes; None where not."""
        snooze = self.of(row)
        if snooze is None:
            return None
        return inf if snooze.until is None else snooze.until
