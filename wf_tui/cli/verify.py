"""`wf verify`: replay the event log of a run with a checker that knows none of its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wf_tui.cli.context import print_json, print_line, reading
from wf_tui.cli.options import json_option, run_argument
from wf_tui.git.control.control import open_control
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["verify"]


@click.command
@run_argument
@json_option
def verify(*, run: str | None, repo: Path | None, as_json: bool) -> int:
    """Check a run: one live claim per task, no late result, order, scopes, every move, each merge.

    The exit status is 1 where a violation is found.
    """
    with reading(run, repo) as found:
        # A run whose repository was removed by hand can still be replayed, but for its branch.
        control = open_control(found.paths) if found.paths.control.is_dir() else None
        verdict = verify_run(found.db, found.run.id, control)
    if as_json:
        print_json(verdict.as_json())
    else:
        for number, line in enumerate(verdict.lines()):
            print_line(line, "red" if number else None)
    return 0 if verdict.ok else 1
