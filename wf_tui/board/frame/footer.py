"""The last line: the keys of this screen in their fixed places, dim where they do nothing now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from wf_tui.board.messages import ActionChosen
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["Footer", "FooterKey", "footer_spans", "marked_words"]

_ALWAYS: Final = 2
"""What stands at the right end, and is never left out: more and help."""
_GAPS: Final = (2, 1)
"""Cells between two keys: where there is room, and where there is not."""


class FooterKey(NamedTuple):
    """An action as the footer and the inbox show it."""

    action: str
    """The id of the action."""
    key: str
    title: str
    why_not: str
    """Why it is not possible now; "" where it is."""
    room: int = 0
    """Cells that its title keeps, since it may be called otherwise in a moment."""


class Footer(LineWidget):
    """One line of keys; a click on one does what the key does."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="footer")
        self.glyphs = glyphs
        self._keys: Sequence[FooterKey] = ()
        self._marked = ""

    def show(self, keys: Sequence[FooterKey], marked: str = "") -> None:
        """Show these keys, in this order; the last two stand at the right end.

        `marked` says how many cards are marked, first of all: keys work on those then.
        """
        before = _look_of(self._keys, self._marked)
        self._keys, self._marked = keys, marked
        if _look_of(keys, marked) != before:
            self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        width = self.size.width
        line = Line(footer_spans(self._keys, self._marked, width))
        return [Row(fitted(line, width, self.glyphs.more))]

    def on_click(self, event: events.Click) -> None:
        """Do what is clicked."""
        action = self.hit_at(event.x)
        if action:
            self.post_message(ActionChosen(action))


def _look_of(keys: Sequence[FooterKey], marked: str) -> tuple[object, ...]:
    """Return what is seen of keys: that one does nothing, and not why, which names the task."""
    return marked, *((one.action, one.key, one.title, not one.why_not, one.room) for one in keys)


def footer_spans(keys: Sequence[FooterKey], marked: str, width: int) -> tuple[Span, ...]:
    """Return the line for a width in cells.

    Whether a key is possible changes its colour and never its place, so that nobody presses or
    clicks another one than was read there. Where not all fit the gaps shrink, then the last ones
    before the right end go: the first are those that are needed most.
    """
    first = [Span(" ", Role.MUTED)]
    if marked:
        first += [Span(f"[{marked}]", Role.WARNING), Span("  ", Role.MUTED)]
    shown, last = list(keys[:-_ALWAYS]), keys[-_ALWAYS:]
    right = [*_joined(last, max(_GAPS)), Span(" ", Role.MUTED)]
    room = width - width_of(first) - width_of(right) - 1
    gap = next((gap for gap in _GAPS if width_of(_joined(shown, gap)) <= room), min(_GAPS))
    while shown and width_of(_joined(shown, gap)) > room:
        shown.pop()
    left = [*first, *_joined(shown, gap)]
    blank = " " * max(0, width - width_of(left) - width_of(right))
    return (*left, Span(blank, Role.MUTED), *right)


def marked_words(marked: int, hidden: int) -> str:
    """Return how many cards are marked, `hidden` of them not in view; "" where none is."""
    if not marked:
        return ""
    return f"{marked} marked, {hidden} not in view" if hidden else f"{marked} marked"


def _joined(keys: Iterable[FooterKey], gap: int) -> list[Span]:
    spans: list[Span] = []
    for key in keys:
        if spans:
            spans.append(Span(" " * gap, Role.MUTED))
        role = Role.OFF if key.why_not else Role.KEY
        spans.append(Span(key.key, role, key.action))
        words = Role.OFF if key.why_not else Role.MUTED
        spans.append(Span(f" {key.title.ljust(key.room)}", words, key.action))
    return spans
