"""Making what sees a claim through, out of what all attempts of a run share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.scheduler.attempts.accepted import Accepted
from wf_tui.scheduler.attempts.active_claim import ActiveClaim
from wf_tui.scheduler.attempts.attempt import Attempt
from wf_tui.scheduler.attempts.vitals import Vitals
from wf_tui.scheduler.claim_record import ClaimRecord
from wf_tui.scheduler.session.proof import ProofReader
from wf_tui.values import frozen

if TYPE_CHECKING:
    from wf_tui.clock import Clock
    from wf_tui.fault_injection import Faults
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.ledger.writer import Writer
    from wf_tui.scheduler.attempts.accepted import AcceptedClaim
    from wf_tui.scheduler.attempts.attempt import LeftClaim, Steps
    from wf_tui.scheduler.attempts.prepare import NewClaim

__all__ = ["AttemptFactory"]


@frozen
class AttemptFactory:
    """Gives each claim its record, its vitals and the steps of the run.

    One for the life of a scheduler; used on its event loop, by the scheduler and by recovery.
    """

    steps: Steps
    writer: Writer
    clock: Clock
    faults: Faults

    def record(self, claim: Claim) -> ClaimRecord:
        """Return what writes for a claim, also for one whose scheduler has died."""
        folder = self.steps.prepare.jobs.paths.attempt(claim.task.id, claim.epoch)
        proofs = ProofReader(self.steps.threads, folder)
        return ClaimRecord(claim, self.writer, self.faults, proofs)

    def attempt(self, new: NewClaim) -> Attempt:
        """Return what sees a worker's claim through; asked for in the order of the claims."""
        shared = self.steps.prepare.trees.shared
        if new.claim.renews_shared:
            shared.renew()
        active = self._active(new.claim)
        active.shared_turn = shared.turn
        return Attempt(active, self.steps, new.inputs)

    def left(self, left: LeftClaim) -> Attempt:
        """Return what sees a worker's claim through whose scheduler died after its work."""
        return Attempt(self._active(left.claim), self.steps, left)

    def accepted(self, accepted: AcceptedClaim) -> Accepted:
        """Return what sees a person's claim through; a program has been in its tree before."""
        active = self._active(accepted.claim)
        # Else the heartbeat would wait for a program to start, and there is none.
        active.began = True
        return Accepted(active, self.steps, accepted)

    def _active(self, claim: Claim) -> ActiveClaim:
        return ActiveClaim(self.record(claim), Vitals(self.clock))
