"""Why a worker's work failed, as far as it decides what happens next (RULES 3.1)."""

from enum import StrEnum

__all__ = ["FailureKind"]


class FailureKind(StrEnum):
    """What a failure comes from; one table in the scheduler says what each does to the task."""

    TASK = "task"
    """The work itself; all that a `shell` worker says counts as this."""
    VERIFIER = "verifier"
    """The work's own check: a gate, a deliverable, the scope."""
    RATE_LIMIT = "rate_limit"
    """The provider wants a pause of seconds to minutes."""
    QUOTA = "quota"
    """The plan or the balance is used up."""
    AUTH = "auth"
    """A key or a login is missing or refused."""
    CONFIG = "config"
    """The profile does not fit: no such model, a wrong address."""
    SERVER = "server"
    """The provider had a fault of its own."""
    NETWORK = "network"
    """The provider was not reached."""
    TRUNCATED = "truncated"
    """The answer ended before its end, or nothing said that it is done."""
    TRANSPORT = "transport"
    """What stands between wf and the worker died: shim or driver."""
    CONTEXT = "context"
    """The conversation no longer fits the model's window."""
    BUDGET = "budget"
    """It used all the tokens, money, steps or seconds that it had."""
    CANCELLED = "cancelled"
    """It was stopped, and says so."""
    UNKNOWN = "unknown"
    """It failed, and nothing known says why."""
