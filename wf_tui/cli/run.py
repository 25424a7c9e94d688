"""`wf run`: check a plan, make a run of it, and start it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wf_tui.cli.options import lenient_option
from wf_tui.cli.start_run import run_options, start_run
from wf_tui.config import load_config
from wf_tui.plan.read import read_plan
from wf_tui.profiles.choice import worker_facts

if TYPE_CHECKING:
    from wf_tui.cli.start_run import RunOptions

__all__ = ["run"]


@click.command
@click.argument("plan", type=click.Path(path_type=Path))
@lenient_option
@run_options
def run(*, plan: Path, lenient: bool, options: RunOptions) -> int:
    """Check PLAN (JSON, TOML or YAML), make a run of it on this repository, and start it.

    The run continues in the background, and the board opens if there is a terminal for it.
    """
    # Before anything is looked up or made: a plan that cannot run leaves no trace.
    config = load_config(os.environ)
    report = read_plan(plan, lenient=lenient, workers=worker_facts(config))
    return start_run(report, options, config)
