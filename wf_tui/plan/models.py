"""The plan as values: every field, its type, its default and its width.

Field names, words and widths are those of the WorkflowPlan format of CodeWhale; `Settings` are
wf's own additions. What a value must be *beside* its type is in `check`. The functions here are
what a type does to its value; each raises `ValueError` for pydantic, which names the place.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import Annotated, ClassVar, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

from wf_tui.plan import scopes
from wf_tui.plan.choices import (
    READING_ROLES,
    GateOn,
    Isolation,
    Mode,
    OnFailure,
    OnTimeout,
    Pick,
    ResultFormat,
    Scopes,
)
from wf_tui.plan.tree.decided import Decided

__all__ = [
    "AGENT_TYPE_WORDS",
    "AgentType",
    "Budget",
    "Checkpoint",
    "Critic",
    "Defaults",
    "GateOn",
    "Isolation",
    "Mode",
    "OnFailure",
    "OnTimeout",
    "Phase",
    "Pick",
    "Plan",
    "RunLimits",
    "Scopes",
    "Settings",
    "Surroundings",
    "Task",
    "as_text",
    "at_most_what_the_ledger_keeps",
    "blank_is_none",
    "inside_the_tree",
    "newest_word",
    "one_path",
    "shell_words",
]


class AgentType(StrEnum):
    """The role of a task, in the newest spelling; a profile may take some roles only.

    Older spellings are read too (`AGENT_TYPE_WORDS`), and never written.
    """

    GENERAL = "general"
    EXPLORE = "explore"
    PLANNER = "planner"
    REVIEW = "review"
    IMPLEMENT = "implement"
    TEST = "test"


class Checkpoint(StrEnum):
    """Whether a retry starts from the partial work of the attempt before."""

    KEEP = "keep"
    FRESH = "fresh"


# Every spelling of the format's history; tool_agent has no successor, so it may do anything.
AGENT_TYPE_WORDS: Final[dict[str, AgentType]] = {
    **{word.value: word for word in AgentType},
    "tool_agent": AgentType.GENERAL,
    "scout": AgentType.EXPLORE,
    "plan": AgentType.PLANNER,
    "awaiter": AgentType.PLANNER,
    "reviewer": AgentType.REVIEW,
    "consultant": AgentType.REVIEW,
    "oracle": AgentType.REVIEW,
    "implementer": AgentType.IMPLEMENT,
    "builder": AgentType.IMPLEMENT,
    "verifier": AgentType.TEST,
    "verify": AgentType.TEST,
}

_LEDGER_MOST = 2**63 - 1
# So that a script ends at its first line that fails, and not with the status of its last one.
_STOPS_AT_FAILURES: Final[dict[str, tuple[str, ...]]] = {
    "sh": ("-e",),
    "bash": ("-eo", "pipefail"),
    "zsh": ("-eo", "pipefail"),
    "ksh": ("-eo", "pipefail"),
    "dash": ("-e",),
}


def newest_word(value: object) -> object:
    """Return the newest spelling of a role; what is none is left for the type to refuse."""
    return AGENT_TYPE_WORDS.get(value, value) if isinstance(value, str) else value


def inside_the_tree(path: str) -> str:
    """Return the path as it is; it has to stay inside the worktree of the task."""
    if fault := scopes.problem(path):
        raise ValueError(fault)
    return path


def one_path(path: str) -> str:
    """Return the plain spelling of a path that names one file or folder of the checkout."""
    parts = [part for part in inside_the_tree(path).strip().split("/") if part not in {"", "."}]
    # A link to the whole checkout would give a worker all that its worktree keeps it from; one to
    # `.git` would let it write hooks that the user's own git runs.
    if not parts:
        raise ValueError("means the whole checkout")
    if ".git" in {part.lower() for part in parts}:
        raise ValueError("lies in `.git`")
    if any(char in path for char in "*?"):
        raise ValueError("is a pattern; each path has to be named")
    return "/".join(parts)


def sparse_folders(value: object) -> object:
    """Return which folders worktrees have: some, those of the scopes (true), or all (false)."""
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("must be true, false or a list of folders")
    return tuple(one_path(item) for item in value)


def at_most_what_the_ledger_keeps(value: int) -> int:
    """Return the number, or the largest that a column of the ledger holds."""
    # The format allows 64 unsigned bits, the ledger keeps 63: both are "for ever".
    return min(value, _LEDGER_MOST)


def blank_is_none(value: str | None) -> str | None:
    """Return the command, or None for one that would do nothing and pass."""
    return value if value and value.strip() else None


def as_text(value: object) -> object:
    """Return a whole number or a yes-or-no as the text that a variable holds."""
    # No fraction: of `3.10` the reader has kept 3.1, and only quotes say what was meant.
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def shell_words(value: object) -> object:
    """Return the command line of a shell that is named; one that is a list stays as it is."""
    if not isinstance(value, str):
        return value
    options = _STOPS_AT_FAILURES.get(PurePath(value).name)
    if options is None:
        known = ", ".join(_STOPS_AT_FAILURES)
        raise ValueError(f"must be {known}, or a whole command line as a list")
    return [value, *options, "-c"]


def some_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command line of a shell, which has a program at least."""
    if not words or not words[0].strip() or any("\0" in word for word in words):
        raise ValueError("names no program")
    return words


