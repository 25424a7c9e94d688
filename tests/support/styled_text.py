"""What is on a screen as text that can be read in a diff: words, and below them their styles."""

from __future__ import annotations

from itertools import groupby
from string import ascii_letters
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.style import Style
    from textual.app import App
    from textual.strip import Strip

__all__ = ["lines_of", "styled_lines_of"]


def lines_of(app: App[Any]) -> list[str]:
    """Return the lines on the screen, without what is blank at their ends."""
    return [strip.text.rstrip() for strip in _strips(app)]


def styled_lines_of(app: App[Any]) -> list[str]:
    """Return each line with its styles below it, and a legend of these at the end.

    `~a5 b20` is five cells in style `a`, and twenty in `b`; letters go by first appearance, so
    that two pictures of one screen are told apart by their legends alone.
    """
    letters: dict[str, str] = {}
    lines = []
    for strip in _strips(app):
        lines.append(strip.text.rstrip())
        lines.append("~" + " ".join(_runs(strip, letters)))
    return [*lines, *(f"{letter} {style}" for style, letter in letters.items())]


def _strips(app: App[Any]) -> list[Strip]:
    return app.screen._compositor.render_strips()  # what is on the screen has no public name


def _runs(strip: Strip, letters: dict[str, str]) -> Iterator[str]:
    cells = ((_words(style), len(text)) for text, style, _ in strip)
    for style, run in groupby(cells, key=lambda cell: cell[0]):
        letter = letters.setdefault(style, _letter(len(letters)))
        yield f"{letter}{sum(size for _, size in run)}"


def _letter(number: int) -> str:
    more, place = divmod(number, len(ascii_letters))
    return ascii_letters[place] * (more + 1)


def _words(style: Style | None) -> str:
    """Return the colours and attributes of a style in words; the links in it are not seen."""
    if style is None:
        return "none"
    colors = [color.name if color else "default" for color in (style.color, style.bgcolor)]
    names = ("bold", "dim", "italic", "underline", "reverse", "strike")
    return " ".join((*colors, *(name for name in names if getattr(style, name))))
