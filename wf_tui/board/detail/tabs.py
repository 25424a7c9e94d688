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
        """Return the names, 53 cells; where it is narrower, from the left as few as it takes."""
        spans = []
        tabs = list(Tab)
        while tabs[0] is not self._open and self._width_to_open(tabs) > self.size.width:
            tabs.pop(0)
        for tab in tabs:
            if tab is self._open:
                spans.append(Span(f"[{tab.title()}]", Role.KEY, tab.value))
            else:
                spans.append(Span(f" {tab.title()} ", Role.QUIET, tab.value))
        return [Row(tuple(spans))]

    def _width_to_open(self, tabs: list[Tab]) -> int:
        """Return the cells that it takes to show these up to the open one."""
        return sum(len(tab) + 2 for tab in tabs[: tabs.index(self._open) + 1])

    def on_click(self, event: Click) -> None:
        """Choose the tab under the pointer."""
        tab = self.hit_at(event.x, event.y)
        if tab:
            event.stop()
            self.post_message(self.Chosen(Tab(tab)))
