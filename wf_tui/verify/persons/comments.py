"""Comments on lines: drafts of persons, which go to a worker with the work alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.verify.event_fields import get_int, get_text

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = ["check_dropped", "check_kept", "check_sent"]

_PERSON: Final = "user:"
_SENDS: Final = frozenset({"task_retried", "task_reassigned"})
"""The moves that a comment goes with."""


def check_kept(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a comment: on work that there is, of a person; one that was sent is not changed."""
    number = get_int(event, "id") or 0
    by_person = event.actor.startswith(_PERSON)
    run.require(by_person, "comment", event, f"a comment by {event.actor}, who is no person")
    run.require(task.epoch, "comment", event, "a comment on work that nobody has done")
    run.require(get_text(event, "path"), "comment", event, "a comment on no file")
    was = task.comments.get(number, "")
    fits = was == "draft" or task.undoing or (not was and number == len(task.comments) + 1)
    run.require(fits, "comment", event, f"comment {number} was {was or 'not the next'}")
    task.comments[number] = "draft"


def check_dropped(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that a draft is taken away."""
    number = get_int(event, "id") or 0
    was = task.comments.get(number)
    run.require(was == "draft", "comment", event, f"comment {number} was {was} when it was dropped")
    task.comments[number] = "dropped"


def check_sent(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that all drafts go, with the move that gives the work back, and no others."""
    found = event.data.get("ids")
    ids = [one for one in found if isinstance(one, int)] if isinstance(found, list) else []
    drafts = [number for number, state in task.comments.items() if state == "draft"]
    run.require(ids == drafts, "comment", event, f"sent {ids}, but the drafts were {drafts}")
    moved = task.last in _SENDS and event.actor.startswith(_PERSON)
    run.require(moved, "comment", event, f"sent behind {task.last or 'nothing'}")
    for number in ids:
        task.comments[number] = "sent"
