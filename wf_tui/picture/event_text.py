"""One plain line for each event, for `wf events` and for a run in the foreground.

A kind without its words is an error of the type checker: each of the three functions that find them
knows every event of its module.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, assert_never

from wf_tui.ledger.model.events import attempt_events as attempts
from wf_tui.ledger.model.events import rival_events as rivals
from wf_tui.ledger.model.events import run_events as runs
from wf_tui.ledger.model.events import task_events as tasks
from wf_tui.ledger.model.events.read import Event, read_event
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.rows.quoted_lines import line_words
from wf_tui.ledger.model.states import CRITIC, PERSON, Cause, Intent, LimitKind, Step, WokenBy
from wf_tui.picture import glyphs
from wf_tui.picture.age import duration, offset, span
from wf_tui.picture.attempt_text import gate_name, left_text
from wf_tui.picture.usage_text import budget_words
from wf_tui.plan.choices import GateOn
from wf_tui.text import clean, dollars, listed, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.events.base import EventBase
    from wf_tui.ledger.model.rows import EventRow

__all__ = ["event_line", "event_words", "worth_watching"]

_TEXT: Final = 160
_NAME: Final = 40
_CHOSEN: Final = 3
_TIMEOUT: Final = "timeout"
_DECIDED: Final = {"pass": "it holds", "fail": "it does not hold"}
"""The actor of an answer that nobody gave."""
_SHUT: Final = {
    LaneStatus.QUOTA: "shut",
    LaneStatus.AUTH: "shut",
    LaneStatus.PAUSED: "paused",
}
_ROUND: Final = 0.5
"""Seconds between reading the clock for an end and writing it down: an hour is to read as one."""
_WOKEN: Final = {
    WokenBy.TIME: "shown again: its snooze is over",
    WokenBy.CHANGE: "shown again: it has changed",
    WokenBy.PERSON: "shown again",
}
_SHORT: Final = 8
"""How much of an object name is shown."""

_QUIET: Final[frozenset[type[EventBase]]] = frozenset(
    {
        attempts.AttemptEnded,
        attempts.AttemptStarted,
        attempts.GateStarted,
        attempts.Integrated,
        attempts.TaskProgress,
        attempts.UsageTold,
        attempts.WorkHarvested,
        runs.WorkerJoined,
        runs.WorktreeRemoved,
        tasks.QuestionDelivered,
        tasks.TaskAdded,
    }
)
_GLYPHS: Final[Mapping[type[EventBase], str]] = {
    attempts.AttemptStarted: glyphs.IN_PROGRESS,
    attempts.GateStarted: glyphs.IN_PROGRESS,
    attempts.GateEnded: glyphs.IN_PROGRESS,
    attempts.TaskProgress: glyphs.IN_PROGRESS,
    rivals.RivalSkipped: glyphs.DONE,
    tasks.QuestionAsked: glyphs.NEEDS_YOU,
    tasks.TaskAdded: glyphs.PENDING,
    tasks.TaskClaimed: glyphs.IN_PROGRESS,
    tasks.TaskDone: glyphs.DONE,
    tasks.TaskReleased: glyphs.WAITING,
    tasks.TaskRetried: glyphs.PENDING,
    tasks.TaskSkipped: glyphs.DONE,
    tasks.TaskStep: glyphs.IN_PROGRESS,
    tasks.TaskUnblocked: glyphs.PENDING,
}


def worth_watching(row: EventRow) -> bool:
    """Whether a person who watches a run learns from this event what no other one says.

    Asked by a run in the foreground for each of its events; `wf events` prints all of them.
    """
    event = read_event(row)
    # Of the steps only the one at which a worker begins: the others take a moment each.
    if isinstance(event, tasks.TaskStep):
        return event.step is Step.RUNNING
    # What came of the gate of an attempt is told by what becomes of its task.
    if isinstance(event, attempts.GateEnded):
        return event.on is GateOn.MERGE
    return type(event) not in _QUIET


def event_line(row: EventRow, start: float) -> str:
    """Return one line: seconds since `start`, a glyph, the task, what happened, and who did it.

    `start` is the time at which the run was created, in UTC seconds. The line is safe to draw: what
    workers, plans and people wrote passes `clean`.
    """
    event = read_event(row)
    glyph = "·" if event is None else _GLYPHS.get(type(event), "·")
    if isinstance(event, tasks.TaskBlocked):
        glyph = glyphs.blocked(event.kind)
    name = f"{clean(row.task, limit=_NAME)} " if row.task else ""
    by = ""
    if row.actor.startswith(PERSON):
        by = f"  by {clean(row.actor.removeprefix(PERSON), limit=_NAME)}"
    return f"{offset(row.at - start):>8} {glyph} {name}{event_words(row)}{by}"


def event_words(row: EventRow) -> str:
    """Return what happened, safe to draw; of a kind that a later version wrote, its name."""
    event = read_event(row)
    words = row.kind.replace("_", " ") if event is None else _words(event, row)
    return clean(words, limit=_TEXT)


def _words(event: Event, row: EventRow) -> str:
    """Return what happened; `row` has who and when."""
    if isinstance(event, tasks.TaskEvent):
        return _task_words(event, row)
    if isinstance(event, attempts.AttemptEvent):
        return _attempt_words(event, row)
    if isinstance(event, rivals.RivalEvent):
        return _rival_words(event)
    return _run_words(event, row)


def _rival_words(event: rivals.RivalEvent) -> str:
    match event:
        case rivals.RivalSkipped():
            stopped = "; its attempt is stopped" if event.stopped else ""
            return f"skipped: {event.text or 'another one was taken'}{stopped}"
        case rivals.RivalLeft():
            return f"waits for a person: {event.text}"
        case rivals.RivalsJudged():
            named = (
                f"takes {event.pick or 'one'}" if event.taken else f"named {event.pick or 'none'}"
            )
            return f"{named}; {event.text}" if event.text else named
    assert_never(event)


def _run_words(  # noqa: C901, PLR0912 - a case a kind
    event: runs.RunEvent, row: EventRow
) -> str:
    if isinstance(event, runs.LimitEvent):
        return _limit_words(event)
    if isinstance(event, runs.BranchEvent):
        return _branch_words(event)
    match event:
        case runs.RunCreated():
            return f"run {row.run}: {event.goal}"
        case runs.RunPaused():
            return "paused" if event.intent is Intent.GO else "stopping"
        case runs.RunResumed():
            return "resumed"
        case runs.RunStalled():
            return _joined("stalled, nothing can continue", ", ".join(event.roots), " before: ")
        case runs.RunEnded():
            return f"ended: {event.state}"
        case runs.SchedulerStarted():
            without = f", without {listed(event.missing, 5)}" if event.missing else ""
            return f"scheduler {event.pid} leads{without}"
        case runs.SchedulerLost():
            return "the previous scheduler was lost"
        case runs.SchedulerWaited():
            return f"nothing was written for {event.seconds} s: {event.reason}"
        case runs.PhaseSettled():
            return f"phase {event.phase} settled"
        case runs.NodeDecided():
            added = f", adds {plural(len(event.phases), 'phase')}" if event.phases else ""
            return f"{event.phase}: {_DECIDED.get(event.verdict, event.verdict + ' items')}{added}"
        case runs.PhaseAdded():
            return f"phase {event.phase} added"
        case runs.ProfilesChanged():
            return f"as configured now: {listed(event.profiles, 5)}"
        case runs.WorkerJoined():
            return f"{event.worker_name} joined"
        case runs.WorkerLeft():
            return f"{event.worker_name} left"
        case runs.RunRemoved():
            return "removed, with all that was left of it"
    assert_never(event)


def _limit_words(event: runs.LimitEvent) -> str:
    match event:
        case runs.LaneLimited():
            # The breaker's lane is a profile, and no provider said no: told in words of its own.
            if event.reason is LimitKind.BREAKER:
                failures = event.failures or "many"
                return f"{event.lane} is paused: {failures} attempts in a row failed at once"
            why = event.text or _spaced(event.reason)
            shut = _SHUT.get(event.state or LaneStatus.LIMITED, "limited")
            return f"lane {event.lane} is {shut}: {why}"
        case runs.LaneOpen():
            most = "" if event.capacity is None else f", for {event.capacity} at once"
            return f"lane {event.lane} is open{most or ' again'}"
        case runs.BudgetChanged():
            return f"budget: {budget_words(event.limit)}, was {budget_words(event.before)}"
        case runs.BudgetReached():
            return f"{event.percent} % of the budget of the {event.of} is used"
        case runs.JobsChanged():
            return f"jobs {event.before} -> {event.jobs}"
    assert_never(event)


def _branch_words(event: runs.BranchEvent) -> str:
    match event:
        case runs.Exported():
            return f"exported {event.commit[:_SHORT]}"
        case runs.ExportPending():
            return f"not exported yet: {event.reason}"
        case runs.Landed():
            return f"landed in {event.branch}: {event.old[:_SHORT]}..{event.new[:_SHORT]}"
        case runs.WorktreeRemoved():
            return f"removed {event.tree}"
        case runs.WorktreeKept():
            return f"kept {event.tree}: {event.reason}"
    assert_never(event)


def _task_words(  # noqa: C901, PLR0912 - a case a kind
    event: tasks.TaskEvent, row: EventRow
) -> str:
    if isinstance(event, tasks.TalkEvent):
        return _talk_words(event, row)
    match event:
        case tasks.TaskAdded():
            return _added(event)
        case tasks.TaskClaimed():
            return _claimed(event, row)
        case tasks.TaskStep():
            return event.step
        case tasks.TaskBlocked():
            return _joined(f"blocked, {_spaced(event.kind)}", event.text)
        case tasks.TaskUnblocked():
            return "no longer blocked"
        case tasks.TaskReleased():
            return _released(event)
        case tasks.TaskRetried():
            return "is sent back to its worker" if event.sent_back else "gets another chance"
        case tasks.TaskReassigned():
            return f"reassigned to {event.to}{', from the clean head' if event.fresh else ''}"
        case tasks.TaskDone():
            return _joined(_spaced(event.kind), (event.commit or "")[:_SHORT], " ")
        case tasks.TaskSkipped():
            return f"skipped: {event.after} went on without it" if event.after else "skipped"
        case tasks.TaskEdited():
            # From where a budget counts goes without saying: it was raised.
            names = [name for name in event.fields if name != "budget_from"]
            return _joined("changed", ", ".join(names))
        case tasks.CriticJudged():
            return f"its critic says {event.verdict}, round {event.round} of {event.of}"
        case tasks.TaskSnoozed():
            if event.until is None:
                return "snoozed until it changes"
            return f"snoozed for {span(event.until - row.at + _ROUND)}"
        case tasks.WorktreeOpened():
            return f"opened in worktree {event.tree}"
        case tasks.TaskWoken():
            return _WOKEN[event.why]
        case tasks.Undone():
            where = _spaced(event.kind) if event.kind else event.state and _spaced(event.state)
            return f"undone: {where} again" if where else "undone"
    assert_never(event)


def _added(event: tasks.TaskAdded) -> str:
    who = f" by the worker of {event.author}" if event.author else ""
    who = f" as the critic of {event.critic_of}" if event.critic_of else who
    return _joined(f"added{who}", event.title)


def _claimed(event: tasks.TaskClaimed, row: EventRow) -> str:
    if (row.worker or "").startswith(CRITIC):
        return f"goes on: {(row.worker or '').removeprefix(CRITIC)} has passed its work"
    again = f", after {plural(event.tries, 'failure')}" if event.tries else ""
    claimed = f"goes to {row.worker} (attempt {row.epoch}{again})"
    return _joined(claimed, _chosen(event.choices or {}))


def _released(event: tasks.TaskReleased) -> str:
    if event.wait is not None:
        return f"again in {duration(math.ceil(event.wait))}: {event.text or ''}"
    if event.cause in {Cause.CONFLICT, Cause.MERGE_GATE}:
        return f"again on the new head: {event.text or ''}"
    if event.cause == Cause.HOST:
        return f"goes on where it was: {event.text or ''}"
    return _joined("back in the queue", event.text)


def _talk_words(event: tasks.TalkEvent, row: EventRow) -> str:  # noqa: C901 - a case a kind
    match event:
        case tasks.QuestionAsked():
            return f"asks: {event.text}"
        case tasks.QuestionAnswered():
            by_rule = ", as it was allowed before" if event.allowance else ""
            who = "nobody answered in time" if row.actor == _TIMEOUT else "answered"
            return f"{who}: {event.text or event.option or 'no'}{by_rule}"
        case tasks.QuestionDelivered():
            return f"has the answer to {event.id}"
        case tasks.QuestionClosed():
            return f"no longer waits for an answer: {event.why}"
        case tasks.MessageSent():
            return f"message: {event.text}"
        case tasks.MessageLate():
            return "done before it had a message"
        case tasks.AllowanceMade():
            who = event.profile or "it"
            return f"{who} may always, in this run: {event.text}"
        case tasks.AllowanceEnded():
            return "has to ask again"
        case tasks.CommentKept():
            lines = line_words(event.line, event.quote or "")
            return f"comment on {event.path}{':' if lines else ''}{lines}: {event.text}"
        case tasks.CommentDropped():
            return f"comment {event.id} is dropped"
        case tasks.CommentsSent():
            return f"{plural(len(event.ids), 'comment')} sent to its worker"
    assert_never(event)


def _attempt_words(  # noqa: C901, PLR0912 - a case a kind
    event: attempts.AttemptEvent, row: EventRow
) -> str:
    match event:
        case attempts.AttemptStarted():
            return f"starts from {(event.base or '')[:_SHORT]}"
        case attempts.TaskProgress():
            if event.session:
                return _joined("has a session", event.model)
            if event.plan and not event.text:
                return f"plan {event.plan.get('done')}/{event.plan.get('of')}"
            return _joined(event.tool, event.text) if event.tool else event.text
        case attempts.UsageTold():
            return _used(event)
        case attempts.MessageDelivered():
            return "message delivered"
        case attempts.WorkHarvested():
            words = _joined("harvested", (event.commit or "")[:_SHORT], " ")
            ignored = f"{event.ignored} ignored by git" if event.ignored else ""
            return "; ".join(filter(None, (words, ignored, event.note)))
        case attempts.GateStarted():
            return f"{gate_name(event.on)} begins"
        case attempts.GateEnded():
            # Why it did not pass names the gate itself.
            return event.text or f"{gate_name(event.on)} passed"
        case attempts.ProcessesEnded():
            return event.sentence()
        case attempts.LeftKept():
            return f"left {left_text(event)}, kept as {event.ref}"
        case attempts.ConflictFound():
            return f"conflicts in {', '.join(event.paths)}"
        case attempts.Integrated():
            return f"integrated {event.old[:_SHORT]}..{event.new[:_SHORT]}"
        case attempts.AttemptEnded():
            return _joined(f"attempt {row.epoch} {_spaced(event.outcome)}", event.text)
        case attempts.ResultRejected():
            return f"a late result of attempt {row.epoch} does not count"
    assert_never(event)


def _chosen(choices: Mapping[str, object]) -> str:
    """Return what a person has chosen as they accepted work, as they typed it."""
    parts = []
    for name, value in choices.items():
        values = value if isinstance(value, list | tuple) else [value]
        parts.append(f"--{name} {listed([str(one) for one in values], _CHOSEN)}")
    return " ".join(parts)


def _used(event: attempts.UsageTold) -> str:
    if event.unknown:
        return "told nothing of what it used"
    tokens = (event.input_tokens or 0) + (event.output_tokens or 0)
    cost = event.cost_microusd
    return f"used {tokens:,} tokens" + ("" if cost is None else f", {dollars(cost)}")


def _joined(words: str, more: str | None, joint: str = ": ") -> str:
    return f"{words}{joint}{more}" if more else words


def _spaced(word: str) -> str:
    return word.replace("_", " ")
