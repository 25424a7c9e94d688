"""A screen with a detail pane: the keys that work on the pane wherever the focus is."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from textual import on
from textual.css.query import NoMatches

from wf_tui.board.detail.document import Tab
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.screens.run_screen import RunScreen

__all__ = ["WithPane"]

_STEPS: Final = {"previous": -1, "next": 1}


class WithPane(RunScreen):
    """Passes on to the pane, where it is open, what its own keys do while it has the focus.

    A click in the footer and the palette come this way, too.
    """

    @property
    def in_pane(self) -> bool:
        """Whether the keys are for the pane."""
        pane = self._mounted_pane
        return pane is not None and pane.has_keys

    @property
    def in_diff(self) -> bool:
        """Whether they are for its tab of the diff, which has keys of its own."""
        pane = self._mounted_pane
        return pane is not None and pane.has_keys and pane.tab is Tab.DIFF

    @property
    def _mounted_pane(self) -> DetailPane | None:
        """The pane; None before it is mounted. Asked at each key, and Textual keeps the answer."""
        with suppress(NoMatches):
            return self.query_one(DetailPane)
        return None

    @on(DetailPane.TabOpened)
    def show_keys_of_tab(self) -> None:
        """Show the keys of the tab that was opened."""
        self.show_frame()

    def on_descendant_focus(self) -> None:
        """Show the keys of the side that has them now."""
        self.show_frame()

    def action_attempt(self, way: str) -> None:
        """Show the attempt before or after."""
        self._in_pane("attempt", _STEPS[way])

    def action_hunk(self, way: str) -> None:
        """Go to the hunk or the hit before or after."""
        self._in_pane("hunk", _STEPS[way])

    def action_file(self, way: str) -> None:
        """Open the file before or after."""
        self._in_pane("file", _STEPS[way])

    def action_follow(self) -> None:
        """Follow the end of the log."""
        self._in_pane("follow")

    def action_comment(self) -> None:
        """Comment on the line of the diff under the cursor."""
        self._in_pane("comment")

    def action_edit_comment(self) -> None:
        """Write the comment under the cursor anew."""
        self._in_pane("edit_comment")

    def action_drop_comment(self) -> None:
        """Take the comment under the cursor away."""
        self._in_pane("drop_comment")

    def action_wrap(self) -> None:
        """Break long lines of the diff, or cut them at the edge."""
        self._in_pane("wrap")

    def _in_pane(self, action: str, *given: int) -> None:
        pane = self.query_one(DetailPane)
        if not pane.display or pane.task_id is None:
            self.host.show_toast("Enter opens the task first")
        elif not pane.check_action(action, given):
            self.host.show_toast(f"there is none in {pane.tab.title()}")
        else:
            getattr(pane, f"action_{action}")(*given)
