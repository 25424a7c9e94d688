"""What the scheduler does to tasks, row by row of RULES 3.1.

Each `check_` function judges one kind of event by where the task was, then brings the task to what
the event says. `replay` calls them, in the order of the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.verify import pauses
from wf_tui.verify.claims import SLACK, is_live
from wf_tui.verify.decisions import critics
from wf_tui.verify.event_fields import get_int, get_number, get_text
from wf_tui.verify.kinds import (
    ABORTING,
    AT_ONCE,
    CANCELLED_BY_ABORT,
    COUNTED,
    MENDED,
    MENDED_BACK,
    SCOPE_WHYS,
)

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = [
    "check_blocked_by_attempt",
    "check_blocked_by_result",
    "check_cancelled_by_abort",
    "check_conflict",
    "check_done",
    "check_held_for_critic",
    "check_limit",
    "check_put_back",
    "check_question_expired",
    "check_unblocked",
]


def check_done(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a success: merged out of the merge, anything else out of the work.

    The claim ends here, but the attempt is closed by an event of its own, which has to agree.
    """
    is_live(run, task, event)
    kind = get_text(event, "kind")
    run.require(kind in {"merged", "no_changes", "answered"}, "move", event, f"done by {kind!r}")
    allowed = task.merging if kind == "merged" else task.working
    run.require(allowed, "move", event, f"done ({kind}) from {task.where}")
    run.require(not task.unseen, "move", event, "done without the review that it asks for")
    if kind == "merged":
        _check_winner(run, task, event)
        same = task.merged is not None and task.merged == event.data.get("commit")
        run.require(same, "chain", event, "it is done without its merge")
    _end_claim(task, "good")
    task.answer = get_text(event, "verdict")
    run.move(task, "done", kind)


