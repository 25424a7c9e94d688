"""The loop (RULES 5): it sleeps until a worker speaks, a timer is due, or the ledger changed."""

from __future__ import annotations

import asyncio
import contextlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.fault_injection import Point
from wf_tui.ledger.model.states import Intent, RunState
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.ledger.queries.snoozes import next_end
from wf_tui.scheduler.attempts.accepted import find_accepted
from wf_tui.scheduler.attempts.attempt import find_left
from wf_tui.scheduler.attempts.endings import CANCELLED
from wf_tui.scheduler.attempts.prepare import take_up
from wf_tui.scheduler.heartbeat import Heartbeat
from wf_tui.scheduler.session.mailbox import read_mail
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.clock import Clock
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.queries.reads import Pulse
    from wf_tui.ledger.store.database import Database
    from wf_tui.ledger.writer import Writer
    from wf_tui.scheduler.attempts.accepted import Accepted, AcceptedClaim
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.attempt import Attempt, LeftClaim
    from wf_tui.scheduler.attempts.factory import AttemptFactory
    from wf_tui.scheduler.attempts.prepare import NewClaim
    from wf_tui.scheduler.lanes.run_lanes import LaneLook, RunLanes
    from wf_tui.scheduler.notifier import Notifier
    from wf_tui.scheduler.ports import Ports
    from wf_tui.scheduler.threads import Threads
    from wf_tui.settings import AnyTiming

__all__ = ["Scheduler"]

_ASK_AGAIN: Final = 1.0
"""Seconds until permits are asked for again that were of no use ..."""
_ASK_AGAIN_IDLE: Final = 5.0
"""... and where nothing has happened in the run since."""
_LONGEST_SLEEP: Final = 60.0
"""Seconds until the next look at the ledger where nothing wakes the loop before."""


@frozen
class Placement:
    """What one look at the ledger has brought, all in one transaction."""

    pulse: Pulse
    """The state of the run afterwards."""
    claims: list[NewClaim]
    """What was claimed just now, for workers; each is at its step `preparing`."""
    accepted: list[AcceptedClaim]
    """The claims of persons that nobody sees through yet."""
    left: list[LeftClaim]
    """The claims of a dead scheduler whose work is there, and is to be judged again."""
    late: bool = False
    """Whether something became ready that no permit was asked for yet."""


@frozen
class Fruitless:
    """Lanes whose permits were of no use, as of an event of the run and a time."""

    lanes: frozenset[str] = frozenset()
    seq: int = -1
    at: float = 0.0

    def still(self, seq: int, now: float) -> frozenset[str]:
        """Return the lanes that are not asked for again yet: soon where something happened since.

        Else two schedulers that can use nothing would wake each other for ever.
        """
        wait = _ASK_AGAIN_IDLE if seq == self.seq else _ASK_AGAIN
        return self.lanes if now - self.at < wait else frozenset()


