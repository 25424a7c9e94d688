"""What a person says to lines of a diff, puts off, has begun to write and has seen, as rows."""

from wf_tui.ledger.model.rows.quoted_lines import first_line, line_words
from wf_tui.ledger.model.states import CommentState
from wf_tui.values import frozen

__all__ = ["CommentRow", "DraftRow", "SeenRow", "SnoozeRow"]


@frozen
class CommentRow:
    """A person says something to lines of the work of a task."""

    run: str
    task: str
    id: int
    """Its place among the comments of its task."""
    epoch: int
    """The attempt whose work it is about."""
    path: str
    side: str
    """`new` where the line is one of the work, `old` where it is one that the work removes."""
    line: int | None
    """From 1, of several lines the last one; None is the file as a whole."""
    quote: str
    """The lines as they were, by which they are found again where the file has changed: all of
    them, with a newline between two, so that it also tells how many they are."""
    text: str
    actor: str
    at: float
    state: CommentState
    delivered_epoch: int | None = None
    """The first attempt whose prompt has it."""

    @property
    def first(self) -> int | None:
        """The first of its lines; None is the file as a whole."""
        return first_line(self.line, self.quote)

    @property
    def place(self) -> str:
        """The path, with the lines that it is about: `src/a.py:12`, `src/a.py:12-18`."""
        lines = line_words(self.line, self.quote)
        return f"{self.path}:{lines}" if lines else self.path


@frozen
class SnoozeRow:
    """A person does not want to see a task for a while: for all boards of its run."""

    run: str
    task: str
    until: float | None
    """UTC seconds; None is until its state, kind, epoch or question change."""
    epoch: int
    kind: str
    """As what it was blocked."""
    actor: str

    def over(self, now: float) -> bool:
        """Whether its time has come, also where no scheduler has written that down yet."""
        return self.until is not None and self.until <= now


@frozen
class DraftRow:
    """What a person has begun to write and not sent; nobody else sees it, and no event tells."""

    run: str
    task: str
    what: str
    """What it would be: `message`, `note`, an answer to a question by its name ..."""
    actor: str
    text: str
    at: float


@frozen
class SeenRow:
    """Which content of a file a person has marked as seen; no event tells of it."""

    run: str
    task: str
    path: str
    actor: str
    blob: str
    """The object name of that content."""