def _check_winner(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that of rivals one is merged at most, and of the best only one that was taken."""
    phase = run.phases[task.phase]
    if not phase.pick:
        return
    run.require(phase.winner is None, "rival", event, f"merged beside {phase.winner}")
    taken = phase.pick != "best" or task.accepted
    run.require(taken, "rival", event, "merged as the best, but nobody has taken it")
    phase.winner = phase.winner or task.id


def check_put_back(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a task that goes back to the queue by itself: failure, limit, or conflict."""
    is_live(run, task, event)
    kind, where = get_text(event, "kind"), task.where
    if kind == "backoff":
        run.require(not task.accepted, "tries", event, "what a person accepted was tried again")
        run.require(task.stoppable or task.merging, "move", event, f"failed from {where}")
        _count_failure(run, task, event)
        most = task.spec.max_attempts
        left = (most is None or task.tries < most) and not run.aborting
        run.require(left, "tries", event, f"tried again after {task.tries} of {most} tries")
        # From the time of the event: the ledger counts the wait from when it wrote it.
        wait = get_number(event, "wait") or 0.0
        task.not_before = event.at + wait if wait else None
    elif kind == "lane_limited":
        allowed = task.working and task.limited == "rate"
        run.require(allowed, "move", event, f"put back from {where} without a limit")
    elif get_text(event, "cause") == "host":
        first = not task.interrupted
        allowed = kind == "ready" and first and task.working
        run.require(allowed, "move", event, f"put back from {where} ({kind}) since its host died")
        task.interrupted = True
    elif task.gate_failed and task.working:
        first = not (task.merge_gates or task.accepted)
        allowed = kind == "ready" and first
        run.require(allowed, "move", event, f"put back from {where} ({kind}) by its gate")
        task.merge_gates = 1
    else:
        first = not (task.conflicts or task.accepted)
        allowed = kind == "ready" and task.merging and task.in_conflict and first
        run.require(allowed, "move", event, f"put back from {where} ({kind})")
        task.conflicts = 1
    _end_claim(task, "bad")
    run.requeue(task)


def check_limit(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Note that a provider stated no, which the next event of the task answers."""
    is_live(run, task, event)
    run.require(task.working, "move", event, f"limited from {task.where}")
    reason = get_text(event, "reason")
    # What it means for the task is told by the next event: back to the queue, or blocked.
    task.limited = reason if reason in {"quota", "auth"} else "rate"
    task.until = get_number(event, "until")
    task.lane = get_text(event, "lane")
    if "state" in event.data:
        pauses.lane_shuts(run, event)


def check_conflict(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Note a conflict, which the next event of the task answers: once more, then a person."""
    is_live(run, task, event)
    run.require(task.merging, "move", event, f"in conflict from {task.where}")
    again = bool(event.data.get("again"))
    run.require(again == bool(task.conflicts), "tries", event, "a wrong count of conflicts")
    task.in_conflict = True


def check_blocked_by_attempt(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge an attempt that ends with its task blocked.

    Which kinds may come from where is RULES 3.1; those that are counted only once their tries are
    used up. Accepted work that fails again goes back to the kind that it was accepted from.
    """
    is_live(run, task, event)
    kind, verdict = get_text(event, "kind"), "bad"
    if kind == "cancelled":
        allowed = task.stoppable or task.merging
        tries = get_int(event, "tries")
        task.tries = task.tries if tries is None else tries
        run.aborting = True
    elif kind == "gate" and task.gate_failed and get_int(event, "tries") is None:
        allowed = task.working and bool(task.merge_gates or task.accepted)
    elif (
        kind in COUNTED
        and not _is_given_back(task, kind)
        and not (kind == "failed" and task.limited == "auth")
    ):
        allowed = task.stoppable or task.merging
        _check_given_up(run, task, event)
    elif _is_given_back(task, kind):
        allowed = (task.working or task.merging) and get_int(event, "tries") is None
    elif kind == "review":
        # The work is good, and its attempt a success: only the person has not seen it yet.
        allowed, verdict = task.step == "checking" and task.working, "good"
    elif kind == "conflict":
        again = bool(task.conflicts or task.accepted)
        allowed = task.merging and task.in_conflict and again
    else:
        allowed = task.working and kind in AT_ONCE | {"failed"}
    run.require(allowed, "move", event, f"blocked ({kind}) from {task.where}")
    if kind == "quota":
        # What was put off for too long by a limit waits for a person, without a time.
        detail = event.data.get("detail")
        too_long = task.limited == "rate" and isinstance(detail, dict) and "patience" in detail
        used_up = task.limited == "quota" or too_long
        run.require(used_up, "move", event, "no quota was used up")
        task.not_before = None if too_long else task.until
    if kind == "scope":
        _check_reasons(run, event)
    _end_claim(task, verdict)
    run.move(task, "blocked", kind)
    phase = run.phases[task.phase]
    # One of several rivals may fail: what the others do is told by the events that follow.
    aborts = phase.on_failure == "abort" and not (phase.pick or task.critic_of)
    if kind in ABORTING and aborts:
        run.aborting = True


def _is_given_back(task: ReplayedTask, kind: str) -> bool:
    """Whether a person gets back in this way what they have accepted."""
    same = kind == task.accepted and not task.in_conflict
    return bool(task.accepted) and (same or (task.accepted in MENDED and kind in MENDED_BACK))


def check_held_for_critic(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge work that has passed its checks and waits for its critic: its attempt is a success."""
    is_live(run, task, event)
    allowed = task.step == "checking" and task.working
    run.require(allowed, "move", event, f"held for its critic from {task.where}")
    critics.note_held(run, task, event)
    _end_claim(task, "good")
    run.move(task, "blocked", "critic")


def _check_reasons(run: ReplayState, event: EventRow) -> None:
    """Judge why work is held back: known words, each once, and the one that is said is the first.

    A log of an older wf says no such word: then it was the scope.
    """
    detail = event.data.get("detail")
    if not isinstance(detail, dict) or "why" not in detail:
        return
    every = detail.get("all")
    words = list(every) if isinstance(every, dict) else []
    in_order = words == [word for word in SCOPE_WHYS if word in words]
    is_first = bool(words) and detail["why"] == words[0]
    run.require(in_order and is_first, "move", event, f"held back by {detail['why']}, of {words}")


def _check_given_up(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    _count_failure(run, task, event)
    most = task.spec.max_attempts
    used = most is None or task.tries >= most
    run.require(used, "tries", event, f"given up after {task.tries} of {most} tries")


def _count_failure(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    task.tries += 1
    tries = get_int(event, "tries")
    run.require(tries == task.tries, "tries", event, f"{tries} tries after {task.tries} failures")


def _end_claim(task: ReplayedTask, verdict: str) -> None:
    task.verdict = verdict
    task.limited, task.in_conflict = "", False
    task.drop_claim()


def check_blocked_by_result(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a task that a blocked result holds up; no attempt is involved, so no claim is asked."""
    run.require(task.state == "pending", "move", event, f"held up from {task.where}")
    run.require(run.held_up(task), "move", event, "none of the results it needs is blocked")
    detail = event.data.get("detail")
    name = str(detail.get("needs")) if isinstance(detail, dict) else None
    if name is not None:
        bad = name in task.needs and name in run.tasks and run.tasks[name].blocks_dependants
        run.require(bad, "move", event, f"{name} does not hold it up")
    run.move(task, "blocked", "dependency")


def check_unblocked(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a task that goes on because what blocked it is over: a result, or a quota."""
    if get_text(event, "before") == "quota":
        run.require(task.kind == "quota", "move", event, f"freed from {task.where}")
        early = task.not_before is not None and run.clock < task.not_before - SLACK
        # A person may have opened its lane before the time.
        shut = task.lane in run.pauses.lanes
        run.require(not (early and shut), "timer", event, "its quota was not back yet")
        task.not_before = None
        run.requeue(task)
        return
    run.require(task.kind == "dependency", "move", event, f"freed from {task.where}")
    run.require(not run.held_up(task), "move", event, "a result that it needs is still blocked")
    run.move(task, "pending")


def check_cancelled_by_abort(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a task that goes down with its run; the run aborts from the first of them on.

    What is blocked for good stays as it is, so that a person still sees why.
    """
    allowed = task.stoppable or task.state == "pending" or task.kind in CANCELLED_BY_ABORT
    run.require(allowed, "move", event, f"cancelled by an abort from {task.where}")
    run.require(not run.ended, "run", event, f"aborted when it was {run.status}")
    run.aborting, run.status = True, "running"
    stop(task)
    task.not_before = None
    run.move(task, "blocked", "cancelled")


def stop(task: ReplayedTask) -> None:
    """Take a running attempt from its task; it still has to be closed."""
    if task.worker is not None:
        _end_claim(task, "stopped")


def check_question_expired(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a question that nobody answered in time: its worker is stopped."""
    is_live(run, task, event)
    run.require(task.asking, "move", event, f"no question was open, it was {task.where}")
    # Of an older wf no event closes a question.
    asked = [one.state for (at, _), one in task.questions.items() if at == task.epoch]
    expired = not asked or "expired" in asked
    run.require(expired, "question", event, "none of its questions had expired")
    stop(task)
    run.move(task, "blocked", "question")
