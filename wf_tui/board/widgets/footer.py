"""The last line: the keys that do something here, greyed where they cannot do it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from wf_tui.board.messages import ActionChosen
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget, component_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["BoardFooter", "FooterKey"]

_GAP: Final = 2
"""Cells between two keys."""
_ALWAYS: Final = 2
"""Help and quit, the last two, are never left out."""


class FooterKey(NamedTuple):
    """An action as the footer and the inbox show it."""

    action: str
    """The id of the action."""
    key: str
    title: str
    why_not: str
    """Why it is not possible now; "" where it is."""


class BoardFooter(LineWidget):
    """One line of keys; a click on one does what the key does."""

    COMPONENT_CLASSES: ClassVar = component_classes(Role.QUIET, Role.KEY, Role.OFF)

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="footer")
        self.glyphs = glyphs
        self._keys: Sequence[FooterKey] = ()

    def show(self, keys: Sequence[FooterKey]) -> None:
        """Show these keys, in this order; help and quit have to be the last two."""
        self._keys = keys
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        return [Row(fitted(Line(tuple(self.fitting_spans())), self.size.width, self.glyphs.more))]

    def fitting_spans(self) -> list[Span]:
        """Return what fits; what is possible now is not crowded out by what is not."""
        # One cell stands before the first key, as everywhere at the left edge.
        room = self.size.width - 1
        keys = list(self._keys)
        while keys and sum(width_of(_spans_of(key)) for key in keys) > room:
            impossible = [key for key in keys if key.why_not]
            if impossible:
                keys.remove(impossible[-1])
            else:
                keys.pop(max(0, len(keys) - _ALWAYS - 1))
        return [Span(" ", Role.QUIET), *(span for key in keys for span in _spans_of(key))]

    def on_click(self, event: events.Click) -> None:
        """Do what is clicked."""
        action = self.hit_at(event.x)
        if action:
            self.post_message(ActionChosen(action))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say why what the pointer is on cannot be done; elsewhere there is no tooltip."""
        reasons = {key.action: key.why_not for key in self._keys}
        self.tooltip = reasons.get(self.hit_at(event.x)) or None


def _spans_of(key: FooterKey) -> list[Span]:
    return [
        Span(key.key, Role.OFF if key.why_not else Role.KEY, key.action),
        Span(f" {key.title}", Role.OFF if key.why_not else Role.QUIET, key.action),
        Span(" " * _GAP, Role.QUIET),
    ]
