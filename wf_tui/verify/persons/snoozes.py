"""What was put off: only what needs a person, by a person, and never past a change of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.verify.event_fields import get_number, get_text
from wf_tui.verify.kinds import NEEDS_PERSON
from wf_tui.verify.replayed_task import Snooze

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = ["check_overslept", "check_snooze", "check_wake"]

_PERSON: Final = "user:"
SLACK: Final = 1.0
"""Seconds that a writer may wait between reading the clock and writing."""


def check_snooze(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that a person puts a task off that needs one."""
    needs = task.state == "blocked" and task.kind in NEEDS_PERSON
    run.require(needs, "snooze", event, f"snoozed when it was {task.where}")
    stated = get_text(event, "kind")
    run.require(stated == task.kind, "snooze", event, f"it says {stated}, but it was {task.kind}")
    by_person = event.actor.startswith(_PERSON)
    run.require(by_person, "snooze", event, f"snoozed by {event.actor}, who is no person")
    until = get_number(event, "until")
    task.snooze = Snooze(until, task.condition)


def check_wake(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that a task is shown again: at its time, since it has changed, or by a person."""
    snooze, task.snooze = task.snooze, None
    if snooze is None:
        run.require(False, "snooze", event, "woken, but nobody had snoozed it")
        return
    why = get_text(event, "why")
    until = snooze.until
    holds = {
        "time": until is not None and until <= event.at + SLACK,
        "change": snooze.condition != task.condition,
        "person": event.actor.startswith(_PERSON),
    }
    run.require(holds.get(why), "snooze", event, f"woken by {why!r}, which is not so")


def check_overslept(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that a task which has changed is shown again before it goes on.

    The change may be told in several events, so this is asked at the next beginning, and at rest.
    """
    late = task.snooze is not None and task.snooze.condition != task.condition
    run.require(not late, "snooze", event, f"it is {task.where} now, and snoozed still")
