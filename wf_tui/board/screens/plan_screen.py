"""Plan: a goal becomes phases and tasks, which a person changes and agrees to before any runs."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Horizontal, Vertical

from wf_tui.board.actions.action import Context
from wf_tui.board.actions.registry import bindings
from wf_tui.board.frame.notices import Notice
from wf_tui.board.plan import following
from wf_tui.board.plan.plan_acts import PlanActs
from wf_tui.board.plan.plan_header import GoalLine, HeaderFacts, PlanHeader
from wf_tui.board.plan.plan_lines import TaskFacts
from wf_tui.board.plan.plan_list import PlanList, WaveBars
from wf_tui.board.plan.plan_view import Decision
from wf_tui.board.plan.side_lines import BEGINNINGS, blank_lines, side_lines
from wf_tui.board.text_view.lines_view import LinesView
from wf_tui.board.text_view.text_line import plain, safe
from wf_tui.board.widgets.entry_view import EntryView
from wf_tui.picture.age import duration
from wf_tui.picture.usage_text import usage_text
from wf_tui.planning.editing.examine import Examination
from wf_tui.planning.editing.outline import Outline
from wf_tui.planning.planning_run import Stage, Standing
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.timer import Timer
    from textual.widget import Widget

    from wf_tui.board.plan.plan_view import PlanView
    from wf_tui.picture.batch import Changes

__all__ = ["PlanScreen"]

_QUIET: Final = 0.3
"""Seconds after a change before the plan is looked at again."""
_BESIDE_FROM: Final = 107
"""Columns from which on both sides are seen."""
_STEPS: Final = {
    "down": 1,
    "up": -1,
}


class PlanScreen(PlanActs):
    """Left the plan, or what the planner does meanwhile; right the selected task and the checks.

    What a key changes is done by `PlanActs`; here is what is seen. All of it runs on the event
    loop, but for `following`.
    """

    context: ClassVar = Context.PLAN
    BINDINGS: ClassVar = bindings(Context.PLAN)
    tabs = False

    def __init__(self, view: PlanView) -> None:
        super().__init__(view)
        self._over = threading.Event()
        self._began = 0.0
        """When the planner was asked last, by the monotonic clock."""
        self._number = 0
        self._timer: Timer | None = None
        self._place = ""

    # -- the frame

    def compose_header(self) -> Iterable[Widget]:
        """Lay out the line at the top."""
        yield PlanHeader(self.host.glyphs)

    def show_header(self) -> None:
        """Draw it."""
        facts = HeaderFacts(self._place, self._planner(), self.view.works)
        self.query_one(PlanHeader).show(facts)

    def _planner(self) -> str:
        view, standing = self.view, self.view.standing
        used = usage_text(standing.usage)
        if view.works:
            words = f"{clean(standing.planner or 'the planner')} plans"
            words += f" {duration(self.host.clock.monotonic() - self._began)}"
        elif standing.planner:
            took = "" if standing.seconds is None else f" {duration(standing.seconds)}"
            words = f"proposed by {clean(standing.planner)}{took}"
        else:
            return ""
        return f"{words} · {used}" if used else words

    def compose_second(self) -> Iterable[Widget]:
        """Lay out the line of the goal."""
        yield GoalLine(self.host.glyphs, clean(self.view.goal, limit=400))

    def show_second(self) -> None:
        """Draw it."""
        self.query_one(GoalLine).show(self.outline.goal or clean(self.view.goal, limit=400))

    def standing_notice(self) -> Notice:
        """Return what is going on, and which key helps."""
        view, host = self.view, self.host
        if view.standing.stage is Stage.ASKING:
            return Notice("it asks you something", f"{host.keys_of('view.open')} opens its board")
        if view.works:
            return Notice("the planner reads; nothing runs yet", "esc stops it", warns=False)
        if view.draft is None or self.is_blank:
            return Notice("there are no tasks yet; nothing runs", warns=False)
        if self.found is not None and self.found.errors:
            return Notice(self.found.errors[0].text, self.found.errors[0].hint)
        return Notice(f"nothing runs yet · draft of {view.draft.path.name}", warns=False)

    def place(self) -> str:
        """Return where the selected task is."""
        task, phase = self.plan_list.chosen_task, self.plan_list.chosen_phase
        if task is None:
            return phase.name if phase is not None else ""
        return f"{task.phase} {self.host.glyphs.into} {task.id}"

    def selected_task(self) -> str | None:
        """Return no task: those of a plan are in no run yet."""
        return None

    # -- the body

    def compose_body(self) -> Iterable[Widget]:
        """Lay out both sides."""
        glyphs = self.host.glyphs
        with Horizontal(id="plan"):
            with Vertical(id="plan-left"):
                yield PlanList(glyphs)
                yield LinesView(ascii=glyphs.ascii, id="plan-steps")
                yield WaveBars(glyphs)
            yield LinesView(ascii=glyphs.ascii, id="plan-side")

    @property
    def plan_list(self) -> PlanList:
        """The list of tasks."""
        return self.query_one(PlanList)

    @property
    def side(self) -> LinesView:
        """The right side."""
        return self.query_one("#plan-side", LinesView)

    @property
    def steps(self) -> LinesView:
        """What the planner does."""
        return self.query_one("#plan-steps", LinesView)

    def on_mount(self) -> None:
        """Show what there is, and follow the planner."""
        self.run_worker(self._read_place(), group="place")
        self.plan_list.focus()
        if self.view.planning is not None:
            self.begin_following()
        else:
            if self.view.draft is None:
                self.view.begin_by_hand()
            self.take_plan()
        self.show_all()

    def on_unmount(self) -> None:
        """Let the threads end."""
        self._over.set()

    async def _read_place(self) -> None:
        project = self.view.terms.project

        def read() -> str:
            head = project.repository.head
            home, start = Path.home(), project.start
            place = f"~/{start.relative_to(home)}" if start.is_relative_to(home) else str(start)
            return f"{clean(place, limit=80)} {clean(head[:7])}"

        self._place = await asyncio.to_thread(read)
        self.show_frame()

    def show_changes(self, changes: Changes) -> None:
        """Draw nothing: there is no run."""

    def show_time(self, now: float) -> None:
        """Let the time of the planner grow, in the frame."""

    def show_all(self) -> None:
        """Draw both sides and the frame."""
        works, found = self.view.works, self.found
        seen = found or Examination()
        facts = TaskFacts(seen.workers, seen.estimates, seen.marks())
        self.set_class(works, "-works")
        self.set_class(self.is_blank, "-blank")
        if self.is_blank:
            why = self.view.why_no_planner or self.view.standing.sentence
            keys = {name: self.host.keys_of(f"plan.{name}") for name in BEGINNINGS}
            self.steps.show_lines(blank_lines(why, keys, self.found, self.host.glyphs))
        self.plan_list.show(self.outline, facts)
        self.query_one(WaveBars).show(self.outline, facts)
        self.show_side()
        left = self.steps if works or self.is_blank else self.plan_list
        if (
            not self.has_class("-side")
            and self.focused is not left
            and self.focused is not self.side
        ):
            left.focus()  # the other one is not seen any more
        self.show_frame()

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to list: no plan, or one that cannot be read."""
        return not self.view.works and not self.outline.phases

    def show_side(self, *, keep: bool = False) -> None:
        """Draw the right side."""
        listed = self.plan_list
        if self.view.works and self.view.draft is None:
            self.side.show_lines([])
            return
        lines = side_lines(
            *(listed.chosen_task, listed.chosen_phase, self.outline, self.found),
            *(self.changes, self.host.glyphs),
        )
        self.side.show_lines(lines, keep=keep)

    @on(EntryView.Selected)
    def show_selected(self) -> None:
        """Show the task that the cursor is on."""
        self.show_side()
        self.show_frame()

    @on(EntryView.Opened)
    def open_clicked(self) -> None:
        """Edit the task that was clicked twice; a phase is folded or opened."""
        if self.plan_list.chosen_task is None:
            self.action_fold()
        else:
            self.action_edit()

    @on(EntryView.MenuAsked)
    def show_menu(self) -> None:
        """Show what can be done, at a click with the right button."""
        self.host.action_menu()

    # -- the planner

    def begin_following(self, since: int = 0) -> None:
        """Follow the planning on a thread, which posts what happens."""
        self._began = self.host.clock.monotonic()
        self._over = threading.Event()
        self.view.standing = Standing(Stage.WORKING, planner=self.view.standing.planner)
        self.steps.start_following()
        self.show_all()
        over, post = self._over, self.post_message
        self.run_worker(
            lambda: following.follow(self.view, since, over, post),
            group="follow",
            exclusive=True,
            thread=True,
        )

    @on(following.Happened)
    def show_step(self, message: following.Happened) -> None:
        """Add a line to what the planner does."""
        self.steps.add([plain(safe(message.line))])

    @on(following.Stands)
    def take_standing(self, message: following.Stands) -> None:
        """Show the plan once there is one, or why there is none."""
        standing, view = message.standing, self.view
        had = bool(self.outline.phases)
        view.standing = standing
        self.changes = tuple(message.changes)
        if not view.works:
            view.begin_by_hand()
            self.take_plan()
            if standing.stage is Stage.FAILED and (had or not self.outline.phases):
                self.host.show_toast(f"no valid plan came of it: {standing.sentence}")
        self.show_all()

    @on(following.Failed)
    def show_failure(self, message: following.Failed) -> None:
        """Say what went wrong on a thread; the planning, if there was one, is where it was."""
        self.host.show_toast(message.error.message, message.error.hint, severity="error")

    # -- the plan

    def take_plan(self) -> None:
        """List the plan of the draft, and have it looked at in a moment."""
        draft = self.view.draft
        self.outline = Outline() if draft is None else draft.outline
        self.plan_changed()

    def plan_changed(self) -> None:
        """Have the plan looked at again, a moment after the last change of it."""
        self.found = None
        self._number += 1
        number = self._number
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_QUIET, lambda: self._look(number))
        self.show_all()

    def _look(self, number: int) -> None:
        now, post = self.host.clock.now(), self.post_message
        self.run_worker(
            lambda: following.look(self.view, number, now, post), group="look", thread=True
        )

    @on(following.Examined)
    def show_examined(self, message: following.Examined) -> None:
        """Show what was found, unless the plan is another one by now."""
        if message.number == self._number:
            self.found = message.found
            self.show_all()

    # -- moving

    def action_move(self, where: str) -> None:
        """Move in the side that has the keys; left and right change it."""
        if where in {"left", "right"}:
            self._focus(side=where == "right")
        elif self.focused is self.plan_list:
            self.plan_list.move(where)
        else:
            view = self.focused if isinstance(self.focused, LinesView) else self.side
            if where in _STEPS:
                view.move(_STEPS[where])
            elif where in {"first", "last"}:
                view.move_to_end(last=where == "last")
            else:
                view.move_pages(1 if where == "page_down" else -1)

    def action_other_side(self) -> None:
        """Go to the other side."""
        self._focus(side=self.focused is not self.side)

    def _focus(self, *, side: bool) -> None:
        self.set_class(side, "-side")
        left = self.steps if self.view.works or self.is_blank else self.plan_list
        (self.side if side else left).focus()
        self.show_frame()

    def action_open(self) -> None:
        """Show all of the selected task; while a plan is made, the board of its planning."""
        if self.view.works:
            self.open_board()
        elif self.plan_list.chosen_task is None:
            self.action_fold()
        else:
            self._focus(side=True)

    def action_fold(self) -> None:
        """Fold or open the phase under the cursor."""
        self.plan_list.fold()
        self.show_side()

    def action_fold_all(self) -> None:
        """Fold or open all phases."""
        self.plan_list.fold(every=True)
        self.show_side()

    def action_back(self) -> None:
        """Go back to the list, or stop the planner, or leave the plan where it is."""
        if self.has_class("-side"):
            self._focus(side=False)
        elif self.view.works:
            self.stop_planner()
        else:
            self.leave(Decision.LEAVE)
