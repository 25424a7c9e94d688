"""`wf shell`: the person's own shell in the worktree of a task."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - click reads the type at run time

import click

from wf_tui.cli.context import reading, run_option
from wf_tui.cli.errors import warn
from wf_tui.kept_worktree import kept_tree
from wf_tui.user_program import entry_notice, run_in_worktree, shell_command

__all__ = ["shell"]


@click.command
@click.argument("task")
@run_option
def shell(*, task: str, run: str | None, repo: Path | None) -> None:
    """Open your shell in the worktree of TASK: to look, or to resolve what did not merge.

    Only a task that is blocked by its scope or a conflict, or that runs, still has one.
    """
    with reading(run, repo) as found:
        kept = kept_tree(found.db, found.run.id, task, found.paths)
    warn(entry_notice(kept))
    run_in_worktree(kept, shell_command(os.environ), os.environ)
