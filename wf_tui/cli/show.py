"""`wf show`: everything of one task."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time

import click

from wf_tui.cli.context import print_json, print_line, reading
from wf_tui.cli.options import json_option, run_option
from wf_tui.clock import SystemClock
from wf_tui.picture.task_picture import read_task
from wf_tui.picture.task_text import task_lines

__all__ = ["show"]


@click.command
@click.argument("task")
@run_option
@json_option
def show(*, task: str, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Show TASK: why it is where it is, what it asks for, its limits and its attempts."""
    now = SystemClock().now()
    with reading(run, repo) as found:
        picture = read_task(found.db, found.run, task, now, found.paths)
    if as_json:
        print_json(picture.as_json())
        return
    for line in task_lines(picture, now):
        print_line(line)
