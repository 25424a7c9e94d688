"""What a tab of the detail pane shows: a document of lines, all of them safe to draw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wf_tui.board.text_view.text_line import TextLine
    from wf_tui.clock import Clock
    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["AttemptChoice", "Document", "Source", "Tab", "choose_attempt"]


class Tab(StrEnum):
    """The tabs, in this order."""

    LOG = "log"
    DIFF = "diff"
    PROMPT = "prompt"
    ATTEMPTS = "attempts"
    EVENTS = "events"


@dataclass(frozen=True)
class Document:
    """What a tab shows of a task at a moment; of which attempt, where it is of one.

    A reader makes it on a thread, the view draws it on the event loop; nothing changes it between.
    """

    lines: tuple[TextLine, ...]
    note: str = ""
    """What stands beside the tabs."""
    at_end: bool = False
    """Whether it is shown from its end."""
    live: bool = False
    """Whether an attempt is open, so that it soon is no longer true."""
    epochs: tuple[int, ...] = ()
    """All attempts of the task, oldest first; () where it is of no single attempt."""
    epoch: int | None = None

    def laid_out(self, width: int) -> Sequence[TextLine]:
        """Return the lines as they are for a view of this width, in cells."""
        del width
        return self.lines


@dataclass(frozen=True)
class Source:
    """Where a document is read from; `epoch` is the attempt that a person has chosen."""

    project: Project
    run: str
    task: str
    epoch: int | None
    clock: Clock
    path: str = ""
    """The file of a diff that is shown, where they are read one by one."""
    between: tuple[int, int] | None = None
    """Two attempts whose difference is asked for, instead of the changes of one."""
    until: float | None = None
    """The moment that is looked back at, in UTC seconds; None is now."""

    def was(self, at: float | None) -> bool:
        """Whether something had happened by then; what has not happened has no time."""
        return self.until is None or (at is not None and at <= self.until)

    def attempts(self, db: Database) -> list[AttemptRow]:
        """Return the attempts of the task that had begun, the oldest first."""
        found = reads.attempts(db, self.run, self.task)
        return [one for one in found if self.was(one.started_at)]

    def attempt(self, epoch: int) -> Path:
        """Return the folder of an attempt."""
        return self.project.paths.run(self.run).attempt(self.task, epoch)


@dataclass
class AttemptChoice:
    """Which attempt a person wants to see; without a choice it is the newest.

    One for each task that is shown; the tabs of log and changes share it.
    """

    epoch: int | None = None
    """The chosen one."""
    shown: int | None = None
    """The one that the last document was of."""
    epochs: tuple[int, ...] = ()

    def beside(self, step: int) -> int | None:
        """Return the attempt that many before or after the shown one, where there is one."""
        if self.shown not in self.epochs:
            return None
        place = self.epochs.index(self.shown) + step
        return self.epochs[place] if 0 <= place < len(self.epochs) else None

    def move(self, step: int) -> bool:
        """Choose the one beside; the newest is no choice, so that its successors are shown."""
        epoch = self.beside(step)
        if epoch is not None:
            self.epoch = None if epoch == self.epochs[-1] else epoch
        return epoch is not None


def choose_attempt(attempts: Sequence[AttemptRow], epoch: int | None) -> AttemptRow | None:
    """Return the attempt that is meant: by number, else the last; None where there is none.

    `attempts` are oldest first. One that was chosen and is not among them is treated as no choice.
    """
    for attempt in attempts:
        if attempt.epoch == epoch:
            return attempt
    return attempts[-1] if attempts else None
