"""Claims, and how attempts end: G1, G2 and G9, event by event.

Each `check_` function judges one kind of event by the state before it, then brings the state to
what the event says. `replay` calls them, in the order of the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.verify import pauses
from wf_tui.verify.decisions import critics
from wf_tui.verify.event_fields import get_int, get_list, get_text
from wf_tui.verify.kinds import ACCEPTED_AT, LEFT_ACCEPTED, MENDED, UNSETTLED

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = [
    "check_attempt_end",
    "check_claim",
    "check_gate_end",
    "check_gate_start",
    "check_harvest",
    "check_left",
    "check_merge",
    "check_opened",
    "check_rejection",
    "check_report",
    "check_step",
    "is_live",
]

SLACK: Final = 1.0
"""Seconds: what a writer may wait for the ledger's lock between reading the clock and writing."""
_STEPS: Final = ("claimed", "preparing", "running", "harvesting", "checking", "integrating")


def check_claim(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a claim at its instant (G1, G9), then hold the task, the seat and the scope.

    One live claim of a task, in an epoch one above the last; nothing it waits for left to do; no
    overlapping scope held; a seat, a job and a run that is going (RULES 3.1, 4.3).
    """
    # Only a claim without a worker says where the task was: it takes work that was held back, as it
    # is. A person's needs neither a seat nor a run that is going.
    by_critic = (event.worker or "").startswith(critics.HOLDER)
    by_hand = "before" in event.data and not by_critic
    _check_single_claim(run, task, event)
    _check_order(run, task, event)
    _check_spec(run, task, event)
    if by_hand:
        mended = MENDED if task.opened or task.harvested else frozenset()
        kinds = LEFT_ACCEPTED if _names_left(event) else mended.union(ACCEPTED_AT)
        allowed = task.state == "blocked" and task.kind in kinds
        run.require(allowed, "move", event, f"work was accepted while it was {task.where}")
        run.require(not run.ended, "run", event, f"accepted while the run was {run.status}")
        task.said = "taken"
    elif by_critic:
        critics.check_passed_claim(run, task, event)
    else:
        _check_seat(run, task, event)
    # From here on the claim is believed, whatever was wrong with it: the ledger did so, too.
    step, accepted = "claimed", ""
    if by_hand:
        accepted = task.kind or ""
        step = ACCEPTED_AT.get(accepted, "harvesting")
        # What a person has taken without its critic waits for them when it does not pass.
        accepted = "review" if accepted == "critic" else accepted
    elif by_critic:
        step = "checking"
    # Kept until the next claim: accepted work may fail in the way that it was held back for.
    task.accepted = accepted
    task.opened = accepted in MENDED
    task.unseen = task.spec.review and not by_hand
    task.unjudged = task.spec.critic and not by_hand and not by_critic
    task.gated = task.spec.gate and task.spec.gate_on_merge
    run.open_attempt(task, event.worker or "", event.epoch or task.epoch + 1)
    # What is merged is what was judged; nobody harvests it again.
    task.harvested = task.held if by_critic else None
    run.move(task, "in_progress")
    task.step, task.not_before = step, None
    task.limited, task.in_conflict = "", False


def check_opened(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that a person goes into the worktree of a blocked task on which nobody works."""
    at_rest = task.state == "blocked" and task.open_epoch is None and event.epoch == task.epoch
    run.require(at_rest, "move", event, f"opened for a person while it was {task.where}")
    task.opened = True


def _names_left(event: EventRow) -> bool:
    """Whether a person takes what an attempt left beside its harvest."""
    choices = event.data.get("choices")
    return isinstance(choices, dict) and "left" in choices


def _check_single_claim(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    held = f"the attempt of {task.holder} in epoch {task.open_epoch} is still open"
    run.require(task.open_epoch is None, "claim", event, f"claimed while {held}")
    due = task.epoch + 1
    text = f"claimed in epoch {event.epoch}, after {task.epoch}"
    run.require(event.epoch == due, "epoch", event, text)
    scope, isolation = task.spec.scope, task.isolation
    if task.spec.mode == "read_write":
        by_hand = "before" in event.data
        beside = {one.id for one in run.rivals(task)}
        other = run.held_scopes.holder(task.id, isolation, scope, by_hand=by_hand, beside=beside)
        run.require(other is None, "scope", event, f"{other} holds an overlapping scope")


def _check_order(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    if task.unfinished_needs:
        names = [n for n in task.needs if n not in run.tasks or run.tasks[n].state != "done"]
        run.require(False, "order", event, f"it needs {', '.join(names[:5])}, not done yet")
    run.require(not task.follows, "order", event, "the task before it had not settled")
    taken = run.phases[task.phase].winner
    run.require(taken is None, "rival", event, f"claimed although {taken} was merged")
    _check_judge(run, task, event)
    for name in run.phases[task.phase].after:
        settled = name in run.phases and run.phases[name].settled
        run.require(settled, "order", event, f"phase {name} had not settled")


def _check_judge(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that a judge begins when all of its rivals have come in, and one can be taken."""
    judged = run.judged.get(task.id)
    if judged is None:
        return
    rivals = [run.tasks[name] for name in run.phases[judged].tasks]
    late = [one.id for one in rivals if not _has_come_in(one)]
    run.require(not late, "rival", event, f"it judges {', '.join(late[:5])}, still to come in")
    able = any(one.kind == "review" and not one.undecided for one in rivals)
    run.require(able, "rival", event, "it judges, and none can be taken")


def _has_come_in(task: ReplayedTask) -> bool:
    waits = task.state == "blocked" and (task.kind == "review" or task.kind not in UNSETTLED)
    return task.open_epoch is None and (task.state == "done" or waits)


def _check_spec(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Compare what the claim says with what the task asks for."""
    stated = (get_text(event, "isolation"), get_list(event, "scope"), get_text(event, "mode"))
    asks = (task.isolation, task.spec.scope, task.spec.mode)
    run.require(
        stated == asks, "scope", event, f"it asks for {asks}, but was claimed with {stated}"
    )
    tries = get_int(event, "tries")
    run.require(tries == task.tries, "tries", event, f"{tries} tries, but {task.tries} failures")


def _check_seat(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    run.require(task.state == "pending", "move", event, f"claimed while it was {task.where}")
    # By the latest time of any event, not of this one: its writer may have read the clock before
    # another process wrote.
    early = task.not_before is not None and run.clock < task.not_before - SLACK
    run.require(not early, "timer", event, "claimed before its back-off was over")
    status = "aborting" if run.aborting else run.status
    run.require(status == "running", "run", event, f"claimed while the run was {status}")
    full = run.jobs is not None and run.open_attempts >= run.jobs
    run.require(
        not full, "run", event, f"claimed with {run.open_attempts} of {run.jobs} attempts open"
    )
    seat = event.worker or ""
    run.require(seat in run.seats, "seat", event, f"there is no seat {seat!r}")
    other = run.seats.get(seat)
    run.require(other is None, "seat", event, f"{seat} still held {other}")
    pauses.check_claim(run, event)


def is_live(run: ReplayState, task: ReplayedTask, event: EventRow) -> bool:
    """Whether a worker's event is of the live claim; if not, that is a violation (G2).

    Both worker and epoch have to fit: the same seat may have had the task in an epoch before.
    """
    live = task.worker is not None and (event.worker, event.epoch) == (task.worker, task.epoch)
    now = f"{task.worker} in epoch {task.epoch}" if task.worker else "nobody"
    stated = f"{event.kind} of {event.worker} in epoch {event.epoch}, but the live claim is {now}'s"
    run.require(live, "stale", event, stated)
    return live


def check_report(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge what changes no state, and only the live claim may say: progress, a start, a message.

    A report that came after its claim was lost would be shown as life of the attempt that runs now.
    """
    is_live(run, task, event)
    if event.kind == "attempt_started":
        task.started_from = get_text(event, "base") or None


def check_step(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a step: forwards, and from a question to the harvest alone.

    A worker that asks may end without its answer; its work is then harvested as it is. Steps may be
    left out, and the same one may come again. None goes back, but a merge that has not happened,
    to its checks.
    """
    to = get_text(event, "step")
    run.require(to in _STEPS, "move", event, f"there is no step {to!r}")
    if not is_live(run, task, event) or to not in _STEPS:
        return
    if task.asking:
        allowed, where = to == "harvesting", "asking"
    else:
        forwards = task.step in _STEPS and _STEPS.index(to) >= _STEPS.index(task.step)
        again = task.step == "integrating" and to == "checking" and task.merged is None
        allowed, where = forwards or again, task.where
    run.require(allowed, "move", event, f"from {where} to {to}")
    if to == "integrating":
        others = [one.id for one in run.rivals(task) if one.merging]
        run.require(not others, "rival", event, f"it merges while {', '.join(others)} does")
    run.move(task, "in_progress")
    task.step = to


def check_harvest(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge what an attempt left behind; a fenced one may leave something too.

    What readers changed in a snapshot is recorded when the last of them has left it, after its end.
    """
    # It need only have held the task in its epoch: another attempt may be open by then.
    if "snapshot_changed" in event.data:
        _check_held(run, task, event)
        return
    _is_of_open_attempt(run, task, event)
    commit = event.data.get("commit")
    task.harvested = commit if isinstance(commit, str) else None


def check_left(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge what else an attempt left: it is told while the attempt is open, as its harvest is."""
    _is_of_open_attempt(run, task, event)


def check_rejection(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a late result: it must not be of the live claim, and changes nothing."""
    live = task.worker is not None and (event.worker, event.epoch) == (task.worker, task.epoch)
    run.require(not live, "stale", event, "a result of the live claim was rejected")
    _check_held(run, task, event)
    # Only the attempt that is open has an end to come, which then has to be `rejected`.
    task.rejected = task.rejected or event.epoch == task.open_epoch


def check_merge(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a merge: of the live claim while it merges, and onto where the branch was.

    The branch goes from merge to merge without a gap, so a merge that was lost or written twice
    shows here, and in git by `branch.compare`.
    """
    is_live(run, task, event)
    run.require(task.merging, "move", event, f"merged while it was {task.where}")
    run.require(not task.unjudged, "critic", event, "merged without a pass of its critic")
    old, new, chain = get_text(event, "old"), get_text(event, "new"), run.chain
    text = f"merged onto {old[:12]}, but the branch was at {chain.head[:12]}"
    run.require(old == chain.head, "chain", event, text)
    _check_gate_passed(run, task, event)
    # Work that was in the branch already moves nothing, and is no second merge.
    if new != chain.head:
        again = new in chain.work or new == chain.base
        run.require(not again, "chain", event, f"the branch was at {new[:12]} before")
        chain.heads.append(new)
        chain.work[new] = task.harvested
    task.merged = new


def _check_gate_passed(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that the gate has passed on what the branch goes to, where that is a merge of two.

    On work that starts from the branch as it is, the gate of the attempt has passed already. An
    older wf does not say from where it started; then nothing is asked.
    """
    old, new, base = get_text(event, "old"), get_text(event, "new"), get_text(event, "base")
    if not base:
        return
    known = task.started_from
    fits = known is None or base == known
    run.require(fits, "gate", event, f"it started from {str(known)[:12]}, not from {base[:12]}")
    if task.gated and old not in {base, new} and new != task.harvested:
        passed = (old, new) in task.passed
        run.require(passed, "gate", event, f"its gate has not passed on the merge {new[:12]}")


def check_gate_start(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that a gate runs while the work of the live claim is checked."""
    is_live(run, task, event)
    run.require(task.step == "checking", "move", event, f"its gate began from {task.where}")
    task.gate_failed = False


def check_gate_end(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge the end of a gate, and remember the merges on which it has passed."""
    is_live(run, task, event)
    run.require(task.step == "checking", "move", event, f"its gate ended from {task.where}")
    if get_text(event, "on") == "merge":
        passed = get_int(event, "exit_code") == 0 and not get_text(event, "text")
        task.gate_failed = not passed
        if passed:
            task.passed.add((get_text(event, "head"), get_text(event, "commit")))


def check_attempt_end(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge the end of an attempt against what became of its task, then free what it held.

    The task has been decided on before, by an event of its own; the end may not say otherwise.
    """
    outcome, fenced = get_text(event, "outcome"), bool(event.data.get("fenced"))
    if not _is_of_open_attempt(run, task, event):
        return
    good = task.verdict == "good"
    text = f"it {outcome}, but its task is {task.where}"
    run.require(task.verdict, "stale", event, f"{text}, with the claim still live")
    run.require((outcome == "succeeded") == good, "stale", event, text)
    # Fenced and stopped must agree: a fenced attempt lost its claim to a person or to a time-out.
    run.require(fenced == (task.verdict == "stopped"), "stale", event, f"{text} (fence)")
    asked = ", ".join(task.open_questions)
    run.require(not asked, "question", event, f"it left a question open: {asked}")
    late = outcome == "rejected"
    run.require(late == task.rejected, "stale", event, f"{text}; result_rejected does not fit")
    run.close_attempt(task)


def _is_of_open_attempt(run: ReplayState, task: ReplayedTask, event: EventRow) -> bool:
    """Whether an event is of the attempt that is open; if not, that is a violation."""
    opened = task.open_epoch is not None and (event.epoch, event.worker) == (
        task.open_epoch,
        task.holder,
    )
    now = f"that of {task.holder} in epoch {task.open_epoch}" if task.open_epoch else "none"
    stated = f"{event.kind} of {event.worker} in epoch {event.epoch}, but open is {now}"
    run.require(opened, "stale", event, stated)
    return opened


def _check_held(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    known = task.holders.get(event.epoch or 0) == event.worker
    run.require(known, "stale", event, f"{event.worker} had no claim in epoch {event.epoch}")
