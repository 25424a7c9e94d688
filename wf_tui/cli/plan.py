"""`wf plan check` and `wf plan show`: what is wrong with plans, and what a good one does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from wf_tui.cli.context import print_json
from wf_tui.cli.errors import warn
from wf_tui.cli.group import Group
from wf_tui.cli.options import json_option, lenient_option
from wf_tui.config import load_config
from wf_tui.errors import WfError
from wf_tui.git.repository import find_repository
from wf_tui.git.user.uncommitted import count_uncommitted, uncommitted_text
from wf_tui.plan.draw import draw
from wf_tui.plan.read import read_plan
from wf_tui.profiles.choice import worker_facts

__all__ = ["plan"]

_INVALID: Final = 2
_NEW: Final = "new"


class _PlanGroup(Group):
    """Imports what makes plans only where one is made: to check one needs no run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*super().list_commands(ctx), _NEW]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that makes plans, when it is used."""
        if cmd_name != _NEW:
            return super().get_command(ctx, cmd_name)
        from wf_tui.cli.plan_new import new  # noqa: PLC0415 - see above

        return new


@click.group(cls=_PlanGroup)
def plan() -> None:
    """Check plans, draw one, or have one made."""


@plan.command
@click.argument(
    "plans", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PLAN..."
)
@lenient_option
@json_option
def check(*, plans: tuple[Path, ...], lenient: bool, as_json: bool) -> int:
    """Check plans and print all that is wrong with them; the exit status is 2 if anything is."""
    workers = worker_facts(load_config(os.environ))
    reports = [read_plan(path, lenient=lenient, workers=workers) for path in plans]
    for report in reports:
        if as_json:
            print_json(report.as_json())
        else:
            click.echo(report.text())
    _tell_uncommitted()
    return 0 if all(report.valid for report in reports) else _INVALID


def _tell_uncommitted() -> None:
    """Say what of this repository would not be in a run; plans can be checked without any."""
    try:
        repository = find_repository(Path.cwd())
    except (WfError, OSError):
        return
    if text := uncommitted_text(count_uncommitted(repository, os.environ), repository.head):
        warn(text)


@plan.command
@click.argument("file", type=click.Path(path_type=Path), metavar="PLAN")
def show(*, file: Path) -> int:
    """Draw a plan: its phases in waves, its tasks, and what each may change."""
    report = read_plan(file)
    if report.errors or report.warnings:
        click.echo(report.text(), err=True)
    if report.plan is None:
        return _INVALID
    click.echo(draw(report.plan))
    return 0
