"""The person's own shell and editor in a worktree: the board steps aside for them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wf_tui.errors import WfError
from wf_tui.kept_worktree import kept_tree
from wf_tui.user_program import editor_command, entry_notice, run_in_worktree, shell_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost
    from wf_tui.kept_worktree import KeptTree

__all__ = ["open_editor", "open_shell"]

Ids = tuple[str, ...]


def open_shell(app: ActionHost, ids: Ids) -> None:
    """Open a shell in the worktree of a task."""
    app.begin(_go_into(app, ids[0], lambda _: shell_command(app.environ)))


def open_editor(app: ActionHost, ids: Ids) -> None:
    """Open an editor in the worktree of a task."""
    app.begin(_go_into(app, ids[0], lambda kept: editor_command(app.environ, kept)))


async def _go_into(app: ActionHost, task: str, words: Callable[[KeptTree], list[str]]) -> None:
    kept = await app.read(partial(kept_tree, run=app.run_id, name=task))
    command = words(kept)
    fault = app.step_aside(entry_notice(kept), lambda: _entered(app, kept, command))
    if fault is not None:
        raise fault
    if kept.to_accept:
        app.tell(f"{app.keys_of('task.accept')} accepts what is in it now")


def _entered(app: ActionHost, kept: KeptTree, command: list[str]) -> WfError | None:
    """Return what went wrong: while the board is aside nobody could read it."""
    try:
        run_in_worktree(kept, command, app.environ)
    except WfError as error:
        return error
    return None
