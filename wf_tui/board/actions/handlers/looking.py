"""What is asked for the selected task alone: its form, its names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wf_tui.board.actions.handlers import clipboard
from wf_tui.board.actions.handlers.task_acts import make_move
from wf_tui.board.dialogs.choice_dialog import ChoiceDialog
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost

__all__ = ["copy", "edit"]

Ids = tuple[str, ...]


def edit(app: ActionHost, ids: Ids) -> None:
    """Change what a task asks for, in a form; a form without a change does nothing."""
    task = ids[0]

    async def fill_in() -> None:
        from wf_tui.board.forms import task_forms  # noqa: PLC0415 - not before it is shown

        facts = await app.read(partial(task_forms.read_facts, run=app.run_id, task=task))
        fields = await app.push_screen_wait(task_forms.EditForm(facts))
        if fields:
            make_move(app, moves.EDIT, (task,), fields=fields)

    app.start_dialog(fill_in())


def copy(app: ActionHost, ids: Ids) -> None:
    """Copy one of the names of a task."""

    async def choose_name() -> None:
        paths = app.project.paths.run(app.run_id)
        read_names = partial(clipboard.read_names, run=app.run_id, task=ids[0], paths=paths)
        names = await app.read(read_names)
        chosen = await app.push_screen_wait(ChoiceDialog("Copy", clipboard.make_choices(names)))
        if chosen is not None:
            app.copy_to_clipboard(names[chosen])
            app.show_toast(f"copied {names[chosen]}", severity="information")

    app.start_dialog(choose_name())
