"""From a goal to the end of `wf plan new`: a run, a file, or why there is neither."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from wf_tui.board.plan.plan_view import Decision, PlanView
from wf_tui.cli.context import print_json, project_at
from wf_tui.cli.errors import warn
from wf_tui.cli.plan_following import follow
from wf_tui.cli.plan_screen import show_plan
from wf_tui.cli.start_run import INVALID, RunOptions, start_run
from wf_tui.config import load_config
from wf_tui.errors import EnvironmentalError, RefusedError, UsageError
from wf_tui.ledger.model.states import PLANNING
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.picture.usage_text import usage_text
from wf_tui.planning.asking import ask_model
from wf_tui.planning.given_limits import GivenLimits
from wf_tui.planning.kept_drafts import draft_of_run, newest_draft
from wf_tui.planning.plan_draft import Terms, draft_of, draft_of_kept, draft_of_planning
from wf_tui.planning.plan_file import write_plan
from wf_tui.planning.planning_run import PlanningRun, Stage, newest_planning
from wf_tui.planning.source import read_source, without_model
from wf_tui.project import open_reads
from wf_tui.text import clean
from wf_tui.user_program import interrupts_passed_over

if TYPE_CHECKING:
    from wf_tui.board.forms.goal_form import Goal
    from wf_tui.planning.plan_draft import PlanDraft
    from wf_tui.planning.planning_run import Standing
    from wf_tui.planning.proposal import Proposal
    from wf_tui.planning.source import Source

__all__ = ["Settling", "plan_goal"]

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
        try:
            planning, planner = ask_model(
                self.terms, goal, profile, source, wait_for_person=self.agrees, warn=warn
            )
        except (EnvironmentalError, UsageError) as error:
            if not self.on_screen or profile:
                raise
            why = f"{clean(error.message)}; {clean(error.hint)}"
            return self.show(PlanView(self.terms, goal, why_no_planner=why))
        if self.on_screen:
            return self.show(PlanView(self.terms, goal or planning.draft().goal, planning))
        warn(f"{clean(planner)} plans in run {planning.id}; it changes nothing")
        return self._through(planning)

    def ready(self, proposal: Proposal, goal: str) -> int:
        """Settle a plan that no model has made."""
        draft = draft_of(self.terms, proposal, goal)
        if draft.proposal.valid:
            draft.save(draft.proposal)
        elif not self.agrees:
            click.echo(proposal.report.text(), err=True)
            return INVALID
        if self.on_screen:
            return self.show(PlanView(self.terms, goal, draft=draft))
        return self._decide(draft)

    def resume(self, name: str) -> int:
        """Go on with a plan where it was left: the newest, or that of a run."""
        project = self.terms.project
        kept = None if name else newest_draft(project.paths)
        if kept is not None and not kept[1].run and not self._is_older(kept[0]):
            draft = draft_of_kept(self.terms, kept[1])
            if self.on_screen:
                return self.show(PlanView(self.terms, draft.goal, draft=draft))
            return self._decide(draft)
        with open_reads(project) as db:
            row = newest_planning(db, name)
        planning = PlanningRun(project, row.id)
        if not row.state.ended:
            planning.lead()
        if self.on_screen:
            left = draft_of_run(project.paths, row.id)
            goal = left.goal if left is not None else planning.draft().goal
            return self.show(PlanView(self.terms, goal, planning))
        return self._through(planning)

    def _is_older(self, changed: float) -> bool:
        """Whether a planning was begun after a draft was changed last."""
        if not store_of(self.terms.project.paths).exists():
            return False
        with open_reads(self.terms.project) as db:
            found = [row for row in reads.runs(db) if row.purpose == PLANNING]
        return bool(found) and found[0].created_at > changed

    @property
    def on_screen(self) -> bool:
        """Whether a person looks at the plan, and decides."""
        return self.agrees and not self.yes

    def show(self, view: PlanView) -> int:
        """Show a plan until its person has decided, and do that."""
        status = show_plan(view, ascii_only=self.options.ascii_only)
        draft, planning = view.draft, view.planning
        if view.decision is Decision.RUN and draft is not None:
            return self.run(draft)
        if view.decision is Decision.AWAY and planning is not None:
            warn(f"{planning.id} plans on", "wf plan new --resume looks at what comes of it")
            return 0
        if view.decision is Decision.LEAVE and draft is not None and not draft.is_blank:
            return self.leave(draft)
        if planning is None:
            warn("nothing was started")
        else:
            with interrupts_passed_over():  # people press it twice
                planning.stop()
            kept = "; its plan is kept: wf plan new --resume" if draft is not None else ""
            warn(f"the planning {planning.id} is stopped{kept}")
        return status

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
            return self._give_up(draft, planning, standing)
        used = usage_text(standing.usage) or "usage unknown"
        warn(f"planned: {used}; the plan is in {clean(str(draft.path), limit=1000)}")
        return self._decide(draft)

    def _decide(self, draft: PlanDraft) -> int:
        """Run or print what nobody has to agree to; a person who is here sees it."""
        if self.agrees:
            for line in draft.lines():
                click.echo(line, err=True)
        return self.run(draft)

    def run(self, draft: PlanDraft) -> int:
        """Do with a plan what was agreed to, or asked for where nobody has to agree."""
        draft.finish()
        draft.forget()
        if not draft.proposal.valid:
            click.echo(draft.proposal.report.text(), err=True)
            return _NO_VALID_PLAN
        if not self.options.as_json and not sys.stdout.isatty():
            click.echo(draft.proposal.text, nl=False)
        if self.agrees or self.yes:
            # Its warnings were shown with it.
            report = replace(draft.proposal.report, file=str(draft.path), warnings=())
            beside = draft.beside
            options = replace(self.options, jobs=beside.jobs, amounts=beside.amounts)
            return start_run(report, options, self.terms.config)
        if self.options.as_json:
            _print(draft.proposal, draft.path)
        return 0

    def leave(self, draft: PlanDraft) -> int:
        """End without a run; what there is of a plan is kept."""
        draft.keep()
        draft.finish()
        where = clean(str(draft.path), limit=1000)
        runs = f", wf run {where} runs it" if draft.proposal.valid else ""
        warn("nothing was started; the plan is kept", f"wf plan new --resume goes on{runs}")
        return 0 if draft.proposal.valid else _NO_VALID_PLAN

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


def plan_goal(goal: Goal, options: RunOptions | None = None) -> int:
    """Have a goal of the start screen planned, and settle it; return the exit status.

    `options` are how its run is started. Called once that screen has given the terminal back.
    """
    options = options or RunOptions()
    limits = GivenLimits(options.jobs, options.amounts)
    terms = Terms(project_at(None), load_config(os.environ), {}, limits=limits)
    settling = Settling(terms, options, yes=False, agrees=True)
    source = read_source(str(Path(goal.source).expanduser())) if goal.source else None
    return settling.plan(goal.text, goal.profile, source)


def _print(proposal: Proposal, path: Path | None) -> None:
    shown = replace(proposal.report, file=str(path)) if path else proposal.report
    print_json({**shown.as_json(), "path": str(path) if path else None})
