"""What the keys of the plan screen do with all of a plan: it is made anew, it runs, it stays."""

from __future__ import annotations

import asyncio
import sys
from typing import Final

from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog, Stake
from wf_tui.board.dialogs.line_dialog import LineDialog
from wf_tui.board.plan.plan_view import Decision
from wf_tui.board.plan.task_acts import TaskActs
from wf_tui.errors import WfError
from wf_tui.ledger.queries import reads
from wf_tui.planning.editing.edits import with_limits_of
from wf_tui.planning.editing.examine import examine
from wf_tui.planning.plan_file import write_plan
from wf_tui.planning.shapes import SHAPES, ShapeOptions
from wf_tui.project import open_reads
from wf_tui.text import clean, plural
from wf_tui.user_program import edit_file, run_command

__all__ = ["PlanActs"]

_MOST_SHOWN: Final = 8


class PlanActs(TaskActs):
    """The part of the plan screen that asks for other plans, and ends it."""

    def begin_following(self, since: int = 0) -> None:
        """Follow the planner."""
        raise NotImplementedError

    # -- another plan

    def action_words(self) -> None:
        """Ask what is to be different, and have the planner make it so."""
        if not self.is_refused("plan.words"):
            self.host.start_dialog(self._words())

    async def _words(self) -> None:
        hint = "what is to be different? Enter asks the planner, and shows what changed"
        words = await self.host.push_screen_wait(LineDialog("Change it in words", hint))
        if not words:
            return
        since = await asyncio.to_thread(self._last_event)
        before = self.view.planning
        await asyncio.to_thread(self.view.ask, words, self._warn)
        self.begin_following(since if self.view.planning is before else 0)

    def _warn(self, text: str) -> None:
        self.app.call_from_thread(self.host.show_toast, text)

    def _last_event(self) -> int:
        planning = self.view.planning
        if planning is None:
            return 0
        with open_reads(planning.project) as db:
            return reads.run_row(db, planning.id).seq

    def action_shape(self) -> None:
        """Ask for a ready-made shape, and for what it is made of."""
        if not self.is_refused("plan.shape"):
            self.host.start_dialog(self._shape())

    async def _shape(self) -> None:
        choices = [Choice(one.name, one.name, one.summary) for one in SHAPES.values()]
        name = await self.host.push_screen_wait(ChoiceDialog("A ready-made shape", choices))
        if name is None:
            return
        shape = SHAPES[name]
        hint = f"{shape.takes}; separated by commas"
        items = await self.host.push_screen_wait(LineDialog(f"{name}: its items", hint))
        if items is None:
            return
        parts = tuple(part.strip() for part in items.split(",") if part.strip())
        goal = self.outline.goal or self.view.goal
        text = shape.text(ShapeOptions(goal=goal, items=parts))
        if self.outline.tasks:
            tasks = plural(len(self.outline.tasks), "task")
            question = ConfirmDialog(f"Replace the plan of {tasks}?", "replace it")
            if not await self.host.push_screen_wait(question):
                return
        self.change(lambda plan: with_limits_of(text, plan))

    def action_file(self) -> None:
        """Give the terminal to the person's editor, with the whole plan."""
        if self.is_refused("plan.file"):
            return
        self.view.begin_by_hand()
        try:
            text = self.edit_by_hand()
        except (WfError, OSError) as error:
            self.host.show_toast(str(error), severity="error")
            return
        if text is None or text == self.view.text:
            self.host.show_toast("nothing was changed", severity="information")
        else:
            self.change(lambda _: text)

    def edit_by_hand(self) -> str | None:
        """Return the plan as the person leaves it in their editor; None where that failed."""
        draft = self.view.draft
        if draft is None:
            return None
        write_plan(draft.copy, draft.proposal.text, over=True)
        try:
            where = f"the plan, in {clean(str(draft.copy), limit=400)}"
            ended_well = self.host.step_aside(
                where, lambda: edit_file(draft.copy, self.host.environ)
            )
            return draft.copy.read_text("utf-8", "replace") if ended_well else None
        finally:
            draft.copy.unlink(missing_ok=True)

    # -- what becomes of it

    def action_accept(self) -> None:
        """Run the plan, once nothing is wrong with it and the person knows what is new."""
        if not self.is_refused("plan.accept"):
            self.host.start_dialog(self._accept())

    async def _accept(self) -> None:
        draft, host = self.view.draft, self.host
        if draft is None:
            return
        async with self._one_at_a_time:
            found = await asyncio.to_thread(
                examine, self.view.terms, draft.proposal, host.clock.now()
            )
        if found.errors:
            first = found.errors[0]
            if first.task:
                self.plan_list.go_to(first.task)
            host.show_toast(first.text, first.hint, severity="error")
            return
        stakes = [Stake(f"$ {_one_line(command)}", where) for where, command in found.unseen]
        if len(stakes) > _MOST_SHOWN:
            more = len(stakes) - _MOST_SHOWN
            stakes = [*stakes[:_MOST_SHOWN], Stake(f"and {plural(more, 'more command')}")]
        if stakes or found.uncommitted:
            title = "Run it, with commands that no run here has had?" if stakes else "Run it?"
            letter = "all commands stand to the letter on the right side" if stakes else ""
            note = "; ".join(one for one in (found.uncommitted, letter) if one)
            question = ConfirmDialog(title, "run it", stakes, note)
            if not await host.push_screen_wait(question):
                return
        self.leave(Decision.RUN)

    def leave(self, decision: Decision) -> None:
        """End the screen; whoever opened it does what was decided."""
        self.view.decision = decision
        self.app.exit(0)

    def stop_planner(self) -> None:
        """End what the planner does; the plan of before, if there was one, stays."""

        async def stop() -> None:
            await asyncio.to_thread(self.view.stop)

        self.host.start_dialog(stop())

    def quit(self) -> None:
        """Leave; where a plan is being made, ask what becomes of that."""
        if not self.view.works:
            self.leave(Decision.LEAVE)
            return

        async def ask() -> None:
            question = ChoiceDialog(
                "Quit",
                (
                    Choice("away", "Leave the planner at work", "wf plan new --resume goes on"),
                    Choice("stop", "Stop the planner", "what it has done is kept as a run"),
                ),
            )
            chosen = await self.host.push_screen_wait(question)
            if chosen == "stop":
                await asyncio.to_thread(self.view.stop)
            if chosen is not None:
                self.leave(Decision.AWAY if chosen == "away" else Decision.LEAVE)

        self.host.start_dialog(ask())

    def open_board(self) -> None:
        """Give the terminal to the board of the planning, which has its log and its questions."""
        planning = self.view.planning
        if planning is None:
            return
        command = [sys.executable, "-P", "-m", "wf_tui", "board", planning.id]
        command += ["--repo", str(planning.project.start)]
        try:
            self.host.step_aside(
                f"the board of the planning {planning.id}",
                lambda: run_command(command, self.host.environ),
            )
        except WfError as error:
            self.host.show_toast(error.message, error.hint, severity="error")


def _one_line(command: str) -> str:
    first, *more = clean(command.strip(), limit=400, multiline=True).split("\n")
    return f"{first} …" if more else first
