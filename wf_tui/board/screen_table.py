"""The screens of a run by the names that `go.NAME` has; the board lies below all others."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.board.screens.run_screen import RunScreen

__all__ = ["SCREENS", "screen_class"]

_CLASSES: Final[Mapping[str, str]] = {
    "board": "board_screen.BoardScreen",
    "inbox": "inbox_screen.InboxScreen",
    "graph": "graph_screen.GraphScreen",
    "workers": "workers_screen.WorkersScreen",
    "timeline": "timeline_screen.TimelineScreen",
    "runs": "runs_screen.RunsScreen",
}
"""Modules of `board.screens`, and the classes in them."""


def screen_class(name: str) -> type[RunScreen]:
    """Return the class of a screen; imported only now, as the board is to be there at once."""
    module, _, screen = _CLASSES[name].partition(".")
    found = getattr(import_module(f"wf_tui.board.screens.{module}"), screen)
    return cast("type[RunScreen]", found)


def _make(name: str) -> RunScreen:
    return screen_class(name)()


SCREENS: Final[Mapping[str, Callable[[], RunScreen]]] = {
    name: partial(_make, name) for name in _CLASSES
}
"""Textual makes a screen when it is shown for the first time, and keeps it."""
