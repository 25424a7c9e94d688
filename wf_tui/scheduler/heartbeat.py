"""Signs of life (RULES 5): leases are renewed by evidence, and silence has an end.

A program lives by what its shim says, never by this loop's own tick; the scheduler's own steps have
a deadline instead. All is measured by the monotonic clock: the other one may be set.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerWaitError
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.model.states import Cause, NextSeat, Outcome
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.scheduler.run_log import RunLog
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.clock import Clock
    from wf_tui.ledger.store.database import Database
    from wf_tui.ledger.writer import Writer
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.settings import AnyTiming

__all__ = ["BEATS", "Heartbeat"]

_LOOK_EVERY: Final = 1.0
"""Seconds between looks for what has been silent for too long, at the most."""
WATCH_EVERY: Final = 0.05
"""Seconds between looks for changes by other processes (3 us each, RULES 5)."""
BEATS: Final = 3
"""How often a lease is renewed within its time, at least."""
_ABSENT: Final = 1.0
"""Seconds without a look that are no load any more: this process was stopped or suspended."""
_JUMP: Final = 1.0
"""Seconds by which the wall clock has to leave the monotonic one to have been set."""


@dataclass
class Heartbeat:
    """Watches the attempts of a scheduler, its ledger and its clock, on the event loop.

    The scheduler runs `watch` and `beat` as two tasks for as long as its loop runs; where one of
    them fails, the scheduler fails with it.
    """

    run: str
    view: Database
    """A connection of its own, to see the changes of other processes."""
    writer: Writer
    clock: Clock
    timing: AnyTiming
    wake: asyncio.Event
    running: Mapping[tuple[str, int], ActiveClaim]
    """The claims that are being worked on, as they come and go."""
    _last_look: float = field(init=False)
    """When this process last came to its turn, by the monotonic clock."""
    _ahead: float = field(init=False)
    """How far the wall clock was ahead of the monotonic one."""
    _paused: float = 0.0
    """For how long nothing could be written, when that was last asked."""

    def __post_init__(self) -> None:
        """Begin to watch now."""
        self._log = RunLog(self.run)
        self._last_look = self.clock.monotonic()
        self._ahead = self.clock.now() - self._last_look

    async def watch(self) -> None:
        """Wake the scheduler when another process changed the ledger, or somebody set the clock.

        Sets `wake` and nothing else: what has changed, the loop itself looks up. Never returns.
        """
        # The clock may have been set while nobody led the run.
        await self._reanchor()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            now = self._spare_absence()
            ahead = self.clock.now() - now
            if abs(ahead - self._ahead) > _JUMP:
                self._log.warning("the clock was set by %.0f s", ahead - self._ahead)
                self._ahead = ahead
                await self._reanchor()
                self.wake.set()
            with contextlib.suppress(LedgerWaitError):  # the writer says so, and waits
                if self.view.changed():
                    self.wake.set()

    async def beat(self) -> None:
        """Renew the leases of what gave evidence of life; stop what has been silent too long.

        Never returns; raises the `LedgerError` of a renewal that failed.
        """
        timing = self.timing
        # Half of each limit: what is silent is then stopped within one and a half of it.
        shortest = min(timing.heartbeat, timing.lease / BEATS, timing.start_deadline / 2)
        renewal: asyncio.Future[None] | None = None
        renewed_at = self.clock.monotonic()
        while True:
            # The limits of silence are those of the tasks that run, which come and go.
            limits = [silence_limit(active, timing.stall_after) for active in self.running.values()]
            look_every = min([_LOOK_EVERY, *(limit / 2 for limit in limits if limit)])
            # Evenly, so that a renewal is due at a look and not just behind one.
            wait = shortest / max(1, math.ceil(shortest / max(look_every, WATCH_EVERY)))
            await asyncio.sleep(max(wait, WATCH_EVERY))
            now = self._spare_absence()
            claims = list(self.running.values())
            # While nothing can be written, an own step waits for the ledger; a program does not.
            before, self._paused = self._paused, self.writer.paused
            for active in claims:
                if not active.vitals.running:
                    active.vitals.spare(self._paused - before, now)
            # One renewal at a time: while nothing can be written, they would only pile up.
            due = now - renewed_at >= shortest - WATCH_EVERY
            if due and (renewal is None or renewal.done()):
                renewed_at = now
                if renewal is not None:
                    renewal.result()
                alive = [active.record.fence for active in claims if self.is_alive(active, now)]
                renewal = self.writer.post(partial(Ledger.heartbeat, run=self.run, alive=alive))
            # Whether or not the renewal arrives: a full disk must not keep a dead program alive.
            for active in claims:
                self.stop_silent(active, now)

    def _spare_absence(self) -> float:
        """Return the time; while this process was stopped nobody could be heard, or was silent.

        Both tasks ask here first, so that whichever of them wakes first after a suspension spares
        the attempts before anybody judges them.
        """
        now = self.clock.monotonic()
        away = now - self._last_look - WATCH_EVERY
        self._last_look = now
        if away > _ABSENT:
            self._log.warning("stopped or suspended for %.0f s", away)
            for active in self.running.values():
                active.vitals.spare(away, now)
        return now

    async def _reanchor(self) -> None:
        await self.writer.submit(lambda ledger: ledger.reanchor(self.run))

    def is_alive(self, active: ActiveClaim, now: float) -> bool:
        """Whether there is evidence of it: of its program, or that an own step is within its time.

        An own step that is over it has its git killed (`Threads.run`); what still hangs then can be
        helped by nobody. Its claim and its tree stay taken, for they are in use, but it says so.
        `now` is of the monotonic clock.
        """
        vitals, limit = active.vitals, self.timing.step_deadline
        if vitals.waiting:
            return True
        if vitals.running:
            return now - vitals.evidence < self.timing.lease
        late = now - vitals.own_since > limit
        # Said once, not with every beat for as long as it hangs.
        if late and not vitals.overdue:
            vitals.overdue = True
            text = f"wf did not finish this step within {_seconds(limit)}"
            active.record.note(text)
            active.log.info("%s", text)
        return not late

    def stop_silent(self, active: ActiveClaim, now: float) -> None:
        """Stop a program that did not start in time, has died unseen, or says nothing (RULES 5).

        `now` is of the monotonic clock. The attempt hears of it as `StoppedError` and ends itself;
        its ending is counted as a failure.
        """
        vitals, timing = active.vitals, self.timing
        if active.awaited and now - vitals.own_since > timing.start_deadline:
            what = "its gate" if active.began else "claimed, but its program"
            text = f"{what} did not start within {_seconds(timing.start_deadline)}"
            active.stop(Ending(Outcome.TIMED_OUT, Cause.START, text))
        if not vitals.running:
            return
        # The lease first: of a program without a shim nobody can say that it wrote nothing.
        if now - vitals.evidence > timing.lease:
            text = "no sign of life: its lease expired"
            lost = Ending(Outcome.LOST, Cause.LEASE, text, next_seat=NextSeat.SAME)
            active.stop(lost)
            return
        limit = silence_limit(active, timing.stall_after)
        if limit and vitals.silence(now) > limit:
            what = "no progress" if vitals.on_line else "no output"
            text = f"{what} for {limit:g} s, which is its stall_after"
            active.stop(Ending(Outcome.TIMED_OUT, Cause.STALL, text))


def silence_limit(active: ActiveClaim, of_agents: float) -> float:
    """Return for how many seconds the programs of an attempt may be silent; 0 is for ever.

    A compiler may be silent for hours, and its plan says how long it may take: so a command is
    stopped for that only where the plan asks for it. An agent that says nothing hangs.
    """
    spec = active.claim.task.spec
    if spec.stall_after is not None:
        return spec.stall_after
    return of_agents if spec.command is None else 0.0


def _seconds(number: float) -> str:
    return plural(round(number), "second")
