"""The newest attempts below the log, where the pane is so high that the log does not need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.attempts import LABELS, Table
from wf_tui.board.text_view.lines_view import LinesView
from wf_tui.board.text_view.text_line import TextLine
from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.detail.document import Document

__all__ = ["HIGH", "WIDE", "AttemptsBelow"]

WIDE: Final = 180
"""Columns of the terminal from which on they are shown."""
HIGH: Final = 40
"""Lines of the pane from which on they are shown: those of a terminal with 50."""


class AttemptsBelow(LinesView, can_focus=False):
    """Always as many lines, however many attempts there are; without any it says so."""

    DEFAULT_CSS = f"""
    AttemptsBelow {{ dock: bottom; height: {len(LABELS) + 1}; display: none; }}
    AttemptsBelow.-shown {{ display: block; }}
    """

    def __init__(self, *, ascii: bool = False) -> None:  # noqa: A002 - the option's name
        super().__init__(ascii=ascii)
        self._document: Document | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is room for them, beside the log."""
        return self.has_class("-shown")

    def forget(self) -> None:
        """Show nothing, as of another task."""
        self._document = None
        self._lay_out()

    def take(self, document: Document) -> None:
        """Show what was read."""
        self._document = document
        self._lay_out()

    def on_resize(self) -> None:
        """Show as many as fit into another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        self.show_lines(self._text_lines(), wrapping=False)

    def _text_lines(self) -> Sequence[TextLine]:
        document = self._document
        if document is None:
            return ()
        title = TextLine((Span("── Attempts ", Role.RULE),), fill=True)
        if not isinstance(document, Table):
            return (title, *document.lines)
        count = Span(f"{document.note} ", Role.TITLE)
        return (
            TextLine((Span("── ", Role.RULE), count), fill=True),
            *document.newest(self.room),
        )
