"""The lines above a review: whose work it is and how far one is, and which file is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.text_view.plain_signs import plain_row
from wf_tui.board.text_view.text_line import safe
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.text import plural

if TYPE_CHECKING:
    from wf_tui.board.diff.changes import ChangedFile
    from wf_tui.board.review.reader import Review
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.card import Card

__all__ = ["FileHead", "ReviewHead"]


class ReviewHead(LineWidget):
    """Two lines: the task and its figures, how many files were seen, how many comments; a rule."""

    DEFAULT_CSS = """
    ReviewHead { height: 2; width: 1fr; }
    """

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._row = Line()

    def show(self, card: Card | None, review: Review | None, seen: int, over: str) -> None:
        """Show what is known; `seen` is how many files, `over` that it is decided already."""
        left = [Span(" ", Role.MUTED)]
        if card is not None:
            role = Role.NEED if card.needs_you else Role.MUTED
            left += (Span(f"{self._glyphs.of(card)} ", role), Span(card.title, Role.TITLE))
        right: tuple[Span, ...] = ()
        if over:
            left.append(Span(f"  {over}", Role.WARNING))
        elif review is not None:
            left += self._about(review)
            files = len(review.changes.files) if review.changes else 0
            right = (Span(f"{seen} of {files} seen ", Role.MUTED),)
            if review.drafts:
                right += (Span(plural(review.drafts, "comment"), Role.NEED_WORD),)
        self.show_line(Line(tuple(left), (*right, Span("", Role.MUTED)) if right else ()))

    def show_line(self, line: Line) -> None:
        """Show this line above the rule."""
        self._row = line
        self.repaint()

    def _about(self, review: Review) -> list[Span]:
        who = " ".join(filter(None, (review.seat, review.model)))
        spans = [Span(f"  {' · '.join(filter(None, (who, review.cost)))}", Role.MUTED)]
        if review.gate:
            failed = review.gate.endswith("failed")
            sign = Span("✗ " if failed else "✓ ", Role.ERROR if failed else Role.DONE)
            spans += (Span(" · ", Role.MUTED), sign, Span(review.gate, Role.MUTED))
        if review.outside:
            spans += (Span(" · ", Role.MUTED), Span(f"⚠ {review.outside} out of scope", Role.ERROR))
        return spans

    def rows(self) -> list[Row]:
        """Return the line and the rule."""
        width = self.size.width
        rows = [Row(fitted(self._row, width, "…")), Row((Span("─" * width, Role.RULE),))]
        return [plain_row(row) for row in rows] if self._glyphs.more.isascii() else rows


class FileHead(LineWidget):
    """One line above the diff: the file, where one is in it, and how it is shown."""

    DEFAULT_CSS = """
    FileHead { height: 1; width: 1fr; }
    """

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._row = Line()

    def show(self, file: ChangedFile | None, place: str, how: str) -> None:
        """Show a file; `place` is the hunk one is in, `how` in which form it is shown."""
        if file is None:
            self._row = Line((Span(f" {place}", Role.MUTED),))
        else:
            left = [Span(f" {safe(file.path)}", Role.TITLE)]
            if file.was != file.path:
                left.append(Span(f"  ← {safe(file.was)}", Role.MUTED))
            left.append(Span(f" {file.words} {file.counted}  {place}".rstrip(), Role.MUTED))
            if file.outside:
                left.append(Span("  outside its scope", Role.ERROR))
            self._row = Line(tuple(left), (), (Span(how, Role.MUTED),))
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        row = Row(fitted(self._row, self.size.width, "…"))
        return [plain_row(row) if self._glyphs.more.isascii() else row]
