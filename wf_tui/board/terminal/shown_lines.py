"""What is on the screen, line by line, so that only what differs from it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textual._compositor import CompositorUpdate

__all__ = ["ShownLines", "changed_parts"]

_RESET: Final = "\x1b[0m"
_UNKNOWN: Final = "?"
"""No colours at all: what is written first has to set its own."""
_OVERHEAD: Final = 40
"""Characters that it takes to say where a part is, and in which colours."""

Run = tuple[str, str]
"""The parameters of the colours and attributes (SGR), and the text that has them."""


class ShownLines:
    """The lines as they ought to be, and as they were written last.

    However many frames are drawn meanwhile, what is written next is what the newest of them has
    there: old frames are never written, and a frame that changes nothing costs nothing. It has no
    lock; `Output` has.
    """

    def __init__(self, colors: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        self._colors = colors
        self._wanted: list[Strip] = []
        self._shown: dict[int, list[Run]] = {}
        self._changed: set[int] = set()
        self._width = 0

    @property
    def is_done(self) -> bool:
        """Whether the screen has what it ought to have."""
        return not self._changed

    def draw(self, update: CompositorUpdate) -> bool:
        """Take a frame; return whether its kind is known."""
        if isinstance(update, LayoutUpdate):
            self._draw_all([Strip.join(line) for line in update.strips])
        elif isinstance(update, ChopsUpdate):
            for y, start, end in update.spans:
                if y < len(self._wanted):
                    self._wanted[y] = overlaid(self._wanted[y], update.chops[y], start, end)
                    self._changed.add(y)
        else:
            return False
        return True

    def _draw_all(self, lines: list[Strip]) -> None:
        width = max((line.cell_length for line in lines), default=0)
        if (width, len(lines)) != (self._width, len(self._wanted)):
            self.forget()  # a terminal of another size has wrapped its lines, or cut them
        self._width, self._wanted = width, lines
        self._changed = set(range(len(lines)))

    def forget(self) -> None:
        """Know nothing of what is on the screen: all of it is written again."""
        self._shown.clear()
        self._changed = set(range(len(self._wanted)))

    def drop(self) -> None:
        """Write nothing more of what has been drawn."""
        self._changed.clear()

    def take(self, size: int) -> str:
        """Return what brings the next lines up to date, about `size` characters of it.

        What it returns counts as shown.
        """
        written: list[str] = []
        length, colors = 0, _UNKNOWN
        for y in sorted(self._changed):
            if length >= size:
                break
            self._changed.remove(y)
            for x, runs in self._parts(y):
                written.append(f"\x1b[{y + 1};{x + 1}H")
                for ansi, text in runs:
                    # Most of what changes by itself has the colours of the figure before it.
                    if ansi != colors:
                        written.append(f"\x1b[0;{ansi}m" if ansi else _RESET)
                    written.append(text)
                    colors = ansi
                length += sum(len(text) for _, text in runs) + _OVERHEAD
        return "".join((*written, _RESET)) if written else ""

    def _parts(self, y: int) -> list[tuple[int, list[Run]]]:
        wanted = self._runs(self._wanted[y])
        parts = changed_parts(self._shown.get(y), wanted)
        self._shown[y] = wanted
        return parts

    def _runs(self, line: Strip) -> list[Run]:
        """Return the text of a line with its colours, as the terminal is told them."""
        runs: list[Run] = []
        for text, style, control in line:
            if control or not text:
                continue
            ansi = "" if style is None else Strip.render_ansi(style, self._colors)
            if runs and runs[-1][0] == ansi:
                runs[-1] = (ansi, runs[-1][1] + text)
            else:
                runs.append((ansi, text))
        return runs


def overlaid(line: Strip, parts: Mapping[int, Strip | None], start: int, end: int) -> Strip:
    """Return a line drawn anew from one column up to another, by parts that begin at a column.

    Outside of these columns the compositor may have in a part what lies beneath another widget.
    """
    for x, part in parts.items():
        if part is None:
            continue
        left, right = max(x, start), min(x + part.cell_length, end)
        if left < right:
            before, after = line.crop(0, left), line.crop(right, max(right, line.cell_length))
            line = Strip.join([before, part.crop(left - x, right - x), after])
    return line


def changed_parts(shown: list[Run] | None, wanted: list[Run]) -> list[tuple[int, list[Run]]]:
    """Return what of a line differs from what is shown, each part with the column it begins at.

    Words are whole here: one that is searched for in what was written is never cut.
    """
    if shown is None or _width(shown) != _width(wanted):
        return [(0, wanted)]
    start = sum(1 for _ in _equal(iter(shown), iter(wanted)))
    left, right = shown[start:], wanted[start:]
    end = sum(1 for _ in _equal(reversed(left), reversed(right)))
    left, right = left[: len(left) - end], right[: len(right) - end]
    x = _width(wanted[:start])
    if [cell_len(text) for _, text in left] != [cell_len(text) for _, text in right]:
        return [(x, right)]
    return list(_differing(left, right, x))


def _differing(left: list[Run], right: list[Run], x: int) -> Iterator[tuple[int, list[Run]]]:
    """Return the runs that differ, of two lines with runs of the same widths; neighbours as one."""
    part: list[Run] = []
    begin = x
    for old, new in zip(left, right, strict=True):
        if old == new or (old[0] == new[0] and not part):
            if part:
                yield begin, part
                part = []
            if old != new:
                before, words = _other_words(old[1], new[1])
                yield x + cell_len(before), [(new[0], words)]
        else:
            begin = begin if part else x
            part.append(new)
        x += cell_len(new[1])
    if part:
        yield begin, part


def _other_words(old: str, new: str) -> tuple[str, str]:
    """Return what stands before the first word that differs, and all up to the last one.

    The texts are of the same width; a figure that has grown is one word of many.
    """
    start = _common(old, new)
    start = new.rfind(" ", 0, start) + 1
    rest = new[start:]
    same = _common(reversed(old[start:]), reversed(rest))
    end = rest.find(" ", len(rest) - same)
    return new[:start], rest if end < 0 else rest[:end]


def _common(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many characters two texts have in common at their beginning."""
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        count += 1
    return count


def _equal(one: Iterator[Run], other: Iterator[Run]) -> Iterator[Run]:
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            return
        yield mine


def _width(runs: list[Run]) -> int:
    return sum(cell_len(text) for _, text in runs)
