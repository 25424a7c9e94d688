"""`wf add` and `wf edit`: what a task asks for, given by hand."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the type at run time
from typing import TYPE_CHECKING, Final

import click

from wf_tui import commands
from wf_tui.cli.choices import one_of
from wf_tui.cli.context import acting
from wf_tui.cli.errors import warn
from wf_tui.cli.move_output import print_results
from wf_tui.cli.options import json_option, run_option
from wf_tui.errors import UsageError
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import EDIT, MoveResult
from wf_tui.plan.choices import READING_ROLES, Isolation, Mode
from wf_tui.plan.scopes import problem

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["add", "edit"]

_READS: Final = Mode.READ_ONLY
_ROLES: Final = ("general", "explore", "planner", "review", "implement", "test")
_KEPT: Final = "its changes will not be kept: it is read_only"

_scope_option = click.option(
    "--scope", "scope", multiple=True, metavar="P", help="A path it may change; can be repeated."
)


@click.command
@click.argument("title")
@click.option(
    "--phase", metavar="P", help="The phase it joins (default: one that nothing waits for)."
)
@click.option("--prompt", metavar="TEXT", help="What it is to do (default: the title).")
@click.option("--sh", "command", metavar="CMD", help="The command that does it.")
@click.option("--needs", multiple=True, metavar="T", help="A task whose result it needs.")
@_scope_option
@click.option("--role", callback=one_of("role", _ROLES), default="general", metavar="R")
@click.option(
    "--mode",
    callback=one_of("mode", [word.value for word in Mode]),
    metavar="M",
    help="read_only or read_write (default: read_write with --scope, else read_only).",
)
@click.option(
    "--isolation",
    callback=one_of("isolation", [word.value for word in Isolation]),
    default="auto",
    metavar="I",
    help="auto, shared or worktree.",
)
@run_option
@json_option
def add(
    *,
    title: str,
    phase: str | None,
    prompt: str | None,
    command: str | None,
    needs: tuple[str, ...],
    scope: tuple[str, ...],
    role: str,
    mode: str | None,
    isolation: str,
    run: str | None,
    repo: Path | None,
    as_json: bool,
) -> int:
    """Add a task to a run; its id is made from TITLE. A run that has ended resumes with it."""
    if not title.strip():
        raise UsageError("the title is empty", "say in a few words what is to be done")
    # Whoever names the paths that it may change wants them changed.
    mode = mode or (Mode.READ_WRITE if scope else _READS)
    if scope and mode == _READS:
        warn(_KEPT, f"if it is to change files: --mode {Mode.READ_WRITE}")
    text = prompt or ""
    if prompt is None and command is None:
        text = title
    if mode != _READS and role in READING_ROLES and command is None:
        warn(f"a prompt in the role {role} only reads: {_KEPT}", "--role implement lets it write")
        mode = _READS
    new = NewTask(
        id="",
        title=title,
        spec=Spec(prompt=text, command=command, needs=tuple(dict.fromkeys(needs))),
        mode=Mode(mode),
        isolation=Isolation(isolation),
        role=role,
        scope=_check_scopes(scope),
    )
    with acting(run, repo, by_worker=True) as found:
        task = commands.add(found.project, found.ledger, found.run.id, new, phase)
        seats = reads.workers(found.ledger.db, found.run.id)
        if not any(seat.accepts(task.takes, task.role) for seat in seats):
            warn(f"no seat of the run takes a {task.takes} in the role {task.role}: it waits")
        return print_results(found, [MoveResult.of(task)], as_json=as_json)


@click.command
@click.argument("task")
@click.option("--title", metavar="TEXT")
@click.option("--prompt", metavar="TEXT", help="What it is to do.")
@click.option("--sh", "command", metavar="CMD", help="The command that does it.")
@click.option("--gate", metavar="CMD", help="What has to pass before it is done; '' for nothing.")
@_scope_option
@click.option("--role", callback=one_of("role", _ROLES), metavar="R")
@click.option("--max-attempts", type=click.IntRange(1), metavar="N")
@click.option(
    "--timeout", "timeout_secs", type=click.FloatRange(0), metavar="S", help="Seconds; 0 for none."
)
@click.option(
    "--max-cost",
    "max_cost_usd",
    type=click.FloatRange(0),
    metavar="USD",
    help="What its attempts may cost from now on; 0 for any.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(0),
    metavar="N",
    help="The tokens that its attempts may use from now on; 0 for any.",
)
@click.option(
    "--max-steps",
    type=click.IntRange(0),
    metavar="N",
    help="The steps of its model in each attempt; 0 for any.",
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(0),
    metavar="S",
    help="The seconds that each attempt may work for; 0 for any.",
)
@run_option
@json_option
def edit(
    *,
    task: str,
    run: str | None,
    repo: Path | None,
    as_json: bool,
    scope: tuple[str, ...],
    **given: str | float | None,
) -> int:
    """Change what TASK asks for: at once while it waits, else from its next attempt on."""
    fields: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if scope:
        fields["scope"] = _check_scopes(scope)
    if not fields:
        raise UsageError("nothing to change", "give an option: wf edit --help")
    # Empty and 0 mean none, which the ledger has as null.
    for name in ("gate", "timeout_secs", "max_cost_usd", "max_tokens", "max_steps", "max_seconds"):
        if name in fields:
            fields[name] = fields[name] or None
    with acting(run, repo) as found:
        before = reads.task(found.ledger.db, found.run.id, task)
        if scope and not before.writes:
            warn(_KEPT)
        acted = commands.move(
            found.project, found.ledger, found.run.id, EDIT, [task], fields=fields
        )
        return print_results(found, acted, as_json=as_json)


def _check_scopes(scopes: Sequence[str]) -> tuple[str, ...]:
    for scope in scopes:
        if wrong := problem(scope):
            raise UsageError(f"the scope {scope!r} {wrong}", "name a path inside the repository")
    return tuple(scopes)
