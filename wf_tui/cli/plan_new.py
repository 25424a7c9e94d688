"""`wf plan new`: a goal becomes a plan, which a person sees before it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.board import on_terminal
from wf_tui.cli.context import project_at
from wf_tui.cli.options import parse_seats
from wf_tui.cli.plan_settling import Settling
from wf_tui.cli.plan_shape import shape_options
from wf_tui.cli.start_run import run_options
from wf_tui.config import load_config
from wf_tui.errors import UsageError
from wf_tui.planning.given_limits import GivenLimits
from wf_tui.planning.plan_draft import Terms
from wf_tui.planning.plan_file import check_output
from wf_tui.planning.source import read_source

if TYPE_CHECKING:
    from wf_tui.cli.plan_shape import ShapeWords
    from wf_tui.cli.start_run import RunOptions

__all__ = ["new"]

_NEWEST: Final = ""


@click.command
@click.argument("goal", required=False)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="P",
    help="The profile that plans; with --shape those that do the work.",
)
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
@shape_options
@run_options
def new(
    *,
    goal: str | None,
    profiles: tuple[str, ...],
    output: Path | None,
    force: bool,
    yes: bool,
    source: str | None,
    resume: str | None,
    words: ShapeWords,
    options: RunOptions,
) -> int:
    """Have a model write a plan for GOAL, look at it, and run it.

    The planning is a run of its own that changes nothing (wf runs --all). Its plan is checked, and
    shown as waves with all commands that would run. You edit it, ask for changes in words, run it,
    or leave it: it stays in its file. Without a terminal give -o, or --yes. With --shape no model
    is asked.
    """
    goal = goal.strip() if goal else ""
    agrees = on_terminal() and not options.as_json
    if not (agrees or yes or output):
        raise UsageError(
            "nobody is here to agree to the plan: there is no terminal",
            "-o FILE writes it, --yes runs it at once",
        )
    if output is not None:
        check_output(output, force=force)
    config = load_config(os.environ)
    seats = parse_seats(options.workers)
    place = output.absolute() if output else None
    limits = GivenLimits(options.jobs, options.amounts)
    limits.check()
    terms = Terms(project_at(options.repo), config, seats, place, force, limits)
    settling = Settling(terms, options, yes=yes, agrees=agrees)
    if words.shape is None:
        words.require_shape()
    if resume is not None:
        if goal or source or profiles or words.shape:
            raise UsageError("--resume goes on with what was asked for", "leave out the rest")
        return settling.resume(resume)
    if not goal and (words.shape or not source):
        raise UsageError("say what is to be done", 'wf plan new "GOAL"')
    if words.shape:
        if source:
            raise UsageError("--shape and --from exclude each other", "leave one out")
        return settling.ready(words.proposal(terms, goal, profiles), goal)
    if len(profiles) > 1:
        raise UsageError("one profile plans", "name one; with --shape several do the work")
    given = read_source(source) if source else None
    return settling.plan(goal, "".join(profiles), given)
