"""Pauses of a profile whose attempts all failed at once: nothing starts in one, one after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from wf_tui.verify.event_fields import get_number, get_text

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState

__all__ = ["check_claim", "check_pause_begun", "check_pause_over"]

SLACK: Final = 1.0
"""Seconds that a writer may wait between reading the clock and writing."""


def check_pause_begun(run: ReplayState, event: EventRow) -> None:
    """Note a pause; one without an end is over when a person says so.

    A `lane_limited` without a task is of the breaker, whose lane is the profile (RULES 5, Breaker).
    """
    profile, until = get_text(event, "lane"), get_number(event, "until")
    run.pauses.until[profile] = math.inf if until is None else until
    # A new pause, so the next attempt after it is the trial again.
    run.pauses.tried.pop(profile, None)


def check_pause_over(run: ReplayState, event: EventRow) -> None:
    """Judge that a profile resumes: it had to be paused."""
    profile = get_text(event, "lane")
    paused = run.pauses.until.pop(profile, None) is not None
    run.require(paused, "pause", event, f"{profile} was not paused")


def check_claim(run: ReplayState, event: EventRow) -> None:
    """Judge a claim of a seat whose profile has been paused.

    After the pause one attempt is let through. Only when that one is closed may another start, so
    the claim that is judged here becomes the trial of its profile.
    """
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
