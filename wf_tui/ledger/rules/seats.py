"""The seats of a run, made from profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.errors import UnknownNameError, UsageError
from wf_tui.ledger.model.rows import WorkerRow, evolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.config import Config

__all__ = ["more_seats", "new_seats"]


def new_seats(run: str, config: Config, jobs: int, asked: Mapping[str, int]) -> list[WorkerRow]:
    """Return the seats of a run; a profile without a number has as many as jobs."""
    profiles = config.seats
    for name, count in asked.items():
        if name not in profiles:
            raise UnknownNameError("profile", name, profiles)
        if count < 0:
            raise UsageError(f"--worker {name}={count}: the number of seats must be 0 or more")
    return [
        WorkerRow(
            run=run,
            name=f"{name}-{number + 1}",
            profile=name,
            kind=profile.kind,
            roles=profile.roles,
            lane=profile.lane,
            state="idle",
        )
        for name, profile in profiles.items()
        for number in range(asked.get(name, profile.seats or jobs))
    ]


def more_seats(like: WorkerRow, count: int, taken: set[str]) -> list[WorkerRow]:
    """Return `count` more like one that is there, with names that are not taken."""
    numbers = range(1, len(taken) + count + 1)
    free = [name for n in numbers if (name := f"{like.profile}-{n}") not in taken]
    fresh = evolve(like, state="idle", task=None, epoch=None, heartbeat_at=None)
    return [evolve(fresh, name=name) for name in free[:count]]
