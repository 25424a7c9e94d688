"""`wf land`: bring the work of a run into a branch of the user."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import acting, json_option, print_json, print_line, run_argument
from wf_tui.cli.errors import warn
from wf_tui.errors import RefusedError
from wf_tui.git.user.land import Landing, LandingKind
from wf_tui.landing import land as land_run
from wf_tui.landing import plan, target_branch
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries import reads
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wf_tui.cli.context import Acting
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
    repo: Path | None,
    as_json: bool,
) -> None:
    """Merge the work of a run into your branch, and bring its checkout along.

    A fast-forward where that is possible, else a merge commit in your name, signed where you sign.
    With uncommitted changes in files that it touches, in the middle of a merge or rebase, or on a
    conflict nothing is changed.
    """
    with acting(run, repo) as found:
        branch = target_branch(found.project, found.run, into)
        if dry_run:
            planned = plan(
                *(found.project, found.ledger.db, found.run, os.environ),
                into=branch,
                squash=squash,
            )
            if planned.trial.landing is not None:
                _print_result(
                    found, branch, planned.trial.landing, None, planned.left, as_json=as_json
                )
            # Last, so that a dry run shows what would come even where it would be refused.
            if planned.refusal:
                raise RefusedError(planned.refusal, planned.hint)
            return
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


def _print_result(
    found: Acting,
    branch: str,
    landing: Landing,
    new: str | None,
    left: Sequence[TaskRow],
    *,
    as_json: bool,
) -> None:
    if left and not as_json:
        names = listed([task.id for task in left], _NAMED, limit=_SHOWN)
        warn(f"{plural(len(left), 'task')} of run {found.run.id} not done: {names}")
    if as_json:
        print_json(_result_json(found.run.id, branch, landing, new, left))
        return
    for line in _result_lines(branch, landing, new):
        print_line(line)


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
