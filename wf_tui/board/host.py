"""What actions, screens and the palette may ask of the application; it alone knows them all.

The protocol is what keeps the imports of the board free of circles: the application imports actions
and screens, and these import only this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from wf_tui.board.frame.toasts import Offer, Severity, Toasts

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from textual.screen import Screen

    from wf_tui.board.acting.acts_done import ActsDone
    from wf_tui.board.acting.guard import Guard
    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.frame.screen_tabs import ScreenTab
    from wf_tui.board.land.land_gate import LandGate
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.clock import Clock
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.picture import Picture
    from wf_tui.project import Project
    from wf_tui.settings import Settings

    ActResult = list[MoveResult] | bool | str | None

__all__ = ["ActionHost", "Offer", "Severity"]

_T = TypeVar("_T")


class ActionHost(Protocol):
    """The application as its parts see it; they name an action by its id.

    Every method is called on the event loop. Parts depend on this protocol and never on the
    application, which imports all of them.
    """

    project: Project
    run_id: str
    picture: Picture
    """The run as it was last read; only the application changes it, but for filter and marks."""
    live: Picture
    """The run as it is now, also while a moment of its past is shown."""
    past_refusal: str
    """Why nothing acts on the run while a moment of its past is shown."""
    config: Settings
    clock: Clock
    environ: Mapping[str, str]
    glyphs: GlyphSet
    ascii: bool
    acts_done: ActsDone
    """The last act that this board knows of, which `u` takes back."""
    guard: Guard
    """Which tasks have just changed: no key acts on those."""
    toasts: Toasts
    """What was told to the person; `show_toast` adds to it."""
    land_gate: LandGate
    """The gate of a landing, while it is asked and after."""
    motion: bool
    """Whether a card that has changed is highlighted for a moment."""

    @property
    def context(self) -> str:
        """The `actions.Context` of the topmost screen of the run."""

    # -- of when the screen is

    def now(self) -> float:
        """Return the time for which all ages on the screen are, in UTC seconds."""

    def countdown_now(self) -> float:
        """Return the time by which countdowns go: with less motion it goes by ten seconds."""

    @property
    def last_event(self) -> str:
        """What happened last in the run, safe to draw; "" where nothing has since the opening."""

    @property
    def in_list(self) -> bool:
        """Whether the topmost screen has all tasks in one list."""
        ...

    @property
    def as_of(self) -> str:
        """The time of day of which the screen is; "" where that is now."""

    @property
    def unreadable(self) -> str:
        """Why the ledger cannot be read; "" where it can."""

    # -- the ledger

    def do(
        self,
        act: Callable[[Ledger], ActResult],
        label: str,
        *,
        after: str = "",
        offers_undo: bool = False,
        awaits: tuple[str, ...] = (),
        selects: bool = False,
    ) -> None:
        """Run one command on the ledger in a thread and show what came of it.

        The acts run one at a time, in the order of asking. `label` is the act in the past tense;
        the others are as in `act_runner.Act`.
        """

    async def read(self, ask: Callable[[Database], _T]) -> _T:
        """Ask the ledger something, in a thread with a connection of its own.

        `ask` must not touch the picture or a widget. What it raises is raised here.
        """

    # -- the person

    pressed_at: float
    """When what is handled now was pressed or clicked, in the time of Textual's events."""

    pressed_key: str
    """Which key it was, as Textual calls it; "" for a click."""

    async def was_typed(self, at: float) -> bool:
        """Return whether what was pressed then is no part of a paste that nobody marked."""

    def enter_box(self) -> bool:
        """Give the answer box of the topmost screen the keys; whether it has one."""

    def guard_changed(self, tasks: Sequence[str]) -> None:
        """Let no key act on these until a person can have seen what they are now.

        For what is selected without a key of the person, as the next one after an answer; changes
        of the picture are guarded by the application itself.
        """

    def start_dialog(self, dialog: Coroutine[None, None, None]) -> None:
        """Start a dialog with the person; an error in it is shown.

        Until the dialog is on the screen, keys for actions are ignored.
        """

    async def push_screen_wait(self, screen: Screen[_T]) -> _T:
        """Show a dialog and wait for its answer; only in a coroutine given to `start_dialog`."""

    def show_toast(
        self,
        text: str,
        hint: str = "",
        *,
        severity: Severity = "warning",
        offer: Offer | None = None,
    ) -> None:
        """Tell the person something, in the status line of the screen.

        What was done (`information`) stands for a few seconds; a refusal or fault stands until the
        next key. The text may hold anything: it is cleaned, cut and never taken as markup.
        """

    def step_aside(self, line: str, program: Callable[[], _T]) -> _T:
        """Leave the terminal to a program, below a line that says where; then come back.

        The event loop stands still until the program has ended. Raises EnvironmentalError where
        the terminal cannot be left.
        """

    def copy_to_clipboard(self, text: str) -> None:
        """Put a text on the clipboard of the terminal, which may ignore that without a word."""

    # -- screens

    @property
    def selected_lane(self) -> str | None:
        """The lane of what is selected; "" where it asks no provider, None where none is."""

    def open_card(self, task: str, *, tab: str = "", epoch: int | None = None) -> None:
        """Select a card on the board and open it, from any screen; say so where it is hidden.

        On a tab of the pane, where one is named, and with one of its attempts.
        """

    def screen_tabs(self) -> Sequence[ScreenTab]:
        """Return the screens that a digit leads to, in the order of the digits."""

    def show_card(self, task: str) -> None:
        """Select a card on the board, where the filter shows it; without a change of screen."""

    def action_menu(self) -> None:
        """Show all that can be done with the selected task, as `.` and the right button do."""

    def travel(self, start: str = "", pace: int | None = None, at: float | None = None) -> None:
        """Show the board as it was at a moment, else at the last; with a pace it plays."""

    def end_travel(self) -> None:
        """Show the run of now again."""

    def action_go(self, name: str) -> None:
        """Show one of the screens, by the name it has in the table of screens."""

    def show_review(self, task: str) -> None:
        """Show the review of a task above the screen that it was asked for on."""

    def open_run(self, project: Project, run: str, *, task: str = "", land: bool = False) -> None:
        """Show another run in place of this one, also one of another repository.

        Its board is shown, with a `task` selected, or above it what it would `land`. Marks and
        filter are gone; theme, keys and the screen of all runs stay.
        """

    def show_land(self) -> None:
        """Show what would come into the person's branch, above the screen it was asked for on."""

    # -- actions

    def perform(self, name: str, *, clicked: bool = False) -> None:
        """Do any action by its id, as its key would; what cannot be done here, on the board."""

    def why_not(self, name: str) -> str | None:
        """Return why an action can do nothing now, or None where it can.

        It is judged by the picture, for the cards that the action would work on; footer, inbox and
        palette show it. The ledger decides again when the action is done.
        """

    def keys_of(self, name: str) -> str:
        """Return the keys of an action as they are shown, the user's own where there are any."""

    def keys_for(self, *names: str) -> list[FooterKey]:
        """Return keys and titles of these actions, and of each why it can do nothing now."""

    def footer_keys(self) -> list[FooterKey]:
        """Return what the footer shows: the keys of the context of the topmost screen of the run.

        They depend on the selected card, so a screen asks at each move.
        """
