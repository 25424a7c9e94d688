"""What a plan may choose for a task, a phase or a run, and the ledger keeps in the same words.

Plan and ledger both import this; it needs no pydantic, so that reading a ledger stays light.
"""

from enum import StrEnum
from typing import Final

__all__ = [
    "READING_ROLES",
    "SWARM",
    "GateOn",
    "Isolation",
    "Mode",
    "OnFailure",
    "OnTimeout",
    "Pick",
    "ResultFormat",
    "Scopes",
    "Takes",
]


class Mode(StrEnum):
    """Whether a task may change files."""

    READ_ONLY = "read_only"
    READ_WRITE = "read_write"


class Isolation(StrEnum):
    """Where a task works."""

    AUTO = "auto"
    SHARED = "shared"
    WORKTREE = "worktree"


class GateOn(StrEnum):
    """Where the gate of a task has to pass."""

    ATTEMPT = "attempt"
    """On what its attempt has made, and no more."""
    MERGE = "merge"
    """There, and again on the merge with what others have brought in meanwhile."""


class OnFailure(StrEnum):
    """What a blocked task of a phase means for the rest of the run."""

    SKIP_CONTINUE = "skip_continue"
    """What needs no result of it goes on."""
    ABORT = "abort"
    """All that is not done is cancelled."""
    HOLD = "hold"
    """What comes after waits until a person has decided; where a plan does not say otherwise."""


class OnTimeout(StrEnum):
    """What becomes of a worker whose question nobody answers in time."""

    STOP = "stop"
    """It is stopped, and its task stays blocked by the question."""
    REJECT = "reject"
    """It is told no, and goes on."""


class Pick(StrEnum):
    """Which task of a phase is merged, where they are rivals that try the same."""

    FIRST = "first"
    """The first one that passes its checks; the others are stopped then."""
    BEST = "best"
    """The one that a judge names, or a person takes."""


class Scopes(StrEnum):
    """What happens to worktree tasks whose scopes overlap."""

    SERIALIZE = "serialize"
    RACE = "race"


class Takes(StrEnum):
    """What a task is, and what a seat is given."""

    COMMAND = "command"
    PROMPT = "prompt"


class ResultFormat(StrEnum):
    """What the worker of a prompt is asked to end with."""

    TEXT = "text"
    JSON = "json"
    """A block with a summary, files and a verdict, which dependants get beside the text."""
    PLAN = "plan"
    """A block with a plan; one with errors is handed back to be mended."""


READING_ROLES: Final = frozenset({"explore", "planner", "review"})
"""A prompt with one of these roles only reads, whatever its mode says (RULES 5, Prompts)."""

SWARM: Final = "swarm"
"""The tag of tasks that do the like with many items: views measure them by each other."""
