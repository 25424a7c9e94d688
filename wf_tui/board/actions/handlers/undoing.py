"""Taking back the last thing that this person did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui import commands
from wf_tui.errors import RefusedError

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger

__all__ = ["undo"]


def undo(app: ActionHost, _ids: tuple[str, ...]) -> None:
    """Take back this person's last act; the ledger knows which that was, and whether it can be."""

    def act(ledger: Ledger) -> str:
        done = commands.undo(app.project, ledger, app.run_id)
        if not done.changed:
            raise RefusedError("; ".join(filter(None, (done.sentence, done.key_hint))))
        return done.sentence

    app.do(act, "")
