"""The keys of the pane: those of the board that mean something else while it has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.binding import Binding

from wf_tui.board.actions.review_actions import DIFF_ACTIONS
from wf_tui.board.actions.view_actions import VIEWS

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = ["pane_bindings"]

_CALLS: Final = {
    "view.left": "tab_beside(-1)",
    "view.right": "tab_beside(1)",
    "view.down": "move(1)",
    "view.up": "move(-1)",
    "view.first": "move_to_end(False)",
    "view.last": "move_to_end(True)",
    "view.page_up": "move_page(-1)",
    "view.page_down": "move_page(1)",
    "view.open": "open_line",
    "view.attempt_previous": "attempt(-1)",
    "view.attempt_next": "attempt(1)",
    "view.hunk_previous": "hunk(-1)",
    "view.hunk_next": "hunk(1)",
    "view.file_previous": "file(-1)",
    "view.file_next": "file(1)",
    "view.filter": "find",
    "view.mark": "mark_attempt",
    "view.mark_range": "mark_range",
    "view.diff": "difference",
    "view.follow": "follow",
    "view.back": "forget_words",
    "diff.comment": "comment",
    "diff.edit_comment": "edit_comment",
    "diff.drop_comment": "drop_comment",
    "diff.wrap": "wrap",
}
"""The action of the pane for each id; the keys are those of the registry, the user's own too."""


def pane_bindings() -> list[BindingType]:
    """Return the bindings of the pane; where one means nothing in it, the screen has the key."""
    return [
        Binding(",".join(action.keys), _CALLS[action.id], action.title, show=False, id=action.id)
        for action in (*VIEWS, *DIFF_ACTIONS)
        if action.id in _CALLS
    ]
