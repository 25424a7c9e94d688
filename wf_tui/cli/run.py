"""`wf run`: check a plan, make a run of it, and start it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.board import ascii_option, on_terminal, show_board
from wf_tui.cli.context import (
    json_option,
    lenient_option,
    parse_seats,
    print_json,
    print_line,
    project_at,
    repo_option,
    worker_option,
)
from wf_tui.cli.errors import warn
from wf_tui.cli.foreground import lead_here
from wf_tui.config import load_config
from wf_tui.errors import UsageError
from wf_tui.ledger.model.run_budget import changed_budget
from wf_tui.new_run import budget_of, create_run
from wf_tui.plan.read import read_plan
from wf_tui.profiles.choice import choose_profiles, worker_facts
from wf_tui.project import open_ledger
from wf_tui.scheduler.control import ensure_scheduler

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.project import Project

__all__ = ["run"]

_INVALID: Final = 2
_REFUSED_BELOW: Final = frozenset({"unknown_worker", "no_profile"})


@click.command
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--headless", is_flag=True, help="Run the scheduler here: a line for each event.")
@click.option("--detach", is_flag=True, help="Run it in the background, and return at once.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many tasks at once.")
@worker_option
@click.option(
    "--lease",
    type=click.FloatRange(0, min_open=True),
    metavar="S",
    help="Seconds for which a claim is valid without a heartbeat.",
)
@click.option(
    "--budget",
    "amounts",
    multiple=True,
    metavar="AMOUNT",
    help="What it may cost: 25usd or 2000000tok; can be repeated.",
)
@click.option(
    "--no-questions",
    is_flag=True,
    help="Wait for nobody: what a worker asks is at once as if its time were over.",
)
@lenient_option
@ascii_option
@repo_option
@json_option
def run(
    plan: Path,
    *,
    headless: bool,
    detach: bool,
    jobs: int | None,
    workers: tuple[str, ...],
    lease: float | None,
    amounts: tuple[str, ...],
    no_questions: bool,
    lenient: bool,
    ascii_only: bool,
    repo: Path | None,
    as_json: bool,
) -> int:
    """Check PLAN (JSON, TOML or YAML), make a run of it on this repository, and start it.

    The run continues in the background, and the board opens if there is a terminal for it.
    """
    if headless and detach:
        raise UsageError("--headless and --detach exclude each other", "leave one out")
    # Before anything is looked up or made: a plan that cannot run leaves no trace.
    config = load_config(os.environ)
    report = read_plan(plan, lenient=lenient, workers=worker_facts(config))
    # What `choose_profiles` refuses below is told once, with what helps.
    kept = [one for one in report.warnings if one.code not in _REFUSED_BELOW]
    report = replace(report, warnings=tuple(kept))
    if report.errors or report.warnings:
        click.echo(report.text(), err=True)
    if report.plan is None:
        return _INVALID
    budget = budget_of(report.plan)
    for amount in amounts:
        budget = changed_budget(budget, amount)
    project = project_at(repo)
    choice = choose_profiles(report.plan, config, parse_seats(workers), os.environ)
    if no_questions:
        choice = choice.without_questions()
    for line in choice.warnings:
        warn(line)
    with open_ledger(project, create=True) as ledger:
        made = create_run(
            project,
            ledger,
            report.plan,
            config,
            choice=choice,
            jobs=jobs,
            lease=lease,
            budget=budget,
            warn=warn,
        )
    if headless:
        return lead_here(project, made, config, as_json=as_json)
    # The scheduler is a process of its own, so the board is opened on it like on any other run.
    watched = on_terminal() and not detach and not as_json
    _start_scheduler(project, made, as_json=as_json, quiet=watched, hint=not detach)
    return show_board(project, made.id, ascii_only=ascii_only) if watched else 0


def _start_scheduler(
    project: Project, made: RunRow, *, as_json: bool, quiet: bool, hint: bool
) -> None:
    with open_ledger(project) as ledger:
        pid = ensure_scheduler(project, ledger, made.id)
    if quiet:
        return
    if as_json:
        print_json({"run": made.id, "dir": str(project.paths.run(made.id).root), "pid": pid})
        return
    print_line(f"run {made.id} continues in the background (scheduler {pid})")
    if hint:
        warn(f"watch it with: wf status {made.id}, wf events {made.id} --follow")
