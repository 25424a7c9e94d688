"""What a person says to a worker: the answer to a question, or a message."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui import commands
from wf_tui.board.actions.names import title_of, titled
from wf_tui.board.inbox.writing import MESSAGE_DRAFT, written
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.plan.choices import Takes

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import Move, MoveResult
    from wf_tui.picture.picture import Picture

__all__ = ["answer", "message"]

_READ_NEXT: Final = "Its worker reads it with its next attempt."
_READ_NOW: Final = "Its worker reads it at its next turn if it can hear, else the next one does."


def answer(app: ActionHost, ids: tuple[str, ...]) -> None:
    """Open the answer box on a task; on a screen that has one, give it the keys."""
    if not app.enter_box():
        app.start_dialog(_ask(app, ids[0]))


async def _ask(app: ActionHost, task: str) -> None:
    from wf_tui.board.inbox.answer_dialog import AnswerDialog  # noqa: PLC0415 - not before it is shown
    from wf_tui.board.inbox.item import read_item  # noqa: PLC0415 - same

    item = await app.read(partial(read_item, run=app.run_id, task=task))
    if item.open:
        await app.push_screen_wait(AnswerDialog(item, title_of(app.picture, task)))
    else:
        app.show_toast("its worker asks nothing", app.keys_of("task.message") + " writes to it")


def message(app: ActionHost, ids: tuple[str, ...]) -> None:
    """Take a message for the worker of a task, and send it."""
    task = ids[0]
    note = _READ_NOW if hears(app.picture, task) else _READ_NEXT

    async def write() -> None:
        title = f"Message to {titled(app.picture, task)}"
        text = await written(app, task, MESSAGE_DRAFT, title, note)
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
        if not made.changed:
            return made.reason.replace(f"task {task!r}", name)
        commands.keep_draft(ledger, app.run_id, task, MESSAGE_DRAFT, "")
        return told

    return act


def _move(
    app: ActionHost, move: Move[...], task: str, **given: str | None
) -> Callable[[Ledger], list[MoveResult]]:
    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.move(app.project, ledger, app.run_id, move, [task], **given)

    return act
