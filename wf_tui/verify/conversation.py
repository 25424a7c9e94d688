"""What passes between workers and persons, and what was used, event by event (RULES 3.1, 5).

Nothing is approved but by a person: an answer that lets a worker do something is a person's, or
goes by what a person allowed before, to exactly this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.verify.claims import is_live
from wf_tui.verify.event_fields import get_int, get_list, get_number, get_text
from wf_tui.verify.replayed_task import Allowance, Question

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = [
    "FIGURES",
    "check_allowance",
    "check_allowance_end",
    "check_answer",
    "check_closed",
    "check_delivered",
    "check_late",
    "check_message",
    "check_message_delivered",
    "check_question",
    "check_usage",
]

FIGURES: Final = (
    *("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens"),
    *("requests", "cost_microusd", "unknown"),
)
"""What is counted of what a model used."""
_PERSON: Final = "user:"
_TIMEOUT: Final = "timeout"


def check_question(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a question: out of the work, with the claim kept, and so the seat and the scope too."""
    is_live(run, task, event)
    allowed = task.working or task.asking
    run.require(allowed, "move", event, f"asked from {task.where}")
    run.move(task, "blocked", "question")
    name = event.epoch or 0, get_text(event, "id")
    if not name[1]:
        return  # of an older wf, whose log does not tell how it ended either
    run.require(name not in task.questions, "question", event, f"{name[1]!r} was asked before")
    found = event.data.get("options")
    options = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    task.questions[name] = Question(
        text=get_text(event, "text"),
        kind=get_text(event, "kind"),
        options={str(one.get("id")): str(one.get("kind") or "") for one in options},
    )


def check_answer(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge an answer: who may give it, and what it lets go on."""
    run.require(task.kind == "question", "move", event, f"answered from {task.where}")
    name = get_text(event, "id")
    asked = task.questions.get((task.epoch, name))
    state = "open" if task.worker is not None else "expired"
    if asked is not None:
        waits = asked.state == state
        run.require(waits, "question", event, f"it was {asked.state} when it was answered")
        _check_approval(run, task, event, asked)
        asked.state = "answered"
        asked.always = get_text(event, "always")
    run.require(asked or not name, "question", event, f"nobody asked {name!r}")
    if task.worker is None:
        status = "aborting" if run.aborting else run.status
        goes = status in {"running", "paused"}
        run.require(goes, "run", event, f"{event.kind} left the run {status}")
        run.requeue(task)
    elif not task.open_questions:
        by_rule = "allowance" in event.data
        run.move(task, "in_progress")
        # What is answered at once never waited, so that its step stays as it was.
        task.step = task.step if by_rule else "running"


def _check_approval(run: ReplayState, task: ReplayedTask, event: EventRow, asked: Question) -> None:
    option = event.data.get("option")
    kind = asked.options.get(str(option), "")
    known = option is None or option in asked.options
    run.require(known, "question", event, f"{option!r} is none of its options")
    run.require(kind != "allow_always", "approval", event, "its worker was told to allow always")
    if event.actor.startswith(_PERSON):
        return
    number = get_int(event, "allowance")
    if number is not None:
        allowed = run.allowances.get(number)
        fits = allowed is not None and _allows(run, task, event, allowed, asked)
        run.require(fits, "approval", event, f"nothing allows it: {asked.text[:60]!r}")
        return
    rejects = option is None or kind.startswith("reject")
    allowed_to = event.actor == _TIMEOUT and rejects and not get_text(event, "text")
    run.require(allowed_to, "approval", event, f"answered by {event.actor}, who is no person")


def _allows(
    run: ReplayState, task: ReplayedTask, event: EventRow, allowed: Allowance, asked: Question
) -> bool:
    profile = run.pauses.profiles.get(event.worker or "", "")
    whose = allowed.profile == profile if allowed.profile else allowed.task == task.id
    return whose and (allowed.kind, allowed.text) == (asked.kind, asked.text)


def check_delivered(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that a worker has an answer: the one that asked, or a later one in its prompt."""
    is_live(run, task, event)
    asked_in = get_int(event, "asked_in") or task.epoch
    asked = task.questions.get((asked_in, get_text(event, "id")))
    answered = asked is not None and asked.state == "answered"
    run.require(answered, "question", event, "an answer came that nobody gave")
    if asked is not None:
        asked.state = "delivered"


def check_closed(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge the end of a question without an answer."""
    asked = task.questions.get((event.epoch or 0, get_text(event, "id")))
    is_open = asked is not None and asked.state == "open"
    run.require(is_open, "question", event, "it was not open")
    if asked is not None:
        asked.state = get_text(event, "why")


def check_allowance(run: ReplayState, event: EventRow) -> None:
    """Judge what is allowed from now on: a person has just said so, of exactly this."""
    task = run.tasks.get(event.task or "")
    profile, text = get_text(event, "profile"), get_text(event, "text")
    kind = get_text(event, "tool_kind")
    extent = "profile" if profile else "task"
    asked = task.questions.values() if task else ()
    said = [one for one in asked if (one.always, one.kind, one.text) == (extent, kind, text)]
    allowed = bool(said) and event.actor.startswith(_PERSON)
    run.require(allowed, "approval", event, "nobody said that it is allowed for always")
    for one in said[:1]:
        one.always = ""
    number = get_int(event, "id") or 0
    run.require(number not in run.allowances, "approval", event, f"there is an allowance {number}")
    run.allowances[number] = Allowance(event.task or "", profile, kind, text)


def check_allowance_end(run: ReplayState, event: EventRow) -> None:
    """Judge that what was allowed is allowed no more."""
    number = get_int(event, "id") or 0
    ended = run.allowances.pop(number, None)
    run.require(ended, "approval", event, f"there was no allowance {number}")


def check_message(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a message; that it reached an attempt is an event of that one."""
    run.require(task.state != "done", "move", event, "written to when it was done")
    number = get_int(event, "id")
    if number is not None:
        task.messages.add(number)


def check_message_delivered(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that the live attempt has messages which waited."""
    is_live(run, task, event)
    numbers = {int(one) for one in get_list(event, "ids") if one.isdigit()}
    waited = numbers <= task.messages
    run.require(waited, "message", event, f"of {sorted(numbers)} some did not wait")
    task.messages -= numbers


def check_late(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a message that came too late: its task is done, and no worker had it."""
    number = get_int(event, "id") or 0
    run.require(number in task.messages, "message", event, f"message {number} did not wait")
    run.require(task.state == "done", "message", event, f"too late while it was {task.where}")
    task.messages.discard(number)


def check_usage(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Add what an attempt used, whoever holds the claim by then."""
    known = task.holders.get(event.epoch or 0) == event.worker
    run.require(known, "stale", event, f"{event.worker} had no claim in epoch {event.epoch}")
    for name in FIGURES:
        figure = get_number(event, name)
        if figure is not None:
            run.require(figure >= 0, "usage", event, f"{name} is {figure}")
            task.usage[name] = task.usage.get(name, 0) + int(figure)
            run.usage[name] = run.usage.get(name, 0) + int(figure)
