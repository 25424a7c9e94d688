"""The loop (RULES 5): it sleeps until a worker speaks, a timer is due, or the ledger changed."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.fault_injection import Point
from wf_tui.ledger.model.states import Intent, RunState
from wf_tui.ledger.queries import reads
from wf_tui.scheduler.accepted import Accepted, accepted
from wf_tui.scheduler.attempt import CANCELLED, Attempt
from wf_tui.scheduler.heartbeat import Heartbeat

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.queries.reads import Pulse
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.ledger.store.database import Database
    from wf_tui.scheduler.context import RunContext
    from wf_tui.scheduler.integrator import Integrator

__all__ = ["Scheduler"]

_LONGEST_SLEEP: Final = 60.0


@dataclass
class Scheduler:
    """Gives ready tasks to idle seats until the run is over or a person stops it."""

    site: RunContext
    integrator: Integrator
    view: Database
    """A connection of its own, to see the changes of other processes."""
    foreground: bool = False
    _running: dict[tuple[str, int], Attempt] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _broken: BaseException | None = None
    """Why an attempt could not even end: the next scheduler has to recover it."""

    async def run(self) -> str:
        """Schedule until there is nothing left to do; return the run's state."""
        heart = Heartbeat(self.site, self.view, self._wake, self._running)
        helpers = [asyncio.create_task(heart.watch()), asyncio.create_task(heart.beat())]
        for helper in helpers:
            helper.add_done_callback(lambda _: self._wake.set())  # it has failed
        try:
            while True:
                self._wake.clear()
                for helper in helpers:
                    if helper.done():
                        helper.result()
                if self._broken is not None:
                    raise self._broken
                pulse = await self._look_and_place()
                if self._is_over(pulse):
                    return pulse.state
                await self._sleep(pulse)
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._cancel_all()

    # -- placing

    async def _look_and_place(self) -> Pulse:
        run, timing, flying = self.site.run, self.site.timing, frozenset(self._running)

        def place(ledger: Ledger) -> tuple[Pulse, list[Claim], list[Accepted]]:
            now = ledger.clock.now()
            pulse = reads.pulse(ledger.db, run, now)
            claims = []
            if pulse.state == RunState.RUNNING and pulse.intent == Intent.GO:
                ledger.release_due(run)
                for seat in pulse.idle:
                    if not reads.may_claim(ledger.db, run):
                        break
                    claim = ledger.claim(
                        run,
                        seat,
                        start_deadline=timing.start_deadline,
                        steal_after=timing.steal_after,
                    )
                    claims += [claim] if claim else []
            if claims:
                self.site.faults.reach(Point.CLAIM_CHOSEN)
            elif not pulse.open:
                ledger.end_when_idle(run, foreground=self.foreground, looked_at=now)
            pulse = reads.pulse(ledger.db, run, now)
            return pulse, claims, accepted(self.site, self.integrator, ledger, pulse, flying)

        pulse, claims, by_hand = await self.site.ledger(place)
        if claims:
            await self.site.reach(Point.CLAIM_COMMITTED)
        for attempt in [*(Attempt(self.site, self.integrator, c) for c in claims), *by_hand]:
            self._start(attempt)
        self._stop_fenced(pulse)
        return pulse

    def _start(self, attempt: Attempt) -> None:
        key = (attempt.claim.task.id, attempt.claim.epoch)
        self._running[key] = attempt
        task = asyncio.create_task(attempt.run(), name=f"attempt {key}")
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._finished(key, done))

    def _finished(self, key: tuple[str, int], task: asyncio.Task[None]) -> None:
        self._running.pop(key, None)
        if self.site.ports:
            self.site.ports.free(key)
        self._tasks.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._broken = error

    def _stop_fenced(self, pulse: Pulse) -> None:
        """Stop what a person took back: its fence is in the ledger already."""
        for opened in pulse.open:
            flight = self._running.get((opened.task, opened.epoch))
            if opened.fenced and flight is not None:
                flight.stop(CANCELLED)

    # -- ending

    def _is_over(self, pulse: Pulse) -> bool:
        if self._running or pulse.open:
            return False
        leaving = pulse.intent in {Intent.DRAIN, Intent.STOP} and pulse.state == RunState.PAUSED
        return leaving or RunState(pulse.state).ended

    async def _cancel_all(self) -> None:
        """See off attempts that still fly when the loop was cancelled."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # -- waking

    async def _sleep(self, pulse: Pulse) -> None:
        wait = _LONGEST_SLEEP
        if pulse.next_timer is not None:
            wait = min(wait, max(0.0, pulse.next_timer - self.site.clock.now()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._wake.wait()
