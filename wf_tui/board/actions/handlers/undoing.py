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
    """Take back the last act that this board knows of; what cannot be taken back is named.

    A second press within seconds goes one further, past that one.
    """
    done, pressed = app.acts_done, app.clock.monotonic()

    def act(ledger: Ledger) -> str:
        expected, before = done.meant(pressed)
        result = commands.undo(app.project, ledger, app.run_id, expect=expected, before=before)
        if result.changed:
            return result.sentence
        done.answered(result, expected, pressed)
        raise RefusedError("; ".join(filter(None, (result.sentence, result.key_hint))))

    app.do(act, "")
