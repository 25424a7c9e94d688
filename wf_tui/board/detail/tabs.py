"""The row of tabs of the detail pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from wf_tui.board.detail.document import Tab
from wf_tui.board.widgets.line import Role, Row, Span
from wf_tui.board.widgets.line_widget import LineWidget, component_classes

if TYPE_CHECKING:
    from textual.events import Click

__all__ = ["TabRow"]


class TabRow(LineWidget):
    """One line with the names of the tabs; the open one stands in brackets and in colour."""

    COMPONENT_CLASSES: ClassVar = component_classes(Role.QUIET, Role.KEY)
    DEFAULT_CSS = """
    TabRow { width: 1fr; height: 1; }
    """

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        tab: Tab

    def __init__(self) -> None:
        super().__init__()
        self._open = Tab.LOG

    def mark(self, tab: Tab) -> None:
        """Show which tab is open."""
        self._open = tab
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the names; 39 cells."""
        spans = []
        for tab in Tab:
            if tab is self._open:
                spans.append(Span(f"[{tab.title()}]", Role.KEY, tab.value))
            else:
                spans.append(Span(f" {tab.title()} ", Role.QUIET, tab.value))
        return [Row(tuple(spans))]

    def on_click(self, event: Click) -> None:
        """Choose the tab under the pointer."""
        tab = self.hit_at(event.x, event.y)
        if tab:
            event.stop()
            self.post_message(self.Chosen(Tab(tab)))
