"""`wf swarm`: one template for many items, as a run with a task for each."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import click

from wf_tui.cli.choices import one_of
from wf_tui.cli.context import print_json, project_at
from wf_tui.cli.errors import warn
from wf_tui.cli.options import parse_seats
from wf_tui.cli.start_run import INVALID, run_options, start_run
from wf_tui.config import load_config
from wf_tui.errors import UsageError
from wf_tui.ledger.model.run_budget import NO_BUDGET, changed_budget
from wf_tui.plan.choices import READING_ROLES, Mode
from wf_tui.plan.draw import draw
from wf_tui.plan.formats.write_yaml import plan_text
from wf_tui.plan.models import AgentType
from wf_tui.plan.read import parse_plan
from wf_tui.profiles.choice import worker_facts
from wf_tui.swarm.items import read_items
from wf_tui.swarm.plan import MOST_ITEMS, Join, Spread, Swarm, swarm_plan
from wf_tui.swarm.profiles import by_task, seats, spread_of
from wf_tui.swarm.template import Template
from wf_tui.swarm.tracked_files import tracked_files

if TYPE_CHECKING:
    from wf_tui.cli.start_run import RunOptions
    from wf_tui.config import Config
    from wf_tui.plan.report import Report

__all__ = ["swarm"]

_NAME: Final = "swarm.yaml"


@dataclass(frozen=True)
class _Words:
    """What the command line says of the swarm itself."""

    template: str | None
    command: str | None
    items: str
    profiles: tuple[str, ...]
    spread: str | None
    scopes: tuple[str, ...]
    mode: str | None
    role: str
    reduce: str | None
    reduce_scopes: tuple[str, ...]
    goal: str
    timeout: int | None
    many: bool
    dry_run: bool


@click.command
@click.argument("template", required=False)
@click.option("--sh", "command", metavar="TEMPLATE", help="A command in place of a prompt.")
@click.option(
    "--items",
    required=True,
    metavar="ITEMS",
    help="A file with a line for each item (.jsonl: objects), glob:PATTERN for tracked files, "
    "- for standard input, or a list: a,b,c.",
)
@click.option(
    "--profile", "profiles", multiple=True, metavar="P", help="Who does them; can be repeated."
)
@click.option(
    "--spread",
    callback=one_of("spread", [word.value for word in Spread]),
    metavar="HOW",
    help="Among several profiles: capacity (whichever has a free seat; the default), or "
    "round-robin, which is fixed from the start.",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="P",
    help="A path that the task of an item may change, with {{item}}; can be repeated.",
)
@click.option(
    "--mode",
    callback=one_of("mode", [word.value for word in Mode]),
    metavar="M",
    help="read_only or read_write (the default).",
)
@click.option(
    "--role",
    callback=one_of("role", [word.value for word in AgentType]),
    default=AgentType.GENERAL.value,
    metavar="R",
    help="What kind of work it is; explore, planner and review only read.",
)
@click.option(
    "--timeout", type=click.IntRange(1), metavar="S", help="Seconds that one attempt may take."
)
@click.option(
    "--reduce", "reduce", metavar="PROMPT", help="A last task, which is given all results."
)
@click.option(
    "--reduce-scope",
    "reduce_scopes",
    multiple=True,
    metavar="P",
    help="A path that it may change; without one it only reads.",
)
@click.option("--goal", default="", metavar="TEXT", help="What the run is called.")
@click.option("--dry-run", is_flag=True, help="Print the plan as YAML, and start nothing.")
@click.option("--yes", "many", is_flag=True, help=f"Start more than {MOST_ITEMS} items, too.")
@run_options
def swarm(*, options: RunOptions, **values: Any) -> int:
    """Run TEMPLATE once for each item, each in a worktree of its own; {{item}} is the item.

    Of an item that is an object, {{item.key}} is its value. One that fails holds up no other; the
    task of --reduce is told which results are missing.
    """
    words = _Words(**{field.name: values[field.name] for field in fields(_Words)})
    config = load_config(os.environ)
    asked = _read(words, options, config)
    text = plan_text(swarm_plan(asked, many=words.many or words.dry_run))
    report = parse_plan(text, "yaml", _NAME, workers=worker_facts(config))
    workers = seats(asked, config, parse_seats(options.workers), options.jobs)
    options = replace(options, workers=workers)
    for amount in options.amounts:
        changed_budget(NO_BUDGET, amount)
    if words.dry_run:
        return _print_plan(text, report, options)
    notes = () if options.as_json else (_meaning(asked),)
    return start_run(report, options, config, notes)


def _read(words: _Words, options: RunOptions, config: Config) -> Swarm:
    """Return what is asked for, with its items; raises `UsageError` for what cannot be meant."""
    template, is_command = words.command or words.template, words.command is not None
    if not template or not template.strip():
        raise UsageError("there is no template", 'say what to do: wf swarm "... {{item}} ..."')
    if is_command and words.template:
        raise UsageError("a template and --sh exclude each other", "leave one out")
    if words.reduce_scopes and not words.reduce:
        raise UsageError("--reduce-scope is for --reduce, which is missing")
    if words.reduce is not None and not words.reduce.strip():
        raise UsageError("--reduce is empty", "say what to make of all results")
    mode = _mode(words, is_command=is_command)
    keyed = any(place.path for place in Template.parse(template).places)
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    items = read_items(
        words.items,
        tracked=lambda pattern: tracked_files(project_at(options.repo).start, pattern),
        stdin=stdin,
        keyed=keyed,
    )
    join = Join(words.reduce, words.reduce_scopes) if words.reduce else None
    doers, joiner = by_task(words.profiles, config, is_command=is_command, joins=join is not None)
    return Swarm(
        template=template,
        items=items,
        is_command=is_command,
        scopes=words.scopes,
        mode=mode,
        role=words.role,
        profiles=doers,
        spread=spread_of(doers, config, Spread(words.spread) if words.spread else None),
        join=join,
        join_profile=joiner,
        goal=words.goal.strip(),
        timeout=words.timeout,
        jobs=options.jobs,
    )


def _mode(words: _Words, *, is_command: bool) -> Mode:
    """Return whether the tasks may change files; refuse what contradicts it."""
    reads = words.role in READING_ROLES and not is_command
    mode = Mode(words.mode or (Mode.READ_ONLY if reads else Mode.READ_WRITE))
    if reads and mode is Mode.READ_WRITE:
        raise UsageError(f"a prompt in the role {words.role} only reads", "leave out --mode")
    if words.scopes and mode is Mode.READ_ONLY:
        raise UsageError("--scope is for tasks that change files, and these only read")
    return mode


def _meaning(asked: Swarm) -> str:
    """Return in a sentence what the tasks may do, for a person who did not say it."""
    count = f"{len(asked.items)} items"
    if not asked.writes:
        return f"{count}: each task only reads, and what it changes is thrown away"
    if not asked.scopes:
        return (
            f"{count}, a worktree each: any may change any file, and what two change of one file "
            "meets at the merge; --scope keeps them apart, --mode read_only lets them only answer"
        )
    shown = ", ".join(asked.scopes)
    same = [scope for scope in asked.scopes if not Template.parse(scope).places]
    if same:
        return f"{count}, one after the other: the scope {same[0]} is the same for all"
    return f"{count}, a worktree each: each task may change {shown}"


def _print_plan(text: str, report: Report, options: RunOptions) -> int:
    """Print the plan, and on stderr what it does and how it is run."""
    if options.as_json:
        print_json({**report.as_json(), "path": None, "plan": text})
        return 0 if report.valid else INVALID
    if report.plan is None:
        click.echo(report.text(), err=True)
        return INVALID
    click.echo(draw(report.plan), err=True)
    words = [f"--worker={word}" for word in options.workers]
    words += [f"--jobs={options.jobs}"] if options.jobs else []
    words += [f"--budget={amount}" for amount in options.amounts]
    warn("nothing was started", f"run it with: {shlex.join(['wf', 'run', 'FILE', *words])}")
    click.echo(text, nl=False)
    return 0
