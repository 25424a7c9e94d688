"""A line of text in pieces, each with its meaning, and how it is made to fit a width."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Line", "Look", "Role", "Span", "fitted", "width_of"]


class Role(StrEnum):
    """What a piece of text is; the theme gives it its colour."""

    TITLE = "title"
    QUIET = "quiet"
    WARNING = "warning"
    BADGE = "badge"
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    BLOCKED = "blocked"
    NEEDS_YOU = "needs_you"
    FRAME = "frame"
    EDGE = "edge"
    """The frame of what the keys are for."""
    FOCUS = "focus"
    KEY = "key"
    OFF = "off"


class Look(StrEnum):
    """What a whole line is on; the theme gives it its background."""

    PLAIN = "plain"
    CURSOR = "cursor"
    CURSOR_ELSEWHERE = "cursor_elsewhere"
    CHANGED = "changed"
    TARGET = "target"


@dataclass(frozen=True)
class Span:
    """A piece of a line."""

    text: str
    role: Role
    hit: str = ""
    """What a click on it means; "" for nothing."""


@dataclass(frozen=True)
class Line:
    """One line: what is cut where there is no room, then what stands at its right end."""

    left: tuple[Span, ...] = ()
    right: tuple[Span, ...] = ()
    spare: tuple[Span, ...] = ()
    """More for the right end, as far as nothing else has to be cut for it."""


def width_of(spans: Iterable[Span]) -> int:
    """Return the cells that these pieces need, one after the other."""
    return sum(cell_len(span.text) for span in spans)


def fitted(line: Line, width: int, more: str) -> tuple[Span, ...]:
    """Return the pieces of a line that is exactly `width` cells wide; `more` ends what was cut.

    The right end stays while the left has half of the width.
    """
    need = width_of(line.left)
    right = _taken(line.right, width - min(need, width // 2))
    spare = _taken(line.spare, width - width_of(right) - need)
    ends = (*right, *spare)
    return (*_exactly(line.left, width - width_of(ends), more), *ends)


def _taken(spans: Iterable[Span], room: int) -> list[Span]:
    """Return the first of these that fit, each with a space before it."""
    taken: list[Span] = []
    for span in spans:
        room -= cell_len(span.text) + 1
        if room < 0:
            break
        taken += [Span(" ", Role.QUIET), span]
    return taken


def _exactly(spans: Iterable[Span], width: int, more: str) -> list[Span]:
    """Cut or fill pieces to exactly `width` cells; never half of a wide character."""
    out: list[Span] = []
    left = width
    for span in spans:
        cells = cell_len(span.text)
        if cells > left:
            if left:
                text = set_cell_size(span.text, left - 1) + more
                out.append(Span(text, span.role, span.hit))
            return out
        out.append(span)
        left -= cells
    if left:
        out.append(Span(" " * left, Role.QUIET))
    return out
