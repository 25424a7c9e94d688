"""`wf doctor`: whether wf can work here, and what it has found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import print_json, print_line, project_at
from wf_tui.cli.options import json_option, repo_option
from wf_tui.clock import SystemClock
from wf_tui.doctor.finding import Finding, Level
from wf_tui.doctor.machine import machine
from wf_tui.doctor.repository import repository_facts
from wf_tui.doctor.state import lanes_state, ledger_state, state_folder
from wf_tui.errors import EnvironmentalError
from wf_tui.paths import state_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["doctor"]

_MISSING: Final = 3
_COLOURS: Final = {Level.OK: "green", Level.NOTE: "yellow", Level.PROBLEM: "red"}


@click.command
@repo_option
@json_option
def doctor(*, repo: Path | None, as_json: bool) -> int:
    """Look at git, SQLite, terminal, state directory and repository; nothing is changed.

    The exit status is 3 where something that wf needs is missing.
    """
    found = list(_findings(repo))
    usable = all(one.level is not Level.PROBLEM for one in found)
    status = 0 if usable else _MISSING
    if as_json:
        print_json({"usable": usable, "checks": [one.as_json() for one in found]})
        return status
    width = max(len(one.check) for one in found)
    for one in found:
        print_line(f"{one.level:<7}  {one.check:<{width}}  {one.text}", _COLOURS[one.level])
        if one.hint:
            print_line(f"{'':<7}  {'':<{width}}  {one.hint}")
    return status


def _findings(repo: Path | None) -> Iterator[Finding]:
    yield from machine(os.environ)
    state = state_dir(os.environ)
    yield state_folder(state)
    yield lanes_state(state)
    yield from repository_facts(repo or Path.cwd(), SystemClock().now())
    try:
        project = project_at(repo)
    except EnvironmentalError:
        return  # the finding about the repository has said it
    yield from ledger_state(project)
