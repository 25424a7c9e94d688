"""Making a run of a checked plan and starting it: what all commands that do so have in common."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import click

from wf_tui.cli.board import ascii_option, on_terminal, show_board
from wf_tui.cli.context import print_json, print_line, project_at
from wf_tui.cli.errors import warn
from wf_tui.cli.foreground import lead_here
from wf_tui.cli.options import json_option, parse_seats, repo_option, worker_option
from wf_tui.errors import UsageError
from wf_tui.ledger.model.run_budget import changed_budget
from wf_tui.new_run import budget_of, create_run
from wf_tui.profiles.choice import choose_profiles
from wf_tui.project import open_ledger
from wf_tui.scheduler.control import ensure_scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wf_tui.config import Config
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.plan.models import Plan
    from wf_tui.plan.report import Report
    from wf_tui.project import Project

__all__ = ["INVALID", "RunOptions", "run_options", "start_run"]

INVALID: Final = 2
"""The exit status where a plan cannot be run."""
_REFUSED_BELOW: Final = frozenset({"unknown_worker", "no_profile"})


@dataclass(frozen=True)
class RunOptions:
    """How a run is started, as the options of `run_options` say it."""

    headless: bool = False
    """The scheduler is this process, and prints a line for each event."""
    detach: bool = False
    jobs: int | None = None
    workers: tuple[str, ...] = ()
    """Seats, each as `PROFILE=N`."""
    lease: float | None = None
    """Seconds."""
    amounts: tuple[str, ...] = ()
    """What it may cost, each as `25usd` or `2000000tok`."""
    no_questions: bool = False
    ascii_only: bool = False
    repo: Path | None = None
    as_json: bool = False

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.headless and self.detach:
            raise UsageError("--headless and --detach exclude each other", "leave one out")


def run_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of how a run is started; it gets them as one, `options`."""

    @functools.wraps(command)
    def with_options(**values: Any) -> int:
        chosen = {name: values.pop(name) for name in _BY_OPTION}
        return command(options=RunOptions(**chosen), **values)

    decorated: Callable[..., int] = with_options
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


_BY_OPTION: Final = [field.name for field in fields(RunOptions)]
_OPTIONS: Final = (
    click.option("--headless", is_flag=True, help="Run the scheduler here: a line for each event."),
    click.option("--detach", is_flag=True, help="Run it in the background, and return at once."),
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many tasks at once."),
    worker_option,
    click.option(
        "--lease",
        type=click.FloatRange(0, min_open=True),
        metavar="S",
        help="Seconds for which a claim is valid without a heartbeat.",
    ),
    click.option(
        "--budget",
        "amounts",
        multiple=True,
        metavar="AMOUNT",
        help="What it may cost: 25usd or 2000000tok; can be repeated.",
    ),
    click.option(
        "--no-questions",
        is_flag=True,
        help="Wait for nobody: what a worker asks is at once as if its time were over.",
    ),
    ascii_option,
    repo_option,
    json_option,
)


def start_run(
    report: Report, options: RunOptions, config: Config, notes: Sequence[str] = ()
) -> int:
    """Make a run of the plan in a report, and start it; return the exit status of the command.

    Says on stderr what is wrong with the plan, and what a person should know before it runs. The
    report has to be made with the profiles of this `config` (`worker_facts`). Leaves no trace where
    it refuses. The run continues in the background, but for `headless`; the board opens if there is
    a terminal for it. `notes` are told with the warnings, once nothing is refused.
    """
    # What `choose_profiles` refuses below is told once, with what helps.
    kept = [one for one in report.warnings if one.code not in _REFUSED_BELOW]
    report = replace(report, warnings=tuple(kept))
    if report.errors or report.warnings:
        click.echo(report.text(), err=True)
    if report.plan is None:
        return INVALID
    project, made = _make_run(report.plan, options, config, notes)
    if options.headless:
        return lead_here(project, made, config, as_json=options.as_json)
    # The scheduler is a process of its own, so the board is opened on it like on any other run.
    watched = on_terminal() and not options.detach and not options.as_json
    _start_scheduler(project, made, options, quiet=watched)
    return show_board(project, made.id, ascii_only=options.ascii_only) if watched else 0


def _make_run(
    plan: Plan, options: RunOptions, config: Config, notes: Sequence[str]
) -> tuple[Project, RunRow]:
    budget = budget_of(plan)
    for amount in options.amounts:
        budget = changed_budget(budget, amount)
    project = project_at(options.repo)
    choice = choose_profiles(plan, config, parse_seats(options.workers), os.environ)
    if options.no_questions:
        choice = choice.without_questions()
    for line in (*notes, *choice.warnings):
        warn(line)
    with open_ledger(project, create=True) as ledger:
        made = create_run(
            project,
            ledger,
            plan,
            config,
            choice=choice,
            jobs=options.jobs,
            lease=options.lease,
            budget=budget,
            warn=warn,
        )
    return project, made


def _start_scheduler(project: Project, made: RunRow, options: RunOptions, *, quiet: bool) -> None:
    with open_ledger(project) as ledger:
        pid = ensure_scheduler(project, ledger, made.id)
    if quiet:
        return
    if options.as_json:
        print_json({"run": made.id, "dir": str(project.paths.run(made.id).root), "pid": pid})
        return
    print_line(f"run {made.id} continues in the background (scheduler {pid})")
    if not options.detach:
        warn(f"watch it with: wf status {made.id}, wf events {made.id} --follow")
