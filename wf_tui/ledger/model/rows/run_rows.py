"""The rows of a run: its tasks, phases, attempts, seats, breakers and events."""

from collections.abc import Mapping

from wf_tui.ledger.model.accept_choices import NO_CHOICES, Choices
from wf_tui.ledger.model.spec import Spec
from wf_tui.ledger.model.states import (
    CRITIC,
    SEATLESS,
    BlockedKind,
    DoneKind,
    Intent,
    KindFacts,
    Outcome,
    PinnedBy,
    RunState,
    ScopeWhy,
    SeatState,
    Step,
    TaskState,
)
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.plan.choices import Isolation, Mode, OnFailure, Pick, Scopes, Takes
from wf_tui.values import field, frozen

__all__ = [
    "AttemptRow",
    "BreakerRow",
    "Detail",
    "EventRow",
    "PhaseRow",
    "RunRow",
    "TaskRow",
    "WorkerRow",
]

Detail = Mapping[str, "str | int | float | list[str] | Mapping[str, Mapping[str, object]] | None"]
"""The names behind a state's sentence: paths, holder, root, exit code ..."""


@frozen(slots=True)
class TaskRow:
    """One card.

    With slots, since a board keeps all of a run: a dictionary of so many fields is three times as
    large.
    """

    run: str
    id: str
    ordinal: int
    phase: str
    title: str
    spec: Spec
    takes: Takes
    """Whether it is a command or a prompt."""
    mode: Mode
    isolation: Isolation
    role: str
    scope: tuple[str, ...]
    scope_key: str
    priority: int
    chain: int
    rank: int
    max_attempts: int
    backoff: float
    state: TaskState
    since: float
    kind: BlockedKind | DoneKind | None = None
    note: str = ""
    detail: Detail = field(default_factory=dict)
    step: Step | None = None
    step_at: float | None = None
    step_deadline: float | None = None
    worker: str | None = None
    epoch: int = 0
    lease_until: float | None = None
    open_epoch: int | None = None
    attempts: int = 0
    tries: int = 0
    conflicts: int = 0
    last_worker: str | None = None
    pinned: str = ""
    pinned_by: PinnedBy = PinnedBy.NOBODY
    not_before: float | None = None
    wait_queue: str | None = None
    ready_at: float | None = None
    ready_merges: int = 0
    unmet: int = 0
    unmet_blocked: int = 0
    settled: bool = False
    scope_waived: bool = False
    commit_id: str | None = None
    result: str | None = None
    merge_gates: int = 0
    """How often in a row its gate failed on the merged tree."""
    author: str = ""
    """The task whose worker added it; "" where a plan or a person did."""
    choices: Choices = NO_CHOICES
    """What a person chose as they last accepted its work."""
    usage: Usage = NO_USAGE
    """What all its attempts used."""
    budget_from: Usage = NO_USAGE
    """What they had used when its budget was last raised: from there on it counts anew."""
    limited_since: float | None = None
    """Since when its provider puts it off, without one tool call between."""
    limited_count: int = 0
    """How often it was put off since then."""
    seat_wanted: str | None = None
    """The seat that its next attempt goes on with, session and tree included."""
    tree_wanted: str | None = None
    """The worktree that is kept back for it, as long as it waits for that seat."""
    wanted_until: float | None = None
    """Until when both are waited for; after that, any seat takes it in a fresh session."""
    questions: int = 0
    """How many questions of its worker are open."""
    critic_of: str = ""
    """The task whose work it looks at; "" where it is no critic."""
    critic_rounds: int = 0
    """How often a critic has sent its work back."""
    pick: str | None = None
    """The task that its structured result names, where it judges rivals."""

    @property
    def writes(self) -> bool:
        """Whether it may change files."""
        return self.mode is Mode.READ_WRITE

    @property
    def claimed(self) -> bool:
        """Whether an attempt's writes count: in progress, or asking with its claim kept."""
        return self.worker is not None

    @property
    def by_hand(self) -> bool:
        """Whether a person holds it, who has accepted its work; or a judge, who has chosen it."""
        return self.worker is not None and self.worker.startswith(SEATLESS)

    @property
    def by_critic(self) -> bool:
        """Whether it is only to be merged, since its critic has passed its work."""
        return self.worker is not None and self.worker.startswith(CRITIC)

    @property
    def block(self) -> KindFacts | None:
        """What it means that it is blocked, or None where it is not."""
        if self.kind is BlockedKind.SCOPE:
            return ScopeWhy.of(self.detail).facts
        return self.kind.facts if isinstance(self.kind, BlockedKind) else None

    @property
    def asking(self) -> bool:
        """Whether it waits for a person's answer with its claim kept (state Q of RULES 3.1)."""
        return self.kind == BlockedKind.QUESTION and self.claimed