_U8 = Annotated[StrictInt, Field(ge=0, le=2**8 - 1)]
_U32 = Annotated[StrictInt, Field(ge=0, le=2**32 - 1)]
_U64 = Annotated[
    StrictInt, Field(ge=0, le=2**64 - 1), AfterValidator(at_most_what_the_ledger_keeps)
]
_I32 = Annotated[StrictInt, Field(ge=-(2**31), le=2**31 - 1)]
_Positive = Annotated[StrictInt, Field(ge=1, le=2**32 - 1)]
_Amount = Annotated[StrictFloat, Field(ge=0, le=1e15, allow_inf_nan=False)]
# Texts and numbers are strict, or `1` would pass as text and "3" as a number. The lists are not:
# readers make lists, and the fields are tuples.
_Texts = tuple[StrictStr, ...]
_Paths = tuple[Annotated[StrictStr, AfterValidator(inside_the_tree)], ...]
_LocalPaths = tuple[Annotated[StrictStr, AfterValidator(one_path)], ...]
_Sparse = Annotated[bool | tuple[str, ...] | None, BeforeValidator(sparse_folders)]
_Role = Annotated[AgentType, BeforeValidator(newest_word)]
_Command = Annotated[StrictStr | None, AfterValidator(blank_is_none)]
_Variables = Mapping[str, Annotated[StrictStr, BeforeValidator(as_text)]]
_Shell = Annotated[tuple[StrictStr, ...], BeforeValidator(shell_words), AfterValidator(some_words)]


