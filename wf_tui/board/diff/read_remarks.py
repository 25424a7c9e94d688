"""The comments on a task's work, read from the ledger for those who draw a diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.diff.remarks import Remark
from wf_tui.ledger.model.states import PERSON, CommentState
from wf_tui.ledger.queries.comments import comments
from wf_tui.project import user_name

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import CommentRow
    from wf_tui.ledger.store.database import Database

__all__ = ["read_remarks"]


def read_remarks(db: Database, run: str, task: str) -> tuple[Remark, ...]:
    """Return the comments on a task, as they are drawn; called on a thread."""
    return tuple(_remark(row) for row in comments(db, run, task))


def _remark(row: CommentRow) -> Remark:
    name = row.actor.removeprefix(PERSON)
    own = name == user_name()
    is_draft = row.state is CommentState.DRAFT
    return Remark(
        id=row.id,
        path=row.path,
        side=row.side,
        line=row.line,
        text=row.text,
        quote=row.quote,
        who="you" if own else name,
        draft=is_draft,
        own=own,
        when="" if is_draft else f"sent back after try {row.epoch}",
    )
