"""A goal is planned: what the model does, then its plan, to agree to or to have changed."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from wf_tui.board.terminal.app import TerminalApp
from wf_tui.errors import WfError
from wf_tui.picture.event_text import event_line
from wf_tui.picture.usage_text import usage_text
from wf_tui.planning.plan_draft import PlanDraft, draft_of_planning
from wf_tui.planning.planning_run import Stage, Standing
from wf_tui.planning.watch import is_shown, watch
from wf_tui.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wf_tui.planning.plan_draft import Terms
    from wf_tui.planning.planning_run import PlanningRun

__all__ = ["Leaving", "PlanApp", "PlanView"]

_WORKING: Final = "b: its board   esc: stop it"
_ASKING: Final = "it asks you something   b: its board, y answers   esc: stop it"
_AGREE: Final = "ctrl+s: run it   e: edit   c: change it in words   b: its board   esc: leave it"
_FAULTY: Final = "e: mend it   c: say what to do   b: its board   esc: give up"
_OVER: Final = "esc: leave"
_MOST_LINES: Final = 2000
_LONGEST_LINE: Final = 1000


class Leaving(Enum):
    """Why a person left the screen for a while, or for good."""

    RUN = auto()
    EDIT = auto()
    BOARD = auto()
    LEAVE = auto()


@dataclass
class PlanView:
    """What the screen shows; it outlives the application, which is left to edit a plan."""

    terms: Terms
    planning: PlanningRun
    goal: str
    started: float
    """When the planning was begun, in UTC seconds."""
    draft: PlanDraft | None = None
    """The plan, once there is one."""
    seen: int = 0
    """The last event that is shown."""
    lines: list[str] = field(default_factory=list)
    """What has happened, or the plan; safe to show."""


class PlanApp(TerminalApp[Leaving]):
    """Shows a planning and its plan. Returns what the person wants; None where a signal ended it.

    Whatever waits for the ledger, git or the model runs on threads, which post messages.
    """

    class Happened(Message):
        """Something has happened in the planning."""

        def __init__(self, line: str) -> None:
            self.line = line
            super().__init__()

    class Stands(Message):
        """The planning is at another point; `lines` are its plan, where there is one."""

        def __init__(self, standing: Standing, lines: list[str] | None = None) -> None:
            self.standing, self.lines = standing, lines
            super().__init__()

    TITLE = "wf"
    CSS_PATH = "../board.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [
        Binding("ctrl+s", "agree", "Run it"),
        Binding("e,E", "edit", "Edit"),
        Binding("c,i", "change", "Change"),
        Binding("b", "board", "Board"),
        Binding("escape,q", "leave", "Leave"),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | ctrl+s | Run the plan. |
    | e | Edit it in the person's editor. |
    | c, i | Say in words what is to be different. |
    | b | Go to the board of the planning. |
    | escape, q | Stop the planning, or leave its plan where it is. |
    """

    def __init__(self, view: PlanView) -> None:
        super().__init__()
        self._view = view
        self._over = threading.Event()
        self._stage = Stage.WORKING
        self.use_themes("", os.environ)

    def compose(self) -> ComposeResult:
        """Draw the goal, what has happened or the plan, and the keys."""
        yield Label(Content(clean(self._view.goal, limit=400)), classes="line")
        with VerticalScroll(id="plan"):
            yield Static(id="lines")
        yield Input(placeholder="what is to be different? Enter asks the model", id="wish")
        yield Label(_WORKING, id="keys", classes="line", markup=False)

    def on_mount(self) -> None:
        """Show what there is, and go on with what happens."""
        self.query_one("#plan").focus()
        self._show()
        self.follow()

    def on_unmount(self) -> None:
        """Let the thread end."""
        self._over.set()

    # -- what happens

    @work(thread=True, exclusive=True)
    def follow(self, wish: str = "") -> None:
        """Follow the planning, on a thread, until it needs a person; send it a wish before."""
        view = self._view
        try:
            if wish:
                view.planning.ask_to_change(view.draft.wish(wish) if view.draft else wish)
            for found in watch(view.planning, view.seen, self._over):
                if isinstance(found, Standing):
                    self.post_message(self._stands(found))
                else:
                    view.seen = found.seq
                    if is_shown(found):
                        self.post_message(self.Happened(event_line(found, view.started)))
        except WfError as error:
            self.post_message(self.Happened(f"{error.message}; {error.hint}"))

    def _stands(self, standing: Standing) -> Stands:
        """Return where the planning is, with its plan, which is in its file then; on the thread."""
        view = self._view
        if standing.stage not in {Stage.READY, Stage.FAILED}:
            return self.Stands(standing)
        if view.draft is None:
            view.draft = draft_of_planning(view.terms, view.planning, standing)
            return self.Stands(standing, view.draft.lines())
        before, heading = view.draft.proposal.text, list[str]()
        if view.draft.take(standing):
            heading = [*view.draft.changes(before), ""]
        elif standing.stage is Stage.FAILED and view.draft.proposal.valid:
            heading = [f"no valid plan came of that: {standing.sentence}", ""]
        return self.Stands(standing, [*heading, *view.draft.lines()])

    @on(Happened)
    def show_event(self, message: Happened) -> None:
        """Add a line, and keep the newest in view."""
        self._view.lines = [*self._view.lines[-_MOST_LINES:], message.line]
        self._show()
        self.query_one("#plan", VerticalScroll).scroll_end(animate=False)

    @on(Stands)
    def show_standing(self, message: Stands) -> None:
        """Say which keys there are now, and show the plan where it has come."""
        standing, self._stage = message.standing, message.standing.stage
        box, draft = self.query_one("#plan", VerticalScroll), self._view.draft
        if message.lines is None:
            if standing.stage is Stage.OVER:
                self._view.lines.append(standing.sentence)
                self._show()
        else:
            self._view.lines = message.lines
            self._show()
            box.scroll_home(animate=False)
            used = usage_text(standing.usage) or "usage unknown"
            box.border_subtitle = Content(clean(f"planned: {used}"))
        box.set_class(draft is not None and not draft.proposal.valid, "-faulty")
        self.query_one("#keys", Label).update(Content(self._keys()))

    def _keys(self) -> str:
        if self._stage in {Stage.READY, Stage.FAILED} and self._view.draft is not None:
            return _AGREE if self._view.draft.proposal.valid else _FAULTY
        words = {Stage.WORKING: _WORKING, Stage.ASKING: _ASKING}
        return words.get(self._stage, _OVER)

    def _show(self) -> None:
        text = "\n".join(line[:_LONGEST_LINE] for line in self._view.lines)
        self.query_one("#lines", Static).update(Content(text))

    # -- what a person wants

    @property
    def _decides(self) -> bool:
        """Whether there is a plan that a person can do something with, and no wish is open."""
        return self._stage in {Stage.READY, Stage.FAILED} and self._view.draft is not None

    def action_agree(self) -> None:
        """Run the plan, where it has no errors."""
        draft = self._view.draft
        if self._decides and draft is not None and draft.proposal.valid:
            self.exit(Leaving.RUN)

    def action_edit(self) -> None:
        """Give the terminal to the person's editor."""
        if self._decides:
            self.exit(Leaving.EDIT)

    def action_board(self) -> None:
        """Go to the board of the planning, which has its log and its questions."""
        self.exit(Leaving.BOARD)

    def action_change(self) -> None:
        """Ask what is to be different."""
        if self._decides:
            wish = self.query_one("#wish", Input)
            wish.add_class("-asked")
            wish.focus()

    @on(Input.Submitted)
    def send_wish(self, event: Input.Submitted) -> None:
        """Have the model make another plan."""
        words = event.value.strip()
        self._close_wish()
        if words and self._decides:
            self._stage = Stage.WORKING
            self._view.lines = []
            self._show()
            self.query_one("#keys", Label).update(Content(_WORKING))
            self.follow(words)

    def action_leave(self) -> None:
        """Close the line for a wish; else leave the plan where it is, or stop the planning."""
        if self.query_one("#wish", Input).has_class("-asked"):
            self._close_wish()
        else:
            self.exit(Leaving.LEAVE)

    def _close_wish(self) -> None:
        wish = self.query_one("#wish", Input)
        wish.value = ""
        wish.remove_class("-asked")
        self.query_one("#plan").focus()
