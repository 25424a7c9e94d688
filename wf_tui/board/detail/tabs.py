"""The row of tabs of the detail pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wf_tui.board.detail.document import Tab

if TYPE_CHECKING:
    from textual.events import Click

__all__ = ["TabRow"]

_META: Final = "tab"


class TabRow(Widget):
    """One line with the names of the tabs; the open one stands in brackets and in colour."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabs--open", "tabs--closed"}
    DEFAULT_CSS = """
    TabRow {
        width: 1fr; height: 1;
        & > .tabs--open { color: $text-accent; text-style: bold; }
        & > .tabs--closed { color: $text-muted; }
    }
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
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the names, each with a hit area; 39 cells."""
        strips = [self._draw(tab) for tab in Tab] if y == 0 else []
        return Strip.join(strips).adjust_cell_length(self.size.width, self.rich_style)

    def on_click(self, event: Click) -> None:
        """Choose the tab under the pointer."""
        tab = event.style.meta.get(_META)
        if tab is not None:
            event.stop()
            self.post_message(self.Chosen(Tab(tab)))

    def _draw(self, tab: Tab) -> Strip:
        is_open = tab is self._open
        style = self.get_component_rich_style(f"tabs--{'open' if is_open else 'closed'}")
        name = f"[{tab.title()}]" if is_open else f" {tab.title()} "
        return Strip([Segment(name, style)]).apply_meta({_META: tab.value})
