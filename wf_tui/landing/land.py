"""Bringing the work of a run into a branch of the user, and recording it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.git.control.control import open_control
from wf_tui.git.refs import short_branch
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

    from wf_tui.git.control.control import Control
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow, RunRow, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["Landed", "default_message", "land", "trailers"]

_SHOWN: Final = 72
_MOST_TRAILERS: Final = 200


@dataclass(frozen=True)
class Landed:
    """What came of it: where the branch is, and which of the user's hooks did not run."""

    landing: Landing
    new: str
    hooks: tuple[str, ...]


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
