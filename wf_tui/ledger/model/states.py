"""The closed sets of words of the ledger (RULES 3); the values are what tables and JSON hold."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final, Self

from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CRITIC",
    "JUDGE",
    "PERSON",
    "PLANNING",
    "SEATLESS",
    "WORKER",
    "BlockedKind",
    "Cause",
    "CommentState",
    "DoneKind",
    "EdgeKind",
    "Intent",
    "Judged",
    "KindFacts",
    "LimitKind",
    "MessageState",
    "NextSeat",
    "Outcome",
    "PendingReason",
    "PinnedBy",
    "QuestionState",
    "ReleaseKind",
    "RunState",
    "ScopeWhy",
    "SeatState",
    "Step",
    "TaskState",
    "WokenBy",
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


@frozen
class KindFacts:
    """What it means that a task is blocked in this way; by default, what a failed attempt means."""

    blocks_dependants: bool = True
    """Whether what needs its result is blocked with it (RULES 3.1)."""
    settles_phase: bool = True
    """Whether its phase is over for it (RULES 3.1, Phase)."""
    waits_for_person: bool = True
    """Whether only a person can end it; else it ends by itself, or a person chose it."""
    aborts_run: bool = True
    """Whether a phase with `on_failure: abort` aborts its run when an attempt ends in this way."""
    cancelled_by_abort: bool = False
    """Whether an abort of the run cancels it; else it stays as it is."""
    asks: bool = False
    """Whether nothing is wrong with it: it waits for a person's word."""
    can_retry: bool = True
    """Whether a person can retry or reassign it."""
    passed_checks: bool = False
    """Whether its work is good: to accept it waives no scope and asks no gate a second time, and a
    retry sends it back, which is no new start: the tries stay counted."""
    accepted_at: Step | None = None
    """The step at which work is taken up that was held back, and that a person accepts."""
    can_mend: bool = False
    """Whether a person may open what its attempt has made, and accept it as it then is."""
    waives_scope: bool = False
    """Whether a person who accepts it accepts the files outside of its scope, too."""
    command: str = "wf retry"
    """The command that helps, or "" where it needs none or none helps."""
    keys: str = "r retries it, f skips it"
    """The keys of the board that help, as the notice of a stalled run names them."""
    paths: str = ""
    """What the paths in its detail are, before their names."""

    @property
    def keeps_tree(self) -> bool:
        """Whether the worktree of its attempt is kept, so that a person may accept its work."""
        return self.accepted_at is not None


_AS_FAILED: Final = KindFacts(can_mend=True)
_OUTSIDE: Final = KindFacts(
    accepted_at=Step.CHECKING,
    waives_scope=True,
    command="wf accept",
    keys="A accepts it, r retries it",
    paths="outside its scope:",
)


class ScopeWhy(StrEnum):
    """Why work may not be merged as it is, and what a task blocked by that (kind `scope`) means.

    In the order in which they count: where several hold, the first one says what helps. A command
    with `{path}` is about the first of the paths, which of `LEFT` are refs.
    """

    facts: KindFacts

    def __new__(cls, word: str, facts: KindFacts) -> Self:
        """Make a reason of its word and of what it means."""
        why = str.__new__(cls, word)
        why._value_ = word
        why.facts = facts
        return why

    SECRET = (
        "secret",
        replace(
            _OUTSIDE,
            command="wf shell",
            keys="o opens its worktree, A looks again, r retries it",
            paths="with the value of a key:",
        ),
    )
    FILTER = (
        "filter",
        replace(
            _OUTSIDE,
            command="wf accept --unfiltered {path}",
            keys="o opens its worktree, r retries it",
            paths="needs a filter of your git:",
        ),
    )
    REFUSED = (
        "refused",
        replace(_OUTSIDE, keys="A accepts the rest of it, r retries it", paths="cannot be merged:"),
    )
    OUTSIDE = "outside", _OUTSIDE
    LEFT = (
        "left",
        replace(
            _OUTSIDE,
            command="wf accept --left {path}",
            keys="o opens its worktree, r retries it",
            paths="left in its git directory:",
        ),
    )

    @classmethod
    def of(cls, detail: Mapping[str, object]) -> ScopeWhy:
        """Return the reason in the detail of a blocked task; older runs knew none but the scope."""
        word = detail.get("why")
        return next((why for why in ScopeWhy if why == word), ScopeWhy.OUTSIDE)


