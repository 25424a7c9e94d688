"""The lines that a text view shows, and how a text of anybody becomes such lines, made safe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.line import Look, Role, Span
from wf_tui.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LONGEST", "TextLine", "block", "lines_of", "plain", "safe"]

LONGEST: Final = 2000
"""Characters of one line; a longer one ends in an ellipsis."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a text, which takes one row of the screen, or more where it is wrapped."""

    spans: tuple[Span, ...] = ()
    look: Look = Look.PLAIN
    right: tuple[Span, ...] = ()
    """What stands at the right end; on the first row only."""
    mark: str = ""
    """What it is to whoever made it: a tool call, a line of a file. `Enter` and `c` go by it."""
    hang: int = 0
    """Cells by which the rows after the first are set in."""
    fill: bool = False
    """Whether it is filled up with a rule to the edge."""

    @property
    def text(self) -> str:
        """All of its text, but for what stands at the right."""
        return "".join(span.text for span in self.spans)


def plain(text: str, role: Role = Role.TEXT, mark: str = "") -> TextLine:
    """Return a line of one piece; the text has been made safe."""
    return TextLine((Span(text, role),), mark=mark)


def safe(text: str) -> str:
    """Return one line as it may be drawn; plain ASCII, most of a log, needs no cleaning.

    Whatever comes from a plan, a worker, a file or git goes through here before it becomes a
    `Span`: control characters in it would reach the terminal.
    """
    if text.isascii() and text.isprintable():
        return cut(text, LONGEST)
    return clean(text, limit=LONGEST, multiline=True).replace("\n", " ")


def lines_of(text: str, role: Role = Role.TEXT) -> Iterator[TextLine]:
    """Yield the lines of a text of a plan, a worker or a file, made safe."""
    # Not `splitlines`, which would also break at form feeds and other rare characters.
    for line in text.split("\n"):
        yield plain(safe(line.removesuffix("\r")), role)


def block(label: str, text: str) -> Iterator[TextLine]:
    """Yield a heading and what is under it; nothing where there is nothing.

    The text is made safe; the heading is our own, or was made safe by the caller.
    """
    if text.strip():
        yield plain(label, Role.TITLE)
        for line in text.strip("\n").split("\n"):
            yield TextLine((Span("  "), Span(safe(line.removesuffix("\r")))), hang=2)