class _Part(BaseModel):
    """A table of a plan; unknown keys are left to `foreign.keys`, which knows what they mean."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Budget(_Part):
    """Limits of one attempt; absent is unlimited. A task that sets one keeps the others it has."""

    max_tokens: _U64 | None = None
    max_cost_usd: _Amount | None = None
    max_steps: _U32 | None = None
    max_seconds: _Amount | None = None


class RunLimits(_Part):
    """Limits of all attempts of a run together; absent is unlimited."""

    max_cost_usd: _Amount | None = None
    max_tokens: _U64 | None = None


class Surroundings(_Part):
    """What commands and agents run in; the plan, its defaults and each task can say it.

    `env` and `pass_env` add up from one to the next, the others are replaced.
    """

    env: _Variables = {}
    """Variables and their values."""
    pass_env: _Texts = ()
    """Variables of whoever starts the run, by name or by a pattern: `CARGO_*`."""
    shell: _Shell | None = None
    """What runs the commands, as a command line; None: `sh -e -c`, or what the plan says."""
    stall_after: _Amount | None = None
    """How long a program may print nothing; 0: as long as it likes, as do commands without it."""


class Critic(_Part):
    """Who looks at the work of a task after its checks, and how often it may send it back."""

    prompt: StrictStr
    worker: StrictStr | None = None
    """The profile or worker it is pinned to; None leaves it to the roles."""
    rounds: _Positive = 3
    """How often it is asked before a person is."""


class Settings(Surroundings):
    """What wf adds to a task; a plan can give defaults for all its tasks. Times are in seconds."""

    title: StrictStr | None = None
    run: StrictStr | None = None
    """A shell command; makes it a shell task."""
    priority: _I32 = 0
    """Lower goes first."""
    worker: StrictStr | None = None
    """The profile or worker it is pinned to."""
    fallback: _Texts = ()
    """Profiles for a retry, in this order."""
    max_attempts: _Positive = 3
    backoff_secs: _Amount = 5.0
    checkpoint: Checkpoint | None = None
    """None leaves it to the kind of worker."""
    gate: _Command = None
    """A command that has to pass; a blank one is none, also where the plan has a gate."""
    gate_on: GateOn = GateOn.MERGE
    """Whether the gate has to pass on the merge, too, where others have merged meanwhile."""
    review: StrictBool = False
    """Whether a person wants to see its work before it is merged."""
    partial_results: StrictBool = False
    """Whether it starts once all that it needs has settled, with the results that are there."""
    critic: Critic | None = None
    """Who looks at its work before it is merged; one that only reads has no use for it."""
    deliverables: _Paths = ()
    """Files that have to be there, and not empty, when the task is done."""
    result: ResultFormat = ResultFormat.TEXT
    """What its worker is asked to end with, if it has a prompt."""
    budget: Budget = Budget()
    question_timeout: _Amount | None = None
    """How long a person is waited for; 0: for ever. None leaves it to the profile."""
    on_timeout: OnTimeout | None = None
    """What becomes of a worker then."""
    tags: _Texts = ()


class Defaults(Settings):
    """Every key that tasks can have in common: those of `Settings`, and those of the format.

    A plan's `defaults` are for every task that does not say otherwise. `shape` merges them into the
    tasks before these types see them: in a `Plan` each task has its final values, and this is only
    what was written.
    """

    prompt: StrictStr = ""
    """Required, but for a task with `run`."""
    agent_type: _Role = AgentType.GENERAL
    depends_on_results: _Texts = ()
    max_steps: _U32 | None = None
    """0 is unbounded."""
    timeout_secs: _U64 | None = None
    mode: Mode = Mode.READ_ONLY
    file_scope: _Texts = ()
    isolation: Isolation = Isolation.AUTO


class Task(Defaults):
    """One card: what to do, where it may write, what it needs.

    `file_scope` is kept as it is written; `scopes` says what it means. The ledger's own row of a
    task is made of this by `ledger/rules/load.py`.
    """

    id: StrictStr

    @property
    def writes(self) -> bool:
        """Whether it may change files."""
        return self.mode is Mode.READ_WRITE and not self.role_reads

    @property
    def asks_critic(self) -> Critic | None:
        """Who looks at its work: what has nothing to be looked at has no critic."""
        return self.critic if self.writes else None

    @property
    def role_reads(self) -> bool:
        """Whether its mode says that it writes, and its role that it does not; the role counts."""
        reading = self.agent_type.value in READING_ROLES and not self.run
        return reading and self.mode is Mode.READ_WRITE

    @property
    def effective_isolation(self) -> Isolation:
        """`worktree` or `shared`: a writing task has its own tree unless it asks to share.

        Readers share a snapshot of their commit, since none gets into another's way (RULES 6.5).
        """
        if self.isolation is not Isolation.AUTO:
            return self.isolation
        return Isolation.WORKTREE if self.writes else Isolation.SHARED


class Phase(_Part):
    """Tasks that belong together; a phase starts when those it depends on have settled.

    Unless it is `parallel`, each of its tasks also waits for the one above it.
    """

    name: StrictStr
    description: StrictStr | None = None
    depends_on: _Texts = ()
    parallel: StrictBool = False
    on_failure: OnFailure = OnFailure.HOLD
    """wf's own default: the format's is `skip_continue`, which lets a failed test be released."""
    wip: _Positive | None = None
    """How many of its tasks may run at once."""
    pick: Pick | None = None
    """Its tasks are rivals, of which one is merged: the first that passes, or the best."""
    judge: StrictStr | None = None
    """The task that says which one is the best; None leaves it to a person."""
    tasks: tuple[Task, ...] = ()


class Plan(Surroundings):
    """A goal and the phases that reach it.

    Of the right shape, but not good for a run before `check.faults` finds nothing in it; a `Report`
    holds good ones only.
    """

    MOST_CONCURRENT: ClassVar[int] = 20

    goal: StrictStr
    description: StrictStr | None = None
    max_concurrent: _U8 = 4
    phases: tuple[Phase, ...] = ()
    defaults: Defaults = Defaults()
    gate: _Command = None
    """The gate of every writing task that has none of its own."""
    gate_on: GateOn = GateOn.MERGE
    """Where the gates of all tasks that do not say so themselves have to pass."""
    budget: RunLimits = RunLimits()
    """What the whole run may use; no task starts any more once it is used up."""
    scopes: Scopes = Scopes.SERIALIZE
    setup: _Command = None
    """A command in each attempt's own worktree, before its program."""
    teardown: _Command = None
    """A command in the same worktree afterwards."""
    link: _LocalPaths = ()
    """Files of the checkout that git does not track, as links in each tree."""
    copied: _LocalPaths = Field(default=(), alias="copy")
    """The same, as copies."""
    harvest_files: _Positive = 10_000
    """The most files that one attempt may change."""
    harvest_mb: _Positive = 200
    """The most that these may hold together, in units of 1,048,576 bytes."""
    sparse: _Sparse = None
    """Folders that worktrees have, beside the files at the top; true: those of all scopes.

    None: what the user's own checkout has; false: all.
    """

    decided: tuple[Decided, ...] = Field(default=(), exclude=True)
    """What of a tree plan is decided while it runs; no text can say it."""

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks, in declaration order."""
        return tuple(task for phase in self.phases for task in phase.tasks)
