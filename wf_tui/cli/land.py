"""`wf land`: bring the work of a run into a branch of the user."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import acting, json_option, print_json, print_line, run_argument
from wf_tui.cli.errors import warn
from wf_tui.errors import RefusedError
from wf_tui.git.control.control import open_control
from wf_tui.git.refs import branch_ref, short_branch
from wf_tui.git.user import land as landings
from wf_tui.git.user.combined import combine
from wf_tui.git.user.export import Pending, export
from wf_tui.git.user.hooks import Hooks
from wf_tui.git.user.land import Landing, LandingKind, plan_landing
from wf_tui.git.user.target import Target, branch_commit, find_target
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries import reads
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.cli.context import Acting
    from wf_tui.git.control.control import Control
    from wf_tui.git.user.combined import Combined
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
@click.option("--dry-run", is_flag=True, help="Show what would come, and change nothing.")
@json_option
def land(
    *,
    run: str | None,
    into: str | None,
    no_sign: bool,
    hooks: bool,
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
        branch = into or found.project.repository.branch
        if branch is None:
            raise RefusedError("no branch is checked out here", "name one: --into BRANCH")
        own = short_branch(found.run.ref)
        if branch_ref(branch) == found.run.ref:
            raise RefusedError(f"{clean(branch)} is the branch of the run itself", "name another")
        left = [t for t in reads.tasks(found.ledger.db, found.run.id) if t.state != TaskState.DONE]
        control = open_control(found.paths)
        old = branch_commit(found.project.common_dir, branch)
        # Exported first: what lands is then on the branch of the run in this repository as well.
        head = control.head() if dry_run else _export(found, control)
        combined = combine(control, found.project.common_dir, write=not dry_run)
        landing = plan_landing(combined, old, head, own)
        start = found.project.start
        target = find_target(found.project.common_dir, branch, os.environ, combined.user_env, start)
        new = None
        if not dry_run:
            new = _land(found, combined, target, landing, sign=not no_sign, hooks=hooks)
        _print_result(found, branch, landing, new, left, as_json=as_json)
        # Last, so that a dry run shows what would come even where it would be refused.
        if dry_run and landing.kind is not LandingKind.NOTHING:
            merges = landing.kind is LandingKind.MERGE
            target.check(landing.tree, landing.entries, merges=merges, branch=own)


def _export(found: Acting, control: Control) -> str:
    """Bring the run's branch to the user's repository; return the commit that is there now."""
    if found.run.base == control.head():
        return found.run.base
    branch = short_branch(found.run.ref)
    done = export(found.project.repository, control, branch, expected=found.run.exported)
    if isinstance(done, Pending):
        raise RefusedError(f"the run is not exported: {done.reason}", done.hint)
    found.ledger.exported(found.run.id, done.commit, "")
    return done.commit


def _land(
    found: Acting, combined: Combined, target: Target, landing: Landing, *, sign: bool, hooks: bool
) -> str:
    """Land the commits of the run, record it, and return where the branch is now."""
    if landing.kind is LandingKind.NOTHING:
        return landing.old
    merges = landing.kind is LandingKind.MERGE
    branch = short_branch(found.run.ref)
    target.check(landing.tree, landing.entries, merges=merges, branch=branch)
    of_the_user = Hooks(target)
    # Everything that could refuse has been asked by now; from here on the checkout is written.
    message = f"Merge run {found.run.id}: {clean(found.run.goal, limit=_SHOWN)}"
    asked = of_the_user if hooks else None
    new = landings.land(combined, target, landing, message, sign=sign, hooks=asked)
    if not hooks and (names := of_the_user.present(merges=merges)):
        warn(f"your git would have run hooks: {listed(names, _NAMED)}", "wf land --hooks runs them")
    found.ledger.landed(found.run.id, branch=target.branch, old=landing.old, new=new)
    return new


def _print_result(
    found: Acting,
    branch: str,
    landing: Landing,
    new: str | None,
    left: list[TaskRow],
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
    how = "fast-forward" if landing.kind is LandingKind.FAST_FORWARD else "merge"
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
    run: str, branch: str, landing: Landing, new: str | None, left: list[TaskRow]
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
