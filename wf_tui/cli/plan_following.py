"""Following a planning where nobody looks at a screen: a line for each event, on stderr."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import click

from wf_tui.cli.errors import warn
from wf_tui.ledger.queries import reads
from wf_tui.picture.event_text import event_line
from wf_tui.planning.planning_run import Stage, Standing
from wf_tui.planning.watch import is_shown, watch
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from wf_tui.planning.planning_run import PlanningRun

__all__ = ["follow"]


def follow(planning: PlanningRun, since: int = 0) -> Standing:
    """Print what happens in a planning, on stderr, until a person is needed; return where it is.

    An interrupt passes.
    """
    with open_reads(planning.project) as db:
        start = reads.run_row(db, planning.id).created_at
    standing = Standing(Stage.WORKING)
    for found in watch(planning, since, threading.Event()):
        if isinstance(found, Standing):
            standing = found
            if found.stage is Stage.ASKING:
                hint = f"wf answer plan WORD --run {planning.id}"
                warn("it waits for your answer", hint)
        elif is_shown(found):
            click.echo(event_line(found, start), err=True)
    return standing
