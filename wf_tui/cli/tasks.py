"""By hand, on one or many tasks: retry, reassign, hold, cancel, skip, accept and their kin."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the type at run time
from typing import TYPE_CHECKING, Any, Final

import click

from wf_tui import commands
from wf_tui.cli.context import Acting, acting, json_option, run_option
from wf_tui.cli.errors import warn
from wf_tui.cli.move_output import tell_acted
from wf_tui.errors import UnknownNameError, UsageError
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from wf_tui.ledger.ledger import MoveResult

__all__ = [
    "accept",
    "cancel",
    "hold",
    "priority",
    "reassign",
    "release",
    "retry",
    "skip",
    "undo",
    "unhold",
]

_ANY: Final = "any"
_RETRIED: Final = frozenset(BlockedKind) - {BlockedKind.DEPENDENCY, BlockedKind.HOLD}


def _on_tasks(command: Callable[..., object]) -> Callable[..., object]:
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


def _do(
    deed: Callable[[Acting, Sequence[str]], list[MoveResult]],
    kinds: Collection[BlockedKind],
    *,
    run: str | None,
    repo: Path | None,
    tasks: tuple[str, ...],
    all_blocked: str | None,
    as_json: bool,
) -> int:
    """Do something to the named tasks, or to all blocked ones of these kinds, and tell of it."""
    with acting(run, repo) as found:
        names = _named(found, tasks, all_blocked, kinds)
        acted = deed(found, names) if names else []
        return tell_acted(found, acted, as_json=as_json)


def _named(
    found: Acting, tasks: Sequence[str], all_blocked: str | None, kinds: Collection[BlockedKind]
) -> list[str]:
    if bool(tasks) == (all_blocked is not None):
        raise UsageError("which tasks? name them, or give --all-blocked[=KIND]", "wf status")
    if all_blocked is None:
        return list(dict.fromkeys(tasks))
    wanted = kinds if all_blocked == _ANY else {_kind(all_blocked)}
    names = [
        task.id
        for task in reads.tasks(found.ledger.db, found.run.id)
        if task.state is TaskState.BLOCKED and task.kind in wanted
    ]
    if not names:
        warn("no task is blocked that way")
    return names


def _kind(word: str) -> BlockedKind:
    try:
        return BlockedKind(word)
    except ValueError:
        raise UnknownNameError("kind", word, [kind.value for kind in BlockedKind]) from None


@click.command
@_on_tasks
def retry(**given: Any) -> int:
    """Give blocked tasks another chance, with all their tries; end the wait of a back-off.

    The exit status is 5 if any task was refused.
    """
    return _do(
        lambda at, tasks: commands.retry(at.project, at.ledger, at.run.id, tasks), _RETRIED, **given
    )


@click.command
@click.option("--to", required=True, metavar="WORKER", help="A seat or a profile (wf workers).")
@_on_tasks
def reassign(*, to: str, **given: Any) -> int:
    """Give tasks to a named worker; running attempts are stopped, their work is kept.

    The exit status is 5 if any task was refused.
    """
    return _do(
        lambda at, tasks: commands.reassign(at.project, at.ledger, at.run.id, tasks, to=to),
        _RETRIED,
        **given,
    )


@click.command
@_on_tasks
def release(**given: Any) -> int:
    """Stop the running attempts of tasks and put the tasks back into the queue.

    The exit status is 5 if any task was refused.
    """
    return _do(
        lambda at, tasks: commands.release(at.project, at.ledger, at.run.id, tasks),
        {BlockedKind.QUESTION},
        **given,
    )


@click.command
@_on_tasks
def hold(**given: Any) -> int:
    """Keep tasks from running until they are unheld; running attempts are stopped.

    The exit status is 5 if any task was refused.
    """
    return _do(
        lambda at, tasks: commands.hold(at.ledger, at.run.id, tasks),
        {BlockedKind.DEPENDENCY, BlockedKind.QUESTION},
        **given,
    )


@click.command
@_on_tasks
def unhold(**given: Any) -> int:
    """Take tasks off hold.

    The exit status is 5 if any task was refused.
    """
    return _do(
        lambda at, tasks: commands.unhold(at.project, at.ledger, at.run.id, tasks),
        {BlockedKind.HOLD},
        **given,
    )


@click.command
@_on_tasks
def cancel(**given: Any) -> int:
    """Give tasks up, and with them what needs their results; running attempts are stopped.

    The exit status is 5 if any task was refused.
    """
    return _do(
        lambda at, tasks: commands.cancel(at.ledger, at.run.id, tasks),
        frozenset(BlockedKind) - {BlockedKind.CANCELLED},
        **given,
    )


@click.command
@_on_tasks
def skip(**given: Any) -> int:
    """Count tasks as done without their work; what needs their results continues without them.

    The exit status is 5 if any task was refused.
    """
    return _do(
        lambda at, tasks: commands.skip(at.project, at.ledger, at.run.id, tasks),
        frozenset(BlockedKind),
        **given,
    )


@click.command
@_on_tasks
def accept(**given: Any) -> int:
    """Take the work of tasks that are blocked by their scope, or by a conflict you have resolved.

    It is what lies in the worktree now (wf shell TASK). The exit status is 5 if any task was
    refused.
    """
    return _do(
        lambda at, tasks: commands.accept(at.project, at.ledger, at.run.id, tasks),
        {BlockedKind.SCOPE, BlockedKind.CONFLICT},
        **given,
    )


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("task")
@click.argument("number", type=int, metavar="N")
@run_option
@json_option
def priority(*, task: str, number: int, run: str | None, repo: Path | None, as_json: bool) -> int:
    """Move TASK in the queue: a lower N comes first, and it may be below 0."""
    with acting(run, repo) as found:
        acted = commands.priority(found.ledger, found.run.id, task, number)
        return tell_acted(found, acted, as_json=as_json)


@click.command
@run_option
@json_option
def undo(*, run: str | None, repo: Path | None, as_json: bool) -> int:
    """Take back your last action on tasks, unless a worker has acted on it since."""
    with acting(run, repo) as found:
        acted = commands.undo(found.project, found.ledger, found.run.id)
        return tell_acted(found, acted, as_json=as_json)
