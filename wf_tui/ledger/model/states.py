"""The closed sets of words of the ledger (RULES 3); the values are what tables and JSON hold."""

from enum import StrEnum
from typing import Final

__all__ = [
    "BAD_KINDS",
    "OPEN_KINDS",
    "PERSON",
    "WRITES",
    "BlockedKind",
    "DoneKind",
    "Intent",
    "Outcome",
    "RunState",
    "Step",
    "TaskState",
]


class TaskState(StrEnum):
    """The four columns."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    BLOCKED = "blocked"


class Step(StrEnum):
    """Where a task in progress is, in this order."""

    CLAIMED = "claimed"
    PREPARING = "preparing"
    RUNNING = "running"
    HARVESTING = "harvesting"
    CHECKING = "checking"
    INTEGRATING = "integrating"


class BlockedKind(StrEnum):
    """Why a blocked task is blocked."""

    FAILED = "failed"
    DEPENDENCY = "dependency"
    QUESTION = "question"
    CONFLICT = "conflict"
    GATE = "gate"
    SCOPE = "scope"
    DELIVERABLE = "deliverable"
    BUDGET = "budget"
    QUOTA = "quota"
    HOLD = "hold"
    CANCELLED = "cancelled"


class DoneKind(StrEnum):
    """How a done task is done."""

    MERGED = "merged"
    NO_CHANGES = "no_changes"
    ANSWERED = "answered"
    SKIPPED = "skipped"


class RunState(StrEnum):
    """The state of a run."""

    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    PARTIAL = "partial"
    ABORTED = "aborted"
    STALLED = "stalled"

    @property
    def ended(self) -> bool:
        """Whether nothing will happen any more unless a person acts."""
        return self in {RunState.COMPLETED, RunState.PARTIAL, RunState.ABORTED}


class Intent(StrEnum):
    """What a person wants the scheduler to do."""

    GO = "go"
    DRAIN = "drain"
    STOP = "stop"
    ABORT = "abort"


class Outcome(StrEnum):
    """How an attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    LOST = "lost"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


BAD_KINDS: Final = frozenset(
    {
        BlockedKind.FAILED,
        BlockedKind.GATE,
        BlockedKind.DELIVERABLE,
        BlockedKind.SCOPE,
        BlockedKind.CONFLICT,
        BlockedKind.BUDGET,
        BlockedKind.CANCELLED,
        BlockedKind.DEPENDENCY,
    }
)
"""Blocked kinds that block the tasks which need the result (RULES 3.1)."""

OPEN_KINDS: Final = frozenset({BlockedKind.QUOTA, BlockedKind.QUESTION, BlockedKind.HOLD})
"""Blocked kinds that keep a phase from settling (RULES 3.1, Phase)."""

PERSON: Final = "user:"
"""How the name of a person begins, as actor and as holder of a claim."""

WRITES: Final = "read_write"
"""The mode of a task that may change files."""
