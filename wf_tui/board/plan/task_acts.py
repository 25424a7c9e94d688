"""What the keys of the plan screen do to tasks, seats and budget: another plan is made of each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog, Stake
from wf_tui.board.dialogs.line_dialog import LineDialog
from wf_tui.board.plan.plan_form import PlanTaskForm
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.board.user_keys import textual_name
from wf_tui.errors import UsageError, WfError
from wf_tui.planning.editing import edits
from wf_tui.planning.editing.outline import Outline
from wf_tui.profiles.resolve import resolve
from wf_tui.profiles.usable import usable
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.plan.plan_list import PlanList
    from wf_tui.board.plan.plan_view import PlanView
    from wf_tui.planning.editing.examine import Examination
    from wf_tui.planning.editing.outline import OutlinedTask
    from wf_tui.planning.given_limits import LimitName
    from wf_tui.planning.plan_draft import Terms

__all__ = ["TaskActs"]

_ANY: Final = "*"
"""The choice of no profile; none is called so."""
_MOST_SHOWN: Final = 8
_TITLE: Final = 48
_NEEDS_TASK: Final = frozenset({"plan.edit", "plan.drop", "plan.worker", "plan.review"})
_MOST_DOLLARS: Final = 1e9


class TaskActs(RunScreen):
    """The part of the plan screen that changes the plan, task by task; `PlanScreen` draws it.

    Edits are made one after the other on threads, each of the text that the one before has left.
    """

    def __init__(self, view: PlanView) -> None:
        super().__init__()
        self.view = view
        self.outline = Outline()
        self.found: Examination | None = None
        """What was found out about the plan; None until that is so."""
        self.changes: tuple[str, ...] = ()
        """What the last wish has changed, as lines."""
        self._one_at_a_time = asyncio.Lock()

    # -- what the screen has

    @property
    def plan_list(self) -> PlanList:
        """The list of tasks."""
        raise NotImplementedError

    def plan_changed(self) -> None:
        """Have another plan looked at, and drawn."""
        raise NotImplementedError

    def take_plan(self) -> None:
        """Show the plan of the draft, which is another one."""
        raise NotImplementedError

    # -- whether a key can do anything

    def why_not(self, action: str) -> str | None:
        """Return why an action can do nothing now; "" where it can."""
        if not action.startswith("plan."):
            return None
        if self.view.works:
            return "the planner works; esc stops it"
        if action == "plan.accept" and not self.outline.tasks:
            return f"there are no tasks; {self.host.keys_of('plan.new')} adds one"
        if action in _NEEDS_TASK and self.plan_list.chosen_task is None:
            return "no task is selected"
        return ""

    def is_refused(self, action: str) -> bool:
        """Whether an action can do nothing; says why."""
        reason = self.why_not(action)
        if reason:
            self.host.show_toast(f"{self.host.keys_of(action)}: {reason}")
        return bool(reason)

    # -- changing the plan

    def change(
        self, edit: Callable[[str], str], then: str = "", sets: LimitName | None = None
    ) -> None:
        """Make another plan of this one, after all edits before it; `then` selects a task.

        `sets` names what the change is about, if that may have been given for the run.
        """
        self.run_worker(self._change(edit, then, sets), group="edits")

    async def _change(self, edit: Callable[[str], str], then: str, sets: LimitName | None) -> None:
        async with self._one_at_a_time:
            try:
                self.outline = await asyncio.to_thread(self._edited, edit, sets)
            except WfError as error:
                self.host.show_toast(error.message, error.hint, severity="error")
                return
        self.changes = ()
        self.plan_changed()
        if then:
            self.plan_list.go_to(then)

    def _edited(self, edit: Callable[[str], str], sets: LimitName | None) -> Outline:
        """Change the draft, and return what is in it; on a thread."""
        self.view.begin_by_hand()
        draft = self.view.draft
        if draft is None:
            raise UsageError("there is no plan to change")
        draft.change(edit(draft.proposal.text), sets)
        return draft.outline

    def _chosen(self, action: str) -> OutlinedTask | None:
        return None if self.is_refused(action) else self.plan_list.chosen_task

    def action_edit(self) -> None:
        """Ask what the selected task is to be."""
        task = self._chosen("plan.edit")
        if task is not None:
            self.host.start_dialog(self._edit(task))

    async def _edit(self, task: OutlinedTask) -> None:
        wanted = await self.host.push_screen_wait(PlanTaskForm(self.outline, task))
        if wanted is not None and wanted.values:
            self.change(lambda text: edits.set_task(text, task.id, wanted.values))

    def action_new(self) -> None:
        """Ask for a new task, below the selected one."""
        if not self.is_refused("plan.new"):
            self.host.start_dialog(self._new())

    async def _new(self) -> None:
        phase = self.plan_list.chosen_phase
        beside = self.plan_list.chosen_task
        form = PlanTaskForm(self.outline, None, phase.name if phase else "")
        wanted = await self.host.push_screen_wait(form)
        if wanted is None:
            return
        after = beside.id if beside is not None and beside.phase == wanted.phase else ""
        name = edits.new_id(self.view.text, str(wanted.values.get("title", "")))
        values = {"id": name, **wanted.values}
        self.change(
            lambda text: edits.add_task(text, values, phase=wanted.phase, after=after), name
        )

    def action_drop(self) -> None:
        """Take the selected task out, once the person agrees: nothing brings it back."""
        task = self._chosen("plan.drop")
        if task is not None:
            self.host.start_dialog(self._drop(task))

    async def _drop(self, task: OutlinedTask) -> None:
        needed = [one.name for one in self.outline.tasks if task.id in one.needs]
        note = f"{plural(len(needed), 'task')} that it is needed by no longer wait for it"
        question = ConfirmDialog(
            f"Drop “{clean(task.name, limit=_TITLE)}”?",
            "drop it",
            [Stake(name) for name in needed[:_MOST_SHOWN]],
            note if needed else "its prompt is gone then",
        )
        if await self.host.push_screen_wait(question):
            self.change(lambda text: edits.drop_task(text, task.id))

    def action_worker(self) -> None:
        """Ask who does the selected task."""
        task = self._chosen("plan.worker")
        if task is not None:
            self.host.start_dialog(self._worker(task))

    async def _worker(self, task: OutlinedTask) -> None:
        choices = await asyncio.to_thread(profile_choices, self.view.terms, task)
        title = f"Who does “{clean(task.name, limit=_TITLE)}”?"
        chosen = await self.host.push_screen_wait(ChoiceDialog(title, choices, typing=True))
        if chosen is not None:
            worker = None if chosen == _ANY else chosen
            self.change(lambda text: edits.set_task(text, task.id, {"worker": worker}))

    def action_review(self) -> None:
        """Set or clear the person's look at the work of the selected task."""
        task = self._chosen("plan.review")
        if task is None:
            return
        if not task.writes:
            self.host.show_toast(f"“{task.name}” changes no files, so there is nothing to review")
            return
        wanted = None if task.review else True
        self.change(lambda text: edits.set_task(text, task.id, {"review": wanted}))

    def action_seats(self) -> None:
        """Let one task more run at once, or one fewer; without its keys, ask how many."""
        if self.is_refused("plan.seats"):
            return
        keys = [textual_name(key) for key in self.host.keys_of("plan.seats").split()]
        pressed = self.host.pressed_key
        if pressed in keys:
            more = -1 if keys.index(pressed) else 1
            # The outline is of the edit before, by the time that this one is made.
            self.change(lambda text: edits.set_seats(text, self.outline.seats + more), sets="jobs")
        else:
            self.host.start_dialog(self._seats())

    async def _seats(self) -> None:
        text = await self.host.push_screen_wait(LineDialog("Seats", "how many tasks run at once"))
        if text:
            seats = int(text) if text.isascii() and text.isdigit() else 0
            self.change(lambda plan: edits.set_seats(plan, seats), sets="jobs")

    def action_budget(self) -> None:
        """Ask what all of it may cost."""
        if not self.is_refused("plan.budget"):
            self.host.start_dialog(self._budget())

    async def _budget(self) -> None:
        now = self.outline.dollars
        hint = "dollars, such as 25; 0 for no limit" + (f"; now {now:g}" if now else "")
        text = await self.host.push_screen_wait(LineDialog("Budget", hint))
        if not text:
            return
        try:
            dollars = float(text.strip().lower().removesuffix("usd").strip(" $"))
        except ValueError:
            raise UsageError(f"{text!r} is no amount", "dollars, such as 25") from None
        if not 0 <= dollars <= _MOST_DOLLARS:  # also false for what is no number
            raise UsageError(f"{text!r} is no amount", "dollars, such as 25")
        self.change(lambda plan: edits.set_budget(plan, dollars or None), sets="amounts")


def profile_choices(terms: Terms, task: OutlinedTask) -> list[Choice]:
    """Return who could do a task; those that cannot are listed last, with the reason.

    It looks for programs and keys, so it is for a thread.
    """
    wanted = "command" if task.command else "prompt"
    choices = [Choice(_ANY, "anyone", f"whoever takes the role {task.role}")]
    for name, facts in terms.workers.items():
        profile = resolve(terms.config, name)
        reasons = [one.text for one in usable(profile, terms.project.environ)]
        if facts.takes != wanted:
            reasons.insert(0, f"takes {facts.takes}s alone")
        elif facts.roles and task.role not in facts.roles:
            reasons.insert(0, f"has the roles {', '.join(facts.roles)} alone")
        note = "; ".join(reasons) or ("does it now" if name == task.worker else "")
        choices.append(Choice(name, name, note, disabled=bool(reasons)))
    return sorted(choices, key=lambda one: one.disabled)
