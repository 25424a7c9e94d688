"""What happens to a run as a whole: its life, its scheduler, its seats, lanes, phases and trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.base import EventBase, Shape

if TYPE_CHECKING:
    from wf_tui.ledger.model.lane_state import LaneStatus
    from wf_tui.ledger.model.states import Intent, LimitKind, RunState

__all__ = [
    "BranchEvent",
    "BudgetChanged",
    "BudgetReached",
    "ExportPending",
    "Exported",
    "JobsChanged",
    "Landed",
    "LaneLimited",
    "LaneOpen",
    "LimitEvent",
    "NodeDecided",
    "PhaseAdded",
    "PhaseSettled",
    "ProfilesChanged",
    "RunCreated",
    "RunEnded",
    "RunEvent",
    "RunPaused",
    "RunRemoved",
    "RunResumed",
    "RunStalled",
    "SchedulerLost",
    "SchedulerStarted",
    "SchedulerWaited",
    "WorkerJoined",
    "WorkerLeft",
    "WorktreeKept",
    "WorktreeRemoved",
]


class RunCreated(EventBase, kind="run_created"):
    """A run was made of a plan; `worktree` is how its trees are set up, where a plan says so."""

    goal: str
    base: str
    ref: str
    jobs: int
    scopes: str
    fold_case: bool | None = None
    worktree: Shape | None = None
    phases: tuple[Shape, ...] = ()


class RunPaused(EventBase, kind="run_paused"):
    """Nothing new is claimed; the intent says whether its scheduler also stops."""

    intent: Intent


class RunResumed(EventBase, kind="run_resumed"):
    """A person gave it something to do, or said that it goes on."""


class RunStalled(EventBase, kind="run_stalled"):
    """Nothing can go on before a person acts on one of the roots."""

    roots: tuple[str, ...]


class RunEnded(EventBase, kind="run_ended"):
    """It is over; the counts are of its tasks by state, and none is in progress."""

    state: RunState
    counts: Shape


class RunRemoved(EventBase, kind="run_removed"):
    """All that was left of it but the ledger's rows is gone."""


class SchedulerStarted(EventBase, kind="scheduler_started"):
    """A scheduler leads the run; it may lack variables that the run was started with."""

    pid: int
    host: str
    missing: tuple[str, ...] | None = None


class SchedulerLost(EventBase, kind="scheduler_lost"):
    """The one before had not signed off."""


class SchedulerWaited(EventBase, kind="scheduler_waited"):
    """The ledger could not be written for some seconds, and can be again."""

    reason: str
    seconds: float


class PhaseSettled(EventBase, kind="phase_settled"):
    """A phase has nothing left to do."""

    phase: str


class NodeDecided(EventBase, kind="node_decided"):
    """A node of a tree has decided what comes after it; what it adds follows at once."""

    phase: str
    """The phase at whose end it decides."""
    node: str
    """How: `cond`, `loop_until` or `expand`."""
    verdict: str
    """`pass` or `fail`; of an expand the number of items."""
    text: str
    """The condition, or where the items come from."""
    phases: tuple[str, ...] = ()
    """Those that are added."""
    needs: Shape | None = None
    """Of each task that was there before, what it needs of them."""


class PhaseAdded(EventBase, kind="phase_added"):
    """A phase came in behind the one that decided on it."""

    phase: str
    by: str
    """The phase that decided."""
    parallel: bool
    on_failure: str
    depends_on: tuple[str, ...]
    behind: tuple[str, ...] = ()
    """Phases that were there before, and wait for it now."""
    node: Shape | None = None
    """What it decides itself."""
    pick: str | None = None
    judge: str | None = None


class JobsChanged(EventBase, kind="jobs_changed"):
    """Another number of attempts may be open at once."""

    jobs: int
    before: int


class ProfilesChanged(EventBase, kind="profiles_changed"):
    """A person had the run take over how these profiles are configured now."""

    profiles: tuple[str, ...]


class WorkerJoined(EventBase, kind="worker_joined"):
    """A seat was made of a profile."""

    worker_name: str
    profile: str


class WorkerLeft(EventBase, kind="worker_left"):
    """A seat is gone."""

    worker_name: str


class LaneLimited(EventBase, kind="lane_limited"):
    """A provider is limited, or a profile was paused by its breaker after so many failures.

    With a task where the provider told its worker so; without an end in seconds where only a
    person can end it. A breaker's has no state.
    """

    lane: str
    state: LaneStatus | None = None
    until: float | None = None
    capacity: int | None = None
    failures: int | None = None
    reason: LimitKind
    text: str | None = None


class LaneOpen(EventBase, kind="lane_open"):
    """A lane, or a profile that was paused by its breaker, may claim again.

    A lane's has its state, and how many of its attempts may run at once where that is limited.
    """

    lane: str
    state: LaneStatus | None = None
    capacity: int | None = None


class BudgetChanged(EventBase, kind="budget_changed"):
    """A person gave the run another budget."""

    limit: Shape
    before: Shape


class BudgetReached(EventBase, kind="budget_reached"):
    """So much of a budget is used; at 100 percent nothing starts."""

    of: str
    percent: int


class Exported(EventBase, kind="exported"):
    """The user's branch was moved."""

    commit: str
    before: str | None = None


class ExportPending(EventBase, kind="export_pending"):
    """The user's branch waits to be moved, and why."""

    reason: str


class Landed(EventBase, kind="landed"):
    """The work of the run came into a branch of the user."""

    branch: str
    old: str
    new: str


class WorktreeRemoved(EventBase, kind="worktree_removed"):
    """A worktree is gone."""

    tree: str


class WorktreeKept(EventBase, kind="worktree_kept"):
    """A worktree was not removed, since what is in it is saved nowhere else."""

    tree: str
    reason: str


LimitEvent = LaneLimited | LaneOpen | JobsChanged | BudgetChanged | BudgetReached
"""What bounds how much of a run goes on at once, or what it may cost."""
BranchEvent = Exported | ExportPending | Landed | WorktreeRemoved | WorktreeKept
"""What became of the work and of the trees that it was made in."""
RunEvent = (
    RunCreated
    | RunPaused
    | RunResumed
    | RunStalled
    | RunEnded
    | RunRemoved
    | SchedulerStarted
    | SchedulerLost
    | SchedulerWaited
    | PhaseSettled
    | ProfilesChanged
    | WorkerJoined
    | WorkerLeft
    | NodeDecided
    | PhaseAdded
    | LimitEvent
    | BranchEvent
)
