"""How attempts end that did not succeed, as the ledger records it (RULES 3.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitDeadlineError
from wf_tui.git.worktrees.local_files import LocalFileError
from wf_tui.ledger.model.states import Cause, Outcome
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.text import clean
from wf_tui.workers.protocol import Lost

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail
    from wf_tui.ledger.model.states import BlockedKind
    from wf_tui.workers.protocol import Failure

__all__ = ["CANCELLED", "LOST", "Fault", "machine_fault", "worker_ending"]

CANCELLED: Final = Ending(Outcome.CANCELLED, Cause.STOPPED, "stopped by a person")
LOST: Final = Ending(Outcome.LOST, Cause.LOST, "its scheduler died")


@dataclass(frozen=True)
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
    if isinstance(outcome, Lost):
        return Ending(Outcome.LOST, Cause.LOST, outcome.text)
    kind = Outcome.FAILED
    if outcome.cause in {Cause.TIME_LIMIT, Cause.STALL}:
        kind = Outcome.TIMED_OUT
    return Ending(kind, outcome.cause, outcome.text, outcome.exit_code, outcome.signal)
