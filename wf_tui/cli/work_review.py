"""The work of a task for whoever reviews it: what it changes, and what was said to its lines.

Read for `wf review` and `wf comment`, on the thread of the caller, from the ledger and from the
repository of the run. Screens read diffs by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.errors import GitError, RefusedError, UnknownNameError
from wf_tui.git.control.blobs import read_blobs
from wf_tui.git.control.diffs import file_changes
from wf_tui.ledger.model.held_work import held_part
from wf_tui.ledger.model.states import ScopeWhy
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.comments import comments
from wf_tui.picture.conversation_json import comment_json
from wf_tui.plan.scopes import covers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.git.control.control import Control
    from wf_tui.git.control.diffs import FileChange
    from wf_tui.ledger.model.rows import AttemptRow, CommentRow, TaskRow
    from wf_tui.ledger.store.database import Database

__all__ = ["WorkReview", "quoted_lines", "read_review", "reviewed_attempt"]


@dataclass(frozen=True)
class WorkReview:
    """What the last work of a task changes, and what people have said to it."""

    task: TaskRow
    attempt: AttemptRow
    files: tuple[FileChange, ...]
    why: Mapping[str, str]
    """Of each path that a person should look at, why: `outside` its scope, `filter`, `secret`."""
    comments: tuple[CommentRow, ...]

    def as_json(self) -> dict[str, object]:
        """Return the object of `wf review --json`: a contract, keys are only ever added."""
        return {
            "task": self.task.id,
            "base": self.attempt.base,
            "commit": self.attempt.commit_id,
            "files": [
                {
                    "path": one.path,
                    "added": one.added,
                    "removed": one.removed,
                    "why": self.why.get(one.path),
                }
                for one in self.files
            ],
            "comments": [comment_json(one) for one in self.comments],
        }


def read_review(db: Database, control: Control, run: str, name: str) -> WorkReview:
    """Read the work of a task; raises `RefusedError` where it has none."""
    with db.snapshot():
        task = reads.task(db, run, name)
        attempt = reviewed_attempt(db, run, task)
        said = tuple(comments(db, run, task.id))
        fold_case = reads.run_row(db, run).fold_case
    files = file_changes(control, attempt.base or "", attempt.commit_id or "")
    why = {
        path: part.why.value
        for part in (held_part(task.detail, one) for one in ScopeWhy)
        if part is not None
        for path in part.paths
    }
    for one in files:
        if task.scope and not covers(task.scope, one.path, fold_case=fold_case):
            why.setdefault(one.path, ScopeWhy.OUTSIDE.value)
    return WorkReview(task, attempt, files, why, said)


def reviewed_attempt(db: Database, run: str, task: TaskRow) -> AttemptRow:
    """Return the last attempt of a task that has left work; raises `RefusedError` for none."""
    made = [one for one in reads.attempts(db, run, task.id) if one.commit_id and one.base]
    if not made:
        raise RefusedError(
            f"task {task.id!r} has no work to look at yet", f"see why: wf show {task.id}"
        )
    return made[-1]


def quoted_lines(
    control: Control, attempt: AttemptRow, path: str, lines: range, *, old: bool
) -> str:
    """Return lines of a file of the work, by which a comment on them is found again; "" for none.

    They count from 1. `old` is of what the work began with. Raises `UnknownNameError` for a path
    that the work does not change, or a line that the file does not have.
    """
    base, commit = attempt.base or "", attempt.commit_id or ""
    changed = file_changes(control, base, commit)
    named = {one.path: one for one in changed} | {one.was: one for one in changed if old}
    if path not in named:
        raise UnknownNameError("path", path, [one.path for one in changed])
    if not lines:
        return ""
    at, name = (base, named[path].was) if old else (commit, named[path].path)
    # As git and the screens count: a form feed or another rare character ends no line.
    text = _text(control, at, name).removesuffix("\n").split("\n")
    if lines[-1] > len(text) or text == [""]:
        known = [] if text == [""] else [f"{path}:{len(text)}"]
        raise UnknownNameError("line", f"{path}:{lines[-1]}", known)
    return "\n".join(text[at - 1].removesuffix("\r") for at in lines)


def _text(control: Control, commit: str, path: str) -> str:
    """Return a file as it is in a commit; one that is not there has no lines."""
    try:
        oid = control.git("rev-parse", "--verify", "--end-of-options", f"{commit}:{path}").text
    except GitError:
        return ""
    found = read_blobs(control, [oid.strip()])
    return next(iter(found.values()), b"").decode(errors="replace")
