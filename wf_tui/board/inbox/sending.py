"""How what was written in the box gets into the ledger, and how that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui import commands
from wf_tui.board.actions.names import titled
from wf_tui.ledger.rules.moves import ANSWER

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost
    from wf_tui.board.inbox.answers import Given
    from wf_tui.ledger.ledger import Ledger

__all__ = ["keep_draft", "send_answer"]


def send_answer(app: ActionHost, given: Given, *, drop_draft: bool) -> None:
    """Give an answer, and tell so in the words of the question; its draft is dropped then."""
    name = titled(app.picture, given.task)
    told = f"{given.told}{' to' if given.told.startswith('answered') else ' for'} {name}"

    def act(ledger: Ledger) -> str:
        (made,) = commands.move(
            *(app.project, ledger, app.run_id, ANSWER, [given.task]),
            question=given.question.id,
            option=given.option,
            text=given.text,
            always=given.always,
        )
        if not made.changed:
            return made.reason.replace(f"task {given.task!r}", name)
        if drop_draft:
            commands.keep_draft(ledger, app.run_id, given.task, given.question.id, "")
        return told

    app.do(act, "")


def keep_draft(app: ActionHost, task: str, what: str, text: str) -> None:
    """Keep what the person has begun to write to a task; "" is that they have not."""

    def act(ledger: Ledger) -> str:
        commands.keep_draft(ledger, app.run_id, task, what, text)
        return "kept as a draft" if text else "the draft is gone"

    app.do(act, "")
