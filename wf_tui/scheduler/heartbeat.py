"""Signs of life (RULES 5): leases are renewed by evidence, and silence has an end.

A program lives by what its shim says, never by this loop's own tick; the scheduler's own steps have
a deadline instead. All is measured by the monotonic clock: the other one may be set.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerWaitError
from wf_tui.ledger.model.states import Outcome
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.ledger import Fence, Ledger
    from wf_tui.ledger.store.database import Database
    from wf_tui.scheduler.attempt import Attempt
    from wf_tui.scheduler.context import RunContext

__all__ = ["BEATS", "Heartbeat", "log_failure"]

WATCH_EVERY: Final = 0.05
"""Seconds between looks for changes by other processes (3 us each, RULES 5)."""
BEATS: Final = 3
"""How often a lease is renewed within its time, at least."""
_ABSENT: Final = 1.0
"""Seconds without a look that are no load any more: this process was stopped or suspended."""
_JUMP: Final = 1.0
"""Seconds by which the wall clock has to leave the monotonic one to have been set."""
_log = logging.getLogger(__name__)


@dataclass
class Heartbeat:
    """Watches the attempts of a scheduler, its ledger and its clock."""

    site: RunContext
    view: Database
    wake: asyncio.Event
    flights: Mapping[tuple[str, int], Attempt]
    """Those under way, as they come and go."""
    _looked: float = field(init=False)
    _ahead: float = field(init=False)
    """How far the wall clock was ahead of the monotonic one."""
    _paused: float = 0.0
    """For how long nothing could be written, when that was last asked."""

    def __post_init__(self) -> None:
        """Begin to watch now."""
        self._looked = self.site.clock.monotonic()
        self._ahead = self.site.clock.now() - self._looked

    async def watch(self) -> None:
        """Wake the scheduler when another process changed the ledger, or somebody set the clock."""
        await self._reanchor()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            now = self._look()
            ahead = self.site.clock.now() - now
            if abs(ahead - self._ahead) > _JUMP:
                _log.warning("the clock was set by %.0f s", ahead - self._ahead)
                self._ahead = ahead
                await self._reanchor()
                self.wake.set()
            with contextlib.suppress(LedgerWaitError):  # the writer says so, and waits
                if self.view.changed():
                    self.wake.set()

    async def beat(self) -> None:
        """Renew the leases of what gave evidence of life; stop what has been silent too long."""
        timing = self.site.timing
        told: asyncio.Future[None] | None = None
        while True:
            shortest = min(
                timing.heartbeat,
                timing.lease / BEATS,
                timing.stall_after / 2,
                timing.start_deadline / 2,
            )
            await asyncio.sleep(max(shortest, WATCH_EVERY))
            now = self._look()
            flights = list(self.flights.values())
            self._make_up(flights, now)
            if told is None or told.done():  # else nothing can be written just now
                if told is not None:
                    told.result()
                fences = [flight.fence for flight in flights if self._lives(flight, now)]
                told = self.site.writer.post(partial(_renew, run=self.site.run, alive=fences))
            for flight in flights:
                self._stop_silent(flight, now)

    def _look(self) -> float:
        """Return the time; while this process was stopped nobody could be heard, or was silent."""
        now = self.site.clock.monotonic()
        away = now - self._looked - WATCH_EVERY
        self._looked = now
        if away > _ABSENT:
            _log.warning("stopped or suspended for %.0f s", away)
            for flight in self.flights.values():
                flight.spare(away, now)
        return now

    def _make_up(self, flights: list[Attempt], now: float) -> None:
        """Do not count the time in which nothing could be written to what waits for that."""
        before, self._paused = self._paused, self.site.writer.paused
        for flight in flights:
            if not flight.running:
                flight.spare(self._paused - before, now)

    async def _reanchor(self) -> None:
        await self.site.ledger(lambda ledger: ledger.reanchor(self.site.run))

    def _lives(self, flight: Attempt, now: float) -> bool:
        """Whether there is evidence of it: of its program, or that an own step is within its time.

        An own step that is over it has its git killed (`Site.thread`); what still hangs then can be
        helped by nobody. Its claim and its tree stay taken, for they are in use, but it says so.
        """
        timing = self.site.timing
        if flight.running:
            return now - flight.evidence < timing.lease
        late = now - flight.own_since > timing.step_deadline
        if late and not flight.overdue:
            flight.overdue = True
            text = f"wf did not finish this step within {_seconds(timing.step_deadline)}"
            told = self.site.writer.post(partial(_tell, fence=flight.fence, text=text))
            told.add_done_callback(log_failure)
        return not late

    def _stop_silent(self, flight: Attempt, now: float) -> None:
        timing = self.site.timing
        if flight.awaited and now - flight.own_since > timing.start_deadline:
            what = "its gate" if flight.began else "claimed, but its program"
            text = f"{what} did not start within {_seconds(timing.start_deadline)}"
            flight.stop(Ending(Outcome.TIMED_OUT, "start", text))
        if not flight.running:
            return
        if now - flight.evidence > timing.lease:
            flight.stop(Ending(Outcome.LOST, "lease", "no sign of life: its lease expired"))
        elif now - flight.output > timing.stall_after:
            text = f"no output for {_seconds(timing.stall_after)}"
            flight.stop(Ending(Outcome.TIMED_OUT, "stall", text))


def log_failure(told: asyncio.Future[bool]) -> None:
    """Log what the ledger did not take of what nobody waits for."""
    if not told.cancelled() and (error := told.exception()) is not None:
        _log.error("the ledger did not take a report of an attempt: %s", error)


def _seconds(number: float) -> str:
    return plural(round(number), "second")


def _renew(ledger: Ledger, run: str, alive: list[Fence]) -> None:
    ledger.heartbeat(run, alive)


def _tell(ledger: Ledger, fence: Fence, text: str) -> bool:
    return ledger.progress(fence, text)
