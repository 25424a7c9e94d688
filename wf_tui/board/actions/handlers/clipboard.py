"""What `c` copies: the names of a task that a person types elsewhere, cleaned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.dialogs.choice_dialog import Choice
from wf_tui.git.refs import short_branch
from wf_tui.ledger.queries import reads
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths

__all__ = ["make_choices", "read_names"]


def read_names(db: Database, *, run: str, task: str, paths: RunPaths) -> Mapping[str, str]:
    """Return what can be copied of a task, by what it is; all of it is safe to paste.

    It is cleaned because a name may come from a plan: a line end in it, pasted into a shell, would
    run what stands before it. What the task does not have is left out.
    """
    row = reads.run_row(db, run)
    attempts = reads.attempts(db, run, task)
    newest = attempts[-1] if attempts else None
    tree = newest.tree if newest else None
    every = {
        "id": task,
        "worktree": str(paths.trees / tree) if tree else None,
        "branch of the run": short_branch(row.ref),
        "commit of the attempt": newest.commit_id if newest else None,
        "run": run,
    }
    return {what: clean(text) for what, text in every.items() if text}


def make_choices(every: Mapping[str, str]) -> list[Choice]:
    """Return the lines of the dialog, in the order of `read_names`."""
    return [Choice(what, text, what) for what, text in every.items()]
