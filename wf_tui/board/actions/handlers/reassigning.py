"""Giving tasks to a worker of the person's choice."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from wf_tui import commands
from wf_tui.board.actions.handlers import seat_choices
from wf_tui.board.actions.names import named, titled
from wf_tui.board.dialogs.reassign_dialog import ReassignDialog
from wf_tui.board.inbox.editing import edited
from wf_tui.errors import WfError
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
    from wf_tui.board.dialogs.choice_dialog import Choice
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import MoveResult

__all__ = ["reassign", "reassign_to"]

Ids = tuple[str, ...]


def reassign(app: ActionHost, ids: Ids) -> None:
    """Ask which worker, then give tasks to it."""
    app.start_dialog(ask_worker(app, ids))


async def ask_worker(app: ActionHost, ids: Ids) -> None:
    """Offer the workers of the run, and give the tasks to the chosen one."""
    now = app.clock.now()
    facts = await app.read(partial(seat_choices.read, run=app.run_id, tasks=ids, now=now))
    titles = partial(titled, app.picture)
    if not facts.seats:
        app.show_toast("this run has no workers", "p starts a scheduler")
        return

    def choices() -> list[Choice]:
        at_now = replace(facts, now=app.countdown_now())
        return seat_choices.choices(at_now, titles, app.glyphs)

    dialog = ReassignDialog(
        f"Give {named(app.picture, ids)} to",
        choices,
        edit=partial(edit_note, app),
        warning=seat_choices.interrupted(facts, titles),
        has_work=any(task.attempts and task.spec.goes_on for task in facts.tasks),
    )
    given = await app.push_screen_wait(dialog)
    if given is not None:
        reassign_to(app, ids, given.worker, note=given.note, fresh=given.fresh)


def edit_note(app: ActionHost, text: str) -> str:
    """Return a note as the person left it in their editor; as it was where that cannot be."""
    try:
        return edited(app, text, "note")
    except WfError as error:
        app.show_toast(error.message, error.hint, severity="error")
        return text


def reassign_to(
    app: ActionHost, ids: Ids, worker: str, *, note: str = "", fresh: bool = False
) -> None:
    """Give tasks to a named seat, or to any seat of a named profile.

    It does not ask before it interrupts: who drags a task or picks a worker has been shown what is
    interrupted, and its work is kept.
    """

    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.move_with_note(
            app.project, ledger, app.run_id, moves.REASSIGN, ids, note, to=worker, fresh=fresh
        )

    app.do(act, "gave", after=f" to {worker}")
