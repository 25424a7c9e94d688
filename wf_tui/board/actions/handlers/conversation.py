"""What a person says to a worker: the answer to a question, or a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui import commands
from wf_tui.board.actions.names import titled
from wf_tui.board.forms.answer_form import AnswerForm
from wf_tui.board.forms.message_form import MessageForm
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.conversation import questions
from wf_tui.ledger.rules.moves import ANSWER, MESSAGE
from wf_tui.plan.choices import Takes

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import QuestionRow
    from wf_tui.ledger.rules.moves import Move, MoveResult
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.picture import Picture

__all__ = ["answer", "message"]

_READ_NEXT: Final = "Its worker reads it with its next attempt."
_READ_NOW: Final = "Its worker reads it at its next turn if it can hear, else the next one does."


def answer(app: ActionHost, ids: tuple[str, ...]) -> None:
    """Show the oldest open question of a task, and give what is answered."""
    app.start_dialog(_ask(app, ids[0]))


async def _ask(app: ActionHost, task: str) -> None:
    def read(db: Database) -> tuple[list[QuestionRow], str]:
        # Of one that was given up on the row is left: a later answer goes into the next prompt.
        found = questions(db, app.run_id, task)
        waiting = [one for one in found if one.state == "open"] or found[-1:]
        attempts = reads.attempts(db, app.run_id, task)
        return waiting, attempts[-1].profile if attempts else ""

    asked, profile = await app.read(read)
    if not asked:
        app.show_toast("its worker asks nothing", app.keys_of("task.message") + " writes to it")
        return
    given = await app.push_screen_wait(AnswerForm(asked[0], profile=profile, more=len(asked) - 1))
    if given is None:
        return
    act = _move(
        app,
        ANSWER,
        task,
        question=given.question,
        option=given.option,
        text=given.text,
        always=given.always,
    )
    app.do(act, ANSWER.done)


def message(app: ActionHost, ids: tuple[str, ...]) -> None:
    """Take a message for the worker of a task, and send it."""
    task = ids[0]
    note = _READ_NOW if hears(app.picture, task) else _READ_NEXT

    async def write() -> None:
        text = await app.push_screen_wait(
            MessageForm(f"Message to {titled(app.picture, task)}", note)
        )
        if text is not None:
            app.do(_write(app, task, text), "")

    app.start_dialog(write())


def hears(picture: Picture, task: str) -> bool:
    """Whether a worker is at the task that may take a message now."""
    row = picture.row(task)
    return row.claimed and row.takes is Takes.PROMPT


def _write(app: ActionHost, task: str, text: str) -> Callable[[Ledger], str]:
    name = titled(app.picture, task)
    told = f"message waits for the next attempt of {name}"
    if hears(app.picture, task):
        told = f"message to {name}: its worker reads it at its next turn"
    write = _move(app, MESSAGE, task, text=text)

    def act(ledger: Ledger) -> str:
        (made,) = write(ledger)
        return told if made.changed else made.reason.replace(f"task {task!r}", name)

    return act


def _move(
    app: ActionHost, move: Move[...], task: str, **given: str | None
) -> Callable[[Ledger], list[MoveResult]]:
    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.move(app.project, ledger, app.run_id, move, [task], **given)

    return act
