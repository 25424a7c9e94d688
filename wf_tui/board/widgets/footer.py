"""The last line: the keys that do something here, greyed where they cannot do it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.messages import ActionChosen
from wf_tui.board.widgets.line import Line, Role, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["BoardFooter", "Key"]

_GAP: Final = 2
_LAST: Final = 3
"""What is left out first is the third from the end; help and quit, the last two, stay."""

Key = tuple[str, str, str, str]
"""The id of an action, its key, its title, and why it is not possible now ("" where it is)."""


class BoardFooter(LineWidget):
    """One line of keys; a click on one does what the key does."""

    def __init__(self, signs: GlyphSet) -> None:
        super().__init__(id="footer")
        self.signs = signs
        self._keys: Sequence[Key] = ()

    def show(self, keys: Sequence[Key]) -> None:
        """Show these keys."""
        self._keys = keys
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        return [Row(fitted(Line(tuple(self._spans())), self.size.width, self.signs.more))]

    def _spans(self) -> list[Span]:
        """Return what fits; what is possible now is not crowded out by what is not."""
        room = self.size.width - 1
        keys = list(self._keys)
        while keys and sum(map(_cells, keys)) > room:
            off = [key for key in keys if key[3]]
            keys.remove(off[-1] if off else keys[-_LAST:][0])
        return [Span(" ", Role.QUIET), *(span for key in keys for span in _words(key))]

    def action_at(self, x: int) -> Key | None:
        """Return what stands at this cell of the line."""
        for span in self._spans():
            x -= width_of([span])
            if x < 0:
                return next((key for key in self._keys if key[0] == span.hit), None)
        return None

    def on_click(self, event: events.Click) -> None:
        """Do what is clicked."""
        key = self.action_at(event.x)
        if key is not None:
            self.post_message(ActionChosen(key[0]))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say why what the pointer is on cannot be done."""
        key = self.action_at(event.x)
        self.tooltip = key[3] or None if key else None


def _words(key: Key) -> list[Span]:
    action, letter, title, why_not = key
    return [
        Span(letter, Role.OFF if why_not else Role.KEY, action),
        Span(f" {title}", Role.OFF if why_not else Role.QUIET, action),
        Span(" " * _GAP, Role.QUIET),
    ]


def _cells(key: Key) -> int:
    return width_of(_words(key))
