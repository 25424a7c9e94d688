"""What the plan screen is about: whom it asks, which plan there is, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from wf_tui.ledger.queries import reads
from wf_tui.planning.asking import ask_model
from wf_tui.planning.plain_yaml import as_yaml
from wf_tui.planning.plan_draft import PlanDraft, draft_of, draft_of_planning
from wf_tui.planning.planning_run import Stage, Standing
from wf_tui.planning.proposal import of_text
from wf_tui.planning.source import Source
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.planning.plan_draft import Terms
    from wf_tui.planning.planning_run import PlanningRun

__all__ = ["Decision", "PlanView"]

_CHANGE = "{goal}\n\nThe plan so far lies under `source`. Keep it but for this:\n{words}"


class Decision(Enum):
    """What a person wants with the plan in the end."""

    RUN = auto()
    LEAVE = auto()
    """Nothing runs; the draft stays."""
    AWAY = auto()
    """The planner goes on without anybody who looks."""


@dataclass
class PlanView:
    """One plan on the screen; its methods ask and read, and are for a thread."""

    terms: Terms
    goal: str
    planning: PlanningRun | None = None
    draft: PlanDraft | None = None
    profile: str = ""
    """Who plans, where the person said it."""
    why_no_planner: str = ""
    """Why nobody could be asked at first; safe to show."""
    decision: Decision | None = None
    """None where a signal ended it."""
    standing: Standing = field(default_factory=lambda: Standing(Stage.OVER))
    """Where the planning is."""

    @property
    def works(self) -> bool:
        """Whether a plan is being made."""
        return self.standing.stage in {Stage.WORKING, Stage.ASKING}

    @property
    def text(self) -> str:
        """The plan as it is now; "" before there is one."""
        return self.draft.proposal.text if self.draft else ""

    def begin_by_hand(self) -> None:
        """Have a plan that is nothing but its goal, where no planner has made one."""
        if self.draft is None:
            text = as_yaml({"goal": self.goal, "phases": []})
            self.draft = draft_of(self.terms, of_text(text, self.terms.workers), self.goal)

    def ask(self, words: str, warn: Callable[[str], None]) -> None:
        """Have the planner make another plan; raises `WfError` where nobody can be asked.

        The session that made the plan is asked where it is there, else a new one gets the plan.
        """
        draft, planning = self.draft, self.planning
        if planning is not None and draft is not None and self._goes_on(planning):
            planning.ask_to_change(draft.wish(words))
            return
        source = Source("plan.yaml", self.text) if self.text.strip() else None
        goal = _CHANGE.format(goal=self.goal, words=words) if source else f"{self.goal}\n\n{words}"
        self.planning, _ = ask_model(
            self.terms, goal, self.profile, source, wait_for_person=True, warn=warn
        )
        if draft is not None:
            draft.plan_anew(self.planning)

    def _goes_on(self, planning: PlanningRun) -> bool:
        with open_reads(planning.project) as db:
            return not reads.run_row(db, planning.id).state.ended

    def take(self, standing: Standing) -> list[str]:
        """Take what a planning has come to; return what is another than before, as lines.

        Raises `WfError` where the file of the plan cannot be written.
        """
        if self.planning is None or standing.stage not in {Stage.READY, Stage.FAILED}:
            return []
        if self.draft is None:
            self.draft = draft_of_planning(self.terms, self.planning, standing)
            return []
        before = self.text
        if not self.draft.take(standing):
            return []
        self.draft.keep()
        return [*self.draft.changes(before)]

    def stop(self) -> None:
        """End what plans."""
        if self.planning is not None:
            self.planning.stop()
