"""The gate of a task: a command that has to pass on its work, and on the merge of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import GateEnded, GateStarted
from wf_tui.ledger.model.states import BlockedKind, Cause
from wf_tui.plan.choices import GateOn
from wf_tui.scheduler.attempts.endings import Fault
from wf_tui.workers.shell import failure_text, result_text, run_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.workers.launcher import Launcher
    from wf_tui.workers.protocol import Job

__all__ = ["Gate", "GateQuestion"]

_LOGS: Final[Mapping[GateOn, str]] = {GateOn.ATTEMPT: "gate", GateOn.MERGE: "merge-gate"}
"""What its log and its exit file are called, in the folder of the attempt."""
_NAMES: Final[Mapping[GateOn, str]] = {
    GateOn.ATTEMPT: "the gate",
    GateOn.MERGE: "the gate on the merged tree",
}
_CAUSES: Final[Mapping[GateOn, Cause]] = {
    GateOn.ATTEMPT: Cause.GATE,
    GateOn.MERGE: Cause.MERGE_GATE,
}


@dataclass(frozen=True)
class GateQuestion:
    """What a gate is asked about: `commit`, made on `head`; None where there is no such."""

    on: GateOn
    head: str | None
    commit: str | None

    def started(self) -> GateStarted:
        """Return the event of its start."""
        return GateStarted(on=self.on, head=self.head, commit=self.commit)

    def ended(self, exit_code: int | None, fault: Fault | None) -> GateEnded:
        """Return the event of its end; the exit status is None where it did not end by itself."""
        text = fault.text if fault else None
        return GateEnded(
            on=self.on, head=self.head, commit=self.commit, exit_code=exit_code, text=text
        )


@dataclass(frozen=True)
class Gate:
    """Runs the gate of a task, watched as its program was; both is told in events."""

    launcher: Launcher

    async def run(self, active: ActiveClaim, job: Job, question: GateQuestion) -> Fault | None:
        """Return why the gate does not pass in the tree of `job`, or None.

        For work that has one. Cancelling stops it, and returns when all its processes are gone.
        """
        on, command = question.on, active.claim.task.spec.gate or ""
        await active.record.tell(question.started())
        # Its signs of life are those of the attempt.
        ended = await run_command(
            self.launcher, job, _LOGS[on], command, job.gate_shell, active.vitals.note
        )
        fault = None
        if not ended.succeeded:
            text = f"{_NAMES[on]} failed: {failure_text(ended, job.limits.seconds)}"
            fault = Fault(BlockedKind.GATE, _CAUSES[on], text, {"tail": result_text(ended.tail)})
        by_itself = ended.cause is None and not ended.lost
        await active.record.tell(question.ended(ended.code if by_itself else None, fault))
        return fault
