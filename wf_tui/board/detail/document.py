"""What a tab of the detail pane shows: lines of safe text, each with a look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, chop_cells

from wf_tui.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from wf_tui.clock import Clock
    from wf_tui.commands import Project
    from wf_tui.ledger.model.rows import AttemptRow

__all__ = [
    "Choice",
    "Document",
    "Line",
    "Look",
    "Source",
    "Tab",
    "block",
    "chosen",
    "lines_of",
    "safe",
]

LONGEST: Final = 2000
"""Characters of one line; a longer one ends in an ellipsis."""


class Tab(StrEnum):
    """The tabs, in this order."""

    LOG = "log"
    DIFF = "diff"
    PROMPT = "prompt"
    ATTEMPTS = "attempts"
    EVENTS = "events"


class Look(StrEnum):
    """How a line is drawn; the words of the lines say the same without colour."""

    TEXT = "text"
    QUIET = "quiet"
    LABEL = "label"
    RULE = "rule"
    ADDED = "added"
    REMOVED = "removed"
    HUNK = "hunk"
    WARNING = "warning"


@dataclass(frozen=True)
class Line:
    """One line of text that has been made safe."""

    text: str
    look: Look = Look.TEXT

    def wrapped(self, width: int) -> Sequence[Line]:
        """Return the rows that this line takes; a rule is cut at the edge instead."""
        if self.look is Look.RULE:
            return (Line(f"{self.text} ".ljust(width, "─"), Look.RULE),)
        if len(self.text) <= width and self.text.isascii():
            return (self,)
        return tuple(Line(part, self.look) for part in _folded(self.text, width))


@dataclass(frozen=True)
class Document:
    """What a tab shows of a task at a moment; of which attempt, where it is of one."""

    lines: tuple[Line, ...]
    note: str = ""
    at_end: bool = False
    live: bool = False
    """Whether an attempt is open, so that it soon is no longer true."""
    epochs: tuple[int, ...] = ()
    epoch: int | None = None

    def laid_out(self, width: int) -> Sequence[Line]:
        """Return the lines as they are for a view of this width."""
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
class Choice:
    """Which attempt a person wants to see; without a choice it is the newest."""

    epoch: int | None = None
    shown: int | None = None
    epochs: tuple[int, ...] = ()

    def beside(self, step: int) -> int | None:
        """Return the attempt that many before or after the shown one, where there is one."""
        if self.shown not in self.epochs:
            return None
        project = self.epochs.index(self.shown) + step
        return self.epochs[project] if 0 <= project < len(self.epochs) else None

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
        return f" · attempt {self.shown}" + (
            f" of {self.epochs[-1]}" if len(self.epochs) > 1 else ""
        )


def _folded(text: str, width: int) -> Iterator[str]:
    """Yield what fits in a row, broken at a space where one is near the end of it."""
    wide = not text.isascii()
    while len(text) > width or (wide and cell_len(text) > width):
        row = (chop_cells(text[:width], width)[0] or text[:1]) if wide else text[:width]
        space = row.rfind(" ") + 1
        row = row[:space] if space > len(row) // 2 else row
        yield row
        text = text[len(row) :]
    if text:
        yield text


def safe(text: str) -> str:
    """Return one line as it may be drawn; plain ASCII, most of a log, needs no cleaning."""
    if text.isascii() and text.isprintable():
        return cut(text, LONGEST)
    return clean(text, limit=LONGEST, multiline=True)


def lines_of(text: str, look: Look = Look.TEXT) -> Iterator[Line]:
    """Yield the lines of a text of a plan, a worker or a file."""
    for line in text.split("\n"):
        yield Line(safe(line.removesuffix("\r")), look)


def block(label: str, text: str) -> Iterator[Line]:
    """Yield a heading and what is under it; nothing where there is nothing."""
    if text.strip():
        yield Line(label, Look.LABEL)
        for line in lines_of(text.strip("\n")):
            yield Line(f"  {line.text}", line.look)


def chosen(attempts: Iterable[AttemptRow], epoch: int | None) -> AttemptRow | None:
    """Return the attempt that is meant: by number, else the last."""
    found = list(attempts)
    numbers = {attempt.epoch: attempt for attempt in found}
    if epoch in numbers:
        return numbers[epoch]
    return found[-1] if found else None
