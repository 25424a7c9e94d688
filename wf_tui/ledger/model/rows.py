"""The rows of the ledger as frozen values: the one place that types a driver's tuples."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from wf_tui.errors import LedgerError
from wf_tui.ledger.model.accept_choices import (
    NO_CHOICES,
    Choices,
    read_choices,
    write_choices,
)
from wf_tui.ledger.model.json_text import (
    read_map,
    read_words,
    write_map,
    write_text,
    write_words,
)
from wf_tui.ledger.model.spec import Spec, read_spec, write_spec
from wf_tui.ledger.model.states import (
    PERSON,
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
from wf_tui.ledger.store.database import Row, Value, Values
from wf_tui.plan.choices import Isolation, Mode, OnFailure, Scopes
from wf_tui.text import clean

__all__ = [
    "AttemptRow",
    "BreakerRow",
    "Detail",
    "EventRow",
    "PhaseRow",
    "RunRow",
    "Spec",
    "TaskRow",
    "WorkerRow",
    "decode",
    "encode",
    "evolve",
    "from_json",
    "insert",
    "literals",
    "select",
    "update",
]

_SHOWN: Final = 60

Detail = Mapping[str, "str | int | float | list[str] | Mapping[str, Mapping[str, object]] | None"]
"""The names behind a state's sentence: paths, holder, root, exit code ..."""


@dataclass(frozen=True)
class TaskRow:
    """One card."""

    run: str
    id: str
    ordinal: int
    phase: str
    title: str
    spec: Spec
    needs_kind: str
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
        """Whether a person holds it, who has accepted its work."""
        return self.worker is not None and self.worker.startswith(PERSON)

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


@dataclass(frozen=True)
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

    @property
    def unexported(self) -> bool:
        """Whether it is completed, and merges of it have not come to the user's repository."""
        completed = self.state == RunState.COMPLETED
        return completed and self.head not in {self.base, self.exported}


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
    usage: str | None = None
    ended_at: float | None = None
    number: int = 0
    """Its place among the attempts of its run, in the order in which they were opened."""
    host: str = ""
    """The machine that it runs on; "" is that of the scheduler."""
    ignored: int = 0
    """How many names git ignores of what it left; a folder ignored as a whole is one."""
    ignored_names: tuple[str, ...] = ()
    """The first of them."""

    @property
    def by_hand(self) -> bool:
        """Whether it is a person's, who has accepted what an earlier one left."""
        return self.worker.startswith(PERSON)


@dataclass(frozen=True)
class WorkerRow:
    """One seat."""

    run: str
    name: str
    profile: str
    kind: str
    roles: tuple[str, ...]
    lane: str
    state: SeatState
    lane_until: float | None = None
    task: str | None = None
    epoch: int | None = None
    heartbeat_at: float | None = None
    ordinal: int = 0
    """Its place among the seats of its run; given as it joins."""
    host: str = ""
    """The machine that it works on; "" is that of the scheduler."""

    def accepts(self, kind: str, role: str) -> bool:
        """Whether this seat can do a task of this kind and role; no roles means any."""
        return self.kind == kind and (not self.roles or role in self.roles)

    def fits(self, task: TaskRow) -> bool:
        """Whether this seat may hold this task at all."""
        pinned = task.pinned in {"", self.name, self.profile}
        return pinned and self.accepts(task.needs_kind, task.role)


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


T = TypeVar("T", TaskRow, RunRow, PhaseRow, AttemptRow, WorkerRow, BreakerRow, EventRow)

_TABLES: Final[Mapping[type, tuple[str, tuple[str, ...]]]] = {
    TaskRow: ("task", ("run", "id")),
    RunRow: ("run", ("id",)),
    PhaseRow: ("phase", ("run", "name")),
    AttemptRow: ("attempt", ("run", "task", "epoch")),
    WorkerRow: ("worker", ("run", "name")),
    BreakerRow: ("breaker", ("run", "profile")),
    EventRow: ("event", ("run", "seq")),
}
_NAMES: Final = {table: tuple(f.name for f in fields(table)) for table in _TABLES}


def select(table: type[T], rest: str = "") -> str:
    """Return the statement that reads rows for `decode`; `rest` is a constant of the caller."""
    return f"SELECT {', '.join(_NAMES[table])} FROM {_TABLES[table][0]} {rest}"


def literals(words: Iterable[StrEnum]) -> str:
    """Return words of a closed set as a statement lists them after IN."""
    return ", ".join(f"'{word.value}'" for word in words)


def insert(row: T) -> tuple[str, Values]:
    """Return the statement that stores a new row, with its values."""
    table = type(row)
    values = dict(row.__dict__)
    for name, writer in _WRITTEN[table]:
        values[name] = writer(values[name])
    return _INSERTS[table], values


def update(old: T, new: T) -> tuple[str, Values] | None:
    """Return the statement that writes the fields that differ, or None where none does."""
    before, after = old.__dict__, new.__dict__
    names = [n for n, was in before.items() if after[n] is not was and after[n] != was]
    if not names:
        return None
    table, key = _TABLES[type(old)]
    values = {name: encode(name, after[name]) for name in names}
    for name in key:
        values[name] = before[name]
    return _update_of(table, key, tuple(names)), values


