"""What a person says to lines of the work of a task: drafts, until they go back with the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError, UnknownNameError, UsageError
from wf_tui.ledger.model.events.task_events import CommentDropped, CommentKept, CommentsSent
from wf_tui.ledger.model.rows import CommentRow, decode, evolve, select
from wf_tui.ledger.model.states import CommentState, TaskState
from wf_tui.ledger.queries.comments import comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = [
    "comment",
    "drop_comment",
    "edit_comment",
    "restore_comment",
    "send",
    "tell_next",
    "unsend",
]

NEW: Final = "new"
OLD: Final = "old"
_SIDES: Final = (NEW, OLD)
_LONGEST: Final = 64 * 1024
"""Bytes of one comment."""
_LONGEST_QUOTE: Final = 1000
"""Characters of a line by which it is found again."""
_MOST_LINES: Final = 200
"""Lines that one comment can be about."""


def comment(
    tx: Change, name: str, path: str, line: int | None, text: str, *, side: str, quote: str
) -> CommentRow:
    """Keep what the actor says to lines of the work of a task, as a draft.

    `line` is from 1, of the work, or with the side `old` of what that began with; None is the whole
    file. It is the last line of the `quote`, which has each of several on a line of its own. Raises
    `RefusedError` for a task that has no work, or is done.
    """
    task = tx.task(name)
    if task.state is TaskState.DONE:
        raise RefusedError(
            f"task {name!r} cannot be commented on: it is done ({task.kind})",
            "wf add makes a task of what is to be changed",
        )
    if not task.epoch:
        raise RefusedError(f"task {name!r} cannot be commented on: nobody has worked on it yet")
    _check_text(name, text)
    if side not in _SIDES or (line is not None and line < 1):
        raise UsageError(f"there is no line {line} on side {side!r}", "lines count from 1")
    quoted = quote.split("\n")
    if len(quoted) > min(_MOST_LINES, line or 1):
        raise UsageError(f"a comment is about {_MOST_LINES} lines at most, not {len(quoted)}")
    new = CommentRow(
        run=tx.run.id,
        task=name,
        id=_next_id(tx, name),
        epoch=task.epoch,
        path=path,
        side=side,
        line=line,
        quote="\n".join(one[:_LONGEST_QUOTE] for one in quoted),
        text=text,
        actor=tx.actor,
        at=tx.now,
        state=CommentState.DRAFT,
    )
    tx.insert(new)
    tx.emit_act(_kept(new), task, undo={"id": new.id, "comment": None})
    return new


def edit_comment(tx: Change, name: str, number: int, text: str) -> CommentRow:
    """Write a draft anew; raises `UnknownNameError`, and `RefusedError` where it was sent."""
    old = _draft(tx, name, number, "edited")
    _check_text(name, text)
    if old.text == text:
        return old
    new = evolve(old, text=text, actor=tx.actor)
    tx.write(old, new)
    tx.emit_act(_kept(new), tx.task(name), undo={"id": number, "comment": _values(old)})
    return new


def drop_comment(tx: Change, name: str, number: int) -> None:
    """Take a draft away; raises `UnknownNameError`, and `RefusedError` where it was sent."""
    old = _draft(tx, name, number, "dropped")
    tx.write(old, evolve(old, state=CommentState.DROPPED))
    undo = {"id": number, "comment": _values(old)}
    tx.emit_act(CommentDropped(id=number), tx.task(name), undo=undo)


def send(tx: Change, task: TaskRow) -> None:
    """Send all drafts of a task back with its work; part of the act that sends that."""
    drafts = [one for one in comments(tx.db, tx.run.id, task.id) if one.state is CommentState.DRAFT]
    if not drafts:
        return
    for one in drafts:
        tx.write(one, evolve(one, state=CommentState.SENT))
    ids = [one.id for one in drafts]
    tx.emit_act(CommentsSent(ids=tuple(ids)), task, undo={"comments": ids})


def tell_next(tx: Change, task: TaskRow) -> None:
    """Note that the prompt of a new attempt has what was sent; called by a claim."""
    tx.db.execute(
        "UPDATE comment SET delivered_epoch = :epoch WHERE run = :run AND task = :task "
        "AND state = :sent AND delivered_epoch IS NULL",
        {
            "run": tx.run.id,
            "task": task.id,
            "epoch": task.epoch,
            "sent": CommentState.SENT,
        },
    )


def restore_comment(
    tx: Change, task: TaskRow, number: int, was: Mapping[str, object] | None
) -> None:
    """Bring a comment back to what the record of an act says; one that was not there is dropped."""
    now = _comment(tx, task.id, number)
    if was is None:
        tx.write(now, evolve(now, state=CommentState.DROPPED))
        tx.emit(CommentDropped(id=number), task)
        return
    text, actor = str(was["text"]), str(was["actor"])
    back = evolve(now, state=CommentState.DRAFT, text=text, actor=actor)
    tx.write(now, back)
    tx.emit(_kept(back), task)


def unsend(tx: Change, task: TaskRow, ids: Iterable[int]) -> None:
    """Make sent comments drafts again, since no worker was told them."""
    for number in ids:
        now = _comment(tx, task.id, number)
        tx.write(now, evolve(now, state=CommentState.DRAFT))
        tx.emit(_kept(now), task)


def _kept(row: CommentRow) -> CommentKept:
    return CommentKept(
        id=row.id,
        path=row.path,
        line=row.line,
        side=row.side if row.side == OLD else None,
        quote=row.quote or None,
        text=row.text,
    )


def _values(row: CommentRow) -> Mapping[str, object]:
    return {"text": row.text, "actor": row.actor}


def _check_text(name: str, text: str) -> None:
    if not text.strip():
        raise UsageError(f"the comment on {name!r} is empty", "say what should be otherwise")
    if len(text.encode()) > _LONGEST:
        raise UsageError(f"the comment on {name!r} is longer than {_LONGEST // 1024} KiB")


def _draft(tx: Change, task: str, number: int, done: str) -> CommentRow:
    found = _comment(tx, task, number)
    if found.state is not CommentState.DRAFT:
        raise RefusedError(f"comment {number} of {task!r} cannot be {done}: it is {found.state}")
    return found


def _comment(tx: Change, task: str, number: int) -> CommentRow:
    tx.task(task)
    rows = tx.db.execute(
        select(CommentRow, "WHERE run = :run AND task = :task AND id = :id"),
        {"run": tx.run.id, "task": task, "id": number},
    )
    if not rows:
        known = [str(one.id) for one in comments(tx.db, tx.run.id, task)]
        raise UnknownNameError("comment", str(number), known)
    return decode(CommentRow, rows[0])


def _next_id(tx: Change, task: str) -> int:
    rows = tx.db.execute(
        "SELECT max(id) FROM comment WHERE run = :run AND task = :task",
        {"run": tx.run.id, "task": task},
    )
    return int(rows[0][0] or 0) + 1
