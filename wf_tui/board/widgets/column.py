"""One column of the board: thousands of cards, of which only the visible ones cost anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from wf_tui.board.messages import CardDragged, CardOpened, CardSelected
from wf_tui.board.widgets.frame import Frame
from wf_tui.board.widgets.glyph_sets import WORDS
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted, scroll_marker
from wf_tui.board.widgets.line_widget import LineWidget, component_classes
from wf_tui.board.widgets.three_lines import HEIGHT, card_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual import events
    from textual.geometry import Offset

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.ledger.model.states import TaskState
    from wf_tui.picture.picture import Picture

__all__ = ["BoardColumn"]

_FRAME: Final = 2
"""Lines, and cells of each line, that the frame takes."""
_DOUBLE: Final = 2
"""Clicks after which a card is opened."""
_ROLES: Final = (
    *(Role.PENDING, Role.IN_PROGRESS, Role.DONE, Role.BLOCKED, Role.NEEDS_YOU),
    *(Role.TITLE, Role.QUIET, Role.WARNING, Role.BADGE),
    *(Role.FRAME, Role.EDGE, Role.FOCUS),
)
"""What a card and the frame around the cards are drawn in."""


@dataclass(frozen=True)
class _DrawnCard:
    """The lines of a card, which hold for a revision of it and for a second, as ages grow."""

    revision: int
    second: int
    lines: tuple[Line, ...]


@dataclass
class _HeldCard:
    """A card on which the mouse button is down."""

    card: str
    start: Offset
    moved: bool = False


class BoardColumn(LineWidget, can_focus=True):
    """Draws the cards of one state, holds which one is selected and how far it is scrolled.

    The board calls `show` with the picture whenever it has changed, and once a second for the ages.
    The column keeps no cards of its own but the lines of those in view, and asks the picture for
    ids and places; it says with `CardSelected` when another card is selected, for whatever reason.
    """

    COMPONENT_CLASSES: ClassVar = component_classes(
        *_ROLES, Look.CURSOR, Look.CURSOR_ELSEWHERE, Look.CHANGED
    )

    def __init__(self, state: TaskState, glyphs: GlyphSet) -> None:
        super().__init__(id=f"column-{state.value.replace('_', '-')}")
        self.state = state
        self.glyphs = glyphs
        self.selected: str | None = None
        """The id of the selected card; None where the column is empty."""
        self.top = 0
        """How many lines are scrolled away above."""
        self.targeted = False
        """Whether a card that is dragged would fall here."""
        self._picture: Picture | None = None
        self._count = ""
        self._fresh: Collection[str] = ()
        self._now = 0.0
        self._row = 0
        """The place of the selected card, kept for when that card leaves."""
        self._lines: dict[str, _DrawnCard] = {}
        """The cards in view as they were drawn last."""
        self._noted: tuple[str, int] | None = None
        """The card at the top, and how many of its lines are scrolled away."""
        self._held: _HeldCard | None = None

    # -- what it shows

    @property
    def ids(self) -> Sequence[str]:
        """The cards of this column, in order."""
        return self._picture.columns[self.state] if self._picture else ()

    def show(
        self, picture: Picture, *, count: str, fresh: Collection[str] = (), now: float
    ) -> None:
        """Show the picture as it is now; `fresh` are the cards that have just changed."""
        # At the very top new cards push in from above; elsewhere what is seen stays where it is.
        anchor = self._noted if self.top and self._picture is picture else None
        self._picture, self._count, self._fresh, self._now = picture, count, fresh, now
        self._keep_selected()
        if anchor is not None:
            card, skipped = anchor
            row = self._row_of(card)
            if row is not None:
                self.top = row * HEIGHT + skipped
        self._bound()
        self.repaint()
        self._note_anchor()

    def target(self, *, on: bool) -> None:
        """Show, or no longer show, that a dragged card would fall here; called at each move."""
        if self.targeted != on:
            self.targeted = on
            self.repaint()

    def rows(self) -> list[Row]:
        """Return what is to be seen now; its cost follows the height, not the number of cards."""
        height = self.size.height - _FRAME
        if height < 1 or self.size.width <= _FRAME:
            return [Row(()) for _ in range(self.size.height)]
        role = Role.EDGE if self.has_focus or self.targeted else Role.FRAME
        title = (Span(WORDS[self.state], Role.TITLE), Span(f" {self._count}", Role.QUIET))
        marked = scroll_marker(len(self.ids) * HEIGHT, height, self.top)
        cards = self._card_rows(height)
        return Frame(self.glyphs, self.size.width, role).around(Line(title), cards, height, marked)

    def _card_rows(self, height: int) -> list[Row]:
        picture, ids = self._picture, self.ids
        if picture is None:
            return []
        first, skipped = divmod(self.top, HEIGHT)
        seen = ids[first : first + height // HEIGHT + 2]
        second = int(self._now)
        drawn: dict[str, _DrawnCard] = {}
        rows: list[Row] = []
        for name in seen:
            revision = picture.revision(name)
            before = self._lines.get(name)
            if before is None or before.revision != revision or before.second != second:
                progress = picture.progress(name, self._now)
                lines = card_lines(picture.cards[name], self.glyphs, self._now, progress)
                before = _DrawnCard(revision, second, lines)
            drawn[name] = before
            rows += self._rows_of(name, before.lines, marked=name in picture.marks)
        # What has left the view is forgotten, so that memory does not grow with the cards.
        self._lines = drawn
        return rows[skipped : skipped + height]

    def _rows_of(self, card: str, lines: tuple[Line, ...], *, marked: bool) -> list[Row]:
        is_selected = card == self.selected and self.has_class("-current")
        look = Look.CHANGED if card in self._fresh else Look.PLAIN
        # The cursor wins over the highlight: a person must always see what the keys are for.
        if is_selected:
            look = Look.CURSOR if self.has_focus else Look.CURSOR_ELSEWHERE
        cursor = Span(self.glyphs.selected if is_selected else " ", Role.FOCUS)
        first = Span(self.glyphs.marked, Role.NEEDS_YOU) if marked else cursor
        meta = (("card", card), ("col", self.state.value))
        room = self.size.width - _FRAME - 1
        return [
            Row((first if y == 0 else cursor, *fitted(line, room, self.glyphs.more)), look, meta)
            for y, line in enumerate(lines)
        ]

    # -- what stays where it is while cards come and go

    def _note_anchor(self) -> None:
        row, skipped = divmod(self.top, HEIGHT)
        self._noted = (self.ids[row], skipped) if row < len(self.ids) else None

    def _row_of(self, card: str | None) -> int | None:
        if card is None or self._picture is None:
            return None
        place = self._picture.index(card)
        if place is None:
            return None
        column, row = place
        return row if column == self.state else None

    def _keep_selected(self) -> None:
        """Stay on the selected card; where it has left, on the one that took its place."""
        row = self._row_of(self.selected)
        ids = self.ids
        if row is None:
            self._row = min(self._row, max(0, len(ids) - 1))
            # Which one has left is said as well: a person may be watching that very card.
            self._choose(ids[self._row] if ids else None, left=self.selected)
        else:
            self._row = row

    def _bound(self) -> None:
        most = max(0, len(self.ids) * HEIGHT - max(0, self.size.height - _FRAME))
        self.top = min(max(0, self.top), most)

    # -- moving

    def select(self, card: str) -> bool:
        """Select a card and bring it into view; return whether it is in this column."""
        row = self._row_of(card)
        if row is None:
            return False
        self._row = row
        self._choose(card)
        self._into_view()
        self._moved()
        return True

    def enter(self) -> None:
        """Be the column that the keys are for: on the selected card if it is in view, else above.

        The selected card of a column that nobody looked at may have gone anywhere.
        """
        # Rounded up: a card of which only the end is in view is not one that is seen.
        first = -(-self.top // HEIGHT)
        seen = range(first, max(first + 1, (self.top + self.size.height - _FRAME) // HEIGHT))
        if self._row not in seen and first < len(self.ids):
            self.select(self.ids[first])
        else:
            self.repaint()

    def move(self, by: int) -> None:
        """Select the card so many further down; the first or last where there is none."""
        ids = self.ids
        if ids:
            self.select(ids[min(max(0, self._row + by), len(ids) - 1)])

    def scroll_cards(self, lines: int) -> None:
        """Scroll by so many lines; the selected card stays selected."""
        self.top += lines
        self._bound()
        self._moved()

    def _into_view(self) -> None:
        height = max(HEIGHT, self.size.height - _FRAME)
        start = self._row * HEIGHT
        self.top = min(max(self.top, start + HEIGHT - height), start)

    def _moved(self) -> None:
        self.repaint()
        self._note_anchor()

    def _choose(self, card: str | None, left: str | None = None) -> None:
        if card != self.selected:
            self.selected = card
            self.post_message(CardSelected(self.state, card, left))

    # -- the mouse and the focus

    def card_at(self, y: int) -> str | None:
        """Return the card on a line of this widget."""
        if not 0 < y < self.size.height - 1:
            return None
        row = (self.top + y - 1) // HEIGHT
        return self.ids[row] if row < len(self.ids) else None

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll a card further."""
        event.stop()
        self.scroll_cards(HEIGHT)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll a card back."""
        event.stop()
        self.scroll_cards(-HEIGHT)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Select the card under the pointer, and hold it until the button is let go."""
        card = self.card_at(event.y)
        if card is not None:
            self.select(card)
            self._held = _HeldCard(card, event.screen_offset)
            # Else the columns that it is dragged over would get the moves and the release.
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell where the card that is held would fall."""
        held = self._held
        if held is None:
            return
        # Back where it began it is still being dragged, so that one can let go of it unharmed.
        held.moved = held.moved or event.screen_offset != held.start
        if held.moved:
            self.post_message(CardDragged(held.card, self.state, event.screen_offset))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the card that is held."""
        # Whatever follows, nothing is held any more, and the mouse belongs to all again.
        held, self._held = self._held, None
        self.release_mouse()
        if held is not None and held.moved:
            self.post_message(CardDragged(held.card, self.state, event.screen_offset, end=True))

    def on_click(self, event: events.Click) -> None:
        """Open a card that is clicked twice."""
        card = self.card_at(event.y)
        if event.chain == _DOUBLE and card is not None:
            self.post_message(CardOpened(card))

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001 - Textual's signature
        """Show whether the keys are for this column."""
        super().watch_has_focus(has_focus)
        self.repaint()

    def on_resize(self) -> None:
        """Keep the selected card in view."""
        self._bound()
        if self.selected is not None and self.has_class("-current"):
            self._into_view()
