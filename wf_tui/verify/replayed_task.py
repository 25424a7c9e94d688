"""What the checker remembers of a task and of a phase while it replays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from wf_tui.verify.kinds import BLOCKING, NEVER_RETRIED

__all__ = [
    "Action",
    "Allowance",
    "NodeState",
    "PersonAct",
    "PhaseState",
    "Question",
    "ReplayedTask",
    "Snooze",
    "TaskSpec",
]


@dataclass(frozen=True)
class TaskSpec:
    """What a task asks for, as far as a person can change it and a claim shows it."""

    scope: tuple[str, ...]
    mode: str
    max_attempts: int | None
    review: bool = False
    """Whether a person wants to see its work before it counts."""
    gate: bool = False
    gate_on_merge: bool = True
    """Whether its gate, where it has one, has to pass on the merge, too."""
    critic: bool = False
    """Whether a critic has to pass its work before it is merged."""


@dataclass(frozen=True)
class Action:
    """What a person did to a task, and what it was before.

    Kept by `ReplayState.remember` until it is undone, so that the undo can be replayed.
    """

    stopped: bool
    state: str
    kind: str | None
    tries: int
    conflicts: int
    merge_gates: int
    sent_back: int
    not_before: float | None
    spec: TaskSpec


@dataclass
class Question:
    """A question of an attempt, as it stands now."""

    text: str
    kind: str
    options: dict[str, str]
    """The kind of each option, by its id."""
    state: str = "open"
    always: str = ""
    """For what a person allowed it from then on."""


@dataclass
class PersonAct:
    """What a person did at once: its events, by task; "" is the run."""

    actor: str
    last: dict[str, int] = field(default_factory=dict)
    """The number of its last event."""
    before: dict[str, int] = field(default_factory=dict)
    """The last event of each task before it."""
    left: Counter[str] = field(default_factory=Counter)
    """How many of its events can still be taken back."""


Condition = tuple[str, "str | None", int, int]
"""State, kind, epoch, and how many questions are open: what ends a snooze when it changes."""


@dataclass(frozen=True)
class Snooze:
    """That a person has put a task off, and how it was then."""

    until: float | None
    condition: Condition


@dataclass(frozen=True)
class Allowance:
    """What a person allowed for the rest of a run: to a task, or, where there is one, a profile."""

    task: str
    profile: str
    kind: str
    text: str


@dataclass
class ReplayedTask:
    """One task at one instant of the replay.

    The letters are those of RULES 3.1. State, kind, worker and epoch are compared with the table of
    tasks at the end; the rest is what the judgements of later events need.
    """

    id: str
    phase: str
    needs: tuple[str, ...]
    isolation: str
    spec: TaskSpec
    state: str = "pending"
    kind: str | None = None
    step: str | None = None
    worker: str | None = None
    """Who holds the live claim."""
    epoch: int = 0
    holders: dict[int, str] = field(default_factory=dict)
    """The worker of each epoch."""
    open_epoch: int | None = None
    """The epoch of the attempt that is not closed."""
    verdict: str = ""
    """What is known of the open attempt: allowed, bad, stopped."""
    rejected: bool = False
    tries: int = 0
    conflicts: int = 0
    merge_gates: int = 0
    """How often it was put back since its gate failed on the merge."""
    interrupted: bool = False
    """Whether it was put back once since its host of models had died."""
    not_before: float | None = None
    limited: str = ""
    """Why its provider said no just now: `rate`, `quota` or `auth`; "" where it did not."""
    until: float | None = None
    lane: str = ""
    """The lane that it was told so for."""
    in_conflict: bool = False
    gated: bool = False
    """Whether its work may not be merged with others' before its gate has passed on the merge."""
    gate_failed: bool = False
    """Whether its gate has just failed on the merge."""
    passed: set[tuple[str, str]] = field(default_factory=set)
    """The merges of the open attempt that its gate has passed on: made on what, and what."""
    started_from: str | None = None
    """The commit that the open attempt started from, where an event said so."""
    accepted: str = ""
    """What the work was blocked for that a person has accepted, while that claim lasts."""
    opened: bool = False
    """Whether a person has gone into the worktree of its last attempt."""
    unseen: bool = False
    """Whether its attempt may not end as done, since a person has to see its work first."""
    harvested: str | None = None
    answer: str = ""
    """The verdict of its structured answer."""
    merged: str | None = None
    """Where the branch went with the work of the open attempt."""
    seq: int = 0
    """Its last event."""
    unfinished_needs: int = 0
    """How many of its needs are not done."""
    blocked_needs: int = 0
    """How many of its needs are blocked."""
    follows: bool = False
    """Whether it still waits for the one before it in a sequential phase."""
    settled: bool = False
    questions: dict[tuple[int, str], Question] = field(default_factory=dict)
    """What its workers asked, by epoch and name."""
    messages: set[int] = field(default_factory=set)
    """What people wrote to it that no worker has."""
    comments: dict[int, str] = field(default_factory=dict)
    """What people said to lines of its work: draft, sent, dropped."""
    snooze: Snooze | None = None
    last: str = ""
    """The kind of its last event."""
    undoing: bool = False
    """Whether an act on it is being taken back just now."""
    before_act: int = 0
    """Its last event before that act: of what is taken back nothing is left."""
    usage: dict[str, int] = field(default_factory=dict)
    """What its attempts used."""
    critic_of: str = ""
    """The task whose work it judges."""
    judges: str = ""
    """The commit that it judges."""
    unjudged: bool = False
    """Whether its attempt may not merge, since its critic has not seen that work."""
    held: str | None = None
    """The work that waits, or waited last, for its critic."""
    critic: str = ""
    """Its last critic."""
    said: str = ""
    """What that has said of the work; "" where it has not yet, `taken` by who needs no critic."""
    rounds: int = 0
    """How many rounds its last critic was asked for, at the most."""
    sent_back: int = 0
    """How often its critics have sent it back."""

    @property
    def undecided(self) -> bool:
        """Whether its work waits for a person since its critic has not passed it."""
        return self.kind == "review" and bool(self.critic) and self.said not in {"pass", "taken"}

    @property
    def open_questions(self) -> list[str]:
        """The names of the questions that its last attempt waits with."""
        asked = self.questions.items()
        return [name for (at, name), one in asked if at == self.epoch and one.state == "open"]

    @property
    def condition(self) -> Condition:
        """How it is, as far as a snooze goes by it."""
        return self.state, self.kind, self.epoch, len(self.open_questions)

    @property
    def holder(self) -> str:
        """The worker of the open attempt."""
        return self.holders.get(self.open_epoch or 0, "")

    @property
    def asking(self) -> bool:
        """Whether its worker waits for an answer (Q)."""
        return self.kind == "question" and self.worker is not None

    @property
    def merging(self) -> bool:
        """Whether its work is being merged (M)."""
        return self.state == "in_progress" and self.step == "integrating"

    @property
    def working(self) -> bool:
        """Whether it is worked on, and not merged yet (R)."""
        return self.state == "in_progress" and not self.merging

    @property
    def stoppable(self) -> bool:
        """Whether its attempt can be taken from it (R, Q)."""
        return self.working or self.asking

    @property
    def idle(self) -> bool:
        """Whether it waits (P), or is blocked without a claim (B)."""
        return self.state == "pending" or (self.state == "blocked" and self.worker is None)

    @property
    def retriable(self) -> bool:
        """Whether it is blocked without a claim, and not by what only another task can end."""
        return self.state == "blocked" and self.kind not in NEVER_RETRIED and self.worker is None

    @property
    def where(self) -> str:
        """The one word that events use for where a task was."""
        return self.step or self.kind or self.state

    @property
    def blocks_dependants(self) -> bool:
        """Whether it blocks whoever needs its result."""
        return self.state == "blocked" and self.kind in BLOCKING

    def drop_claim(self) -> None:
        """Take the claim from the task; its attempt may still be open.

        It holds its seat and its scope until it is closed, which is an event of its own.
        """
        self.worker = self.step = None

    def reset_tries(self) -> None:
        """Give it all its tries and conflicts again, without a wait: a person wants it to go on."""
        self.tries = self.conflicts = self.merge_gates = self.sent_back = 0
        self.not_before = None


@dataclass
class PhaseState:
    """One phase at one instant of the replay.

    `unsettled` counts the tasks that keep it open, `claims` those that have begun, `last` is the
    task that was added last, which the next one of a sequential phase follows.
    """

    name: str
    parallel: bool
    on_failure: str
    after: tuple[str, ...]
    task_count: int = 0
    unsettled: int = 0
    settled: bool = False
    claims: int = 0
    last: str | None = None
    pick: str = ""
    """How one of its tasks is picked: `first`, `best`; "" where none is."""
    judge: str = ""
    """The task that chooses between them."""
    tasks: list[str] = field(default_factory=list)
    winner: str | None = None
    """The one that was merged."""
    node: NodeState | None = None
    """What its end decides, where phases may be added behind it."""


@dataclass
class NodeState:
    """A node of a tree plan: how it decides, what it may add, and what it has decided."""

    kind: str
    task: str
    """Whose answer decides."""
    prefix: str
    number: int
    most: int
    arms: dict[str, tuple[str, ...]]
    verdict: str = ""
    added: tuple[str, ...] = ()
    """The phases that the decision adds."""
    missing: set[str] = field(default_factory=set)
    """Those of them that have not come in yet."""
