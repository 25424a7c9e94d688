"""Pauses of profiles, shut lanes, and budgets that are used up: nothing starts behind one.

After the pause of a profile, whose attempts all failed at once, one attempt is let through first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from wf_tui.verify.event_fields import get_int, get_number, get_text

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState

__all__ = [
    "check_budget_change",
    "check_budget_mark",
    "check_claim",
    "check_pause_begun",
    "check_pause_over",
    "lane_shuts",
]

_MARKS: Final = (80, 100)
_ALL: Final = 100
SLACK: Final = 1.0
"""Seconds that a writer may wait between reading the clock and writing."""


def check_pause_begun(run: ReplayState, event: EventRow) -> None:
    """Note a pause; one without an end is over when a person says so.

    A `lane_limited` without a state is of the breaker, whose lane is the profile (RULES 5,
    Breaker).
    """
    if "state" in event.data:
        lane_shuts(run, event)
        return
    profile, until = get_text(event, "lane"), get_number(event, "until")
    run.pauses.until[profile] = math.inf if until is None else until
    # A new pause, so the next attempt after it is the trial again.
    run.pauses.tried.pop(profile, None)


def check_pause_over(run: ReplayState, event: EventRow) -> None:
    """Judge that a profile resumes: it had to be paused.

    A lane may be told open twice. Before its time only a person opens it; one that has none may
    have been opened by a person, and shut and opened since, before this run looked.
    """
    if "state" in event.data:
        lane = get_text(event, "lane")
        until = run.pauses.lanes.pop(lane, 0.0)
        early = math.isfinite(until) and run.clock < until - SLACK
        by_person = event.actor.startswith("user:")
        run.require(by_person or not early, "lane", event, f"{lane} was shut still")
        return
    profile = get_text(event, "lane")
    paused = run.pauses.until.pop(profile, None) is not None
    run.require(paused, "pause", event, f"{profile} was not paused")


def lane_shuts(run: ReplayState, event: EventRow) -> None:
    """Note that a lane is shut, until when, whoever found out."""
    until = get_number(event, "until")
    run.pauses.lanes[get_text(event, "lane")] = math.inf if until is None else until


def check_budget_mark(run: ReplayState, event: EventRow) -> None:
    """Note that a budget of the run is used up; at fewer percent it only warns."""
    percent = get_int(event, "percent")
    run.require(percent in _MARKS, "budget", event, f"told at {percent} %")
    if get_text(event, "of") == "run" and percent == _ALL:
        run.pauses.used_up = True


def check_budget_change(run: ReplayState, event: EventRow) -> None:
    """Note that a run may use more, or less; where that is used up as well, it is told again."""
    limit, before = event.data.get("limit"), event.data.get("before")
    run.require(limit != before, "budget", event, "it was not changed")
    run.pauses.used_up = False


def check_claim(run: ReplayState, event: EventRow) -> None:
    """Judge a claim: no seat whose profile is paused or whose lane is shut, no run over its budget.

    After the pause one attempt is let through. Only when that one is closed may another start, so
    the claim that is judged here becomes the trial of its profile.
    """
    lane = get_text(event, "lane")
    shut = run.clock < run.pauses.lanes.get(lane, 0.0) - SLACK
    run.require(not shut, "lane", event, f"claimed while lane {lane} was shut")
    run.require(not run.pauses.used_up, "budget", event, "claimed with the budget used up")
    profile = run.pauses.profiles.get(event.worker or "", "")
    until = run.pauses.until.get(profile)
    if until is None:
        return
    run.require(run.clock >= until - SLACK, "pause", event, f"claimed while {profile} was paused")
    trial, epoch = run.pauses.tried.get(profile, ("", None))
    alone = trial not in run.tasks or run.tasks[trial].open_epoch != epoch
    run.require(
        alone, "pause", event, f"a second attempt of {profile}, while {trial} was its trial"
    )
    run.pauses.tried[profile] = (event.task or "", event.epoch)
