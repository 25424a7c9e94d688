"""What the end of a worker says of its provider: to the lanes of the host, and to its task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.lane_state import LOCAL, LaneStatus
from wf_tui.ledger.model.states import BlockedKind, LimitKind
from wf_tui.scheduler.attempts.endings import Effect, decide
from wf_tui.values import field, frozen, replace
from wf_tui.workers.protocol import Failure, Success

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.lane_state import LaneState
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.profiles.resolved import Resolved
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.lanes.run_lanes import RunLanes
    from wf_tui.workers.protocol import Lost
    from wf_tui.workers.protocol import Outcome as WorkerOutcome

__all__ = ["Providers"]


@frozen
class Providers:
    """Tells lanes what attempts were told; without lanes every failure is the task's own."""

    lanes: RunLanes | None = None
    profiles: Mapping[str, Resolved] = field(default_factory=dict)

    def heard(self, active: ActiveClaim, outcome: WorkerOutcome | None) -> None:
        """Take note of a worker that came to its end, whatever its checks say later."""
        if self.lanes is not None and isinstance(outcome, Success):
            self.lanes.worked(active.claim.lane)

    async def end(self, active: ActiveClaim, outcome: Failure | Lost, ending: Ending) -> None:
        """End an attempt whose worker did not succeed, as the table of endings says (RULES 3.3).

        Only an agent is believed what it says of its provider; a command may say anything.
        """
        claim, record = active.claim, active.record
        decision = decide(outcome)
        if decision.effect is Effect.INTERRUPTED:
            await record.interrupted(ending)
            return
        if self.lanes is None or claim.lane == LOCAL or not isinstance(outcome, Failure):
            await record.failed(ending)
            return
        text = ending.text
        match decision.effect:
            case Effect.LIMITED:
                state = await self.lanes.limited(claim.lane, outcome.retry_after, text)
                await self._put_off(active, ending, LimitKind.RATE, state)
            case Effect.QUOTA:
                state = await self.lanes.used_up(
                    claim.lane, outcome.reset_at, plan=self._by_plan(claim.profile), text=text
                )
                await self._put_off(active, ending, LimitKind.QUOTA, state)
            case Effect.REFUSED:
                text = self._refusal(claim.profile, text)
                state = await self.lanes.refused(claim.lane, text)
                await self._put_off(active, replace(ending, text=text), LimitKind.AUTH, state)
            case Effect.BUDGET:
                await record.blocked(ending, BlockedKind.BUDGET, {})
            case Effect.COUNTED:
                await self._count(active, ending, outage=decision.outage)

    async def _count(self, active: ActiveClaim, ending: Ending, *, outage: bool) -> None:
        """Count a failure; the third of a lane that is a server's or the network's is a limit."""
        if self.lanes is not None and outage:
            state = await self.lanes.failed(active.claim.lane, ending.text)
            if state.status is LaneStatus.LIMITED:
                await self._put_off(active, ending, LimitKind.RATE, state)
                return
        await active.record.failed(ending)

    async def _put_off(
        self, active: ActiveClaim, ending: Ending, kind: LimitKind, state: LaneState
    ) -> None:
        profile = self.profiles.get(active.claim.profile)
        patience = profile.limit_patience if profile else None
        # Of the lane as it is by now: something stricter may hold than this attempt was told.
        until = state.until
        await active.record.limited(ending, kind, active.claim.lane, until, patience)

    def _refusal(self, name: str, text: str) -> str:
        """Return the sentence on what was refused, with the key that a person has to look at."""
        profile = self.profiles.get(name)
        if profile is None or not profile.keys:
            return text
        return f"{text} (its key: {' or '.join(key.place for key in profile.keys)})"

    def _by_plan(self, name: str) -> bool:
        """Whether a profile pays by a plan, whose quota comes back by itself."""
        profile = self.profiles.get(name)
        return profile is not None and profile.price == "plan"
