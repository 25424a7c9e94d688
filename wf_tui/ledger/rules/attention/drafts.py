"""What a person has begun to write, and what they have seen: their own, told in no event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wf_tui.ledger.rules.change import Change

__all__ = ["keep_draft", "mark_seen"]

LONGEST: Final = 64 * 1024
"""Characters of a draft; what is beyond is cut, since nobody can send it."""


def keep_draft(tx: Change, task: str, what: str, text: str) -> None:
    """Keep what the actor has begun to write; an empty text is no draft.

    `what` names what it would be: `message`, `note`, the name of a question ...
    """
    key = {"run": tx.run.id, "task": tx.task(task).id, "what": what, "actor": tx.actor}
    if not text:
        tx.db.execute(
            "DELETE FROM draft WHERE run = :run AND task = :task AND what = :what "
            "AND actor = :actor",
            key,
        )
        return
    tx.db.execute(
        "INSERT INTO draft (run, task, what, actor, text, at) "
        "VALUES (:run, :task, :what, :actor, :text, :at) "
        "ON CONFLICT (run, task, what, actor) DO UPDATE SET text = excluded.text, at = excluded.at",
        {**key, "text": text.replace("\0", "")[:LONGEST], "at": tx.now},
    )


def mark_seen(tx: Change, task: str, path: str, blob: str) -> None:
    """Mark that the actor has seen this content of a file; "" is that they have not.

    `blob` is the object name of the content: another content is not seen.
    """
    key = {"run": tx.run.id, "task": tx.task(task).id, "path": path, "actor": tx.actor}
    if not blob:
        tx.db.execute(
            "DELETE FROM seen WHERE run = :run AND task = :task AND path = :path "
            "AND actor = :actor",
            key,
        )
        return
    tx.db.execute(
        "INSERT INTO seen (run, task, path, actor, blob) "
        "VALUES (:run, :task, :path, :actor, :blob) "
        "ON CONFLICT (run, task, path, actor) DO UPDATE SET blob = excluded.blob",
        {**key, "blob": blob},
    )