@dataclass
class Scheduler:
    """Gives ready tasks to idle seats until the run is over or a person stops it.

    The process makes one, and another one each time a person's act brings an ended run back. All
    of it runs on the event loop, but for `place`.
    """

    run_id: str
    writer: Writer
    view: Database
    """A connection of its own, to see the changes of other processes."""
    clock: Clock
    timing: AnyTiming
    threads: Threads
    attempts: AttemptFactory
    ports: Ports | None = None
    lanes: RunLanes | None = None
    """The lanes of the host; None where all seats are local, which asks nobody for a permit."""
    notifier: Notifier | None = None
    """What runs the command of a person who wants to be notified."""
    foreground: bool = False
    _running: dict[tuple[str, int], ActiveClaim] = field(default_factory=dict)
    """The claims that are being worked on, by task and epoch."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _looked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the next look is over; each look has one of its own."""
    _retry_at: float | None = None
    """When permits are to be asked for again, in UTC seconds."""
    _fruitless: Fruitless = field(default_factory=Fruitless)
    _broken: BaseException | None = None
    """Why an attempt could not even end: the next scheduler has to recover it."""

    async def run(self) -> str:
        """Schedule until there is nothing left to do; return the run's state.

        Raises what broke the heartbeat or kept an attempt from ending, a `LedgerError` above all.
        However it ends, no attempt of it runs any more: those that did are left to recovery.
        """
        helpers = self._start_helpers()
        try:
            while True:
                # Cleared before the look: what happens during it is looked at the next time.
                self._wake.clear()
                for helper in helpers:
                    if helper.done():
                        helper.result()
                if self._broken is not None:
                    raise self._broken
                looked, self._looked = self._looked, asyncio.Event()
                pulse = await self._look_and_start()
                looked.set()
                is_over = self.is_over(pulse)
                if self.notifier is not None:
                    await self.notifier.look(pulse.seq, last=is_over)
                if is_over:
                    return pulse.state
                await self._sleep(pulse)
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            for task in list(self._tasks):
                task.cancel()
            # Not `gather`, which hands a second cancel on: they would give their programs no grace.
            if self._tasks:
                await asyncio.wait(self._tasks)

    def _start_helpers(self) -> list[asyncio.Task[None]]:
        """Start what watches beside the loop; none of it ends, unless it fails."""
        heartbeat = Heartbeat(
            self.run_id, self.view, self.writer, self.clock, self.timing, self._wake, self._running
        )
        helpers = [asyncio.create_task(heartbeat.watch()), asyncio.create_task(heartbeat.beat())]
        if self.lanes is not None:
            helpers.append(asyncio.create_task(self.lanes.watch(self._wake)))
        if self.notifier is not None:
            helpers.append(asyncio.create_task(self.notifier.watch()))
        for helper in helpers:
            helper.add_done_callback(lambda _: self._wake.set())
        return helpers

    def is_over(self, pulse: Pulse) -> bool:
        """Whether the loop may end: nothing is open, and the run has ended or is to be left paused.

        An open attempt that this loop does not run is waited for, too: a person's claim starts with
        the next look.
        """
        if self._running or pulse.open:
            return False
        leaving = pulse.intent in {Intent.DRAIN, Intent.STOP} and pulse.state == RunState.PAUSED
        return leaving or pulse.state.ended

    async def _look_and_start(self) -> Pulse:
        """Place what can be placed, start it, and stop what a person took back meanwhile."""
        look = await self._look_at_lanes()
        # A copy: the writer's thread must not see the loop's own while it changes.
        running = frozenset(self._running)
        placed = await self.writer.submit(lambda ledger: self.place(ledger, running, look))
        if look is not None:
            self._hold_permits(look, placed)
        if placed.late:
            self._wake.set()
        self.attempts.steps.integrator.allow(placed.pulse.jobs)
        self.attempts.steps.prepare.trees.pool.hold_back(placed.pulse.wanted_trees)
        if placed.claims:
            await self.threads.reach(Point.CLAIM_COMMITTED)
        for new in placed.claims:
            self._start(self.attempts.attempt(new))
        for accepted in placed.accepted:
            self._start(self.attempts.accepted(accepted))
        for left in placed.left:
            self._start(self.attempts.left(left))
        # Their fence is in the ledger already; here only the program has to go.
        for opened in placed.pulse.open:
            active = self._running.get((opened.task, opened.epoch))
            if opened.fenced and active is not None:
                active.stop(CANCELLED)
        await self._deliver()
        return placed.pulse

    async def _deliver(self) -> None:
        """Give attempts what persons have said to them; nothing is asked where none waits."""
        asked = [active.mailbox.wanted(*key) for key, active in self._running.items()]
        wanted = [one for one in asked if one is not None]
        if not wanted:
            return
        for mail in await self.writer.submit(
            lambda ledger: read_mail(ledger.db, self.run_id, wanted)
        ):
            if mail.key in self._running:
                self._running[mail.key].mailbox.fill(mail)

    async def _look_at_lanes(self) -> LaneLook | None:
        """Take permits for the seats that may find a task, before anything is claimed.

        None where all seats are local.
        """
        if self.lanes is None:
            return None

        def read(ledger: Ledger) -> tuple[RunRow, list[str], dict[str, list[str]]]:
            # First what is due: else no permit would be asked for what becomes ready by a timer.
            ledger.release_due(self.run_id)
            row = reads.run_row(ledger.db, self.run_id)
            names = lane_reads.seat_lanes(ledger.db, self.run_id)
            return row, names, lane_reads.wanted_seats(ledger.db, row)

        row, names, wanted = await self.writer.submit(read)
        await self.lanes.refresh(row.profiles)
        vain = self._fruitless.still(row.seq, self.clock.now())
        asked = {lane: seats for lane, seats in wanted.items() if lane not in vain}
        look = await self.lanes.look(names, asked, first=not row.open_attempts)
        self._retry_at = look.grant.retry_at
        if vain & wanted.keys():
            again = self._fruitless.at + _ASK_AGAIN_IDLE
            self._retry_at = min(self._retry_at or math.inf, again)
        return look

    def _hold_permits(self, look: LaneLook, placed: Placement) -> None:
        """Keep a permit for each claim, and remember in which lanes there was nothing to claim."""
        if self.lanes is None:
            return
        made = [new.claim for new in placed.claims]
        claimed = [((claim.task.id, claim.epoch), claim.lane) for claim in made]
        self.lanes.settle(look, claimed)
        vain = frozenset(look.grant.permits.keys() - {lane for _, lane in claimed})
        if vain or claimed:
            self._fruitless = Fruitless(vain, placed.pulse.seq, self.clock.now())

    def place(
        self,
        ledger: Ledger,
        running: Collection[tuple[str, int]],
        look: LaneLook | None = None,
    ) -> Placement:
        """Claim for each idle seat, or end a run that has nothing left (RULES 3.1, 4.3).

        A rule for the writer: runs on its thread, in one transaction. `running` are the task and
        epoch of each claim that is being worked on, `look` what the lanes of the host let through.
        One look claims for all idle seats, so that a storm of short tasks costs one commit and not
        one for each.
        """
        run = self.run_id
        now = ledger.now()
        # Counted down here: a transaction that is made again begins with all of them again.
        permits = None if look is None else look.counts
        # A run that waits for a permit has not stalled; a shut lane has its timer, or a person.
        short, late = look is not None and bool(look.short), False
        if look is not None:
            # As it is by now: an attempt may have been told of a limit since the look.
            states = look.states if self.lanes is None else self.lanes.seen
            ledger.see_lanes(run, states, look.short)
        shown = next_end(ledger.db, run)
        if shown is not None and shown <= now:
            ledger.show_snoozed(run)
        claims = self._claim(ledger, permits)
        if claims:
            self.threads.faults.reach(Point.CLAIM_CHOSEN)
        elif not reads.open_attempts(ledger.db, run):
            late = self._came_late(ledger, look)
            if not (late or short):
                # As of the look: a timer that has become due since then still has to be seen.
                ledger.end_when_idle(run, foreground=self.foreground, looked_at=now)
        # With what was claimed just now: the loop sleeps by the timers in it.
        pulse = reads.pulse(ledger.db, run, now)
        held = {*running, *((new.claim.task.id, new.claim.epoch) for new in claims)}
        accepted = find_accepted(ledger, run, pulse, held)
        left = find_left(ledger, run, pulse, held)
        return Placement(pulse, claims, accepted, left, late)

    def _claim(self, ledger: Ledger, permits: dict[str, int] | None) -> list[NewClaim]:
        """Claim for each idle seat, as far as `permits` go; in `place`, which counts them down."""
        row = reads.run_row(ledger.db, self.run_id)
        claims: list[NewClaim] = []
        if row.state != RunState.RUNNING or row.intent != Intent.GO:
            return claims
        ledger.release_due(self.run_id)
        for seat in reads.idle_seats(ledger.db, self.run_id):
            if not reads.may_claim(ledger.db, self.run_id):
                break
            claim = ledger.claim(
                self.run_id,
                seat,
                start_deadline=self.timing.start_deadline,
                steal_after=self.timing.steal_after,
                permits=permits,
            )
            if claim is not None:
                claims.append(take_up(ledger, claim, self.timing.start_deadline))
                if permits and claim.lane in permits:
                    permits[claim.lane] -= 1
        return claims

    def _came_late(self, ledger: Ledger, look: LaneLook | None) -> bool:
        """Whether a seat may find a task for which nobody has asked for a permit; in `place`.

        It became ready after the look at the lanes, so that the next look is for it.
        """
        if look is None:
            return False
        row = reads.run_row(ledger.db, self.run_id)
        now = ledger.now()
        known = look.asked.keys() | {lane.name for lane in look.states if lane.shut(now)}
        late = lane_reads.wanted_seats(ledger.db, row).keys() - known
        return bool(late - self._fruitless.still(row.seq, now))

    def _look_soon(self) -> asyncio.Event:
        """Ask for a look; the event comes when it has started what can begin.

        A reader that has ended waits for it. So, where it is the last one, it leaves its snapshot
        to those that it has made ready, and they need no git: their first step joins it, before
        the one that waits gets its turn.
        """
        self._wake.set()
        return self._looked

    def _start(self, attempt: Attempt | Accepted) -> None:
        """Start a claim's work as a task of the loop, and see to what its end leaves behind."""
        active = attempt.active
        active.look = self._look_soon
        key = active.key

        def finished(task: asyncio.Task[None]) -> None:
            self._running.pop(key, None)
            if self.lanes is not None:
                self.lanes.free(key)
            # Only now: until the task has ended a program of it may still listen there.
            if self.ports:
                self.ports.free(key)
            self._tasks.discard(task)
            # Who has handed over was looked at with its end; but the last one ends the run.
            if not active.handed_over or self.lanes is not None or not self._running:
                self._wake.set()
            if not task.cancelled() and (error := task.exception()) is not None:
                self._broken = error
                self._wake.set()

        active.log.info("claimed by %s", active.claim.worker)
        # Before the task has its first turn: the next look must not take it for an orphan.
        self._running[key] = active
        task = asyncio.create_task(attempt.run(), name=f"attempt {key}")
        # The loop itself holds its tasks weakly.
        self._tasks.add(task)
        task.add_done_callback(finished)

    async def _sleep(self, pulse: Pulse) -> None:
        """Sleep until something wakes the loop or the next timer of the ledger is due."""
        wait = _LONGEST_SLEEP
        for at in (pulse.next_timer, self._retry_at):
            if at is not None:
                wait = min(wait, max(0.0, at - self.clock.now()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._wake.wait()
