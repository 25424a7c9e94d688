"""What the screens of a run have in common: the frame around them, and a task selected in it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events, on
from textual.containers import Container, Horizontal
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Static

from wf_tui.board.actions.action import Context
from wf_tui.board.frame.footer import Footer, marked_words
from wf_tui.board.frame.header import RunHeader
from wf_tui.board.frame.notices import notice, unreadable
from wf_tui.board.frame.screen_tabs import ScreenTabs
from wf_tui.board.frame.status_line import Status, StatusLine
from wf_tui.board.frame.strip import PhaseStrip
from wf_tui.board.messages import PhaseChosen
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.batch import Changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.geometry import Size
    from textual.widget import Widget

    from wf_tui.board.frame.notices import Notice
    from wf_tui.board.host import ActionHost
    from wf_tui.board.widgets.line import Span
    from wf_tui.picture.header import Header

__all__ = ["EVERYTHING", "RunScreen"]

EVERYTHING: Final = Changes(
    cards=frozenset(),
    columns=frozenset(state.value for state in TaskState),
    header=True,
    reasons=True,
    seats=True,
)
"""The changes after which all of a screen is drawn again."""
_TOO_SMALL: Final = "wf needs 60 columns and 18 lines.\nMake the terminal larger, or see: wf status"
_COMPACT_BELOW: Final = 26
"""Lines of the body below which cards are compact."""
_FRAME: Final = 4
"""Lines of the frame."""
_KEYS_EVERY: Final = 5
"""Seconds after which the keys are judged anew where nothing has changed."""
_STRIP_FROM: Final = 80
"""Columns below which there is no strip."""


class RunScreen(Screen[None]):
    """A screen that shows the run; its keys work on the task that is selected in it.

    It is a frame of one-line widgets around a body: header, strip or tabs, status line, footer. No
    row of the frame appears or goes but with the size of the terminal. The classes `-tiny` (under
    60 columns), `-short` (80), `-narrow` (107), `-wide` (180), `-broad` and `-flat` (under 18
    lines) tell the size, `-compact` that the body is low.

    The application calls `refresh_from` after each batch and `tick` once a second, on the event
    loop, for each of these screens that can be seen. Either may come before the parts of a screen
    are mounted or after they have gone. A query then finds no match, which is no fault: a screen
    draws all of itself when it is mounted. A subclass fills in `compose_body`, the `show_` methods
    and `selected_task`, and calls `show_frame` when another task is selected.
    """

    context: ClassVar[Context] = Context.BOARD
    """Which keys of the registry it has; its `BINDINGS` are made of the same."""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual has it
        (0, "-tiny"),
        (60, "-short"),
        (80, "-narrow"),
        (107, "-wide"),
        (180, "-broad"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (18, "-high")]  # noqa: RUF012 - same
    tabs: ClassVar[bool] = True
    """Whether the tabs of the screens stand below the header; else it is the strip of phases."""
    go: ClassVar[str] = ""
    """The action that leads to this screen; "" where none of the tabs does."""

    @property
    def host(self) -> ActionHost:
        """The application, as far as a screen may know it."""
        return cast("ActionHost", self.app)

    # -- the frame

    def compose(self) -> ComposeResult:
        """Lay out the frame and the body; all of it stays for as long as the screen does."""
        self._show_size(self.app.size)
        glyphs = self.host.glyphs
        yield from self.compose_header()
        yield from self.compose_second()
        with Container(id="body"):
            yield from self.compose_body()
        with Horizontal(id="status"):
            yield from self.compose_prompt()
            yield StatusLine(glyphs)
        yield Footer(glyphs)
        yield Static(_TOO_SMALL, id="too-small", markup=False)

    def compose_header(self) -> Iterable[Widget]:
        """Lay out the line at the top."""
        yield RunHeader(self.host.glyphs)

    def show_header(self) -> None:
        """Draw it."""
        self.query_one(RunHeader).show(self.header(), self.host.as_of)

    def compose_second(self) -> Iterable[Widget]:
        """Lay out what is below the header: the tabs of the screens, or the strip of phases."""
        glyphs = self.host.glyphs
        yield ScreenTabs(glyphs) if self.tabs else PhaseStrip(glyphs)

    def show_second(self) -> None:
        """Draw it."""
        if self.tabs:
            self.query_one(ScreenTabs).show(self.host.screen_tabs(), self.go, self.facts())
        else:
            self.query_one(PhaseStrip).show(self.host.picture.strip)

    def on_resize(self) -> None:
        """Have the body compact where it is low, or the person wants it so; then lay it out."""
        self._show_size(self.size)
        self.lay_out()

    def _show_size(self, size: Size) -> None:
        """Set the classes that tell the size, all at once and as Textual will have them.

        Each change of a class of a screen costs the styles of all that is on it, so they are there
        before it is filled.
        """
        density = self.host.config.board.density
        has_strip = self.tabs or size.width >= _STRIP_FROM
        is_low = size.height - _FRAME + (not has_strip) < _COMPACT_BELOW
        classes = {"-compact": is_low if density == "auto" else density == "compact"}
        for points, length in (
            (self.HORIZONTAL_BREAKPOINTS, size.width),
            (self.VERTICAL_BREAKPOINTS, size.height),
        ):
            reached = [name for least, name in points if length >= least]
            classes |= {name: name == reached[-1] for _, name in points}
        self.update_classes(classes, animate=False)

    def lay_out(self) -> None:
        """Lay out the body for another size."""

    def show_frame(self) -> None:
        """Draw what surrounds the body; only what differs is painted."""
        with suppress(NoMatches):
            self._show_frame()

    def _show_frame(self) -> None:
        self.show_header()
        self.show_second()
        self.show_status()
        self.show_keys()

    def show_keys(self) -> None:
        """Draw the footer; the keys of a dialog above are not those of this screen."""
        if self.is_active:
            host = self.host
            marked = marked_words(len(host.picture.marks), self.marks_out_of_view)
            self.query_one(Footer).show(host.footer_keys(), marked)

    def show_status(self) -> None:
        """Draw the status line; the application calls it when something is told, too."""
        host = self.host
        now = host.clock.monotonic()
        status = Status(
            toast=host.toasts.standing(now),
            notice=self.standing_notice(),
            event=host.last_event,
            place=self.place(),
            now=now,
            motion=host.motion,
        )
        with suppress(NoMatches):
            self.query_one(StatusLine).show(status)

    def header(self) -> Header:
        """Return what the line at the top tells."""
        return self.host.picture.header

    def standing_notice(self) -> Notice | None:
        """Return what keeps the run, or the screen, from going on; None where nothing does."""
        host = self.host
        unread = unreadable(host.unreadable, host.as_of)
        return unread or notice(host.picture, host.countdown_now(), self.selected)

    def place(self) -> str:
        """Return where the selected task is: its phase, and its id."""
        task = self.selected
        if task is None:
            return ""
        card = self.host.picture.cards[task]
        return f"{card.phase} {self.host.glyphs.into} {card.id}" if card.phase else card.id

    @on(PhaseChosen)
    def show_only_phase(self, message: PhaseChosen) -> None:
        """Show only the phase that was clicked in the strip; all of them at the second click."""
        wanted = f'phase:"{message.phase}"'
        picture = self.host.picture
        picture.filter("" if picture.filtered.text == wanted else wanted)
        self.refresh_from(EVERYTHING)

    # -- what the application calls

    def refresh_from(self, changes: Changes) -> None:
        """Show what has changed in the picture; the application calls it after each batch."""
        with suppress(NoMatches):
            self.show_changes(changes)
        self.show_frame()

    def tick(self, now: float) -> None:
        """Let a second pass; `now` is in UTC seconds."""
        with suppress(NoMatches):
            self.show_time(now)
        with suppress(NoMatches):
            self.show_header()
            self.show_second()
            self.show_status()
            # Time alone gives a key something to do only where a back-off is over.
            if not int(now) % _KEYS_EVERY:
                self.show_keys()

    @property
    def selected(self) -> str | None:
        """The task that the keys work on; None before there is a list to select in."""
        with suppress(NoMatches):
            return self.selected_task()
        return None

    def why_not(self, action: str) -> str | None:  # noqa: ARG002 - for a screen of many runs
        """Return why an action on the run can do nothing here, "" where it can.

        None, as here, leaves that to the application: the screen is one of the run that is open.
        """
        return None

    def act(self, action: str) -> bool:  # noqa: ARG002 - same
        """Do an action on the run in the screen's own way; return whether it has one."""
        return False

    @property
    def listed(self) -> tuple[str, ...] | None:
        """The tasks whose marks count on this screen; None where all marks do."""
        return None

    @property
    def stop_sentence(self) -> str:
        """Why no task is selected, where the cursor is on a fold; else ""."""
        return ""

    @property
    def similar_tasks(self) -> tuple[str, ...]:
        """The tasks that the card under the cursor stands for, where those are several."""
        return ()

    @property
    def marks_out_of_view(self) -> int:
        """How many marked tasks are in no frame: folded, filtered, or of a similar card."""
        picture = self.host.picture
        return sum(picture.index(task) is None for task in picture.marks)

    @property
    def in_list(self) -> bool:
        """Whether all tasks stand in one list here."""
        return False

    @property
    def in_box(self) -> bool:
        """Whether the keys are for an answer box of this screen."""
        return False

    def enter_box(self) -> bool:
        """Give the answer box the keys; whether there is one."""
        return False

    def action_answer_box(self, what: str) -> None:
        """Do what a key of the answer box does, where there is one."""
        del what
        self.host.show_toast("y opens the question first")

    # -- what a screen fills in

    def compose_body(self) -> Iterable[Widget]:
        """Lay out what is between the frame; it gets all the lines that are left."""
        raise NotImplementedError

    def compose_prompt(self) -> Iterable[Widget]:
        """Lay out what takes the place of the status line while somebody types in it."""
        return ()

    def show_changes(self, changes: Changes) -> None:
        """Draw what has changed in the picture."""
        raise NotImplementedError

    def show_time(self, now: float) -> None:
        """Draw what depends on the time alone."""
        raise NotImplementedError

    def selected_task(self) -> str | None:
        """Return the task under the cursor."""
        raise NotImplementedError

    def facts(self) -> tuple[Span, ...]:
        """Return what stands at the right end of the tabs."""
        return ()

    @property
    def lane(self) -> str | None:
        """The lane that the key for lanes works on; "" where the selected has none, None: ask."""
        return None

    # -- what the screens share

    @on(events.ScreenResume)
    def keep_styles(self, event: events.ScreenResume) -> None:
        """Style nothing anew the first time: what was just mounted has its styles."""
        event.refresh_styles = self.stack_updates > 0

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

    def action_next_need(self) -> None:
        """Go to the next that needs the person, on the board."""
        self.do_on_board("view.next_need")

    def action_cost(self) -> None:
        """Show cost and tokens on all cards of the board, or not."""
        self.do_on_board("view.cost")

    def do_on_board(self, action: str) -> None:
        """Show the board, and do something there."""
        self.host.action_go("board")
        self.host.perform(action)

    def action_history(self) -> None:
        """Show the board as it was."""
        self.host.travel()

    def action_back(self) -> None:
        """Go back to the board."""
        self.host.action_go("board")
