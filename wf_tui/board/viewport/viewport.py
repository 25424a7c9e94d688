"""The part of a list that is on the screen: its cursor, its anchor, the headers that stay."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from wf_tui.board.viewport.layout import Anchor, Block, lay_out, thumb
from wf_tui.board.viewport.source import EntrySource, ListSource, next_stop
from wf_tui.picture.entries import Entry, EntryKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.widgets.line import Line
    from wf_tui.picture.orders import Order

__all__ = ["EntryShape", "Sticky", "Viewport"]


class Sticky(Enum):
    """Which headers stay on the screen when their group begins or ends outside of it."""

    NONE = "none"
    FIRST = "first"
    """That of the group which is seen first."""
    ALL = "all"
    """All: those above are stacked at the top, those below at the bottom."""


class EntryShape(Protocol):
    """What the entries of a view look like; a function of the entry and of the size alone."""

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the lines of an entry."""

    def gap(self, before: Entry, after: Entry) -> int:
        """Return how many rows stay empty between two neighbours."""

    def has_header(self, group: float) -> bool:
        """Whether a group has a header."""


class Viewport:
    """Keeps the cursor on its row while entries come and go.

    Where the cursor is out of sight, the first entry that is seen stays instead. `lay_out` is
    called for each drawing, all else works on what it found. Rows count from 0, below whatever
    stands above the entries.
    """

    def __init__(self, shape: EntryShape, sticky: Sticky = Sticky.NONE) -> None:
        self.source: EntrySource = ListSource()
        self.sticky = sticky
        self.height = 0
        self.cursor: Order | None = None
        """Where the cursor stands; None where it is nowhere."""
        self.blocks: list[Block] = []
        """What was found to be seen."""
        self._shape = shape
        self._anchor: Anchor | None = None

    # -- what is seen

    def lay_out(self) -> None:
        """Find out what is to be seen now; costs what is seen, whatever there is."""
        anchor = self._anchor or self._begin()
        if anchor is None:
            self.blocks = []
            return
        if anchor.at == self.cursor and (entry := self.source.at(anchor.at)) is not None:
            # What is above or below may have grown a header that would cover it.
            top, bottom = self.limits(anchor.at)
            lowest = max(top, bottom - len(self._shape.lines_of(entry)))
            anchor = Anchor(anchor.at, min(max(top, anchor.row), lowest))
        shape = self._shape
        self.blocks = lay_out(self.source, anchor, self.height, shape.lines_of, shape.gap)
        self._anchor = self._next_anchor()

    def _begin(self) -> Anchor | None:
        at = self.cursor
        if at is None:
            first = self.source.first()
            at = None if first is None else first.at
        return None if at is None else Anchor(at, 0)

    def _next_anchor(self) -> Anchor | None:
        """Return by what all is found again: the cursor if all of it is in view, else the first."""
        if self.cursor is not None and (row := self.row_of(self.cursor)) is not None:
            return Anchor(self.cursor, row)
        if not self.blocks:
            return None
        whole = next((block for block in self.blocks if block.top >= 0), self.blocks[0])
        return Anchor(whole.entry.at, whole.top)

    def row_of(self, at: Order) -> int | None:
        """Return the row of the first line of an entry; None unless all of it is in view."""
        top, bottom = self.limits(at)
        for block in self.blocks:
            if block.entry.at == at and top <= block.top and block.bottom <= bottom:
                return block.top
        return None

    def stop_on(self, row: int) -> Entry | None:
        """Return the stop on a row, else the nearest one in view."""
        stops = [block for block in self.blocks if block.entry.is_stop]
        if not stops:
            return None
        return min(stops, key=lambda b: max(b.top - row, row - b.bottom + 1, 0)).entry

    def entry_on(self, row: int) -> Entry | None:
        """Return the entry on a row; None between two and outside."""
        if not 0 <= row < self.height:
            return None
        stuck = self.stuck().get(row)
        if stuck is not None:
            return stuck
        return next((b.entry for b in self.blocks if b.top <= row < b.bottom), None)

    def thumb(self) -> range:
        """Return the rows of the thumb; none where everything is seen."""
        if not self.blocks:
            return range(0)
        first, last, source = self.blocks[0], self.blocks[-1], self.source
        if first.top >= 0 and last.bottom <= self.height:
            outside = source.before(first.entry), source.after(last.entry)
            if outside == (None, None):
                return range(0)
        place = source.index(first.entry)
        seen = source.index(last.entry) - place + 1
        return thumb(place, seen, len(source), self.height)

    # -- headers that stay

    def limits(self, at: Order) -> tuple[int, int]:
        """Return between which rows an entry is not covered by headers that stay."""
        if self.sticky is Sticky.NONE or not self._shape.has_header(at[0]):
            return 0, self.height
        entry = self.source.at(at)
        is_header = entry is not None and entry.kind is EntryKind.HEADER
        if self.sticky is Sticky.FIRST:
            return int(not is_header), self.height
        groups = self.source.groups()
        if at[0] not in groups:
            return 0, self.height
        place = groups.index(at[0])
        return place + (not is_header), self.height - (len(groups) - place - 1)

    def stuck(self) -> dict[int, Entry]:
        """Return the headers that stay on the screen, by their rows."""
        if not self.blocks or self.sticky is Sticky.NONE:
            return {}
        return self._stuck_first() if self.sticky is Sticky.FIRST else self._stuck_all()

    def _stuck_first(self) -> dict[int, Entry]:
        first = self.blocks[0]
        group = first.entry.group
        begins = first.entry.kind is EntryKind.HEADER and first.top >= 0
        return {} if begins or not self._shape.has_header(group) else {0: self.source.header(group)}

    def _stuck_all(self) -> dict[int, Entry]:
        groups = self.source.groups()
        seen = {block.entry.group for block in self.blocks}
        headers = [block for block in self.blocks if block.entry.kind is EntryKind.HEADER]
        tops = {block.entry.group: block.top for block in headers}
        stuck: dict[int, Entry] = {}
        for place, group in enumerate(groups):
            is_above = group in seen or group < min(seen)
            top = tops.get(group, -1 if is_above else self.height)
            row = min(max(top, place), self.height - (len(groups) - place))
            if row != top:
                stuck[row] = self.source.header(group)
        return stuck

    # -- moving

    def put_cursor(self, at: Order | None, *, scroll: bool = True) -> None:
        """Put the cursor on an entry, and with `scroll` bring it into view."""
        self.cursor = at
        entry = None if at is None else self.source.at(at)
        if not scroll or at is None or entry is None or self.row_of(at) is not None:
            return
        top, bottom = self.limits(at)
        block = next((block for block in self.blocks if block.entry.at == at), None)
        is_above = block.top < top if block else not self.blocks or at < self.blocks[0].entry.at
        lowest = max(top, bottom - len(self._shape.lines_of(entry)))
        self._anchor = Anchor(at, top if is_above else lowest)

    def scroll_to_first(self) -> None:
        """Have the first entry at the top, also one that the cursor cannot stand on."""
        first = self.source.first()
        self._anchor = None if first is None else Anchor(first.at, 0)

    def follow_cursor(self, at: Order) -> None:
        """Take note that the entry under the cursor stands elsewhere now; it keeps its row."""
        if self._anchor is not None and self._anchor.at == self.cursor:
            self._anchor = Anchor(at, self._anchor.row)
        self.cursor = at

    def scroll(self, lines: int) -> None:
        """Scroll down by so many lines; the cursor stays on its entry, also out of sight."""
        whole = next((block for block in self.blocks if block.top >= 0), None)
        if whole is None:
            return
        # Without a cursor, which would be kept in view.
        cursor, self.cursor = self.cursor, None
        self._anchor = Anchor(whole.entry.at, whole.top - lines)
        self.lay_out()
        self.cursor = cursor
        self._anchor = self._next_anchor()

    def target(self, where: str) -> Entry | None:
        """Return the stop that a move leads to: down, up, first, last, page_down or page_up."""
        source = self.source
        if where in {"first", "last"} or self.cursor is None:
            edge = source.last() if where == "last" else source.first()
            if edge is None or edge.is_stop:
                return edge
            return next_stop(source, edge, -1 if where == "last" else 1)
        # Where the entry has gone, its place still has neighbours.
        here = source.at(self.cursor) or Entry(EntryKind.CARD, self.cursor)
        if where in {"down", "up"}:
            return next_stop(source, here, 1 if where == "down" else -1)
        return self._page(here, down=where == "page_down")

    def _page(self, here: Entry, *, down: bool) -> Entry | None:
        """Return the stop that lies a screen further, but for a line that both screens show."""
        left, found, one = self.height - 1, None, here
        while left > 0 or found is None:
            following = self.source.after(one) if down else self.source.before(one)
            if following is None:
                break
            pair = (one, following) if down else (following, one)
            left -= self._shape.gap(*pair) + len(self._shape.lines_of(following))
            one = following
            if one.is_stop:
                found = one
        return found
