"""What a tab of the detail pane shows: a document, each line of it one span of safe text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.line import Role, Span
from wf_tui.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wf_tui.clock import Clock
    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.project import Project

__all__ = [
    "AttemptChoice",
    "Document",
    "Source",
    "Tab",
    "block",
    "choose_attempt",
    "lines_of",
    "safe",
]

LONGEST: Final = 2000
"""Characters of one line; a longer one ends in an ellipsis."""


class Tab(StrEnum):
    """The tabs, in this order."""

    LOG = "log"
    DIFF = "diff"
    PLAN = "plan"
    """What the agent itself has set out to do."""
    PROMPT = "prompt"
    ATTEMPTS = "attempts"
    USAGE = "usage"
    EVENTS = "events"


@dataclass(frozen=True)
class Document:
    """What a tab shows of a task at a moment; of which attempt, where it is of one.

    A reader makes it on a thread, the view draws it on the event loop; nothing changes it between.
    """

    lines: tuple[Span, ...]
    note: str = ""
    """What stands below the lines, in the frame of the pane."""
    at_end: bool = False
    """Whether it is shown from its end."""
    live: bool = False
    """Whether an attempt is open, so that it soon is no longer true."""
    epochs: tuple[int, ...] = ()
    """All attempts of the task, oldest first; () where it is of no single attempt."""
    epoch: int | None = None

    def laid_out(self, width: int) -> Sequence[Span]:
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

    def title(self) -> str:
        """Return which one is shown, of how many."""
        if self.shown is None:
            return ""
        of_all = f" of {self.epochs[-1]}" if len(self.epochs) > 1 else ""
        return f" · attempt {self.shown}{of_all}"


def safe(text: str) -> str:
    """Return one line as it may be drawn; plain ASCII, most of a log, needs no cleaning.

    Whatever comes from a plan, a worker, a file or git goes through here before it becomes a
    `Span`: control characters in it would reach the terminal.
    """
    if text.isascii() and text.isprintable():
        return cut(text, LONGEST)
    return clean(text, limit=LONGEST, multiline=True)


def lines_of(text: str, role: Role = Role.TEXT) -> Iterator[Span]:
    """Yield the lines of a text of a plan, a worker or a file, made safe."""
    # Not `splitlines`, which would also break at form feeds and other rare characters.
    for line in text.split("\n"):
        yield Span(safe(line.removesuffix("\r")), role)


def block(label: str, text: str) -> Iterator[Span]:
    """Yield a heading and what is under it; nothing where there is nothing.

    The text is made safe; the heading is our own, or was made safe by the caller.
    """
    if text.strip():
        yield Span(label, Role.LABEL)
        for line in lines_of(text.strip("\n")):
            yield Span(f"  {line.text}", line.role)


def choose_attempt(attempts: Sequence[AttemptRow], epoch: int | None) -> AttemptRow | None:
    """Return the attempt that is meant: by number, else the last; None where there is none.

    `attempts` are oldest first. One that was chosen and is not among them is treated as no choice.
    """
    for attempt in attempts:
        if attempt.epoch == epoch:
            return attempt
    return attempts[-1] if attempts else None
