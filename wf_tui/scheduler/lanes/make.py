"""Making the lanes of a run, out of its profiles and their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.scheduler.lanes.lane_thread import LaneThread
from wf_tui.scheduler.lanes.run_lanes import RunLanes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.clock import Clock
    from wf_tui.paths import RepoPaths
    from wf_tui.profiles.run_profiles import RunProfiles

__all__ = ["run_lanes"]


def run_lanes(
    repo: RepoPaths,
    run: str,
    clock: Clock,
    profiles: RunProfiles,
    budgets: Mapping[str, int],
) -> RunLanes:
    """Return the lanes of a run that has seats of any; nothing is opened before they are used."""
    return RunLanes(
        run=run,
        repo=str(repo.root),
        thread=LaneThread(repo.lanes, repo.run(run).lanes, clock),
        profiles=profiles,
        budgets=budgets,
    )
