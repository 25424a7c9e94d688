"""`wf scheduler`: leads one run until it is over; other commands start it."""

from __future__ import annotations

import logging
import os
from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time

import click

from wf_tui.cli.context import print_line, reading
from wf_tui.cli.options import repo_option
from wf_tui.clock import SystemClock
from wf_tui.scheduler.notifier import NotifyCommand
from wf_tui.scheduler.process import Lead
from wf_tui.scheduler.run_log import write_lines
from wf_tui.settings import read_settings

__all__ = ["scheduler"]


@click.command
@click.option("--run", "run", required=True, metavar="RUN", help="The run to lead.")
@repo_option
def scheduler(run: str, repo: Path | None) -> int:
    """Lead a run until it is over, or a person stops it.

    A run has one leader: another scheduler waits until that one is gone.
    """
    # Its standard error is the `scheduler.log` of the run, unless somebody calls it at a terminal.
    logging.basicConfig(level=logging.INFO, handlers=[write_lines(logging.StreamHandler())])
    with reading(run, repo) as found:
        project, name = found.project, found.run.id
    config = read_settings(os.environ)
    lead = Lead(
        project.paths,
        project.common_dir,
        name,
        SystemClock(),
        os.environ,
        config.timing,
        port_base=config.port_base,
        lane_budgets=config.lane_budgets,
        notify=NotifyCommand(config.notifications.command, config.notifications.text),
    )
    state = lead.run()
    print_line(f"run {name}: {state}")
    # As a shell would say it, though the signal was taken and the run wound up in order.
    return 128 + lead.signalled if lead.signalled else 0
