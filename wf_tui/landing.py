"""Landing a run, as the command and the board do it: what would come, and bringing it in.

`plan` only reads and may run on any thread; `land` writes to the user's checkout, so it is for the
main thread of a process of its own, which signals cannot end halfway: the command `wf land`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.git.control.control import open_control
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.git.refs import branch_ref, short_branch
from wf_tui.git.user import land as landings
from wf_tui.git.user.combined import combine
from wf_tui.git.user.export import Pending, export
from wf_tui.git.user.hooks import Hooks
from wf_tui.git.user.land import Landing, LandingKind, plan_landing
from wf_tui.git.user.target import branch_commit, find_target
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries import reads
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wf_tui.git.control.control import Control
    from wf_tui.git.user.combined import Combined
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow, RunRow, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = [
    "Conflict",
    "Landed",
    "LandingPlan",
    "Trial",
    "default_message",
    "land",
    "plan",
    "target_branch",
    "trailers",
]

_SHOWN: Final = 72
_MOST_TRAILERS: Final = 200


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


@dataclass(frozen=True)
class Landed:
    """What came of it: where the branch is, and which of the user's hooks did not run."""

    landing: Landing
    new: str
    hooks: tuple[str, ...]


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
    return Trial(old, head, squash, landing)


def land(
    project: Project,
    ledger: Ledger,
    run: RunRow,
    environ: Mapping[str, str],
    *,
    into: str,
    squash: bool = False,
    message: str = "",
    expect: str | None = None,
    sign: bool = True,
    hooks: bool = False,
) -> Landed:
    """Bring the work of a run into a branch and its checkout, and record it.

    `expect` is `OLD..HEAD`, what the person has seen. Exported first, so that what lands is on the
    branch of the run in the user's repository as well. Raises `RefusedError` with nothing changed.
    """
    control, own = open_control(project.paths.run(run.id)), short_branch(run.ref)
    old, head = branch_commit(project.common_dir, into), _export(project, ledger, run, control)
    if expect is not None and expect != f"{old}..{head}":
        moved = clean(into) if not expect.startswith(old) else "the branch of the run"
        raise RefusedError(f"{moved} has moved since you looked", "look again: wf land --dry-run")
    combined = combine(control, project.common_dir, write=True)
    landing = plan_landing(combined, old, head, own, squash=squash)
    target = find_target(project.common_dir, into, environ, combined.user_env, project.start)
    if landing.kind is LandingKind.NOTHING:
        return Landed(landing, landing.old, ())
    target.check(landing.tree, landing.entries, merges=landing.commits_anew, branch=own)
    of_the_user = Hooks(target)
    # Everything that could refuse has been asked by now; from here on the checkout is written.
    text = _message(ledger.db, run, message)
    asked = of_the_user if hooks else None
    new = landings.land(combined, target, landing, text, sign=sign, hooks=asked)
    left_out = () if hooks else tuple(of_the_user.present(merges=landing.commits_anew))
    ledger.landed(run.id, branch=target.branch, old=landing.old, new=new)
    return Landed(landing, new, left_out)


def default_message(run: RunRow) -> str:
    """Return the first line of the commit, where the person has no other."""
    return f"Merge run {run.id}: {clean(run.goal, limit=_SHOWN)}"


def trailers(tasks: Sequence[TaskRow], attempts: Sequence[AttemptRow]) -> list[str]:
    """Return a line for each task that was merged: who did it, and with which model."""
    last = {attempt.task: attempt for attempt in attempts if not attempt.by_hand}
    lines = []
    for task in tasks:
        attempt = last.get(task.id)
        if task.commit_id is None or task.state is not TaskState.DONE or attempt is None:
            continue
        model = f" ({clean(attempt.model, limit=_SHOWN)})" if attempt.model else ""
        who = clean(attempt.worker, limit=_SHOWN)
        lines.append(f"Wf-Task: {clean(task.id, limit=_SHOWN)} by {who}{model}")
    return lines[:_MOST_TRAILERS]


def _message(db: Database, run: RunRow, message: str) -> str:
    body = trailers(reads.tasks(db, run.id), reads.attempts(db, run.id))
    return "\n\n".join(filter(None, (message.strip() or default_message(run), "\n".join(body))))


def _export(project: Project, ledger: Ledger, run: RunRow, control: Control) -> str:
    """Bring the run's branch to the user's repository; return the commit that is there now."""
    if run.base == control.head():
        return run.base
    branch = short_branch(run.ref)
    done = export(project.repository, control, branch, expected=run.exported)
    if isinstance(done, Pending):
        raise RefusedError(f"the run is not exported: {done.reason}", done.hint)
    ledger.exported(run.id, done.commit, "")
    return done.commit


def _conflicts(
    combined: Combined, old: str, head: str, tasks: Sequence[TaskRow]
) -> tuple[Conflict, ...]:
    """Return the paths in conflict, each with the tasks whose merges have changed it."""
    titles = {task.commit_id: clean(task.title or task.id) for task in tasks if task.commit_id}
    found = []
    for path in merge_trees(combined, old, head).conflicts:
        words = (
            "log",
            "--first-parent",
            "--format=%H",
            f"{old}..{head}",
            "--",
            f":(literal){path}",
        )
        commits = combined.git(*words).text.split()
        named = tuple(dict.fromkeys(titles[one] for one in commits if one in titles))
        found.append(Conflict(clean(path), named))
    return tuple(found)
