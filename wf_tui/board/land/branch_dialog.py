"""The dialog for another branch to land in: those there are, found as one types, or any name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from wf_tui.board.dialogs.choice_dialog import (
    Choice,
    ChoiceDialog,
    best,
    highlight_first,
    options_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.landing.branches import Branch

__all__ = ["BranchDialog"]


class BranchDialog(ChoiceDialog):
    """Gives back the name of a branch, or None; what is typed counts where none has that name."""

    def __init__(self, branches: Sequence[Branch]) -> None:
        choices = [Choice(one.name, one.name, one.subject) for one in branches]
        super().__init__("Land into", choices, typing=True)
        self._names = {one.name for one in branches}

    @on(Input.Changed, "#search")
    def find_typed(self, event: Input.Changed) -> None:
        """List the branches that may be meant, and the name as it was typed behind them."""
        event.prevent_default()  # Textual runs the handler of the base as well
        typed = event.value.strip()
        found = best(event.value, self._choices)
        if typed and typed not in self._names:
            found.append(Choice(typed, typed, "as it is typed"))
        self._list.set_options(options_of(found))
        highlight_first(self._list)
