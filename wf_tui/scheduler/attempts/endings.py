"""How attempts end that did not succeed, as the ledger records it (RULES 3.1)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitDeadlineError
from wf_tui.git.worktrees.local_files import LocalFileError
from wf_tui.ledger.model.states import BlockedKind, Cause, NextSeat, Outcome
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.text import clean
from wf_tui.values import field, frozen
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.protocol import Failure, Lost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import Detail

__all__ = [
    "CANCELLED",
    "DECISIONS",
    "LOST",
    "UNANSWERED",
    "Decision",
    "Effect",
    "Fault",
    "decide",
    "machine_fault",
    "no_work",
    "worker_ending",
]

CANCELLED: Final = Ending(Outcome.CANCELLED, Cause.STOPPED, "stopped by a person")
UNANSWERED: Final = Ending(Outcome.CANCELLED, Cause.STOPPED, "nobody answered it in time")
LOST: Final = Ending(Outcome.LOST, Cause.LOST, "its scheduler died", next_seat=NextSeat.SAME)


class Effect(StrEnum):
    """What becomes of the task of an attempt that did not succeed."""

    COUNTED = "counted"
    """It is tried again after a back-off, until its tries are used up."""
    LIMITED = "limited"
    """It waits for its lane, uncounted; it never fails for that."""
    QUOTA = "quota"
    """It is blocked until its provider has a quota again."""
    REFUSED = "refused"
    """It is blocked, and its lane closed: to wait mends no key and no setting."""
    INTERRUPTED = "interrupted"
    """What it ran on is gone: it goes on at once, and counts from the second time on."""
    BUDGET = "budget"
    """It is blocked at once, and its work kept until a person raises the limit."""


@frozen
class Decision:
    """What an ending does, and who goes on after it."""

    effect: Effect
    next_seat: NextSeat = NextSeat.ANOTHER
    """Who goes on; the session that knows the task is worth waiting for."""
    outage: bool = False
    """Whether three of them in a row on a lane count as a limit of it."""


DECISIONS: Final[Mapping[FailureKind, Decision]] = {
    FailureKind.TASK: Decision(Effect.COUNTED),
    FailureKind.VERIFIER: Decision(Effect.COUNTED),
    FailureKind.CONTEXT: Decision(Effect.COUNTED, NextSeat.FALLBACK),
    FailureKind.CANCELLED: Decision(Effect.COUNTED),
    FailureKind.UNKNOWN: Decision(Effect.COUNTED),
    FailureKind.SERVER: Decision(Effect.COUNTED, NextSeat.SAME, outage=True),
    FailureKind.NETWORK: Decision(Effect.COUNTED, NextSeat.SAME, outage=True),
    FailureKind.TRUNCATED: Decision(Effect.COUNTED, NextSeat.SAME, outage=True),
    FailureKind.TRANSPORT: Decision(Effect.COUNTED, NextSeat.SAME, outage=True),
    FailureKind.RATE_LIMIT: Decision(Effect.LIMITED, NextSeat.SAME),
    FailureKind.QUOTA: Decision(Effect.QUOTA, NextSeat.SAME),
    FailureKind.AUTH: Decision(Effect.REFUSED, NextSeat.SAME),
    FailureKind.CONFIG: Decision(Effect.REFUSED, NextSeat.SAME),
    FailureKind.BUDGET: Decision(Effect.BUDGET, NextSeat.SAME),
}
"""The one table of endings (RULES 3.3)."""
_LOST: Final = Decision(Effect.COUNTED, NextSeat.SAME)
_HOST_DIED: Final = Decision(Effect.INTERRUPTED, NextSeat.SAME)


def decide(outcome: Failure | Lost) -> Decision:
    """Return what the end of a worker that was no success does.

    That a host of models died is no provider's fault, as often as it happens with a single lane.
    """
    if (
        isinstance(outcome, Failure)
        and outcome.cause == Cause.HOST
        and outcome.kind is FailureKind.TRANSPORT
    ):
        return _HOST_DIED
    return DECISIONS[outcome.kind] if isinstance(outcome, Failure) else _LOST


@frozen
class Fault:
    """Why work is not merged."""

    kind: BlockedKind
    """What the task is blocked as, at once or when its tries are used up."""
    cause: str
    """The ending's one word, a `Cause`."""
    text: str
    """One sentence for a person; names in it are cleaned."""
    detail: Detail = field(default_factory=dict)
    """More of it for the board: the `paths` concerned, the `tail` of an output."""
    next_seat: NextSeat = NextSeat.ANOTHER
    """Who tries it again."""


def machine_fault(error: Exception) -> Ending:
    """Return how an attempt ends that wf itself could not see through.

    Counted as a failure like those of workers, for a machine fault that comes again has to end. The
    text of the error goes to people, cleaned and cut; its trace is in the log.
    """
    if isinstance(error, LocalFileError):
        text = f"its worktree cannot be set up: {error.message}"
        return Ending(Outcome.FAILED, Cause.SETUP, text)
    text = f"wf could not continue: {clean(str(error) or repr(error), limit=400)}"
    if isinstance(error, GitDeadlineError):
        return Ending(Outcome.TIMED_OUT, Cause.DEADLINE, text)
    return Ending(Outcome.FAILED, Cause.MACHINE, text)


def worker_ending(outcome: Failure | Lost) -> Ending:
    """Return how a worker's end is recorded that was no success.

    What ran over a time is `timed_out`, which the words for people tell apart from a failure.
    """
    next_seat = decide(outcome).next_seat
    if isinstance(outcome, Lost):
        return Ending(Outcome.LOST, Cause.LOST, outcome.text, next_seat=next_seat)
    kind = Outcome.FAILED
    if outcome.cause in {Cause.TIME_LIMIT, Cause.STALL}:
        kind = Outcome.TIMED_OUT
    return Ending(
        kind,
        outcome.cause,
        outcome.text,
        outcome.exit_code,
        outcome.signal,
        next_seat=next_seat,
    )


def no_work(*, writes: bool, changed: bool, tools: int, answer: str) -> Fault | None:
    """Refuse the success of an agent that left no trace of work: the floor (RULES 3.3).

    `changed` is whether its harvest differs from what its attempt began with, which what an earlier
    attempt left for it does, too; `tools` is how many it used. One that only reads has to answer.
    """
    if writes and not changed and not tools:
        text = "it says that it is done, but used no tool and changed no file"
        return Fault(BlockedKind.FAILED, Cause.NO_WORK, text)
    if not writes and not answer.strip():
        text = "it says that it is done, but gave no answer"
        return Fault(BlockedKind.FAILED, Cause.NO_WORK, text)
    return None
