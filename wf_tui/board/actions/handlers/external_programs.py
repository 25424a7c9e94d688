"""The person's own shell and editor in a worktree: the board steps aside for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.errors import WfError
from wf_tui.project import open_ledger
from wf_tui.user_program import editor_command, entry_notice, run_in_worktree, shell_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost
    from wf_tui.kept_worktree import KeptTree
    from wf_tui.ledger.store.database import Database

__all__ = ["open_editor", "open_in_worktree", "open_shell"]

Ids = tuple[str, ...]


def open_shell(app: ActionHost, ids: Ids) -> None:
    """Open the person's shell in the worktree of the first of these tasks."""

    def command_for(_kept: KeptTree) -> list[str]:
        return shell_command(app.environ)

    app.start_dialog(open_in_worktree(app, ids[0], command_for))


def open_editor(app: ActionHost, ids: Ids) -> None:
    """Open the person's editor in the worktree of the first of these tasks, on its conflicts."""

    def command_for(kept: KeptTree) -> list[str]:
        return editor_command(app.environ, kept)

    app.start_dialog(open_in_worktree(app, ids[0], command_for))


async def open_in_worktree(
    app: ActionHost, task: str, command_for: Callable[[KeptTree], list[str]]
) -> None:
    """Run a command in the worktree of a task, with the terminal; only within `start_dialog`.

    The board stands still until the command ends. Raises WfError where no worktree is kept, or the
    program cannot be started.
    """
    paths = app.project.paths.run(app.run_id)

    def opened(_: Database) -> KeptTree:
        # The board's start must not wait for the modules of git.
        from wf_tui.kept_worktree import open_tree  # noqa: PLC0415

        with open_ledger(app.project) as ledger:
            return open_tree(ledger, app.run_id, task, paths)

    kept = await app.read(opened)
    # Made before the board steps aside: an $EDITOR that cannot be read is reported on the board.
    command = command_for(kept)

    def program() -> WfError | None:
        # An error is raised only when the board is back: while it is aside nobody could read it.
        try:
            run_in_worktree(kept, command, app.environ)
        except WfError as error:
            return error
        return None

    error = app.step_aside(entry_notice(kept), program)
    if error is not None:
        raise error
    if kept.to_accept:
        app.show_toast(f"{app.keys_of('task.accept')} accepts what is in it now")
