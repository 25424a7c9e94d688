"""The view of one file of a diff: its lines, with colours that come while it is read."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from wf_tui.board.diff.colours import SLICE, Colouring
from wf_tui.board.diff.diff_lines import place_of
from wf_tui.board.diff.patch import one_side
from wf_tui.board.text_view.long_text_view import LongTextView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.board.diff.colours import Slice
    from wf_tui.board.diff.diff_lines import FileView
    from wf_tui.board.diff.patch import CodeLine
    from wf_tui.board.text_view.text_line import TextLine
    from wf_tui.board.widgets.line import Span

__all__ = ["SPLIT_FROM", "DiffView"]

SPLIT_FROM: Final = 140
"""Columns of the terminal from which on old and new may stand side by side."""


class DiffView(LongTextView):
    """Shows a file of a diff, and any other text as every text view does.

    Lines are cut at the edge unless `wrapping` is asked for. What is in view is coloured first, and
    nothing else is: a file of 20,000 lines costs what is looked at.
    """

    def __init__(self, *, ascii: bool = False, id: str | None = None) -> None:  # noqa: A002 - the option's name, and Textual's
        super().__init__(ascii=ascii, id=id)
        self.split = False
        """Whether old and new stand side by side, where there is room."""
        self.file_view: FileView | None = None
        self._wraps = False
        self._before: Sequence[TextLine] = ()
        self._after: Sequence[TextLine] = ()
        self._codes: list[CodeLine] = []
        self._places: dict[tuple[str, int], int] = {}
        """Where among all lines of code one is."""
        self._numbers: dict[str, int] = {}
        """The number of the line in the view that has a mark."""
        self._coming_numbers: dict[str, int] = {}
        """The same, of what is laid out now and will be in the view."""
        self._asked: set[int] = set()
        """Which slices have been coloured, or are about to be."""
        self._colouring = Colouring()

    def on_unmount(self) -> None:
        """Let the thread go."""
        self._colouring.close()

    def show_file(
        self,
        file_view: FileView,
        before: Sequence[TextLine] = (),
        *,
        keep: bool = False,
        cursor: int = 0,
        after: Sequence[TextLine] = (),
    ) -> None:
        """Show a file between some lines of one's own; `keep` as for any text."""
        self.file_view, self._before, self._after = file_view, before, after
        self._codes = list(file_view.code_lines())
        self._places = {line.place: at for at, line in enumerate(self._codes)}
        self._lay_out(keep=keep, cursor=cursor)

    def show_text(
        self, lines: Sequence[TextLine], *, keep: bool = False, cursor: int | None = None
    ) -> None:
        """Show lines that are no file of a diff."""
        self.file_view = None
        self.show_lines(lines, keep=keep, cursor=cursor)

    @property
    def is_split(self) -> bool:
        """Whether old and new stand side by side now."""
        return self.split and self.app.size.width >= SPLIT_FROM

    def toggle_split(self) -> None:
        """Put old and new side by side, or in one column again."""
        self.split = not self.split
        self._lay_out(keep=True, cursor=self.cursor or 0)

    def toggle_wrap(self) -> None:
        """Break lines that are too long, or cut them at the edge."""
        self._wraps = not self.wrapping
        self.wrap(wrapping=self._wraps)

    def chosen_lines(self) -> list[CodeLine]:
        """Return what a comment written now is about: lines of one side that follow each other.

        They are those that are marked, as far as they stand together with the last of them, else
        the one under the cursor, or that which the comment under the cursor is about; none where
        there is no code, which is about the file as a whole.
        """
        if self.marked_from is None:
            line = self._line_above()
            return [] if line is None else [line]
        found = [line for number in self.chosen if (line := self._code_at(number)) is not None]
        return one_side(found)

    def _line_above(self) -> CodeLine | None:
        """Return the line of code under the cursor, or above the comment that is there."""
        number = self.cursor or 0
        while number > 0 and self._mark_of(number).startswith("comment:"):
            number -= 1
        return self._code_at(number)

    def _code_at(self, number: int) -> CodeLine | None:
        place = place_of(self._mark_of(number))
        at = None if place is None else self._places.get(place)
        return None if at is None else self._codes[at]

    def _mark_of(self, number: int) -> str:
        line = self._wrapped.line(number)
        return "" if line is None else line.mark

    def go_to_line(self, mark: str) -> bool:
        """Put the cursor on the line with a mark; False where there is none."""
        if mark not in self._numbers:
            return False
        self.go_to(self._numbers[mark])
        return True

    def on_resize(self) -> None:
        """Lay out anew where the halves have another width; all else the text view does."""
        if self.file_view is not None and self.is_split:
            self._lay_out(keep=True, cursor=self.cursor or 0)

    def _lay_out(self, *, keep: bool, cursor: int) -> None:
        if self.file_view is None:
            return
        wrapping = self._wraps and not self.is_split
        self.show_in_steps(self._lines, keep=keep, wrapping=wrapping, cursor=cursor)

    def _lines(self) -> Iterator[TextLine]:
        """Yield all lines, and note the number of each that can be found by its mark."""
        numbers = self._coming_numbers = {}
        drawn = self.file_view.lines(self.room, split=self.is_split) if self.file_view else ()
        for at, line in enumerate(chain(self._before, drawn, self._after)):
            if line.mark:
                numbers[line.mark] = at
            yield line

    def text_changed(self) -> None:
        """Go by the lines that are in the view now; those in sight get their colours again."""
        self._numbers, self._asked = self._coming_numbers, set()
        self.moved()

    # -- colours

    def moved(self) -> None:
        """Ask for the colours of what has come into view."""
        super().moved()
        if self.file_view is None or not self.is_mounted:
            return
        file = self.file_view.file
        if not self._colouring.wants(file.path, file.size):
            return
        wanted = [number for number in self._slices_in_view() if number not in self._asked]
        if wanted:
            slices = [self._codes[number * SLICE : (number + 1) * SLICE] for number in wanted]
            self._asked.update(wanted)
            self.run_worker(
                self._colouring.colour(file.path, slices, self._show_colours), group="colours"
            )

    def _slices_in_view(self) -> list[int]:
        marks = (self._wrapped.line(number) for number in self.in_view)
        places = (place_of(line.mark) for line in marks if line is not None)
        found = {self._places[place] // SLICE for place in places if place in self._places}
        return sorted(found)

    def _show_colours(self, part: Slice, spans: list[tuple[Span, ...]]) -> None:
        """Draw a slice in its colours, if its file is still the one that is shown."""
        view = self.file_view
        if view is None or not part or self._places.get(part[0].place) is None:
            return
        if self._codes[self._places[part[0].place]] is not part[0]:
            return
        view.colours |= {line.place: row for line, row in zip(part, spans, strict=True)}
        marks = dict.fromkeys(f"line:{line.place[0]}:{line.place[1]}" for line in part)
        drawn = ((self._numbers[mark], view.again(mark)) for mark in marks if mark in self._numbers)
        self.replace((number, line) for number, line in drawn if line is not None)
