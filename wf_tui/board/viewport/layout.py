"""Where the entries of a view stand on the screen: laid out from an anchor, as far as is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wf_tui.board.viewport.source import EntrySource
    from wf_tui.board.widgets.line import Line
    from wf_tui.picture.entries import Entry
    from wf_tui.picture.orders import Order

__all__ = ["Anchor", "Block", "lay_out", "thumb"]


@dataclass(frozen=True)
class Anchor:
    """An entry and the row of the screen that its first line stands on.

    All others are placed around it, so heights are never summed over what is not seen.
    """

    at: Order
    row: int


@dataclass(frozen=True)
class Block:
    """The lines of one entry; `top` is the row of the first, also above or below the screen."""

    entry: Entry
    top: int
    lines: Sequence[Line]

    @property
    def bottom(self) -> int:
        """The row below its last line."""
        return self.top + len(self.lines)


def lay_out(
    source: EntrySource,
    anchor: Anchor,
    height: int,
    lines_of: Callable[[Entry], Sequence[Line]],
    gap: Callable[[Entry, Entry], int],
) -> list[Block]:
    """Return the blocks that are seen on so many rows, from the first to the last.

    `gap` tells how many rows stay empty between two neighbours. Nothing stands below an empty
    screen, and nothing is scrolled away above while there is room.
    """
    entry = source.at(anchor.at) or source.nearest(anchor.at)
    if entry is None:
        return []
    blocks = [Block(entry, anchor.row, lines_of(entry))]

    def fill_up() -> None:
        while blocks[0].top > 0 and (one := source.before(blocks[0].entry)) is not None:
            lines = lines_of(one)
            top = blocks[0].top - gap(one, blocks[0].entry) - len(lines)
            blocks.insert(0, Block(one, top, lines))
        if blocks[0].top > 0:
            _shift(blocks, -blocks[0].top)

    def fill_down() -> None:
        while blocks[-1].bottom < height and (one := source.after(blocks[-1].entry)) is not None:
            top = blocks[-1].bottom + gap(blocks[-1].entry, one)
            blocks.append(Block(one, top, lines_of(one)))

    fill_up()
    fill_down()
    if blocks[-1].bottom < height:
        _shift(blocks, height - blocks[-1].bottom)
        fill_up()
    return [block for block in blocks if block.bottom > 0 and block.top < height]


def _shift(blocks: list[Block], rows: int) -> None:
    blocks[:] = [replace(block, top=block.top + rows) for block in blocks]


def thumb(first: int, seen: int, total: int, height: int) -> range:
    """Return the rows of the thumb: `seen` entries of `total`, the first of them at place `first`.

    By places and not by lines: how high the entries are that are not seen is nowhere computed.
    """
    if seen >= total or height < 1:
        return range(0)
    size = max(1, height * seen // total)
    start = round((height - size) * min(1.0, first / (total - seen)))
    return range(start, start + size)
