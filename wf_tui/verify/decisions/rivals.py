"""Rivals: tasks of a phase that try the same, of which one is merged, and never two (RULES 5).

Written apart from the ledger's rules. The other judges of events ask here where a task is one of
several, or chooses between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.verify.event_fields import get_text
from wf_tui.verify.scheduler_events import stop

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = ["check_choice", "check_left", "check_rival_skipped"]


def check_rival_skipped(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge one that lost: another of its phase was merged; or a judge that is needed no more.

    Without a winner only the judge goes: all that it could have chosen from has ended in nothing.
    """
    judged = run.judged.get(task.id)
    phase = run.phases[judged or task.phase]
    over = bool(phase.tasks) and all(run.tasks[name].state == "done" for name in phase.tasks)
    lost = phase.winner not in {None, task.id} or (judged is not None and over)
    run.require(lost, "rival", event, "skipped as one that lost, but none was taken in its place")
    named = event.data.get("winner")
    run.require(named == phase.winner, "rival", event, f"it names {named}, not {phase.winner}")
    run.require(task.state != "done", "move", event, f"skipped from {task.where}")
    run.require(not task.merging, "rival", event, "skipped while it was merged")
    stated = bool(event.data.get("stopped"))
    holds = task.worker is not None
    run.require(stated == holds, "move", event, "it is wrong about whether an attempt was stopped")
    stop(task)
    task.not_before = None
    run.move(task, "done", "skipped")


def check_left(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a rival that needs a person from now on: no judge takes it, or none can be taken."""
    phase = run.phases[task.phase]
    passed = bool(phase.judge) and task.kind == "review" and task.open_epoch is None
    lost = bool(phase.pick) and task.state == "blocked" and run.rivals_are_lost(phase)
    run.require(passed or lost, "rival", event, f"left to a person from {task.where}")


def check_choice(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge what came of a judge: it names one that can be taken, or nothing is taken."""
    phase = run.phases.get(get_text(event, "phase"))
    if phase is None or phase.judge != task.id:
        run.require(False, "rival", event, "it is no judge of this phase")
        return
    if event.data.get("taken"):
        chosen = run.tasks.get(get_text(event, "pick"))
        able = chosen is not None and chosen.id in phase.tasks and chosen.kind == "review"
        able = able and chosen is not None and not chosen.undecided
        run.require(able, "rival", event, "it takes what cannot be taken")