class BlockedKind(StrEnum):
    """Why a blocked task is blocked, and what that means."""

    facts: KindFacts

    def __new__(cls, word: str, facts: KindFacts = _AS_FAILED) -> Self:
        """Make a kind of its word and its facts."""
        kind = str.__new__(cls, word)
        kind._value_ = word
        kind.facts = facts
        return kind

    FAILED = "failed"
    DEPENDENCY = (
        "dependency",
        KindFacts(
            waits_for_person=False,
            aborts_run=False,
            cancelled_by_abort=True,
            can_retry=False,
            command="",
        ),
    )
    QUESTION = (
        "question",
        KindFacts(
            blocks_dependants=False,
            settles_phase=False,
            aborts_run=False,
            cancelled_by_abort=True,
            asks=True,
            command="wf answer",
        ),
    )
    CONFLICT = (
        "conflict",
        KindFacts(
            # A person has edited the tree: it is harvested first.
            accepted_at=Step.HARVESTING,
            waives_scope=True,
            command="wf shell",
            keys="o opens its worktree, A accepts what is there, r retries it",
            paths="conflict in",
        ),
    )
    GATE = "gate"
    SCOPE = "scope", _OUTSIDE
    """What exactly helps, the `ScopeWhy` in its detail says."""
    DELIVERABLE = "deliverable"
    BUDGET = "budget"
    QUOTA = (
        "quota",
        KindFacts(
            blocks_dependants=False,
            settles_phase=False,
            waits_for_person=False,
            aborts_run=False,
            cancelled_by_abort=True,
            command="",
            keys="a gives it to a worker of another lane",
        ),
    )
    HOLD = (
        "hold",
        KindFacts(
            blocks_dependants=False,
            settles_phase=False,
            waits_for_person=False,
            aborts_run=False,
            cancelled_by_abort=True,
            can_retry=False,
            command="wf unhold",
            keys="b unholds it",
        ),
    )
    CANCELLED = (
        "cancelled",
        KindFacts(waits_for_person=False, aborts_run=False, can_mend=True),
    )
    REVIEW = (
        "review",
        KindFacts(
            blocks_dependants=False,
            settles_phase=False,
            aborts_run=False,
            cancelled_by_abort=True,
            asks=True,
            passed_checks=True,
            accepted_at=Step.CHECKING,
            command="wf accept",
            keys="A accepts it, r sends it back",
            paths="changed:",
        ),
    )
    CRITIC = (
        "critic",
        KindFacts(
            blocks_dependants=False,
            settles_phase=False,
            waits_for_person=False,
            aborts_run=False,
            cancelled_by_abort=True,
            passed_checks=True,
            accepted_at=Step.CHECKING,
            command="",
            keys="A accepts it without its critic, r sends it back",
            paths="changed:",
        ),
    )
    """It goes on by itself, once its critic has answered."""


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


class Cause(StrEnum):
    """Why an attempt ended, where wf itself says so; a worker has words of its own beside these."""

    ANSWER = "answer"
    BUDGET = "budget"
    CONFLICT = "conflict"
    CRITIC = "critic"
    DEADLINE = "deadline"
    DELIVERABLE = "deliverable"
    GATE = "gate"
    HARVEST = "harvest"
    HOST = "host"
    LEASE = "lease"
    LOST = "lost"
    MACHINE = "machine"
    MERGE_GATE = "merge_gate"
    NO_WORK = "no_work"
    REVIEW = "review"
    SCOPE = "scope"
    SETUP = "setup"
    STALL = "stall"
    START = "start"
    STOPPED = "stopped"
    TIME_LIMIT = "time_limit"


