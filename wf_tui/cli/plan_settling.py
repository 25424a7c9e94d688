"""From a goal to the end of `wf plan new`: a run, a file, or why there is neither."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import print_json
from wf_tui.cli.errors import warn
from wf_tui.cli.plan_talk import Answer, follow, settle_by_talk
from wf_tui.cli.start_run import INVALID, start_run
from wf_tui.errors import RefusedError, UsageError
from wf_tui.picture.usage_text import usage_text
from wf_tui.planning.asking import ask_model
from wf_tui.planning.plan_draft import draft_of, draft_of_planning
from wf_tui.planning.plan_file import write_plan
from wf_tui.planning.planning_run import PlanningRun, Stage, newest_planning
from wf_tui.planning.source import without_model
from wf_tui.project import open_reads
from wf_tui.text import clean
from wf_tui.user_program import interrupts_passed_over

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.cli.start_run import RunOptions
    from wf_tui.planning.plan_draft import PlanDraft, Terms
    from wf_tui.planning.planning_run import Standing
    from wf_tui.planning.proposal import Proposal
    from wf_tui.planning.source import Source

__all__ = ["Settling"]

_NO_VALID_PLAN: Final = 1


@dataclass(frozen=True)
class Settling:
    """What one call of the command is about, and what it comes to: each method a way into it."""

    terms: Terms
    options: RunOptions
    yes: bool
    """Whether the plan runs without anybody's look."""
    agrees: bool
    """Whether a person is at a terminal."""

    def plan(self, goal: str, profile: str, source: Source | None) -> int:
        """Make a plan, by a model unless the source is one already; return the exit status."""
        if source is not None and not goal and not profile:
            proposal = without_model(source, self.terms.workers, warn)
            if proposal is not None:
                return self.ready(proposal, proposal.report.goal or source.name)
        planning, planner = ask_model(
            self.terms, goal, profile, source, wait_for_person=self.agrees, warn=warn
        )
        warn(f"{clean(planner)} plans in run {planning.id}; it changes nothing")
        return self._through(planning)

    def ready(self, proposal: Proposal, goal: str) -> int:
        """Settle a plan that no model has made."""
        draft = draft_of(self.terms, proposal, goal)
        if proposal.valid:
            draft.save(proposal)
        elif not self.agrees:
            click.echo(proposal.report.text(), err=True)
            return INVALID
        return self._decide(draft)

    def resume(self, name: str) -> int:
        """Go on with a planning where it was left."""
        project = self.terms.project
        with open_reads(project) as db:
            planning = PlanningRun(project, newest_planning(db, name).id)
        planning.lead()
        return self._through(planning)

    def _through(self, planning: PlanningRun) -> int:
        """See a planning through; an interrupt ends it, so that nothing of it runs on."""
        try:
            return self._settle(planning, follow(planning))
        except (KeyboardInterrupt, click.Abort):
            with interrupts_passed_over():  # people press it twice
                planning.stop()
            path = planning.draft().path
            kept = f"; its plan is kept: {clean(path)}" if path else ""
            warn(f"the planning {planning.id} is stopped{kept}")
            raise

    def _settle(self, planning: PlanningRun, standing: Standing) -> int:
        if standing.stage is Stage.OVER:
            path = planning.draft().path
            hint = f"wf run {clean(path)}" if path else 'begin another one: wf plan new "GOAL"'
            why = standing.sentence or "it was stopped"
            raise RefusedError(f"the planning {planning.id} is over: {why}", hint)
        try:
            draft = draft_of_planning(self.terms, planning, standing)
        except UsageError as error:  # the file is somebody else's by now
            error.hint = f"wf plan new --resume={planning.id} -o OTHER writes it elsewhere"
            raise
        if standing.stage is Stage.FAILED:
            if standing.waits:
                hint = f"wf plan new --resume={planning.id} when that is over"
                warn(f"there is no plan yet: {standing.sentence}", hint)
                return _NO_VALID_PLAN
            hint = f"its answers: wf logs plan --run {planning.id}"
            warn(f"no valid plan: {standing.sentence}", hint)
            if not self.agrees or self.yes:
                return self._give_up(draft, planning, standing)
        else:
            used = usage_text(standing.usage) or "usage unknown"
            warn(f"planned: {used}; the plan is in {clean(str(draft.path), limit=1000)}")
        return self._decide(draft)

    def _decide(self, draft: PlanDraft) -> int:
        """Have a person decide, or nobody, and do what was decided."""
        if self.agrees and not self.yes:
            if settle_by_talk(draft) is Answer.DECLINE:
                return self.leave(draft)
        elif self.agrees:
            for line in draft.lines():
                click.echo(line, err=True)
        return self.run(draft)

    def run(self, draft: PlanDraft) -> int:
        """Do with a plan what was agreed to, or asked for where nobody has to agree."""
        draft.finish()
        if not draft.proposal.valid:
            click.echo(draft.proposal.report.text(), err=True)
            return _NO_VALID_PLAN
        if not self.options.as_json and not sys.stdout.isatty():
            click.echo(draft.proposal.text, nl=False)
        if self.agrees or self.yes:
            # Its warnings were shown with it.
            report = replace(draft.proposal.report, file=str(draft.path), warnings=())
            return start_run(report, self.options, self.terms.config)
        if self.options.as_json:
            _print(draft.proposal, draft.path)
        return 0

    def leave(self, draft: PlanDraft) -> int:
        """End without a run; what there is of a plan is kept."""
        draft.finish()
        if not draft.proposal.valid:
            return _NO_VALID_PLAN
        where = clean(str(draft.path), limit=1000)
        warn("nothing was started; the plan is kept", f"wf run {where}")
        return 0

    def _give_up(self, draft: PlanDraft, planning: PlanningRun, standing: Standing) -> int:
        """End a planning that came to nothing, with its last answer where a person finds it."""
        planning.stop()
        if draft.proposal.report.errors:
            click.echo(draft.proposal.report.text(), err=True)
        if standing.answer:
            answer = planning.folder / "last-answer.md"
            write_plan(answer, standing.answer, over=True)
            warn(f"its last answer: {answer}")
        if self.options.as_json:
            _print(draft.proposal, None)
        return _NO_VALID_PLAN


def _print(proposal: Proposal, path: Path | None) -> None:
    shown = replace(proposal.report, file=str(path)) if path else proposal.report
    print_json({**shown.as_json(), "path": str(path) if path else None})
