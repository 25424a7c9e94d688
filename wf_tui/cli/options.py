"""The options that commands share."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wf_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "json_option",
    "lenient_option",
    "parse_seats",
    "repo_option",
    "run_argument",
    "run_option",
    "worker_option",
]

_Command = TypeVar("_Command", bound="Callable[..., Any]")

repo_option = click.option(
    "--repo",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder in the repository (default: the current one).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
lenient_option = click.option(
    "--lenient", is_flag=True, help="Take unknown keys of a plan for warnings, not for errors."
)
worker_option = click.option(
    "--worker",
    "workers",
    multiple=True,
    metavar="PROFILE=N",
    help="How many seats of a profile; can be repeated.",
)


def parse_seats(words: Iterable[str]) -> Mapping[str, int]:
    """Return how many seats `--worker` asks for, by profile; raises `UsageError`."""
    seats = {}
    for word in words:
        name, equals, count = word.partition("=")
        if not (name and equals and count.isdecimal()):
            raise UsageError(
                f"--worker {word!r}: expected PROFILE=N", "for example --worker shell=4"
            )
        seats[name] = int(count)
    return seats


def run_option(command: _Command) -> _Command:
    """Give a command about a task of a run its options for which run, in which repository.

    Its argument is the task, so the run is an option; `run_argument` is for commands about runs.
    """
    which = click.option("--run", "run", metavar="RUN", help="The run (default: the newest).")
    return which(repo_option(command))


def run_argument(command: Callable[..., object]) -> Callable[..., object]:
    """Give a command about a run its argument for which, and its option for which repository.

    `--run RUN` means the same, since commands about tasks have it so.
    """

    @functools.wraps(command)
    def with_one_run(*, run: str | None, named: str | None, **rest: object) -> object:
        # Twice the same is no contradiction: scripts add --run to every command.
        if run and named and run != named:
            raise UsageError(f"two runs are named: {run} and {named}", "name one")
        return command(run=run or named, **rest)

    which = click.argument("run", required=False, metavar="[RUN]")
    again = click.option("--run", "named", metavar="RUN", help="The same as RUN.")
    return which(again(repo_option(with_one_run)))