class NextSeat(StrEnum):
    """Who tries a task again that failed."""

    ANOTHER = "another"
    """Another seat, in a session of its own; the work itself has failed."""
    SAME = "same"
    """The same one in its session: the work had no part in it."""
    FALLBACK = "fallback"
    """A profile of its `fallback`, at once."""


class PinnedBy(StrEnum):
    """Who said which seat or profile a task is for."""

    NOBODY = ""
    PLAN = "plan"
    PERSON = "user"


class SeatState(StrEnum):
    """Whether a seat holds a task."""

    IDLE = "idle"
    BUSY = "busy"


class EdgeKind(StrEnum):
    """Why a task waits for another one: for its result, or for its turn in the phase."""

    RESULT = "result"
    ORDER = "order"
    JUDGED = "judged"
    """For its rivals to come in, as their judge; `met` is then a `Judged`."""


class Judged(IntEnum):
    """What the edges from rivals to their judge say: all of them the same."""

    OPEN = 0
    """It waits, or has nothing to judge."""
    READY = 1
    LOST = 2
    """It waits, blocked by rivals of which none can be taken."""


class QuestionState(StrEnum):
    """What became of a question to a person."""

    OPEN = "open"
    ANSWERED = "answered"
    """A person said something, and its worker does not have it yet."""
    DELIVERED = "delivered"
    """Its worker, or the prompt of a later one, has what was said."""
    EXPIRED = "expired"
    """Nobody answered in time: its worker was stopped, and the next one is told the answer."""
    VOID = "void"
    """Its worker goes on, or was stopped, without an answer."""


class MessageState(StrEnum):
    """What became of what a person wrote to a worker."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    """A program said that it heard it, or the prompt of an attempt has it."""
    LATE = "late"
    """Its task was done before."""
    DROPPED = "dropped"
    """Who wrote it took it back before a worker had it."""


class CommentState(StrEnum):
    """Where a comment on a line of a diff stands."""

    DRAFT = "draft"
    """Written, and still the person's own."""
    SENT = "sent"
    """Given back to the worker, with the work."""
    DROPPED = "dropped"
    """Taken away before it was sent."""


class WokenBy(StrEnum):
    """Why a task that a person had put off is shown again."""

    TIME = "time"
    CHANGE = "change"
    """Its state, kind, epoch or question is another one."""
    PERSON = "person"


class LimitKind(StrEnum):
    """What limits a provider, or that a breaker paused a profile."""

    RATE = "rate"
    QUOTA = "quota"
    AUTH = "auth"
    BREAKER = "breaker"
    PERSON = "person"
    """A person paused it."""
    BUDGET = "budget"
    """What may be spent in it on one day is spent."""


class ReleaseKind(StrEnum):
    """What a task waits for that goes back to the queue without its attempt."""

    BACKOFF = "backoff"
    READY = "ready"
    LANE_LIMITED = "lane_limited"
    STOP = "stop"
    CRITIC = "critic"


class PendingReason(StrEnum):
    """Why a pending task is pending; computed when it is read (RULES 3)."""

    PAUSED = "paused"
    BUDGET = "budget"
    WAITING = "waiting"
    BACKOFF = "backoff"
    NO_WORKER = "no_worker"
    SCOPE_BUSY = "scope_busy"
    LANE_LIMITED = "lane_limited"
    PROFILE_PAUSED = "profile_paused"
    WIP_LIMIT = "wip_limit"
    READY = "ready"


PLANNING: Final = "planning"
"""The purpose of a run that writes a plan; nobody means it by the newest run."""
PERSON: Final = "user:"
"""How the name of a person begins, as actor and as holder of a claim."""
WORKER: Final = "worker:"
"""How an actor begins that is a worker, which speaks from within its attempt."""
CRITIC: Final = "critic:"
"""How the holder of a claim begins for which no worker works: a critic has passed what is merged.

The id of the critic follows.
"""
JUDGE: Final = "judge:"
"""How the holder of a claim begins that a judge has made, of the rival that it named."""
SEATLESS: Final = (PERSON, JUDGE)
"""Who holds a claim without a seat: work that was held back is taken as it is."""
