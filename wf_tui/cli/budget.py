"""`wf budget`: what a run may cost, has cost, and will have cost."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time
from typing import Final

import click

from wf_tui import commands
from wf_tui.cli.context import acting, print_json, print_line
from wf_tui.cli.options import json_option, run_option
from wf_tui.clock import SystemClock
from wf_tui.ledger.model.run_budget import changed_budget, read_budget
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.forecast import forecast
from wf_tui.picture.budget_text import budget_json, budget_lines

__all__ = ["budget"]

_NOTHING: Final = "no budget, and nothing used that is known; wf budget 25usd sets one"


@click.command
@click.argument("amount", required=False)
@run_option
@json_option
def budget(*, amount: str | None, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Show what a run may cost and has cost, or change it: 25usd, +5usd, 2000000tok, none.

    At 100 % nothing starts any more; what runs goes on, and a larger budget wakes the run.
    """
    with acting(run, repo) as found:
        if amount is not None:
            before = read_budget(found.run.budget)
            after = changed_budget(before, amount)
            commands.set_budget(found.project, found.ledger, found.run.id, after)
        row = reads.run_row(found.ledger.db, found.run.id)
        ahead = forecast(found.ledger.db, row, SystemClock().now())
    if as_json:
        print_json(budget_json(row, ahead))
        return
    for line in list(budget_lines(row, ahead)) or [_NOTHING]:
        print_line(line)
