"""The row of tabs of the detail pane, above a rule that is heavy under the open one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.message import Message

from wf_tui.board.detail.document import Tab
from wf_tui.board.text_view.plain_signs import plain_row
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.ledger.model.states import BlockedKind, DoneKind, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.events import Click

    from wf_tui.picture.card import Card

__all__ = ["TO_THE_END", "TabRow", "first_tab"]

_GAP: Final = 3
"""Cells between two names."""
TO_THE_END: Final = frozenset({BlockedKind.FAILED, BlockedKind.GATE, BlockedKind.DELIVERABLE})
"""Kinds whose log is shown at the line that says why."""
_TO_DIFF: Final = frozenset({BlockedKind.SCOPE, BlockedKind.CONFLICT, BlockedKind.REVIEW})


def first_tab(card: Card | None) -> Tab:
    """Return the tab that says most about a task as it is now."""
    if card is None or card.kind in TO_THE_END:
        return Tab.LOG
    match TaskState(card.state):
        case TaskState.PENDING:
            return Tab.ATTEMPTS if card.attempt else Tab.PROMPT
        case TaskState.DONE:
            return Tab.PROMPT if card.kind == DoneKind.ANSWERED else Tab.DIFF
        case TaskState.BLOCKED if card.kind in _TO_DIFF:
            return Tab.DIFF
        case _:
            return Tab.LOG


class TabRow(LineWidget):
    """Two lines: the names of the tabs with their counts, what else there is, and the rule."""

    DEFAULT_CSS = """
    TabRow { width: 1fr; height: 2; }
    """

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        tab: Tab

    def __init__(self, *, ascii: bool = False) -> None:  # noqa: A002 - the option's name
        super().__init__()
        self._open = Tab.LOG
        self._counts: Mapping[Tab, str] = {}
        self._notes: Sequence[str] = ()
        self._is_ascii = ascii
        self.has_keys = False
        """Whether the keys are for the pane."""

    def mark(self, tab: Tab) -> None:
        """Show which tab is open."""
        self._open = tab
        self.repaint()

    def say(self, counts: Mapping[Tab, str], notes: Sequence[str], *, has_keys: bool) -> None:
        """Show how many there are behind some tabs, and as many notes as have room beside them."""
        self._counts, self._notes, self.has_keys = counts, notes, has_keys
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the names and the rule; where it is narrow, from the left as few as it takes."""
        tabs = list(Tab)
        while tabs[0] is not self._open and self._until_open(tabs) > self.size.width:
            tabs.pop(0)
        spans: list[Span] = [Span(" ")]
        edge, bar = 1, 0
        for tab in tabs:
            name = self._words(tab)
            if tab is self._open:
                edge, bar = width_of(spans), len(name)
            spans.append(Span(name, Role.TITLE if tab is self._open else Role.MUTED, tab.value))
            spans.append(Span(" " * _GAP))
        spans.pop()
        notes = tuple(Span(f" {note}", Role.MUTED) for note in self._notes)
        names = fitted(Line(tuple(spans), (), notes), self.size.width, "…")
        light, heavy = "─", "━"
        rest = max(0, self.size.width - edge - bar)
        rule = (
            Span(light * edge, Role.RULE),
            Span(heavy * bar, Role.FOCUS if self.has_keys else Role.TEXT),
            Span(light * rest, Role.RULE),
        )
        rows = [Row(names), Row(rule)]
        return [plain_row(row) for row in rows] if self._is_ascii else rows

    def _words(self, tab: Tab) -> str:
        return f"{tab.title()} {self._counts.get(tab, '')}".rstrip()

    def _until_open(self, tabs: list[Tab]) -> int:
        """Return the cells that it takes to show these up to the open one."""
        return 1 + sum(len(self._words(tab)) + _GAP for tab in tabs[: tabs.index(self._open) + 1])

    def on_click(self, event: Click) -> None:
        """Choose the tab under the pointer."""
        tab = self.hit_at(event.x, event.y)
        if tab:
            event.stop()
            self.post_message(self.Chosen(Tab(tab)))
