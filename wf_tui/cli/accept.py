"""`wf accept`: taking work that was held back, as it lies there or as its options say."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the type at run time
from typing import TYPE_CHECKING, Final

import click

from wf_tui import commands
from wf_tui.cli.context import acting
from wf_tui.cli.move_output import print_results
from wf_tui.cli.tasks import on_tasks, task_names
from wf_tui.errors import UsageError
from wf_tui.ledger.model.accept_choices import Choices
from wf_tui.ledger.model.states import ScopeWhy
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import ACCEPT, HELD_BACK
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.store.database import Database

__all__ = ["accept"]

_NAMED: Final = 5


@click.option(
    "--ours",
    multiple=True,
    metavar="PATH",
    help="Of a conflict: the version of the run's branch. A folder is all below, `.` is all.",
)
@click.option(
    "--theirs", multiple=True, metavar="PATH", help="Of a conflict: the version of the task."
)
@click.option(
    "--left",
    default="",
    metavar="REF",
    help="What an attempt left beside its work, by its ref (wf show TASK).",
)
@click.option(
    "--unfiltered",
    multiple=True,
    metavar="PATH",
    help="Commit this file as it lies there, without the filter that your git has for it.",
)
def accept_tasks(
    *,
    run: str | None,
    repo: Path | None,
    tasks: tuple[str, ...],
    all_blocked: str | None,
    as_json: bool,
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    left: str,
    unfiltered: tuple[str, ...],
) -> int:
    """Take work as a person wants it; what is not about all work is about one task alone."""
    if (ours or theirs or left or unfiltered) and len(set(tasks)) != 1:
        # The same path may mean something else in each.
        raise UsageError("choices of paths are for one task at a time", "wf accept TASK ...")
    with acting(run, repo) as at:
        names = task_names(at, tasks, all_blocked, HELD_BACK)
        check_unfiltered(at.ledger.db, at.run.id, names, unfiltered)
        choices = Choices(left=left, unfiltered=unfiltered)
        made = commands.accept(
            at.project, at.ledger, at.run.id, names, choices, ours=ours, theirs=theirs
        )
        return print_results(at, made, as_json=as_json)


def check_unfiltered(db: Database, run: str, tasks: Sequence[str], paths: Sequence[str]) -> None:
    """Refuse a path that no filter holds back, and which was therefore mistyped.

    Where the task waits for no filter at all, its move says so. Raises `UsageError`.
    """
    for task in tasks if paths else ():
        held = reads.task(db, run, task).detail.get("all")
        part = held.get(ScopeWhy.FILTER) if isinstance(held, dict) else None
        known = part.get("paths") if isinstance(part, dict) else None
        if not isinstance(known, list):
            continue
        for path in paths:
            if not any(Choices(unfiltered=(path,)).allows(name) for name in known):
                raise UsageError(
                    f"no filter holds back {clean(path)!r} of task {task!r}",
                    f"those that wait for one: {listed(known, _NAMED)}",
                )


accept_tasks.__doc__ = f"{ACCEPT.help}\n\nThe exit status is 5 if any task was refused."
accept = click.command(ACCEPT.name)(on_tasks(accept_tasks))
"""The command; what it says of itself is the text of the move."""