@lru_cache(maxsize=1024)
def _update_of(table: str, key: tuple[str, ...], names: tuple[str, ...]) -> str:
    """Return the statement that changes these columns of one row."""
    sets = ", ".join(f"{name} = :{name}" for name in names)
    where = " AND ".join(f"{name} = :{name}" for name in key)
    return f"UPDATE {table} SET {sets} WHERE {where}"


if TYPE_CHECKING:
    # The type checker knows the fields of a dataclass only through this name.
    from dataclasses import replace as evolve
else:

    def evolve(row: T, **values: Any) -> T:
        """Return a copy with some fields changed, at a tenth of the cost of `dataclasses.replace`.

        A claim makes a dozen copies of rows with up to 46 fields; `replace` calls `__init__`, which
        sets each of them through `object.__setattr__`, since the class is frozen.
        """
        new = object.__new__(type(row))
        new.__dict__.update(row.__dict__, **values)
        if len(new.__dict__) != len(row.__dict__):
            names = ", ".join(values)
            raise TypeError(f"{type(row).__name__} has not all of these fields: {names}")
        return new


def decode(table: type[T], row: Row) -> T:
    """Turn a driver's tuple into a row; one that holds what no wf has written is named."""
    values: list[Any] = list(row)
    place = 0
    try:
        for place, reader in _TYPED[table]:
            values[place] = reader(values[place])
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise _unreadable(table, row, place) from error
    return table(*values)


def _unreadable(table: type, row: Row, place: int) -> LedgerError:
    name, key = _TABLES[table]
    stored = dict(zip(_NAMES[table], row, strict=True))
    which = ", ".join(f"{field} {stored[field]!r}" for field in key)
    value = clean(repr(row[place]), limit=_SHOWN)
    return LedgerError(
        f"the ledger is damaged: in its table {name}, the row of {clean(which, limit=_SHOWN)} "
        f"has {_NAMES[table][place]} {value}",
        "keep a copy of the file before you repair it",
    )


def from_json(name: str, value: object) -> object:
    """Return what JSON holds of a field of a task as the row has it: a word becomes its member."""
    closed = _CLOSED[TaskRow].get(name)
    return closed(value) if closed is not None else value


def encode(name: str, value: object) -> Value:
    """Turn a field's value into what the database holds."""
    writer = _WRITERS.get(name)
    return writer(value) if writer is not None else cast("Value", value)


def _one_of(*sets: type[StrEnum], absent: bool = False) -> Callable[[Any], object]:
    """Return the reader of a column of a closed set: any other value is a `KeyError`."""
    known: dict[str | None, StrEnum | None] = {None: None} if absent else {}
    for words in sets:
        known |= {word.value: word for word in words}
    return known.__getitem__


_CLOSED: Final[Mapping[type, Mapping[str, Callable[[Any], object]]]] = {
    TaskRow: {
        "mode": _one_of(Mode),
        "isolation": _one_of(Isolation),
        "pinned_by": _one_of(PinnedBy),
        "state": _one_of(TaskState),
        "step": _one_of(Step, absent=True),
        "kind": _one_of(BlockedKind, DoneKind, absent=True),
    },
    RunRow: {
        "state": _one_of(RunState),
        "intent": _one_of(Intent),
        "scopes": _one_of(Scopes),
    },
    PhaseRow: {"on_failure": _one_of(OnFailure)},
    AttemptRow: {"isolation": _one_of(Isolation), "outcome": _one_of(Outcome, absent=True)},
    WorkerRow: {"state": _one_of(SeatState)},
}
_YES_OR_NO: Final = "parallel", "fold_case", "settled", "scope_waived", "open", "fenced", "writes"
"""Columns that are numbers in the database, because not every one has a type for them."""
_WORDS: Final = "scope", "roles", "missing", "ignored_names"
_FREE_TEXT: Final = (
    "id", "name", "goal", "title", "note", "result", "role", "needs_kind", "profile", "lane",
    "pinned", "author", "cause", "tree", "host", "export_note",
)  # fmt: skip
"""Columns whose words come from outside. The others hold words of closed sets, names of commits,
JSON, or names that stand in one of these."""
_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "spec": read_spec,
    **dict.fromkeys(_WORDS, read_words),
    "detail": read_map,
    "data": read_map,
    "choices": read_choices,
    **dict.fromkeys(_YES_OR_NO, bool),
}
_WRITERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "spec": write_spec,
    **dict.fromkeys(_WORDS, write_words),
    "detail": write_map,
    "data": write_map,
    "choices": write_choices,
    **dict.fromkeys(_FREE_TEXT, write_text),
    **dict.fromkeys(_YES_OR_NO, int),
}
_INSERTS: Final = {
    table: f"INSERT INTO {_TABLES[table][0]} ({', '.join(names)}) VALUES (:{', :'.join(names)})"
    for table, names in _NAMES.items()
}
_WRITTEN: Final = {
    table: [(name, _WRITERS[name]) for name in names if name in _WRITERS]
    for table, names in _NAMES.items()
}
_TYPED: Final = {
    table: [
        (place, readers[name])
        for readers in ({**_READERS, **_CLOSED.get(table, {})},)
        for place, name in enumerate(names)
        if name in readers
    ]
    for table, names in _NAMES.items()
}
