"""The comments on a task's work, read from the ledger for those who draw a diff."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wf_tui.board.diff.comment_place import half_written_place
from wf_tui.board.diff.remarks import Remark
from wf_tui.ledger.model.states import PERSON, CommentState
from wf_tui.ledger.queries.comments import comments
from wf_tui.ledger.queries.drafts import drafts
from wf_tui.project import user_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.model.rows import CommentRow
    from wf_tui.ledger.store.database import Database

__all__ = ["read_remarks"]


def read_remarks(db: Database, run: str, task: str) -> tuple[Remark, ...]:
    """Return the comments on a task, as they are drawn; called on a thread.

    Behind them stand those that this person has half written.
    """
    begun: dict[int, str] = {}
    new: list[Remark] = []
    for row in drafts(db, run, f"{PERSON}{user_name()}"):
        place = half_written_place(row.what) if row.task == task else None
        if place is None:
            continue
        if place.number is not None:
            begun[place.number] = row.text
            continue
        at = (place.path, place.side, place.line)
        number = -1 - len(new)
        new.append(Remark(number, *at, "", place.quote, begun=row.text, draft=True))
    kept = _with_begun(map(_remark, comments(db, run, task)), begun)
    return (*kept, *new)


def _with_begun(remarks: Iterator[Remark], begun: dict[int, str]) -> Iterator[Remark]:
    """Yield comments, each with the other words for it that are half written."""
    for one in remarks:
        yield replace(one, begun=begun.get(one.id)) if one.can_be_changed else one


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
