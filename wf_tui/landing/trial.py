"""What a landing would bring, and what stands against it; nothing is written for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError
from wf_tui.git.control.control import open_control
from wf_tui.git.control.diffs import diff, file_changes
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.git.path_bytes import encode_path
from wf_tui.git.refs import branch_ref, short_branch
from wf_tui.git.user.combined import combine
from wf_tui.git.user.land import Landing, LandingKind, plan_landing
from wf_tui.git.user.target import branch_commit, find_target
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries import reads
from wf_tui.plan.scopes import covers
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wf_tui.git.user.combined import Combined
    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["Conflict", "LandingPlan", "Trial", "landing_patch", "plan", "target_branch"]


@dataclass(frozen=True)
class Conflict:
    """A path that both sides have changed, and the titles of the tasks that brought it."""

    path: str
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """The merge of two commits, tried without writing anything; it holds as long as they stay."""

    old: str
    """Where the branch is."""
    head: str
    """What comes; both are names of commits."""
    squash: bool
    landing: Landing | None
    """None where it conflicts."""
    conflicts: tuple[Conflict, ...] = ()
    refusal: str = ""
    """Why it does not merge, with `hint` what helps; "" where it does."""
    hint: str = ""
    ahead: int = 0
    """How many commits the branch has that the run lacks."""
    outside: frozenset[str] = frozenset()
    """Files that a task has changed outside its scope, which a person has accepted."""


@dataclass(frozen=True)
class LandingPlan:
    """What would come into a branch, and what stands against it; nothing was written for it."""

    branch: str
    """That of the run."""
    into: str
    trial: Trial
    checkout: Path | None
    """Where the branch is checked out; None where it is nowhere."""
    refusal: str
    """Why it cannot land now, with `hint` what helps; "" where it can."""
    hint: str
    left: tuple[TaskRow, ...]
    """The tasks that are not done."""


def target_branch(project: Project, run: RunRow, into: str | None) -> str:
    """Return the branch to land in: that named, else the one that is checked out."""
    branch = into or project.repository.branch
    if branch is None:
        raise RefusedError("no branch is checked out here", "name one: --into BRANCH")
    if branch_ref(branch) == run.ref:
        raise RefusedError(f"{clean(branch)} is the branch of the run itself", "name another")
    return branch


def plan(
    project: Project,
    db: Database,
    run: RunRow,
    environ: Mapping[str, str],
    *,
    into: str | None = None,
    squash: bool = False,
    before: LandingPlan | None = None,
) -> LandingPlan:
    """Return what would come; a conflict is a part of the answer and no failure.

    `before` is what was planned last: where neither side has moved since, nothing is merged again.
    Raises `RefusedError` where there is no such branch to land in, `GitError` where git fails.
    """
    branch = target_branch(project, run, into)
    control = open_control(project.paths.run(run.id))
    old, head, own = (
        branch_commit(project.common_dir, branch),
        control.head(),
        short_branch(run.ref),
    )
    combined = combine(control, project.common_dir, write=False)
    target = find_target(project.common_dir, branch, environ, combined.user_env, project.start)
    tasks = reads.tasks(db, run.id)
    trial = before.trial if before is not None else None
    if trial is None or (trial.old, trial.head, trial.squash) != (old, head, squash):
        trial = _try(combined, old, head, own, tasks, squash=squash)
    refusal, hint = trial.refusal, trial.hint
    if trial.landing is not None and trial.landing.kind is not LandingKind.NOTHING:
        entries, anew = trial.landing.entries, trial.landing.commits_anew
        try:
            target.check(trial.landing.tree, entries, merges=anew, branch=own)
        except RefusedError as error:
            refusal, hint = error.message, error.hint
    return LandingPlan(
        branch=own,
        into=branch,
        trial=trial,
        checkout=target.checkout.path if target.checkout else None,
        refusal=refusal,
        hint=hint,
        left=tuple(task for task in tasks if task.state is not TaskState.DONE),
    )


def landing_patch(project: Project, run: RunRow, landing: Landing) -> bytes:
    """Return the whole patch of a landing; not cleaned, for it may be read by a program."""
    control = open_control(project.paths.run(run.id))
    return diff(combine(control, project.common_dir, write=False), landing.old, landing.tree)


def _try(
    combined: Combined,
    old: str,
    head: str,
    branch: str,
    tasks: Sequence[TaskRow],
    *,
    squash: bool,
) -> Trial:
    try:
        landing = plan_landing(combined, old, head, branch, squash=squash)
    except RefusedError as error:
        conflicts = _conflicts(combined, old, head, tasks)
        return Trial(old, head, squash, None, conflicts, error.message, error.hint)
    ahead = 0
    if landing.kind is not LandingKind.FAST_FORWARD:
        ahead = int(combined.git("rev-list", "--count", f"{head}..{old}", "--").text)
    outside = _outside(combined, tasks)
    return Trial(old, head, squash, landing, ahead=ahead, outside=outside)


def _outside(combined: Combined, tasks: Sequence[TaskRow]) -> frozenset[str]:
    """Return the files that merged tasks have changed outside their scopes; these are few."""
    found: set[str] = set()
    for task in tasks:
        if not (task.scope_waived and task.commit_id and task.scope):
            continue
        changed = file_changes(combined, f"{task.commit_id}^1", task.commit_id)
        found.update(one.path for one in changed if not covers(task.scope, one.path))
    return frozenset(found)


def _conflicts(
    combined: Combined, old: str, head: str, tasks: Sequence[TaskRow]
) -> tuple[Conflict, ...]:
    """Return the paths in conflict, each with the tasks whose merges have changed it."""
    titles = {task.commit_id: clean(task.title or task.id) for task in tasks if task.commit_id}
    found = []
    for path in merge_trees(combined, old, head).conflicts:
        words = ("log", "--first-parent", "--format=%H", f"{old}..{head}", "--")
        commits = combined.git(*words, encode_path(path)).text.split()
        named = tuple(dict.fromkeys(titles[one] for one in commits if one in titles))
        found.append(Conflict(clean(path), named))
    return tuple(found)
