"""The kit that all painted lines are made of: pieces with a meaning, lines, rows of the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Line", "Look", "Role", "Row", "Span", "fitted", "scroll_marker", "width_of"]


class Role(StrEnum):
    """What a piece of text is; the theme gives it its colour, and the words say the same.

    The value is the end of a class, `role--VALUE`, by which `board.tcss` colours it.
    """

    TEXT = "text"
    TITLE = "title"
    MUTED = "muted"
    """Second lines, and all of a card that is done or waits."""
    FAINT = "faint"
    """Ids and ages; drawn as `MUTED` on any ground but the plain one."""
    RULE = "rule"
    """Rules, and what has not begun; never on the ground of its line."""
    THUMB = "thumb"
    """The part of a rule that says where in a list one is; never on the ground of its line."""
    RUNNING = "running"
    NEED = "need"
    """The sign and the count of what needs the person, and nothing else."""
    NEED_WORD = "need_word"
    """The word for why it needs the person."""
    WARNING = "warning"
    ERROR = "error"
    DONE = "done"
    PATH = "path"
    """The critical path."""
    KEY = "key"
    OFF = "off"
    """A key that can do nothing now."""
    FOCUS = "focus"
    """The bar of the cursor and the rule of what has the keys."""
    LABEL = "label"
    ADDED = "added"
    REMOVED = "removed"
    HUNK = "hunk"
    FOUND = "found"
    """Words that were looked for."""
    KEYWORD = "keyword"
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    NAME = "name"
    """Of code: what is defined, built in, or a decorator."""


class Look(StrEnum):
    """What a whole line or a piece of one is on; the theme gives it its background."""

    PLAIN = "plain"
    CURSOR = "cursor"
    CURSOR_ELSEWHERE = "cursor_elsewhere"
    NEED = "ground_need"
    """A question or a fault that is told at length."""
    ADDED = "ground_added"
    REMOVED = "ground_removed"
    HUNK = "ground_hunk"
    BAR = "bar"
    """Headers and footers."""
    CHANGED = "changed"
    """The sign of a card that has just changed."""


@dataclass(frozen=True)
class Span:
    """A piece of a line, or all of one; its text has been made safe to draw.

    Nothing below this checks it again: a control character in it would reach the terminal.
    """

    text: str
    role: Role = Role.TEXT
    hit: str = ""
    """What a click on it means to the widget; "" for nothing."""
    look: Look = Look.PLAIN
    """A ground of its own, over that of its line."""


@dataclass(frozen=True)
class Line:
    """One line: what is cut where there is no room, then what stands at its right end."""

    left: tuple[Span, ...] = ()
    right: tuple[Span, ...] = ()
    spare: tuple[Span, ...] = ()
    """More for the right end, as far as nothing else has to be cut for it."""


@dataclass(frozen=True)
class Row:
    """One line as it is on the screen; the widget fills up what is not as wide as it is.

    Rows are compared to find out which lines have to be painted again.
    """

    spans: tuple[Span, ...]
    look: Look = Look.PLAIN
    meta: tuple[tuple[str, str], ...] = ()
    """What `event.style.meta` holds over this line."""


def width_of(spans: Iterable[Span]) -> int:
    """Return the cells that these pieces need, one after the other."""
    return sum(cell_len(span.text) for span in spans)


def fitted(line: Line, width: int, more: str) -> tuple[Span, ...]:
    """Return the pieces of a line that is exactly `width` cells wide; `more` ends what was cut.

    The right end stays while the left has half of the width.
    """
    # In this order: what is right is chosen first, then what of `spare` fits beside all of `left`.
    need = width_of(line.left)
    right = _fitting(line.right, width - min(need, width // 2))
    spare = _fitting(line.spare, width - width_of(right) - need)
    ends = (*right, *spare)
    return (*_exactly(line.left, width - width_of(ends), more), *ends)


def _fitting(spans: Iterable[Span], room: int) -> list[Span]:
    """Return the first of these that fit, each with a space before it."""
    fitting: list[Span] = []
    for span in spans:
        room -= cell_len(span.text) + 1
        if room < 0:
            break
        fitting += [Span(" ", Role.MUTED), span]
    return fitting


def _exactly(spans: Iterable[Span], width: int, more: str) -> list[Span]:
    """Cut or fill pieces to exactly `width` cells; never half of a wide character."""
    out: list[Span] = []
    left = width
    for span in spans:
        cells = cell_len(span.text)
        if cells > left:
            # What of a wide character does not fit becomes a blank, and the line keeps its width.
            if left:
                text = set_cell_size(span.text, left - 1) + more
                out.append(replace(span, text=text))
            return out
        out.append(span)
        left -= cells
    if left:
        out.append(Span(" " * left, Role.MUTED))
    return out


def scroll_marker(total: int, height: int, top: int) -> range:
    """Return the lines of `height` on which the marker stands; none where all `total` fit.

    `top` is how many lines are scrolled away above, at most `total - height`.
    """
    if total <= height:
        return range(0)
    size = max(1, height * height // total)
    start = round((height - size) * top / (total - height))
    return range(start, start + size)
