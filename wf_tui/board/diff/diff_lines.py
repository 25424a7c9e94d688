"""A file's patch as lines of a text view: in one column, or old beside new."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from wf_tui.board.diff.patch import FilePatch, Sign
from wf_tui.board.diff.remarks import by_place, remark_lines
from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Line, Look, Role, Span, fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wf_tui.board.diff.changes import ChangedFile
    from wf_tui.board.diff.patch import CodeLine, Hunk
    from wf_tui.board.diff.remarks import Remark

__all__ = ["LINE", "FileView", "file_head", "place_of"]

LINE: Final = "line:"
"""How the mark of a line of code begins."""
_DIGITS: Final = 4
"""Cells of a line number, at the least."""
_LOOKS: Final = {Sign.ADDED: Look.ADDED, Sign.REMOVED: Look.REMOVED}
_SIGNS: Final = {
    Sign.ADDED: Span("+ ", Role.ADDED),
    Sign.REMOVED: Span("− ", Role.REMOVED),
    Sign.SAME: Span("  "),
}
Spans = tuple[Span, ...]


@dataclass
class FileView:
    """One file of a diff as it is drawn; its colours come later, slice by slice."""

    file: ChangedFile
    patch: FilePatch
    remarks: Sequence[Remark] = ()
    recipient: str = ""
    """Who the comments go back to."""
    colours: dict[tuple[str, int], Spans] = field(default_factory=dict)
    """The pieces of each line that has been coloured, by its place."""
    _drawn: dict[str, tuple[CodeLine | None, CodeLine | None]] = field(default_factory=dict)
    """What stands on each line of code: old and new where it is split, else one line."""
    _width: int = 0
    """The cells of a line where it is split, else 0."""

    def lines(self, width: int, *, split: bool = False) -> Iterator[TextLine]:
        """Yield all of its lines for a view with room for `width` cells."""
        self._drawn = {}
        self._width = width if split else 0
        placed, loose = by_place(self.remarks, self.patch)
        for remark in loose:
            yield from remark_lines(remark, self._digits + 1, self.recipient, loose=True)
        if not self.patch.hunks:
            yield plain(self._without_lines(), Role.MUTED, "line:new:0")
        for number, hunk in enumerate(self.patch.hunks):
            yield _hunk_line(number, hunk)
            if split:
                yield from self._split(hunk, width, placed)
            else:
                yield from self._unified(hunk, placed)
        if self.patch.left_out:
            yield plain(f"… {self.patch.left_out:,} lines more: wf diff", Role.MUTED)

    @property
    def first_code(self) -> int:
        """How many lines stand before the first line of code: comments whose lines are gone, too.

        Where a file is opened, the cursor is there.
        """
        _, loose = by_place(self.remarks, self.patch)
        before = sum(1 for one in loose for _ in remark_lines(one, 0, "", loose=True))
        return before + (1 if self.patch.hunks else 0)

    def again(self, mark: str) -> TextLine | None:
        """Return a line of code as it is drawn now, by its mark; None where it is none."""
        if mark not in self._drawn:
            return None
        old, new = self._drawn[mark]
        if self._width:
            return self._both(old, new, self._width, mark)
        return self._one(old) if old is not None else None

    def _one(self, line: CodeLine) -> TextLine:
        """Return a line of code as it is drawn in one column."""
        if line.sign is Sign.NOTE:
            return TextLine((Span(" " * (self._digits + 3)), Span(line.text, Role.MUTED)))
        side, number = line.place
        spans = (*self._gutter(line), *self._pieces(line))
        look = _LOOKS.get(line.sign, Look.PLAIN)
        mark = f"{LINE}{side}:{number}"
        self._drawn[mark] = (line, None)
        return TextLine(spans, look, (), mark, self._digits + 3)

    def code_lines(self) -> Iterator[CodeLine]:
        """Yield all lines of code, the first one first."""
        for hunk in self.patch.hunks:
            yield from hunk.lines

    @property
    def _digits(self) -> int:
        hunks = self.patch.hunks
        last = hunks[-1].lines[-1] if hunks and hunks[-1].lines else None
        return max(_DIGITS, len(str(last.place[1])) if last else 0)

    def _without_lines(self) -> str:
        if self.file.too_long:
            return f"too long to be shown here: {self.file.counted}"
        if self.patch.binary or self.file.added is None:
            return f"binary, {self.file.size:,} bytes now"
        return self.file.words or "no line differs"

    def _gutter(self, line: CodeLine) -> Spans:
        number = Span(f"{line.place[1]:>{self._digits}} ", Role.MUTED)
        return number, _SIGNS.get(line.sign, Span("  "))

    def _pieces(self, line: CodeLine) -> Spans:
        return self.colours.get(line.place) or (Span(line.text),)

    def _unified(
        self, hunk: Hunk, placed: Mapping[tuple[str, int], Sequence[Remark]]
    ) -> Iterator[TextLine]:
        for line in hunk.lines:
            yield self._one(line)
            yield from self._remarks_at(line, placed)

    def _remarks_at(
        self, line: CodeLine, placed: Mapping[tuple[str, int], Sequence[Remark]]
    ) -> Iterator[TextLine]:
        if line.sign is not Sign.NOTE:
            for remark in placed.get(line.place, ()):
                yield from remark_lines(remark, self._digits + 1, self.recipient, loose=False)

    def _split(
        self, hunk: Hunk, width: int, placed: Mapping[tuple[str, int], Sequence[Remark]]
    ) -> Iterator[TextLine]:
        for old, new in _pairs(hunk.lines):
            side, number = (new or old or hunk.lines[0]).place
            mark = f"{LINE}{side}:{number}"
            self._drawn[mark] = (old, new)
            yield self._both(old, new, width, mark)
            for line in {one.place: one for one in (old, new) if one is not None}.values():
                yield from self._remarks_at(line, placed)

    def _both(self, old: CodeLine | None, new: CodeLine | None, width: int, mark: str) -> TextLine:
        room = max(1, (width - 1) // 2)
        right = self._half(new, max(1, width - room - 1))
        return TextLine((*self._half(old, room), Span("│", Role.RULE), *right), mark=mark)

    def _half(self, line: CodeLine | None, room: int) -> Spans:
        if line is None:
            return (Span(" " * room),)
        ground = _LOOKS.get(line.sign, Look.PLAIN)
        spans = (*self._gutter(line), *self._pieces(line))
        cut = fitted(Line(spans), room, "…")
        return tuple(Span(one.text, one.role, one.hit, ground) for one in cut)


def file_head(file: ChangedFile) -> TextLine:
    """Return the one row that stands for all of git's header lines: `path  new  +38 −0`."""
    words = [Span(safe(file.path), Role.TITLE)]
    if file.was != file.path:
        words.append(Span(f"  ← {safe(file.was)}", Role.MUTED))
    if file.words:
        words.append(Span(f"  {file.words}", Role.MUTED))
    words.append(Span(f"  {file.counted}", Role.MUTED))
    return TextLine(tuple(words))


def place_of(mark: str) -> tuple[str, int] | None:
    """Return the side and the number of the line that a mark is of; None of any other mark."""
    if not mark.startswith(LINE):
        return None
    side, _, number = mark.removeprefix(LINE).partition(":")
    return side, int(number)


def _hunk_line(number: int, hunk: Hunk) -> TextLine:
    words = f"@@ {hunk.start} @@ {hunk.heading}".rstrip()
    return TextLine((Span(words, Role.MUTED),), Look.HUNK, (), f"hunk:{number}")


def _pairs(lines: Iterable[CodeLine]) -> Iterator[tuple[CodeLine | None, CodeLine | None]]:
    """Yield what stands side by side: what was removed beside what came in its place."""
    gone: list[CodeLine] = []
    come: list[CodeLine] = []
    for line in lines:
        if line.sign is Sign.REMOVED and not come:
            gone.append(line)
        elif line.sign is Sign.ADDED:
            come.append(line)
        elif line.sign is not Sign.NOTE:
            yield from zip_longest(gone, come)
            gone, come = [], []
            if line.sign is Sign.REMOVED:
                gone.append(line)
            else:
                yield line, line
    yield from zip_longest(gone, come)
