"""The seats of a run: made from profiles, and how they join it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.run_events import ProfilesChanged, WorkerJoined, WorkerLeft
from wf_tui.ledger.model.rows import WorkerRow, evolve
from wf_tui.ledger.model.states import SeatState
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.plan.choices import Takes
from wf_tui.profiles.stored import profiles_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.rules.change import Change
    from wf_tui.profiles.resolved import Resolved

__all__ = ["change_profiles", "join_workers", "more_seats", "new_seats"]


def new_seats(
    run: str, profiles: Mapping[str, Resolved], jobs: int, asked: Mapping[str, int]
) -> list[WorkerRow]:
    """Return the seats of a run; a profile without a number has as many as jobs.

    `profiles` are those that the run uses; `asked` is what the command line says, by profile, and
    goes before the configuration.
    """
    return [
        WorkerRow(
            run=run,
            name=f"{name}-{number + 1}",
            profile=name,
            kind=profile.kind,
            takes=Takes(profile.takes),
            model=profile.model,
            roles=profile.roles,
            lane=profile.lane,
            state=SeatState.IDLE,
        )
        for name, profile in profiles.items()
        for number in range(asked.get(name, profile.seats or jobs))
    ]


def more_seats(like: WorkerRow, count: int, taken: set[str]) -> list[WorkerRow]:
    """Return `count` more like one that is there, with names that are not taken.

    The lowest free numbers are used, so that a seat which left may come back under its name.
    """
    numbers = range(1, len(taken) + count + 1)
    free = [name for n in numbers if (name := f"{like.profile}-{n}") not in taken]
    fresh = evolve(
        like, state=SeatState.IDLE, task=None, epoch=None, heartbeat_at=None, usage=NO_USAGE
    )
    return [evolve(fresh, name=name) for name in free[:count]]


def change_profiles(
    tx: Change, profiles: Mapping[str, Resolved], names: Sequence[str], environment: str
) -> None:
    """Take over profiles at a person's word; `names` are those that are others now.

    Seats keep their number, their claims and their names: what is running goes on as it began.
    `environment` is the column of the run, with what these profiles pass on.
    """
    tx.emit(ProfilesChanged(profiles=tuple(names)))
    tx.update_run(evolve(tx.run, profiles=profiles_text(profiles), environment=environment))
    for seat in tx.workers():
        profile = profiles.get(seat.profile)
        if profile is not None:
            new = evolve(
                seat,
                kind=profile.kind,
                takes=Takes(profile.takes),
                model=profile.model,
                roles=profile.roles,
                lane=profile.lane,
            )
            tx.write(seat, new)


def join_workers(tx: Change, seats: Sequence[WorkerRow]) -> None:
    """Make these the seats of the run, in this order after those that it has already.

    The ones of an earlier scheduler that are not among them leave. A seat that stays keeps its
    claim and its place; what it is made from is taken over from the profile as it is now.
    """
    # Updated, not replaced: the attempts of an earlier scheduler hold their seats until recovery
    # has closed them.
    kept = {seat.name: seat for seat in tx.workers()}
    for name in sorted(kept.keys() - {seat.name for seat in seats}):
        tx.db.execute(
            "DELETE FROM worker WHERE run = :run AND name = :name",
            {"run": tx.run.id, "name": name},
        )
        tx.emit(WorkerLeft(worker_name=name))
    last = max((seat.ordinal for seat in kept.values()), default=0)
    for seat in seats:
        old = kept.get(seat.name)
        if old is None:
            last += 1
            tx.insert(evolve(seat, ordinal=last))
            tx.emit(WorkerJoined(worker_name=seat.name, profile=seat.profile))
        else:
            new = evolve(
                old,
                profile=seat.profile,
                kind=seat.kind,
                takes=seat.takes,
                model=seat.model,
                roles=seat.roles,
                lane=seat.lane,
                host=seat.host,
            )
            tx.write(old, new)
