"""By hand, on a run: pause, resume, stop, abort, jobs."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time

import click

from wf_tui import commands
from wf_tui.cli.context import Acting, acting
from wf_tui.cli.errors import warn
from wf_tui.cli.move_output import print_run_result
from wf_tui.cli.options import json_option, run_argument, run_option
from wf_tui.scheduler.control import keys_that_lack_there, scheduler_alive
from wf_tui.text import plural

__all__ = ["abort", "jobs", "pause", "resume", "stop"]


@click.command
@run_argument
@json_option
def pause(*, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Start nothing new in a run; running tasks continue."""
    with acting(run, repo) as found:
        changed = commands.pause(found.ledger, found.run.id)
        text = "paused" if changed else "was paused already"
        print_run_result(found, text, changed=changed, as_json=as_json)


@click.command
@run_argument
@click.option("--reload", "reloads", is_flag=True, help="Take over today's profiles first.")
@json_option
def resume(*, run: str | None, reloads: bool, repo: Path | None, as_json: bool) -> None:
    """Resume a run, and start a scheduler if it has none. Keys are read again."""
    with acting(run, repo) as found:
        if reloads:
            _reload(found)
        led = scheduler_alive(found.ledger.db, found.run.id)
        if led:
            for line in keys_that_lack_there(found.ledger.db, found.run, os.environ):
                warn(line)
        changed = commands.resume(found.project, found.ledger, found.run.id)
        text = "resumed" if changed else "was running already"
        text += "" if led else ", with a new scheduler"
        print_run_result(found, text, changed=changed or not led, as_json=as_json)


def _reload(found: Acting) -> None:
    from wf_tui.config import load_config  # noqa: PLC0415 - only here the settings are needed

    config = load_config(os.environ)
    changed, gone = commands.reload_profiles(found.project, found.ledger, found.run.id, config)
    for name in gone:
        warn(f"profile {name} is configured no more, and stays as the run has it")
    warn(f"changed profiles: {', '.join(changed)}" if changed else "no profile has changed")


@click.command
@run_argument
@click.option("--now", is_flag=True, help="Stop what runs first; it goes back into the queue.")
@json_option
def stop(*, run: str | None, now: bool, repo: Path | None, as_json: bool) -> None:
    """Pause a run and let its scheduler exit once nothing runs any more."""
    with acting(run, repo) as found:
        stopped = commands.stop(found.ledger, found.run.id, now=now)
        text = "paused, its scheduler exits"
        if stopped:
            text += f"; {plural(len(stopped), 'task')} stopped: {', '.join(stopped[:8])}"
        print_run_result(found, text, changed=True, as_json=as_json)


@click.command
@run_argument
@json_option
def abort(*, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Cancel all of a run that is not done; what was merged stays on its branch."""
    with acting(run, repo) as found:
        commands.abort(found.project, found.ledger, found.run.id)
        print_run_result(found, "will be aborted once nothing runs", changed=True, as_json=as_json)


@click.command
@click.argument("number", type=click.IntRange(1), metavar="N")
@run_option
@json_option
def jobs(*, number: int, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Run N tasks of a run at once; a lower number interrupts nothing."""
    with acting(run, repo) as found:
        changed = commands.set_jobs(found.ledger, found.run.id, number)
        text = f"{plural(number, 'job')}" + ("" if changed else ", as before")
        print_run_result(found, text, changed=changed, as_json=as_json)
