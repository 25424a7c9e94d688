"""A view of texts of any length, laid out in steps: none holds up the event loop for long."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, Final

from wf_tui.board.text_view.find import Found, find
from wf_tui.board.text_view.selectable_lines import SelectableLines
from wf_tui.board.text_view.wrapped_lines import WrappedLines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from wf_tui.board.text_view.text_line import TextLine

__all__ = ["STEP", "LongTextView"]

STEP: Final = 500
"""Lines that are drawn and wrapped before the event loop has its turn again: some 8 ms."""


class LongTextView(SelectableLines):
    """Shows a whole text once the part where one is has been laid out; the rest follows below it.

    What was there before stays on the screen until then, so that a text that is read again never
    jumps. A text of one step is laid out at once.
    """

    def __init__(self, *, ascii: bool = False, id: str | None = None) -> None:  # noqa: A002 - the option's name, and Textual's
        super().__init__(ascii=ascii, id=id)
        self._source: Callable[[], Iterable[TextLine]] | None = None
        """Draws the text anew, for another width; None for what is laid out at once."""
        self._coming: WrappedLines | None = None
        """What is laid out now; another text, or another width of it, takes its place."""

    def show_in_steps(
        self,
        source: Callable[[], Iterable[TextLine]],
        *,
        keep: bool,
        cursor: int,
        wrapping: bool,
    ) -> None:
        """Show the lines that a call of `source` yields; `keep` and `cursor` as in `show_lines`."""
        self._source = source
        rest = iter(source())
        laid = self._coming = WrappedLines(0, wrapping=wrapping)
        laid.width = self._wrapped.width
        until = cursor + self.size.height
        if keep:
            until = max(until, self.cursor or 0, self._number_at(self.top) + self.size.height)
        is_whole = self._lay(laid, rest)
        if is_whole or laid.end > until:
            self._put_in_place(laid, keep=keep, cursor=cursor)
        if not is_whole:
            self.run_worker(self._go_on(laid, rest, until, keep=keep, cursor=cursor), group="text")

    async def _go_on(
        self, laid: WrappedLines, rest: Iterator[TextLine], until: int, *, keep: bool, cursor: int
    ) -> None:
        is_whole = False
        while not is_whole:
            await asyncio.sleep(0)
            if self._coming is not laid:
                return
            before = laid.end
            is_whole = self._lay(laid, rest)
            if laid is self._wrapped:
                self._look_on(before)
                self._settle()
            elif is_whole or laid.end > until:
                self._put_in_place(laid, keep=keep, cursor=cursor)

    def _lay(self, laid: WrappedLines, rest: Iterator[TextLine]) -> bool:
        """Lay out the lines of one step; return whether there are no more."""
        part = list(islice(rest, STEP))
        laid.most += len(part)
        laid.extend(part)
        return len(part) < STEP

    def _put_in_place(self, laid: WrappedLines, *, keep: bool, cursor: int) -> None:
        """Show what has been laid out in the place of the text before."""
        top = self._number_at(self.top)
        self._wrapped = laid
        self._head, self.following, self.has_cursor = None, False, True
        if keep:
            self.top = laid.row_of(top)
            self.cursor = min(cursor if self.cursor is None else self.cursor, max(0, laid.end - 1))
        else:
            self.top, self.cursor, self.marked_from = 0, cursor, None
        self.look_for(self.found.words)
        self.text_changed()
        if keep:
            self._settle()
        else:
            self.see_cursor()

    def _look_on(self, start: int) -> None:
        """Look for the words in the lines that have come, too."""
        if self.found.words:
            more = find(self.found.words, self.lines[start:], start)
            self.found = Found(more.words, (*self.found.numbers, *more.numbers))

    def text_changed(self) -> None:
        """Take note that other lines are in the view than before; for a subclass."""

    # -- as in any text view

    @property
    def wrapping(self) -> bool:
        """Whether lines that are too long are broken, or will be in a moment."""
        return super().wrapping if self._coming is None else self._coming.wrapping

    def show_lines(
        self,
        lines: Sequence[TextLine],
        *,
        keep: bool = False,
        at_end: bool = False,
        wrapping: bool = True,
        cursor: int | None = None,
    ) -> None:
        """Show a text that is not long."""
        self._source = self._coming = None
        super().show_lines(lines, keep=keep, at_end=at_end, wrapping=wrapping, cursor=cursor)

    def start_following(self, *, has_cursor: bool = False) -> None:
        """Show lines that are still to come."""
        self._source = self._coming = None
        super().start_following(has_cursor=has_cursor)

    def wrap(self, *, wrapping: bool) -> None:
        """Break lines that are too long for the view, or cut them; the line on top stays there."""
        if self._source is None:
            super().wrap(wrapping=wrapping)
        else:
            self.show_in_steps(self._source, keep=True, cursor=0, wrapping=wrapping)

    def fit(self, width: int) -> None:
        """Wrap to another width; what is cut at the edge has the same rows in each."""
        if self._coming is not None:
            self._coming.width = max(1, width)
        if self._source is None or not self.wrapping:
            super().fit(width)
        else:
            self._wrapped.width = width
            self.show_in_steps(self._source, keep=True, cursor=0, wrapping=True)
