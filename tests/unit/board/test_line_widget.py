"""The widget that paints lines: what it is painted in, and what a click on it means."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import pytest

from wf_tui.board.columns import (
    board_column,
    column_tabs,
    column_titles,
    task_list,
)
from wf_tui.board.detail import pane_head, tabs
from wf_tui.board.frame import footer, header, screen_tabs, status_line, strip
from wf_tui.board.text_view import lines_view
from wf_tui.board.widgets import card_lines, card_pieces, entry_view, list_lines
from wf_tui.board.widgets.line import Role, scroll_marker
from wf_tui.board.widgets.line_widget import component_classes

if TYPE_CHECKING:
    from types import ModuleType

    from wf_tui.board.widgets.line_widget import LineWidget


CARDS = (card_lines, card_pieces, entry_view)
"""What draws a card, and what its lines stand in."""


@pytest.mark.parametrize(
    ("widgets", "modules"),
    [
        ([board_column.BoardColumn], [board_column, column_titles, *CARDS]),
        ([task_list.TaskList], [list_lines, *CARDS]),
        ([header.RunHeader], [header]),
        ([strip.PhaseStrip], [strip]),
        ([screen_tabs.ScreenTabs], [screen_tabs]),
        ([status_line.StatusLine], [status_line]),
        ([column_tabs.ColumnTabs], [column_tabs, column_titles]),
        ([footer.Footer], [footer]),
        ([tabs.TabRow], [tabs]),
        ([pane_head.PaneHead], [pane_head]),
        ([lines_view.LinesView], [lines_view]),
    ],
)
def test_a_widget_declares_what_it_paints(
    widgets: list[type[LineWidget]], modules: list[ModuleType]
) -> None:
    """A role that is not declared would have no colour, and asking for it ends the board."""
    source = "".join(map(inspect.getsource, modules))
    painted = component_classes(*(Role[name] for name in re.findall(r"\bRole\.([A-Z_]+)", source)))
    declared = {name for widget in widgets for name in widget._get_component_classes()}
    assert painted
    assert painted <= declared


@pytest.mark.parametrize(
    ("total", "height", "top", "lines"),
    [
        (10, 10, 0, []),
        (20, 10, 0, [0, 1, 2, 3, 4]),
        (20, 10, 10, [5, 6, 7, 8, 9]),
        (900, 3, 897, [2]),
    ],
)
def test_the_scroll_marker_shows_where_one_is(
    total: int, height: int, top: int, lines: list[int]
) -> None:
    """It is as long as what is seen of all, at least a line; without more to see there is none."""
    assert list(scroll_marker(total, height, top)) == lines
