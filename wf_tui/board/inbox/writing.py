"""Asks a person for words to a worker, in a dialog; what they do not send is kept as a draft."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui.board.inbox.sending import keep_draft
from wf_tui.ledger.model.states import PERSON
from wf_tui.ledger.queries import drafts
from wf_tui.project import user_name

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost

__all__ = ["MESSAGE_DRAFT", "NOTE_DRAFT", "written"]

MESSAGE_DRAFT: Final = "message"
NOTE_DRAFT: Final = "note"
"""What a draft is of, beside the ids of questions; who sends the words drops it."""


async def written(app: ActionHost, task: str, what: str, title: str, note: str) -> str | None:
    """Return the words that are to be sent, None where they are not; only within `start_dialog`.

    `note` says when they will be read. The draft is one task's and this person's.
    """
    from wf_tui.board.forms.message_form import MessageForm  # noqa: PLC0415 - not before it is shown

    actor = f"{PERSON}{user_name()}"
    ask = partial(drafts.draft, run=app.run_id, task=task, what=what, actor=actor)
    draft = await app.read(ask)
    words = await app.push_screen_wait(MessageForm(title, note, draft))
    if words.is_sent:
        return words.text
    if words.text != draft:
        keep_draft(app, task, what, words.text)
    return None
