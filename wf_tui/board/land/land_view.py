"""The lines of the land screen, in a frame that says from where into what."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.content import Content

from wf_tui.board.land.land_lines import land_lines, undo_text
from wf_tui.board.widgets.entry_view import EntryView, ListSource
from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.land.land_facts import LandFacts
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.entries import Entry

__all__ = ["LandLines"]

_NAME: Final = 60
_BEYOND: Final = {"up": -3, "down": 3, "page_up": -10, "page_down": 10, "last": 1000}
"""Lines that are scrolled where there is no folder to go to."""


class LandLines(EntryView):
    """Draws what there is to say of a landing; the cursor goes over the folders."""

    BINDINGS: ClassVar = [Binding("home", "screen.move('first')", show=False)]
    """
    | Key(s) | Description |
    | :- | :- |
    | home | To the first folder; `g` is the gate here. |
    """
    DEFAULT_CSS = """
    LandLines {
        border: round $primary;
        border-title-style: bold;
        border-subtitle-color: $wf-muted;
        border-subtitle-align: left;
    }
    """

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(glyphs, id="land")
        self._facts: LandFacts | None = None
        self._lines: dict[str, Line] = {}
        self._made_for = 0

    def show(self, facts: LandFacts) -> None:
        """Show this landing from now on."""
        self._facts = facts
        plan = facts.plan
        into = clean(plan.into, limit=_NAME)
        self.border_title = Content(f"Land {plan.branch} into {into}")
        self.border_subtitle = Content(undo_text(facts))
        self._take(self._draw(facts))

    def say(self, text: str) -> None:
        """Show a sentence in the place of everything."""
        self._facts = None
        self.border_title = Content("Land")
        self.border_subtitle = Content("")
        self._lines = {"said": Line((Span(clean(text), Role.MUTED),))}
        self._take(["said"])

    def entry_at(self, y: int) -> Entry | None:
        """Return the entry on a line of this widget, whose first lines are its frame."""
        return super().entry_at(y - self.gutter.top)

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the one line of an entry, for the room there is."""
        if self._made_for != self.room and self._facts is not None:
            self._draw(self._facts)
        return (self._lines.get(entry.name, Line()),)

    def _draw(self, facts: LandFacts) -> Sequence[str]:
        lines = land_lines(facts, self.glyphs, self.room or self.size.width)
        self._made_for = self.room
        self._lines = {name: self.glyphs.drawn(line) for name, line in lines}
        return list(self._lines)

    def move(self, where: str) -> None:
        """Move over the folders; beyond the first and the last of them, scroll."""
        before = self.cursor
        super().move(where)
        if where == "first":
            self.scroll_lines(-len(self.source))
        elif before == self.cursor and where in _BEYOND:
            self.scroll_lines(_BEYOND[where])

    def _take(self, names: Sequence[str]) -> None:
        """Take new lines: the cursor stays on its folder, wherever that stands now."""
        self.source = ListSource(names, [name for name in names if not name.startswith("/")])
        first = next((name for name in names if name.startswith("/")), None)
        entry = self.current
        if first is not None and (entry is None or not entry.is_stop):
            entry = self.source.find(first)
        is_first = entry is None or entry.name == first
        self.viewport.put_cursor(None if entry is None else entry.at, scroll=not is_first)
        if is_first:
            # Nobody has gone down yet: what is new above the files is to be seen.
            self.viewport.scroll(-len(names))
        self.repaint()
