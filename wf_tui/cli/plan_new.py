"""`wf plan new`: a goal becomes a plan, which a person sees before it runs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.board import on_terminal
from wf_tui.cli.context import parse_seats, print_json, project_at
from wf_tui.cli.errors import warn
from wf_tui.cli.plan_talk import Answer, Talk, follow
from wf_tui.cli.start_run import INVALID, run_options, start_run
from wf_tui.config import load_config
from wf_tui.errors import RefusedError, UsageError
from wf_tui.git.user.uncommitted import count_uncommitted, uncommitted_text
from wf_tui.picture.usage_text import usage_text
from wf_tui.planning.plan_file import check_output, new_plan_path, write_plan
from wf_tui.planning.planner import choose_planner, default_worker
from wf_tui.planning.planning_run import (
    Draft,
    PlanningRun,
    Stage,
    begin_planning,
    newest_planning,
)
from wf_tui.planning.preview import Preview
from wf_tui.planning.proposal import Proposal, of_answer, of_text
from wf_tui.planning.repository_map import file_map, repository_facts, tracked_files
from wf_tui.planning.request import Request
from wf_tui.planning.source import read_source, without_model
from wf_tui.profiles.choice import worker_facts
from wf_tui.project import open_reads
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.cli.start_run import RunOptions
    from wf_tui.config import Config
    from wf_tui.planning.planning_run import Standing
    from wf_tui.planning.source import Source
    from wf_tui.project import Project

__all__ = ["new"]

_NO_VALID_PLAN: Final = 1
_NEWEST: Final = ""


@click.command
@click.argument("goal", required=False)
@click.option("--profile", default="", metavar="P", help="The profile that plans.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the plan goes (.yaml); without it, into wf's state directory.",
)
@click.option("--force", is_flag=True, help="Let -o write over a file that is there.")
@click.option("--yes", is_flag=True, help="Run the plan at once, without asking.")
@click.option(
    "--from",
    "source",
    metavar="FILE",
    help="Notes, an issue, another tool's file that the plan is made of; - is standard input.",
)
@click.option(
    "--resume",
    is_flag=False,
    flag_value=_NEWEST,
    metavar="[=RUN]",
    help="Go on with a planning that was begun; the newest, or the run that is named.",
)
@run_options
def new(
    *,
    goal: str | None,
    profile: str,
    output: Path | None,
    force: bool,
    yes: bool,
    source: str | None,
    resume: str | None,
    options: RunOptions,
) -> int:
    """Have a model write a plan for GOAL, look at it, and run it.

    The planning is a run of its own that changes nothing (wf runs --all). Its plan is checked, and
    shown as waves with all commands that would run. You edit it, ask for changes in words, run it,
    or leave it: it stays in its file. Without a terminal give -o, or --yes.
    """
    agrees = on_terminal() and not options.as_json
    if not (agrees or yes or output):
        raise UsageError(
            "nobody is here to agree to the plan: there is no terminal",
            "-o FILE writes it, --yes runs it at once",
        )
    if output is not None:
        check_output(output, force=force)
    config = load_config(os.environ)
    wanted = _Wanted(project_at(options.repo), config, options, output, force, yes, agrees)
    if resume is not None:
        if goal or source or profile:
            raise UsageError("--resume goes on with what was asked for", "leave out the rest")
        return wanted.resume(resume)
    if not goal and not source:
        raise UsageError("say what is to be done", 'wf plan new "GOAL"')
    given = read_source(source) if source else None
    if given is not None and not goal and not profile:
        proposal = without_model(given, worker_facts(config), warn)
        if proposal is not None:
            return wanted.ready(proposal, proposal.report.goal or given.name)
    return wanted.by_model(goal or "", profile, given)


@dataclass(frozen=True)
class _Wanted:
    """What one call of the command is about."""

    project: Project
    config: Config
    options: RunOptions
    output: Path | None
    force: bool
    yes: bool
    agrees: bool
    """Whether a person is at a terminal."""

    def ready(self, proposal: Proposal, goal: str) -> int:
        """Settle a plan that no model has made."""
        path = self.output or new_plan_path(self.project.paths, goal)
        talk = self._new_talk(path, proposal, None, may_replace=self.force)
        if proposal.valid:
            talk.save(proposal)
        elif not self.agrees:
            click.echo(proposal.report.text(), err=True)
            return INVALID
        return self._decide(talk)

    def by_model(self, goal: str, profile: str, source: Source | None) -> int:
        """Have a model plan, and settle what comes of it."""
        environ = self.project.environ
        planner = choose_planner(self.config, profile, environ)
        repository = self.project.repository
        paths = tracked_files(repository)
        request = Request(
            goal=goal or f"Do the work that {source.name if source else 'it'} describes.",
            workers=worker_facts(self.config),
            files=file_map(paths),
            facts=repository_facts(repository, paths),
            source=source.text if source else "",
            source_name=source.name if source else "",
            default_worker=default_worker(self.config, environ),
        )
        output = str(self.output.absolute()) if self.output else ""
        planning = begin_planning(
            self.project,
            self.config,
            request,
            planner,
            Draft(request.goal, output=output, force=self.force),
            wait_for_person=self.agrees,
            warn=warn,
        )
        warn(f"{clean(planner)} plans in run {planning.id}; it changes nothing")
        return self._through(planning)

    def resume(self, name: str) -> int:
        """Go on with a planning where it was left."""
        with open_reads(self.project) as db:
            planning = PlanningRun(self.project, newest_planning(db, name).id)
        planning.lead()
        return self._through(planning)

    def _through(self, planning: PlanningRun) -> int:
        """See a planning through; an interrupt ends it, so that nothing of it runs on."""
        try:
            return self._settle(planning)
        except (KeyboardInterrupt, click.Abort):
            planning.stop()
            path = planning.draft().path
            kept = f"; its plan is kept: {clean(path)}" if path else ""
            warn(f"the planning {planning.id} is stopped{kept}")
            raise

    def _settle(self, planning: PlanningRun) -> int:
        standing = follow(planning)
        if standing.stage is Stage.OVER:
            raise RefusedError(
                f"the planning {planning.id} is over: {standing.sentence or 'it was stopped'}",
                'begin another one: wf plan new "GOAL"',
            )
        talk = self._talk(planning, standing)
        if standing.stage is Stage.FAILED:
            self._tell_failure(planning, standing, talk.proposal)
            if not self.agrees or not talk.proposal.text:
                return self._give_up(planning, standing, talk.proposal)
        elif not talk.proposal.valid:
            # Its profiles are others now than as it was planned.
            click.echo(talk.proposal.report.text(), err=True)
        elif not talk.proposal.edited:
            talk.save(talk.proposal, epoch=standing.epoch)
        if standing.stage is Stage.READY:
            warn(f"planned: {usage_text(standing.usage) or 'usage unknown'}; {talk.path}")
        return self._decide(talk)

    def _talk(self, planning: PlanningRun, standing: Standing) -> Talk:
        workers = worker_facts(self.config)
        draft = planning.draft()
        kept = Path(draft.path) if draft.path else None
        if kept is not None and kept.is_file() and draft.epoch == standing.epoch:
            proposal = of_text(kept.read_text("utf-8", "replace"), workers, edited=True)
        else:
            proposal = of_answer(standing.answer, workers)
        path = self.output or (Path(draft.output) if draft.output else None)
        path = path or kept or new_plan_path(self.project.paths, draft.goal)
        may_replace = path == kept or self.force or draft.force
        return self._new_talk(path, proposal, planning, may_replace=may_replace)

    def _new_talk(
        self, path: Path, proposal: Proposal, planning: PlanningRun | None, *, may_replace: bool
    ) -> Talk:
        repository = self.project.repository
        left_out = uncommitted_text(
            count_uncommitted(repository, self.project.environ), repository.head
        )
        around = Preview(
            self.config, self.project.environ, parse_seats(self.options.workers), left_out
        )
        workers = worker_facts(self.config)
        return Talk(
            self.project, workers, around, path, proposal, planning, may_replace=may_replace
        )

    def _decide(self, talk: Talk) -> int:
        """Have a person decide, or nobody, and do what was decided."""
        if self.agrees and not self.yes:
            if talk.until_decided() is Answer.DECLINE:
                return self._leave(talk)
        elif not talk.proposal.valid:
            return _NO_VALID_PLAN
        elif self.agrees:
            talk.show()
        if talk.planning is not None:
            talk.planning.finish()
        if not self.options.as_json and not sys.stdout.isatty():
            click.echo(talk.proposal.text, nl=False)
        if self.agrees or self.yes:
            report = replace(talk.proposal.report, file=str(talk.path), warnings=())
            return start_run(report, self.options, self.config)
        if self.options.as_json:
            self._print(talk.proposal, talk.path)
        return 0

    def _leave(self, talk: Talk) -> int:
        """End without a run; what there is of a plan is kept."""
        if talk.planning is not None and not talk.proposal.valid:
            talk.planning.stop()
            return _NO_VALID_PLAN
        if talk.planning is not None:
            talk.planning.finish()
        where = clean(str(talk.path), limit=1000)
        warn("nothing was started; the plan is kept", f"wf run {where}")
        return 0

    def _tell_failure(self, planning: PlanningRun, standing: Standing, proposal: Proposal) -> None:
        warn(
            f"no valid plan: {standing.sentence}", f"its answers: wf logs plan --run {planning.id}"
        )
        if proposal.report.errors and proposal.text:
            click.echo(proposal.report.text(), err=True)

    def _give_up(self, planning: PlanningRun, standing: Standing, proposal: Proposal) -> int:
        """End a planning that came to nothing, with its last answer where a person finds it."""
        planning.stop()
        answer = planning.folder / "last-answer.md"
        if standing.answer:
            write_plan(answer, standing.answer, over=True)
            warn(f"its last answer: {answer}")
        if self.options.as_json:
            self._print(proposal, None)
        return _NO_VALID_PLAN

    def _print(self, proposal: Proposal, path: Path | None) -> None:
        shown = replace(proposal.report, file=str(path)) if path else proposal.report
        print_json({**shown.as_json(), "path": str(path) if path else None})
