"""Questions, messages and allowances as JSON has them: a contract, keys are only ever added."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import AllowanceRow, CommentRow, MessageRow, QuestionRow

__all__ = ["allowance_json", "comment_json", "message_json", "open_question_json", "question_json"]


def open_question_json(asked: QuestionRow) -> dict[str, object]:
    """Return what a worker asks, for whoever may answer it."""
    return {
        "id": asked.id,
        "text": asked.text,
        "kind": asked.kind or None,
        "options": [option.fields() for option in asked.options],
        "asked_at": asked.asked_at,
        "expires_at": asked.expires_at,
        "detail": dict(asked.detail),
    }


def question_json(asked: QuestionRow) -> dict[str, object]:
    """Return a question of a task with what became of it."""
    return {
        **open_question_json(asked),
        "epoch": asked.epoch,
        "state": asked.state.value,
        "option": asked.option,
        "answer": asked.answer,
        "answered_by": asked.answered_by or None,
    }


def message_json(message: MessageRow) -> dict[str, object]:
    """Return what a person wrote to a task, and which attempt has it."""
    return {
        "id": message.id,
        "at": message.at,
        "actor": message.actor,
        "text": message.text,
        "state": message.state.value,
        "epoch": message.epoch,
        "delivered_at": message.delivered_at,
    }


def comment_json(comment: CommentRow) -> dict[str, object]:
    """Return what a person said to lines of the work of a task; `first` to `line`, both counted."""
    return {
        "id": comment.id,
        "path": comment.path,
        "first": comment.first,
        "line": comment.line,
        "text": comment.text,
        "state": comment.state.value,
        "side": comment.side,
        "quote": comment.quote,
        "epoch": comment.epoch,
        "actor": comment.actor,
        "at": comment.at,
    }


def allowance_json(allowed: AllowanceRow) -> dict[str, object]:
    """Return what a person allowed for the rest of the run."""
    return {
        "id": allowed.id,
        "task": allowed.task,
        "profile": allowed.profile,
        "tool_kind": allowed.tool_kind,
        "text": allowed.text,
        "by": allowed.actor,
        "at": allowed.at,
        "ended_at": allowed.ended_at,
    }
