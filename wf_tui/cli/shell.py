"""`wf shell`: the person's own shell in the worktree of a task."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - click reads the type at run time

import click

from wf_tui.cli.context import acting
from wf_tui.cli.errors import warn
from wf_tui.cli.options import run_option
from wf_tui.kept_worktree import open_tree
from wf_tui.user_program import entry_notice, run_in_worktree, shell_command

__all__ = ["shell"]


@click.command
@click.argument("task")
@run_option
def shell(*, task: str, run: str | None, repo: Path | None) -> None:
    """Open your shell in the worktree of TASK: to look, or to resolve what did not merge.

    A blocked task whose worktree is gone gets one, with what its last attempt has made. Then
    `wf accept TASK` takes what is in it.
    """
    with acting(run, repo) as at:
        paths = at.project.paths.run(at.run.id)
        kept = open_tree(at.ledger, at.run.id, task, paths)
    warn(entry_notice(kept))
    run_in_worktree(kept, shell_command(os.environ), os.environ)
