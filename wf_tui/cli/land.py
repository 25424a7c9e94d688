"""`wf land`: bring the work of a run into a branch of the user."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from wf_tui import commands
from wf_tui.cli.context import acting, print_json, print_line
from wf_tui.cli.errors import warn
from wf_tui.cli.move_output import print_results
from wf_tui.cli.options import json_option, run_argument
from wf_tui.errors import RefusedError
from wf_tui.git.user.land import Landing, LandingKind
from wf_tui.landing.gate import ask_gate, gate_of
from wf_tui.landing.land import land as land_run
from wf_tui.landing.merge_task import merge_task
from wf_tui.landing.trial import landing_patch, plan, target_branch
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import MoveResult
from wf_tui.picture.age import offset
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wf_tui.cli.context import Acting
    from wf_tui.landing.gate import LandingGate
    from wf_tui.landing.trial import LandingPlan
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["land"]

_NAMED: Final = 8
_SHORT: Final = 12
_SHOWN: Final = 40


@click.command
@run_argument
@click.option("--into", metavar="BRANCH", help="The branch (default: the one that is checked out).")
@click.option("--no-sign", is_flag=True, help="Do not sign the merge commit, as your git would.")
@click.option("--hooks", is_flag=True, help="Run your hooks around the merge.")
@click.option("--squash", is_flag=True, help="As one commit, without those of the tasks.")
@click.option("--message", metavar="TEXT", help="The message of the commit that is made.")
@click.option(
    "--expect",
    metavar="OLD..HEAD",
    help="Refuse where the branch or the run has moved from these commits.",
)
@click.option("--dry-run", is_flag=True, help="Show what would come, and change nothing.")
@click.option(
    "--gate", "with_gate", is_flag=True, help="First run the plan's gate on the merged tree."
)
@click.option("--diff", "as_diff", is_flag=True, help="Print the whole patch, and change nothing.")
@click.option(
    "--resolve", is_flag=True, help="Add a task that merges the branch, where it conflicts."
)
@json_option
def land(
    *,
    run: str | None,
    into: str | None,
    no_sign: bool,
    hooks: bool,
    squash: bool,
    message: str | None,
    expect: str | None,
    dry_run: bool,
    with_gate: bool,
    as_diff: bool,
    resolve: bool,
    repo: Path | None,
    as_json: bool,
) -> None:
    """Merge the work of a run into your branch, and bring its checkout along.

    A fast-forward where that is possible, else a merge commit in your name, signed where you sign.
    With uncommitted changes in files that it touches, in the middle of a merge or rebase, on a
    conflict or where the gate fails nothing is changed.
    """
    with acting(run, repo) as found:
        branch = target_branch(found.project, found.run, into)
        if as_diff or resolve or dry_run or with_gate:
            planned = plan(
                *(found.project, found.ledger.db, found.run, os.environ),
                into=branch,
                squash=squash,
            )
            if as_diff:
                _print_patch(found, planned)
                return
            if resolve:
                _add_merge(found, planned, as_json=as_json)
                return
            gate = _ask_gate(found, planned) if with_gate else None
            if dry_run:
                _print_trial(found, planned, gate, as_json=as_json)
                return
            # What has passed lands, and nothing that came since.
            expect = expect or f"{planned.trial.old}..{planned.trial.head}"
            if gate is not None and not gate.passed:
                raise _failed(gate)
        left = [t for t in reads.tasks(found.ledger.db, found.run.id) if t.state != TaskState.DONE]
        done = land_run(
            *(found.project, found.ledger, found.run, os.environ),
            into=branch,
            squash=squash,
            message=message or "",
            expect=expect,
            sign=not no_sign,
            hooks=hooks,
        )
        if done.hooks:
            names = listed(done.hooks, _NAMED)
            warn(f"your git would have run hooks: {names}", "wf land --hooks runs them")
        _print_result(found, branch, done.landing, done.new, left, as_json=as_json)


def _print_patch(found: Acting, planned: LandingPlan) -> None:
    """Print what would come: in a pipe byte by byte, on a terminal made safe for that."""
    if planned.trial.landing is None:
        raise RefusedError(planned.refusal, planned.hint)
    text = landing_patch(found.project, found.run, planned.trial.landing)
    if sys.stdout.isatty():
        click.echo(clean(text, limit=len(text) + 1, multiline=True), nl=False)
    else:
        sys.stdout.buffer.write(text)


def _add_merge(found: Acting, planned: LandingPlan, *, as_json: bool) -> None:
    new = merge_task(found.project, found.ledger.db, found.run, planned)
    task = commands.add(found.project, found.ledger, found.run.id, new, None)
    print_results(found, [MoveResult.of(task)], as_json=as_json)


def _ask_gate(found: Acting, planned: LandingPlan) -> LandingGate:
    if not gate_of(found.run):
        raise RefusedError("the plan has no gate", "land without --gate")
    return ask_gate(found.project, found.ledger.db, found.run, os.environ, planned)


def _print_trial(
    found: Acting, planned: LandingPlan, gate: LandingGate | None, *, as_json: bool
) -> None:
    """Print what would come, and raise what stands against it."""
    if planned.trial.landing is not None:
        landing = planned.trial.landing
        left = planned.left
        _print_result(found, planned.into, landing, None, left, as_json=as_json, gate=gate)
    # Last, so that a dry run shows what would come even where it would be refused.
    if planned.refusal:
        raise RefusedError(planned.refusal, planned.hint)
    if gate is not None and not gate.passed:
        raise _failed(gate)


def _failed(gate: LandingGate) -> RefusedError:
    text = f"the gate failed on the merged tree: {gate.text}"
    return RefusedError(text, f"mend it, or land without --gate: {clean(gate.command)}")


def _print_result(
    found: Acting,
    branch: str,
    landing: Landing,
    new: str | None,
    left: Sequence[TaskRow],
    *,
    as_json: bool,
    gate: LandingGate | None = None,
) -> None:
    if left and not as_json:
        names = listed([task.id for task in left], _NAMED, limit=_SHOWN)
        warn(f"{plural(len(left), 'task')} of run {found.run.id} not done: {names}")
    if as_json:
        result = _result_json(found.run.id, branch, landing, new, left)
        print_json(result if gate is None else {**result, "gate": asdict(gate)})
        return
    for line in _result_lines(branch, landing, new):
        print_line(line)
    if gate is not None and gate.passed:
        print_line(f"the gate passed on the merged tree in {offset(gate.seconds)}: {gate.text}")


def _result_lines(branch: str, landing: Landing, new: str | None) -> list[str]:
    if landing.kind is LandingKind.NOTHING:
        return [f"{branch} has all of it already"]
    how = landing.kind.value.replace("_", "-")
    to = f"{landing.old[:_SHORT]}..{(new or landing.head)[:_SHORT]}"
    verb = "would land in" if new is None else "landed in"
    head = f"{plural(len(landing.commits), 'commit')} {verb} {branch}: {how} {to}"
    commits = [f"  {name[:_SHORT]} {clean(subject)}" for name, subject in landing.commits]
    files = []
    for file in landing.files:
        # git counts no lines of a binary file.
        lines = "binary" if file.added is None else f"+{file.added} -{file.removed}"
        files.append(f"  {lines:>11}  {clean(file.path)}")
    return [head, *_bounded(commits, "commit"), *_bounded(files, "file")]


def _bounded(lines: list[str], noun: str) -> list[str]:
    more = len(lines) - _SHOWN
    if more <= 0:
        return lines
    return [*lines[:_SHOWN], f"  and {plural(more, f'more {noun}')}"]


def _result_json(
    run: str, branch: str, landing: Landing, new: str | None, left: Sequence[TaskRow]
) -> dict[str, object]:
    nothing = landing.kind is LandingKind.NOTHING
    new_commit = new
    if new is None and landing.kind is LandingKind.FAST_FORWARD:
        new_commit = landing.head  # known before it lands; that of a merge is not
    return {
        "run": run,
        "branch": branch,
        "how": landing.kind.value,
        "old": landing.old,
        "new": new_commit,
        "landed": new is not None and not nothing,
        "commits": [{"commit": name, "subject": subject} for name, subject in landing.commits],
        "files": [
            {"path": file.path, "added": file.added, "removed": file.removed}
            for file in landing.files
        ],
        "not_done": [
            {"task": task.id, "state": task.state.value, "kind": task.kind} for task in left
        ],
    }
