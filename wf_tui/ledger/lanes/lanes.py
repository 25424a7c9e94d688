"""The lanes of this host, in the file that all runs of this user share."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.lanes import host_lane
from wf_tui.ledger.lanes.host_lane import HostLane
from wf_tui.ledger.lanes.memory import MIB, read_free_memory
from wf_tui.ledger.lanes.permits import (
    Grant,
    Permit,
    Wish,
    drop_dead,
    of_the_living,
    read_permits,
    reserved_memory,
)
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.states import LimitKind
from wf_tui.ledger.model.usage import NO_USAGE, Usage

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence

    from wf_tui.ledger.lanes.memory import FreeMemory
    from wf_tui.ledger.lanes.permits import Holder
    from wf_tui.ledger.store.database import Database, Row, Value

__all__ = ["LaneUse", "Lanes"]

QUOTA_PAUSE: Final = 5 * 3600.0
"""Seconds until a plan whose quota is used up is tried again, where the provider says no time."""
_SHORTEST_QUOTA: Final = 60.0
_DAY: Final = 86_400.0
_LOOK_AGAIN: Final = 1.0
"""Seconds until memory is looked at again: nobody tells when it gets free."""
_COLUMNS: Final = (
    *("name", "state", "reason", "text", "until", "capacity", "bucket", "bucket_at"),
    *("shrunk_at", "quiet_since", "wait", "faults", "written_at", "actor"),
)
_READ: Final = f"SELECT {', '.join(_COLUMNS)} FROM lane ORDER BY name"
_WRITE: Final = (
    f"INSERT INTO lane ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)}) "
    "ON CONFLICT (name) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
)
_TOKENS: Final = (
    *("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens"),
    *("requests", "cost_microusd"),
)
_SPEND: Final = (
    f"INSERT INTO spent (lane, day, {', '.join(_TOKENS)}, unknown) "
    f"VALUES (:lane, :day, :{', :'.join(_TOKENS)}, :unknown) ON CONFLICT (lane, day) DO UPDATE SET "
    + ", ".join(
        # A sum is over what is known: null only where nobody told anything.
        f"{name} = CASE WHEN excluded.{name} IS NULL THEN spent.{name} "
        f"ELSE coalesce(spent.{name}, 0) + excluded.{name} END"
        for name in _TOKENS
    )
    + ", unknown = spent.unknown + excluded.unknown"
)
_GRANT: Final = (
    "INSERT INTO permit (number, lane, repo, run, task, epoch, memory, at, pid, host, boot, "
    "pid_started) VALUES (:number, :lane, :repo, :run, '', 0, :memory, :at, :pid, :host, :boot, "
    ":pid_started)"
)


@dataclass(frozen=True)
class LaneUse:
    """A lane with who uses it now, and what was spent in it today."""

    lane: HostLane
    in_use: int
    runs: tuple[str, ...]
    spent: Usage
    """Since midnight, by UTC."""


@dataclass
class Lanes:
    """What may run at once, and what has been refused; of one process, on one thread.

    Each method is one transaction and raises `LedgerError` where the file cannot be used. `free`
    tells the memory that is left; it is asked at most once for each `take`.
    """

    db: Database
    free: Callable[[], FreeMemory | None] = read_free_memory

    def take(self, wish: Wish, holder: Holder) -> Grant:
        """Take permits for what a scheduler would start now, as many as there may be.

        Called before a claim; what was taken for nothing goes back by `give_back` at once.
        """
        with self.db.transaction(holder.run):
            now = self.db.now()
            permits = drop_dead(self.db, read_permits(self.db, holder.process.host))
            taking = _Taking(self, now, permits, holder, wish.first)
            for name, seats in wish.seats.items():
                taking.take(name, seats)
            return taking.grant()

    def hold(self, number: int, task: str, epoch: int) -> None:
        """Note which attempt a permit is used for."""
        with self.db.transaction(""):
            self.db.execute(
                "UPDATE permit SET task = :task, epoch = :epoch WHERE number = :number",
                {"number": number, "task": task, "epoch": epoch},
            )

    def give_back(self, used: Iterable[int] = (), *, unused: Iterable[int] = ()) -> None:
        """Give permits back: those whose attempts ended, and those that were taken for nothing."""
        kept = set(unused)
        with self.db.transaction(""):
            now, host = self.db.now(), os.uname().nodename
            for permit in read_permits(self.db, host):
                if permit.number in kept:
                    lane = self.lane(permit.lane, now)
                    self.write(host_lane.give_back(lane, 1), now)
            gone = [{"number": number} for number in (*used, *kept)]
            self.db.execute_many("DELETE FROM permit WHERE number = :number", gone)

    # -- what providers say

    def limit(
        self,
        name: str,
        *,
        retry_after: float | None = None,
        text: str = "",
        kind: LimitKind = LimitKind.RATE,
    ) -> HostLane:
        """Pause a lane whose provider asked for it; `retry_after` are the seconds that it said."""
        with self.db.transaction(""):
            now = self.db.now()
            lane = host_lane.limit(
                self.lane(name, now),
                now,
                retry_after=retry_after,
                running=self._running(name),
                reason=kind,
                text=text,
            )
            return self.write(lane, now)

    def failed(self, name: str, *, text: str = "") -> HostLane:
        """Count a failure of server or network; three in a row pause the lane like a limit."""
        with self.db.transaction(""):
            now = self.db.now()
            lane, limited = host_lane.failed(self.lane(name, now))
            self.write(lane, now)
            return self.limit(name, text=text) if limited else lane

    def worked(self, name: str) -> None:
        """Take note of an attempt whose provider answered to its end."""
        with self.db.transaction(""):
            now = self.db.now()
            lane = self.lane(name, now)
            if lane.faults:
                self.write(host_lane.worked(lane), now)

    def use_up(
        self,
        name: str,
        *,
        reset_at: float | None,
        plan: bool,
        text: str = "",
        kind: LimitKind = LimitKind.QUOTA,
    ) -> HostLane:
        """Shut a lane whose quota is used up, until `reset_at` in UTC seconds.

        Without that time a plan is tried again in 5 hours; a balance waits for a person.
        """
        with self.db.transaction(""):
            now = self.db.now()
            # What an agent says may lie in the past: it is not tried again at once, for ever.
            until = None if reset_at is None else max(reset_at, now + _SHORTEST_QUOTA)
            if until is None and plan:
                until = now + QUOTA_PAUSE
            lane = self.lane(name, now)
            return self.write(host_lane.use_up(lane, until, reason=kind, text=text), now)

    def refuse(self, name: str, *, text: str = "") -> HostLane:
        """Shut a lane whose key or configuration was refused, until a person opens it."""
        with self.db.transaction(""):
            now = self.db.now()
            lane = self.lane(name, now)
            return self.write(host_lane.refuse(lane, reason=LimitKind.AUTH, text=text), now)

    # -- what persons say

    def pause(self, name: str, actor: str) -> HostLane:
        """Shut a lane for all runs of this host."""
        with self.db.transaction(""):
            now = self.db.now()
            text = f"paused by {actor.partition(':')[2] or actor}"
            lane = self.lane(name, now)
            return self.write(
                host_lane.pause(lane, reason=LimitKind.PERSON, text=text, actor=actor), now
            )

    def open(self, name: str, actor: str) -> HostLane:
        """Open a lane for all runs of this host, and forget what it had learnt."""
        with self.db.transaction(""):
            now = self.db.now()
            return self.write(host_lane.open_lane(self.lane(name, now), actor), now)

    # -- what is used

    def spend(self, name: str, usage: Usage, most: int | None = None) -> bool:
        """Add to what a lane has used today; whether it has reached its budget of the day.

        `most` are the micro-dollars of a day (UTC). Over it the lane is shut until midnight.
        """
        with self.db.transaction(""):
            now = self.db.now()
            day = datetime.fromtimestamp(now, UTC).date().isoformat()
            self.db.execute(_SPEND, {**usage.figures(), "lane": name, "day": day})
            cost = self._spent(name, day).cost_microusd or 0
            if most is None or cost < most:
                return False
            lane = self.lane(name, now)
            midnight = now - now % _DAY + _DAY
            text = "its budget of today is spent"
            self.write(host_lane.use_up(lane, midnight, reason=LimitKind.BUDGET, text=text), now)
            return True

    # -- looking

    def changed(self) -> bool:
        """Whether another process has written the file since this was asked last."""
        return self.db.changed()

    def wait_changed(self, seconds: float, over: threading.Event) -> bool:
        """Wait until another process has written the file; return whether one has."""
        return self.db.wait_changed(seconds, over)

    def rows(self) -> list[LaneUse]:
        """Return every lane that is known or used, as it is now; writes nothing."""
        with self.db.snapshot():
            now = self.db.now()
            permits = of_the_living(read_permits(self.db, os.uname().nodename))
            lanes = {row.name: host_lane.settle(row, now) for row in map(_decode, self._rows())}
            day = datetime.fromtimestamp(now, UTC).date().isoformat()
            names = sorted({*lanes, *(one.lane for one in permits), *self._lanes_of(day)})
            found = []
            for name in names:
                mine = [one for one in permits if one.lane == name]
                found.append(
                    LaneUse(
                        lanes.get(name, HostLane(name)),
                        len(mine),
                        tuple(sorted({one.run for one in mine})),
                        self._spent(name, day),
                    )
                )
            return found

    def lane(self, name: str, now: float) -> HostLane:
        """Return a lane as it is by now; for the methods here, inside their transaction."""
        rows = self.db.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM lane WHERE name = :name", {"name": name}
        )
        known = _decode(rows[0]) if rows else HostLane(name, written_at=now)
        settled = host_lane.settle(known, now)
        if known.written_at > now:
            # The clock was set back: from here on all count by the new one.
            self.write(settled, now)
        return settled

    def write(self, lane: HostLane, now: float) -> HostLane:
        """Store a lane; for the methods here, inside their transaction."""
        values: dict[str, Value] = {name: getattr(lane, name) for name in _COLUMNS}
        values["state"], values["reason"] = lane.state.value, lane.reason or ""
        values["written_at"] = now
        self.db.execute(_WRITE, values)
        return lane

    def next_number(self) -> int:
        """Return a number for a permit that no other one ever had."""
        rows = self.db.execute(
            "INSERT INTO counter (name, last) VALUES ('permit', 1) "
            "ON CONFLICT (name) DO UPDATE SET last = counter.last + 1 RETURNING last"
        )
        return int(str(rows[0][0]))

    def _running(self, name: str) -> int:
        permits = drop_dead(self.db, read_permits(self.db, os.uname().nodename))
        return sum(one.lane == name for one in permits)

    def _rows(self) -> list[Row]:
        return self.db.execute(_READ)

    def _lanes_of(self, day: str) -> list[str]:
        rows = self.db.execute("SELECT lane FROM spent WHERE day = :day", {"day": day})
        return [str(name) for (name,) in rows]

    def _spent(self, name: str, day: str) -> Usage:
        rows = self.db.execute(
            f"SELECT {', '.join(_TOKENS)}, unknown FROM spent WHERE lane = :lane AND day = :day",
            {"lane": name, "day": day},
        )
        if not rows:
            return NO_USAGE
        told = [None if one is None else int(str(one)) for one in rows[0]]
        return Usage(told[0], told[1], told[2], told[3], told[4], told[5], told[6] or 0)


@dataclass
class _Taking:
    """One `take`, lane by lane; lives within its transaction."""

    lanes: Lanes
    now: float
    permits: list[Permit]
    holder: Holder
    first: bool

    def __post_init__(self) -> None:
        self._given: dict[str, tuple[int, ...]] = {}
        self._short: dict[str, str] = {}
        self._retry_at: list[float] = []
        self._free = self.lanes.free()
        self._reserved = reserved_memory(self.permits, self.now)

    def take(self, name: str, seats: Sequence[int]) -> None:
        """Take what one lane lets through."""
        lane = self.lanes.lane(name, self.now)
        if lane.shut(self.now):
            self._miss(name, "lane", lane.until)
            return
        in_use = sum(one.lane == name for one in self.permits)
        count = host_lane.launches(lane, len(seats), in_use)
        fitting = []
        for memory in seats[:count]:
            if not self._has_room(memory):
                self._miss(name, "memory", self.now + _LOOK_AGAIN)
                break
            self.first = False
            self._reserved += memory
            fitting.append(memory)
        if fitting:
            self._given[name] = tuple(self._grant(name, memory) for memory in fitting)
            lane = host_lane.give_back(lane, -len(fitting))
            self.lanes.write(lane, self.now)
        if len(fitting) < len(seats) and name not in self._short:
            full = lane.capacity is not None and in_use + len(fitting) >= lane.capacity
            next_launch = self.now + max(0.0, 1.0 - lane.bucket) * host_lane.EVERY
            self._miss(name, "capacity" if full else "ramp", None if full else next_launch)

    def grant(self) -> Grant:
        """Return what was taken."""
        return Grant(self._given, self._short, min(self._retry_at, default=None))

    def _miss(self, name: str, why: str, retry_at: float | None) -> None:
        self._short[name] = why
        if retry_at is not None:
            self._retry_at.append(retry_at)

    def _has_room(self, memory: int) -> bool:
        if self.first or self._free is None:
            return True
        return self._free.fits(memory * MIB, self._reserved * MIB)

    def _grant(self, name: str, memory: int) -> int:
        number, process = self.lanes.next_number(), self.holder.process
        self.lanes.db.execute(
            _GRANT,
            {
                "number": number,
                "lane": name,
                "repo": self.holder.repo,
                "run": self.holder.run,
                "memory": memory,
                "at": self.now,
                "pid": process.pid,
                "host": process.host,
                "boot": process.boot,
                "pid_started": process.pid_started,
            },
        )
        return number


def _decode(row: Row) -> HostLane:
    """Turn a row of the file into a lane."""
    name, state, reason, text, until, capacity, bucket, bucket_at = row[:8]
    shrunk_at, quiet_since, wait, faults, written_at, actor = row[8:]
    return HostLane(
        name=str(name),
        state=LaneStatus(str(state)),
        reason=LimitKind(str(reason)) if reason else None,
        text=str(text),
        until=_seconds(until),
        capacity=None if capacity is None else int(str(capacity)),
        bucket=float(str(bucket)),
        bucket_at=float(str(bucket_at)),
        shrunk_at=_seconds(shrunk_at),
        quiet_since=_seconds(quiet_since),
        wait=float(str(wait)),
        faults=int(str(faults)),
        written_at=float(str(written_at)),
        actor=str(actor),
    )


def _seconds(value: Value) -> float | None:
    return None if value is None else float(str(value))
