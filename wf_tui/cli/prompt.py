"""`wf prompt`: exactly what a worker is sent."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from wf_tui.cli.context import print_json, reading
from wf_tui.cli.options import json_option, run_option
from wf_tui.git.control.control import open_control
from wf_tui.ledger.queries import reads
from wf_tui.prompts.gather import asked_next, complete, read_facts
from wf_tui.prompts.render import render
from wf_tui.text import clean
from wf_tui.workers.shim.plain_file import open_plain

if TYPE_CHECKING:
    from wf_tui.cli.context import Reading

__all__ = ["prompt"]


@click.command
@click.argument("task")
@run_option
@json_option
def prompt(*, task: str, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Print what the worker of TASK is sent: the one that has it, else the next one.

    What others wrote stands between two lines with a random mark, which is another each time.
    """
    with reading(run, repo) as found:
        text, resumed = _text(found, task)
    if as_json:
        size = len(text.encode())
        print_json({"task": task, "text": text, "bytes": size, "resumed": resumed})
    else:
        # In a pipe byte by byte; on a terminal, what a person wrote into it is made safe for that.
        shown = clean(text, multiline=True) if sys.stdout.isatty() else text
        click.echo(shown, nl=False)


def _text(found: Reading, name: str) -> tuple[str, bool]:
    """Return the prompt of a task, and whether it is that of a session that goes on."""
    row = reads.task(found.db, found.run.id, name)
    if row.claimed and not row.by_hand:
        # As it was written for the attempt, with the mark that its worker has read.
        path = found.paths.attempt(row.id, row.epoch) / "prompt.md"
        try:
            with open_plain(path) as file:
                return file.read().decode(errors="replace"), False
        except OSError:
            pass  # claimed a moment ago: it is about to be written
    facts = read_facts(found.db, found.run.id, row, asked_next(found.db, row))
    facts = complete(facts, open_control(found.paths), found.paths, found.run.head)
    return render(facts, secrets.token_hex(8)), facts.resumed
