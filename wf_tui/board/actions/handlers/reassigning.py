"""Giving tasks to a worker of the person's choice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wf_tui import commands
from wf_tui.board.actions.handlers import seat_choices
from wf_tui.board.actions.names import named, titled
from wf_tui.board.dialogs.reassign_dialog import ReassignDialog
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
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
    choices = seat_choices.choices(facts, titles)
    if not choices:
        app.show_toast("this run has no workers", "p starts a scheduler")
        return
    title = f"Give {named(app.picture, ids)} to"
    note = seat_choices.interrupted(facts, titles)
    chosen = await app.push_screen_wait(ReassignDialog(title, choices, note))
    if chosen is not None:
        reassign_to(app, ids, chosen.worker, note=chosen.note)


def reassign_to(app: ActionHost, ids: Ids, worker: str, *, note: str = "") -> None:
    """Give tasks to a named seat, or to any seat of a named profile.

    It does not ask before it interrupts: who drags a task or picks a worker has been shown what is
    interrupted, and its work is kept.
    """

    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.move_with_note(
            app.project, ledger, app.run_id, moves.REASSIGN, ids, note, to=worker
        )

    app.do(act, "gave", after=f" to {worker}")
