"""By hand, on one or many tasks: the commands of the table of moves, and `priority` and `undo`.

A move whose row has a help text gets its command here by that; `cli/root.py` has its line in the
list of all commands, which is known without the table since `wf --help` loads no rules. Only
`accept`, which has choices to read, is in a module of its own.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the type at run time
from typing import TYPE_CHECKING, Any, Final

import click

from wf_tui import commands
from wf_tui.cli.context import Acting, acting, print_line
from wf_tui.cli.errors import warn
from wf_tui.cli.move_output import print_results, print_run_result
from wf_tui.cli.options import json_option, run_option
from wf_tui.errors import RefusedError, UnknownNameError, UsageError
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from wf_tui.ledger.rules.moves import Move

__all__ = ["on_tasks", "priority", "task_names", "undo"]

_ANY: Final = "any"
_REFUSED: Final = "The exit status is 5 if any task was refused."
_NOTE: Final = click.option(
    "--note", default="", metavar="TEXT", help="What their next worker is told."
)
_ARGUMENTS: Final = {
    moves.RETRY.name: (_NOTE,),
    moves.REASSIGN.name: (
        click.option(
            "--to", required=True, metavar="WORKER", help="A seat or a profile (wf workers)."
        ),
        _NOTE,
        click.option(
            "--fresh", is_flag=True, help="Begin at the clean head, not with the work so far."
        ),
    ),
}
"""The options of the moves that take more than tasks; click gives their values by name."""


def __getattr__(name: str) -> click.Command:
    """Return the command of a move by its name; `Entry.load` looks commands up in this module."""
    move = moves.MOVES.get(name)
    if move is None or not move.help:
        raise AttributeError(f"no move of tasks is called {name!r}")
    return _command_of(move)


def _command_of(move: Move[...]) -> click.Command:
    """Make the command of a move from its row in the table."""

    def command(
        *,
        run: str | None,
        repo: Path | None,
        tasks: tuple[str, ...],
        all_blocked: str | None,
        as_json: bool,
        note: str = "",
        **arguments: Any,
    ) -> int:
        with acting(run, repo) as at:
            names = task_names(at, tasks, all_blocked, move.blocked_kinds)
            made = []
            if names:
                made = commands.move_with_note(
                    at.project, at.ledger, at.run.id, move, names, note, **arguments
                )
            return print_results(at, made, as_json=as_json)

    command.__doc__ = f"{move.help}\n\n{_REFUSED}"
    with_options = on_tasks(command)
    for option in reversed(_ARGUMENTS.get(move.name, ())):
        with_options = option(with_options)
    return click.command(move.name)(with_options)


def on_tasks(command: Callable[..., object]) -> Callable[..., object]:
    """Give a command the arguments that say which tasks it is about."""
    tasks = click.argument("tasks", nargs=-1, metavar="TASK...")
    blocked = click.option(
        "--all-blocked",
        is_flag=False,
        flag_value=_ANY,
        metavar="[=KIND]",
        help="All blocked tasks that allow this, or those of one kind.",
    )
    return tasks(blocked(run_option(json_option(command))))


def task_names(
    at: Acting, tasks: Sequence[str], all_blocked: str | None, kinds: Collection[BlockedKind]
) -> list[str]:
    """Return the tasks that a command is about; `kinds` are those of a bare `--all-blocked`.

    None where no task is blocked that way, which is no failure: a script may ask on every run.
    """
    if bool(tasks) == (all_blocked is not None):
        raise UsageError("which tasks? name them, or give --all-blocked[=KIND]", "wf status")
    if all_blocked is None:
        return list(dict.fromkeys(tasks))
    wanted = kinds
    if all_blocked != _ANY:
        known = [kind.value for kind in BlockedKind]
        if all_blocked not in known:
            raise UnknownNameError("kind", all_blocked, known)
        wanted = {BlockedKind(all_blocked)}
    names = [
        task.id
        for task in reads.tasks(at.ledger.db, at.run.id)
        if task.state is TaskState.BLOCKED and task.kind in wanted
    ]
    if not names:
        warn("no task is blocked that way")
    return names


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("task")
@click.argument("number", type=int, metavar="N")
@run_option
@json_option
def priority(*, task: str, number: int, run: str | None, repo: Path | None, as_json: bool) -> int:
    """Move TASK in the queue: a lower N comes first, and it may be below 0."""
    with acting(run, repo) as at:
        made = commands.move(
            at.project, at.ledger, at.run.id, moves.PRIORITY, [task], number=number
        )
        return print_results(at, made, as_json=as_json)


@click.command
@run_option
@json_option
def undo(*, run: str | None, repo: Path | None, as_json: bool) -> int:
    """Undo your last action on a run, unless something has come of it since; it is named.

    What cannot be undone stays your last action: an answer, work that was accepted or stopped.
    """
    with acting(run, repo) as at:
        done = commands.undo(at.project, at.ledger, at.run.id)
        if not done.changed:
            raise RefusedError(done.sentence, done.command_hint)
        if not done.tasks:
            print_run_result(at, done.sentence, changed=True, as_json=as_json)
            return 0
        if not as_json:
            print_line(done.sentence)
        return print_results(at, done.tasks, as_json=as_json)
