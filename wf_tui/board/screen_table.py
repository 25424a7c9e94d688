"""The screens of a run by the names that `go.NAME` has; the board lies below all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.graph_screen import GraphScreen
from wf_tui.board.screens.inbox_screen import InboxScreen
from wf_tui.board.screens.runs_screen import RunsScreen
from wf_tui.board.screens.timeline_screen import TimelineScreen
from wf_tui.board.screens.workers_screen import WorkersScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.board.screens.run_screen import RunScreen

__all__ = ["SCREENS"]

SCREENS: Final[Mapping[str, type[RunScreen]]] = {
    "board": BoardScreen,
    "inbox": InboxScreen,
    "graph": GraphScreen,
    "workers": WorkersScreen,
    "timeline": TimelineScreen,
    "runs": RunsScreen,
}
"""Textual makes a screen when it is shown for the first time, and keeps it."""
