"""What persons said to lines of the work of a task, for reviews, prompts and `wf show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.rows import CommentRow, decode, select
from wf_tui.ledger.model.states import CommentState

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Database

__all__ = ["comments", "comments_for", "drafts_count"]


def comments(db: Database, run: str, task: str) -> list[CommentRow]:
    """Return the comments on a task, in order; without those that were dropped."""
    rows = db.execute(
        select(CommentRow, "WHERE run = :run AND task = :task AND state <> :dropped ORDER BY id"),
        {"run": run, "task": task, "dropped": CommentState.DROPPED},
    )
    return [decode(CommentRow, row) for row in rows]


def comments_for(
    db: Database, run: str, task: str, epoch: int, *, new: bool = False
) -> list[CommentRow]:
    """Return what the prompt of an attempt has of them: what was sent, by path and line.

    With `new` only what the attempts before this epoch were not told: a session that goes on has
    the rest.
    """
    sent = [one for one in comments(db, run, task) if one.state is CommentState.SENT]
    if new:
        sent = [one for one in sent if one.delivered_epoch is None or one.delivered_epoch >= epoch]
    return sorted(sent, key=lambda one: (one.path, one.line or 0, one.id))


def drafts_count(db: Database, run: str, task: str) -> int:
    """Return how many comments on a task wait to be sent."""
    rows = db.execute(
        "SELECT count(*) FROM comment WHERE run = :run AND task = :task AND state = :draft",
        {"run": run, "task": task, "draft": CommentState.DRAFT},
    )
    return int(rows[0][0] or 0)
