"""Permits: which attempt of which process uses a lane of this host, and whose count no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.processes import ProcessIdentity, is_alive
from wf_tui.values import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.store.database import Database

__all__ = [
    "Grant",
    "Holder",
    "Permit",
    "Wish",
    "drop_dead",
    "of_the_living",
    "read_permits",
    "reserved_memory",
]

_RESERVED: Final = 10.0
"""Seconds until a program that was started shows in what the system says is free."""
_READ: Final = (
    "SELECT number, lane, run, task, epoch, memory, at, pid, host, boot, pid_started "
    "FROM permit ORDER BY number"
)


@frozen
class Permit:
    """The right of one process to run one attempt in a lane."""

    number: int
    lane: str
    run: str
    task: str
    epoch: int
    memory: int
    """MiB that its program will need."""
    at: float
    process: ProcessIdentity


@frozen
class Holder:
    """Who asks for permits: a scheduler, of one run, in one process."""

    repo: str
    run: str
    process: ProcessIdentity


@frozen
class Wish:
    """What a scheduler would start now, if it may."""

    seats: Mapping[str, Sequence[int]]
    """By lane: the memory in MiB of each program, the one that comes first in front."""
    first: bool = False
    """Whether nothing of the run is running: then the first one starts, whatever memory is left."""


@frozen
class Grant:
    """What may start now."""

    permits: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """By lane: the numbers of the permits; they are held until they are given back."""
    short: Mapping[str, str] = field(default_factory=dict)
    """By lane where there were fewer than wanted: `lane`, `ramp`, `capacity` or `memory`."""
    retry_at: float | None = None
    """When it is worth asking again, in UTC seconds, if nobody gives anything back before."""


def read_permits(db: Database, host: str) -> list[Permit]:
    """Return the permits of this host; a folder may be shared with others, a lane is not."""
    found = []
    for row in db.execute(_READ):
        number, lane, run, task, epoch, memory, at, pid, where, boot, started = row
        if where != host:
            continue
        process = ProcessIdentity(int(str(pid)), str(where), str(boot), str(started))
        found.append(
            Permit(
                number=int(str(number)),
                lane=str(lane),
                run=str(run),
                task=str(task),
                epoch=int(str(epoch)),
                memory=int(str(memory)),
                at=float(str(at)),
                process=process,
            )
        )
    return found


def of_the_living(permits: Sequence[Permit]) -> list[Permit]:
    """Return the permits whose processes still run; the others count no more."""
    alive = {process: is_alive(process) for process in {one.process for one in permits}}
    return [one for one in permits if alive[one.process]]


def drop_dead(db: Database, permits: Sequence[Permit]) -> list[Permit]:
    """Take the permits of dead processes away; return the others. Done by whoever looks."""
    living = of_the_living(permits)
    kept = {one.number for one in living}
    gone = [{"number": one.number} for one in permits if one.number not in kept]
    if gone:
        db.execute_many("DELETE FROM permit WHERE number = :number", gone)
    return living


def reserved_memory(permits: Sequence[Permit], now: float) -> int:
    """Return the MiB of programs that were started so lately that the system does not show them.

    Also of those that seem to be started in the future: the clock was set back since.
    """
    return sum(one.memory for one in permits if now - one.at < _RESERVED)
