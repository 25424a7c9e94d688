"""What the screens of a run have in common: they follow the run and select a task in it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.css.query import NoMatches
from textual.screen import Screen

from wf_tui.board.actions.action import Context
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.batch import Changes

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost

__all__ = ["EVERYTHING", "RunScreen"]

EVERYTHING: Final = Changes(
    cards=frozenset(),
    columns=frozenset(state.value for state in TaskState),
    header=True,
    reasons=True,
    seats=True,
)
"""The changes after which all of a screen is drawn again."""


class RunScreen(Screen[None]):
    """A screen that shows the run; its keys work on the task that is selected in it.

    The application calls `refresh_from` after each batch and `tick` once a second, on the event
    loop, for each of these screens that can be seen. Either may come before the parts of a screen
    are mounted or after they have gone. A query then finds no match, which is no fault: a screen
    draws all of itself when it is mounted. A subclass fills in the `show_` methods.
    """

    context: ClassVar[Context] = Context.BOARD
    """Which keys of the registry it has; its `BINDINGS` are made of the same."""

    @property
    def host(self) -> ActionHost:
        """The application, as far as a screen may know it."""
        return cast("ActionHost", self.app)

    # -- what the application calls

    def refresh_from(self, changes: Changes) -> None:
        """Show what has changed in the picture; the application calls it after each batch."""
        with suppress(NoMatches):
            self.show_changes(changes)

    def tick(self, now: float) -> None:
        """Let a second pass; `now` is in UTC seconds."""
        with suppress(NoMatches):
            self.show_time(now)

    @property
    def selected(self) -> str | None:
        """The task that the keys work on; None before there is a list to select in."""
        with suppress(NoMatches):
            return self.selected_task()
        return None

    @property
    def listed(self) -> tuple[str, ...] | None:
        """The tasks whose marks count on this screen; None where all marks do."""
        return None

    # -- what a screen fills in

    def show_changes(self, changes: Changes) -> None:
        """Draw what has changed in the picture."""
        raise NotImplementedError

    def show_time(self, now: float) -> None:
        """Draw what depends on the time alone."""
        raise NotImplementedError

    def selected_task(self) -> str | None:
        """Return the task under the cursor."""
        raise NotImplementedError

    # -- what the screens share

    def on_screen_resume(self) -> None:
        """Show what has become of the run while another screen was on top.

        Only screens that can be seen are told of changes, so this one has missed some.
        """
        if self.host.picture.run is not None:
            self.refresh_from(EVERYTHING)

    def action_open(self) -> None:
        """Open the selected task on the board."""
        if self.selected is not None:
            self.host.open_card(self.selected)

    def action_back(self) -> None:
        """Go back to the board."""
        self.host.action_go("board")