@frozen
class RunRow:
    """One execution of a plan."""

    id: str
    goal: str
    state: RunState
    intent: Intent
    base: str
    ref: str
    head: str
    created_at: float
    jobs: int
    lease: float
    scopes: Scopes
    fold_case: bool
    exported: str | None = None
    export_note: str = ""
    ended_at: float | None = None
    idle_since: float | None = None
    seq: int = 0
    pending: int = 0
    in_progress: int = 0
    done: int = 0
    blocked: int = 0
    open_attempts: int = 0
    merges: int = 0
    shared_merges: int = 0
    number: int = 0
    """Its place among all runs of the ledger; given as it is stored."""
    attempts: int = 0
    """How many attempts were ever opened in it; the last one has this number."""
    environment: str = "{}"
    """What it was started with, as JSON: `run_environment` reads it."""
    missing: tuple[str, ...] = ()
    """Variables that it was started with, and that its scheduler does not have."""
    removed_at: float | None = None
    """When its folder was removed, which left no more of it than the ledger has."""
    left_out: str = ""
    """What was not committed as it was made, in words."""
    budget: str = "{}"
    """What it may cost, as JSON."""
    usage: Usage = NO_USAGE
    """What all its attempts used."""
    profiles: str = "{}"
    """The profiles and presets that it was started with, as JSON; no value of a key."""
    result: str | None = None
    """The answer of its last joining task."""
    purpose: str = ""
    """What it is there for: "" is its goal, `planning` is to write a plan."""
    notified: int = 0
    """The last event of which its person's command for notifications was told."""

    @property
    def unexported(self) -> bool:
        """Whether it is completed, and merges of it have not come to the user's repository."""
        completed = self.state == RunState.COMPLETED
        return completed and self.head not in {self.base, self.exported}


@frozen
class PhaseRow:
    """One phase of a run."""

    run: str
    name: str
    ordinal: int
    parallel: bool
    on_failure: OnFailure
    wip: int | None
    unmet: int
    unsettled: int
    settled_at: float | None = None
    open_attempts: int = 0
    pick: Pick | None = None
    """Which of its tasks is merged, where they are rivals: one of them, and never two."""
    judge: str | None = None
    """The task whose result says which one."""
    node: str = ""
    """What its end decides, as JSON, where more phases may come after it."""


@frozen
class AttemptRow:
    """One try of one task by one worker."""

    run: str
    task: str
    epoch: int
    worker: str
    profile: str
    phase: str
    open: bool
    fenced: bool
    writes: bool
    isolation: Isolation
    scope: tuple[str, ...]
    scope_waived: bool
    started_at: float
    base: str | None = None
    tree: str | None = None
    pid: int | None = None
    outcome: Outcome | None = None
    cause: str | None = None
    note: str = ""
    exit_code: int | None = None
    signal: int | None = None
    ref: str | None = None
    commit_id: str | None = None
    intent_old: str | None = None
    intent_new: str | None = None
    usage: Usage | None = None
    """What it used; None where nobody said anything of it."""
    ended_at: float | None = None
    number: int = 0
    """Its place among the attempts of its run, in the order in which they were opened."""
    host: str = ""
    """The machine that it runs on; "" is that of the scheduler."""
    ignored: int = 0
    """How many names git ignores of what it left; a folder ignored as a whole is one."""
    ignored_names: tuple[str, ...] = ()
    """The first of them."""
    session: str | None = None
    """What its program calls its conversation, by which another attempt may go on with it."""
    model: str | None = None
    """The model that its program says it works with."""
    lane: str | None = None
    """The provider's limit that it counts against."""
    preset: str | None = None
    tools: int = 0
    """How many tool calls it has begun."""
    plan_done: int | None = None
    """How many items of its plan are done; None where it has told no plan."""
    plan_total: int | None = None
    said: str | None = None
    """Its worker's last words or tool."""
    said_at: float | None = None
    proof: str | None = None
    """The line of its end that matters, chosen as it ended."""
    files: int | None = None
    """How many files it changed; None where that is unknown."""
    added: int | None = None
    removed: int | None = None
    verdict: str | None = None
    """How its program judged itself, as JSON."""
    left_refs: str = "[]"
    """What it left beside its work, as JSON: `{"ref", "kind", "name", "commit", "files"}` each."""

    @property
    def by_hand(self) -> bool:
        """Whether it is a person's or a judge's, who has accepted what an earlier one left."""
        return self.worker.startswith(SEATLESS)


@frozen
class WorkerRow:
    """One seat."""

    run: str
    name: str
    profile: str
    kind: str
    """How it works."""
    roles: tuple[str, ...]
    lane: str
    state: SeatState
    task: str | None = None
    epoch: int | None = None
    heartbeat_at: float | None = None
    ordinal: int = 0
    """Its place among the seats of its run; given as it joins."""
    host: str = ""
    """The machine that it works on; "" is that of the scheduler."""
    takes: Takes = Takes.COMMAND
    """Whether it is given commands or prompts."""
    model: str = ""
    """The model that its profile asks for; "" is the program's own."""
    usage: Usage = NO_USAGE
    """What all its attempts used; of a lane, the sum over its seats."""

    def accepts(self, takes: Takes, role: str) -> bool:
        """Whether this seat can do a task that is this, and of this role; no roles means any."""
        return self.takes is takes and (not self.roles or role in self.roles)

    def fits(self, task: TaskRow) -> bool:
        """Whether this seat may hold this task at all."""
        pinned = task.pinned in {"", self.name, self.profile}
        return pinned and self.accepts(task.takes, task.role)


@frozen
class BreakerRow:
    """How the attempts of a profile have failed, one after the other (RULES 5, Breaker)."""

    run: str
    profile: str
    allowed: int
    """Quick failures in a row before the profile pauses; 0: it never does."""
    failures: int = 0
    trips: int = 0
    until: float | None = None
    """When one attempt is let through; None after a trip: when a person says so."""


@frozen
class EventRow:
    """One line of the event log; the field order is that of `wf events --json`."""

    seq: int
    at: float
    run: str
    task: str | None
    worker: str | None
    epoch: int | None
    actor: str
    kind: str
    data: Mapping[str, object]
