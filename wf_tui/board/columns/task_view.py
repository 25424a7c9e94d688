"""Tasks as they are drawn from a picture, in a column or in the list, and dragged by the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.columns.entry_lines import (
    Scene,
    ghost_lines,
    lines_of_similar,
    task_lines,
    titled_cards,
)
from wf_tui.board.messages import CardDragged
from wf_tui.board.selection.places import PLAIN
from wf_tui.board.widgets.card_pieces import clock_words
from wf_tui.board.widgets.entry_view import EntryView
from wf_tui.board.widgets.list_lines import group_line
from wf_tui.picture.entries import Entry, EntryKind
from wf_tui.picture.orders import SIMILAR

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from textual import events
    from textual.geometry import Offset

    from wf_tui.board.viewport.viewport import Sticky
    from wf_tui.board.widgets.card_lines import CardDrawing
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.board.widgets.line import Line
    from wf_tui.picture.entries import Entries
    from wf_tui.picture.group_titles import GroupTitle
    from wf_tui.picture.orders import Order

__all__ = ["TaskView"]

_DRAG_FROM: Final = 3
"""Cells of movement from which on a card that is held is dragged."""


@dataclass
class _HeldCard:
    """A card on which the mouse button is down."""

    task: str
    start: Offset
    dragged: bool = False


class TaskView(EntryView):
    """Draws the entries of one column, or of the list, which `column` names.

    The board calls `show` after each change, with what there is and where the cursor stands, and
    once a second `pass_time`. It keeps nothing of a picture but the lines of what is in view.
    """

    def __init__(self, column: str, glyphs: GlyphSet, *, sticky: Sticky) -> None:
        super().__init__(glyphs, id=f"column-{column.replace('_', '-')}", sticky=sticky)
        self.column = column
        self.scene: Scene | None = None
        self._lines: dict[Entry, tuple[Hashable, Sequence[Line]]] = {}
        """The lines of what was drawn last, each with all that they depend on."""
        self._drawn: dict[Entry, tuple[Hashable, Sequence[Line]]] = {}
        self._held: _HeldCard | None = None

    # -- what it shows

    def show(self, scene: Scene, entries: Entries, cursor: Order | None) -> None:
        """Show what there is now; `cursor` is where the selected task stands, or stood last."""
        self.scene, self.source = scene, entries
        before = self.cursor
        if cursor != before:
            if cursor is not None and before is not None and cursor[-1] == before[-1] != "":
                self.viewport.follow_cursor(cursor)
            else:
                self.viewport.put_cursor(cursor)
        self.repaint()

    def pass_time(self, scene: Scene) -> None:
        """Show the same at a later time; costs a look at each clock that is in view.

        Only where the words of one have changed is anything laid out or painted.
        """
        self.scene = scene
        if any(self._key(scene, entry) != key for entry, (key, _) in self._lines.items()):
            self.repaint()

    def repaint(self) -> None:
        """Paint what differs; the lines of what has left the view are forgotten."""
        self._drawn = {}
        super().repaint()
        # Memory must not grow with the cards that were ever seen.
        self._lines = self._drawn

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the lines of an entry, made anew where it may read differently."""
        scene = self.scene
        assert scene is not None, "nothing is drawn before it is shown"  # noqa: S101 - for the type
        key = self._key(scene, entry)
        found = self._drawn.get(entry) or self._lines.get(entry)
        if found is None or found[0] != key:
            found = (key, self._made(scene, entry))
        self._drawn[entry] = found
        return found[1]

    def _key(self, scene: Scene, entry: Entry) -> Hashable:
        """Return all that the lines of an entry depend on; of the time only the words it makes."""
        picture, name = scene.picture, entry.name
        if entry.kind is EntryKind.HEADER:
            return picture.group_title(self.column, entry.group), self.room
        form = (self._is_selected(entry), self.room, scene.size, scene.costs, scene.figures)
        if entry.kind is EntryKind.SIMILAR:
            return len(picture.similar(name)), titled_cards(picture, name), form
        if name.startswith(SIMILAR):
            return form  # the ghost of one that is no more
        # The card itself: it is the same object for as long as it looks the same.
        card = picture.cards[name]
        is_hidden = entry.kind is EntryKind.GHOST and picture.spot(name) is None
        return card, clock_words(card, scene.now), name in scene.fresh, is_hidden, form

    def _made(self, scene: Scene, entry: Entry) -> Sequence[Line]:
        """Make the lines of an entry."""
        drawing = scene.drawing(self.room, self.glyphs)
        selected = self._is_selected(entry)
        match entry.kind:
            case EntryKind.HEADER:
                title = scene.picture.group_title(self.column, entry.group)
                return (self.header(title, drawing, folded=entry.folded),)
            case EntryKind.SIMILAR:
                return lines_of_similar(scene, entry.name, drawing, selected=selected)
            case EntryKind.GHOST:
                return ghost_lines(scene, entry.name, drawing)
            case _:
                return self.card(scene, entry.name, drawing, selected=selected)

    def _is_selected(self, entry: Entry) -> bool:
        """Whether the keys are for it; in another column the cursor only marks a card."""
        return entry.at == self.cursor and self.has_class("-current")

    def card(
        self, scene: Scene, task: str, drawing: CardDrawing, *, selected: bool
    ) -> Sequence[Line]:
        """Return the lines of a card."""
        return task_lines(scene, task, drawing, selected=selected)

    def header(self, title: GroupTitle, drawing: CardDrawing, *, folded: bool) -> Line:
        """Return the line of a header."""
        return group_line(title, drawing, folded=folded)

    def has_header(self, group: float) -> bool:
        """Whether a group has a header."""
        return group not in PLAIN[self.column]

    def is_marked(self, entry: Entry) -> bool:
        """Whether a card is marked."""
        marks = self.scene.picture.marks if self.scene else ()
        return entry.kind in {EntryKind.CARD, EntryKind.GHOST} and entry.name in marks

    # -- dragging

    # The screen gives the focus to the view of the selected task.
    FOCUS_ON_CLICK = False

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Hold the card under the pointer until the button is let go."""
        entry = self.entry_at(event.y)
        if entry is not None and entry.kind is EntryKind.CARD and event.button == 1:
            self._held = _HeldCard(entry.name, event.screen_offset)
            # Else the columns that it is dragged over would get the moves and the release.
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell where the card that is held would fall."""
        held = self._held
        if held is None:
            return
        moved = event.screen_offset - held.start
        # Back where it began it is still being dragged, so that one can let go of it unharmed.
        held.dragged = held.dragged or max(abs(moved.x), abs(moved.y)) >= _DRAG_FROM
        if held.dragged:
            self.post_message(CardDragged(held.task, event.screen_offset))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the card that is held."""
        held = self.let_go()
        if held:
            self.post_message(CardDragged(held, event.screen_offset, end=True))

    def let_go(self) -> str | None:
        """Hold nothing any more; return the task that was being dragged."""
        held, self._held = self._held, None
        self.release_mouse()
        return held.task if held is not None and held.dragged else None
