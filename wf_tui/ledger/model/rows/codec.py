"""From rows to statements and back: the one place that types a driver's tuples."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from wf_tui.errors import LedgerError
from wf_tui.ledger.model.accept_choices import read_choices, write_choices
from wf_tui.ledger.model.json_text import (
    read_map,
    read_maps,
    read_words,
    write_map,
    write_text,
    write_words,
)
from wf_tui.ledger.model.rows.options import read_options, write_options
from wf_tui.ledger.model.rows.review_rows import CommentRow, DraftRow, SeenRow, SnoozeRow
from wf_tui.ledger.model.rows.row_making import (
    copy_row,
    copy_task,
    differing,
    make_task,
    row_values,
)
from wf_tui.ledger.model.rows.run_rows import (
    AttemptRow,
    BreakerRow,
    EventRow,
    PhaseRow,
    RunRow,
    TaskRow,
    WorkerRow,
)
from wf_tui.ledger.model.rows.talk_rows import AllowanceRow, GateRow, MessageRow, QuestionRow
from wf_tui.ledger.model.spec import read_spec, write_spec
from wf_tui.ledger.model.states import (
    BlockedKind,
    CommentState,
    DoneKind,
    Intent,
    MessageState,
    Outcome,
    PinnedBy,
    QuestionState,
    RunState,
    SeatState,
    Step,
    TaskState,
)
from wf_tui.ledger.model.usage import read_usage, write_usage
from wf_tui.ledger.store.database import Row, Value, Values
from wf_tui.plan.choices import GateOn, Isolation, Mode, OnFailure, Pick, Scopes, Takes
from wf_tui.text import clean
from wf_tui.values import field_names

__all__ = [
    "StoredRow",
    "Table",
    "changes",
    "decode",
    "decode_events",
    "decode_tasks",
    "encode",
    "evolve",
    "from_json",
    "insert",
    "literals",
    "select",
    "table_of",
    "update",
]

_SHOWN: Final = 60

StoredRow = TypeVar(
    "StoredRow",
    TaskRow,
    RunRow,
    PhaseRow,
    AttemptRow,
    WorkerRow,
    BreakerRow,
    EventRow,
    QuestionRow,
    MessageRow,
    AllowanceRow,
    GateRow,
    CommentRow,
    SnoozeRow,
    DraftRow,
    SeenRow,
)


class Table(NamedTuple):
    """Where the rows of a class are stored."""

    name: str
    key: tuple[str, ...]
    """The columns that no two of its rows share."""
    key_of: Callable[[Any], tuple[Value, ...]]
    """Returns what its key is in a row."""
    where: str
    """The condition that one row meets, which its key names."""
    one: str
    """The statement that reads the row of a key for `decode`."""


def _table(kind: type, name: str, *key: str) -> Table:
    where = "WHERE " + " AND ".join(f"{column} = :{column}" for column in key)
    one = f"SELECT {', '.join(field_names(kind))} FROM {name} {where}"
    return Table(name, key, _tuple_of(key), where, one)


def _tuple_of(names: tuple[str, ...]) -> Callable[[object], tuple[Value, ...]]:
    """Return what gives these fields of a row, also where they are only one."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda row: tuple(getattr(row, name) for name in names)


_TABLES: Final[Mapping[type, Table]] = {
    TaskRow: _table(TaskRow, "task", "run", "id"),
    RunRow: _table(RunRow, "run", "id"),
    PhaseRow: _table(PhaseRow, "phase", "run", "name"),
    AttemptRow: _table(AttemptRow, "attempt", "run", "task", "epoch"),
    WorkerRow: _table(WorkerRow, "worker", "run", "name"),
    BreakerRow: _table(BreakerRow, "breaker", "run", "profile"),
    EventRow: _table(EventRow, "event", "run", "seq"),
    QuestionRow: _table(QuestionRow, "question", "run", "task", "epoch", "id"),
    MessageRow: _table(MessageRow, "message", "run", "id"),
    AllowanceRow: _table(AllowanceRow, "allowance", "run", "id"),
    GateRow: _table(GateRow, "gate", "run", "task", "epoch", "ordinal"),
    CommentRow: _table(CommentRow, "comment", "run", "task", "id"),
    SnoozeRow: _table(SnoozeRow, "snooze", "run", "task"),
    DraftRow: _table(DraftRow, "draft", "run", "task", "what", "actor"),
    SeenRow: _table(SeenRow, "seen", "run", "task", "path", "actor"),
}
_NAMES: Final = {table: field_names(table) for table in _TABLES}


@lru_cache(maxsize=512)
def select(table: type[StoredRow], rest: str = "") -> str:
    """Return the statement that reads rows for `decode`; `rest` is a constant of the caller."""
    return f"SELECT {', '.join(_NAMES[table])} FROM {_TABLES[table].name} {rest}"


def table_of(kind: type[StoredRow]) -> Table:
    """Return where the rows of this class are stored."""
    return _TABLES[kind]


def literals(words: Iterable[StrEnum]) -> str:
    """Return words of a closed set as a statement lists them after IN."""
    return ", ".join(f"'{word.value}'" for word in words)


def insert(row: StoredRow) -> tuple[str, Values]:
    """Return the statement that stores a new row, with its values."""
    table = type(row)
    values = dict(zip(_NAMES[table], row_values(row), strict=True))
    for name, writer in _WRITTEN[table]:
        values[name] = writer(values[name])
    return _INSERTS[table], values


def changes(old: StoredRow, new: StoredRow) -> dict[str, Value]:
    """Return the fields that differ, as the database holds them."""
    changed = differing(old, new)
    for name, value in changed.items():
        if name in _WRITERS:
            changed[name] = _WRITERS[name](value)
    return changed


@lru_cache(maxsize=1024)
def update(table: Table, names: tuple[str, ...]) -> str:
    """Return the statement that changes these columns of one row, which its key names."""
    sets = ", ".join(f"{name} = :{name}" for name in names)
    return f"UPDATE {table.name} SET {sets} {table.where}"


if TYPE_CHECKING:
    # The type checker knows the fields of a dataclass only through this name.
    from dataclasses import replace as evolve
else:

    def evolve(row: StoredRow, **values: Any) -> StoredRow:
        """Return a copy with some fields changed, at a tenth of the cost of `dataclasses.replace`.

        A claim makes a dozen copies of rows with up to 46 fields; `replace` calls `__init__`, which
        sets each of them through `object.__setattr__`, since the class is frozen.
        """
        return copy_task(row, values) if type(row) is TaskRow else copy_row(row, values)


def decode(table: type[StoredRow], row: Row) -> StoredRow:
    """Turn a driver's tuple into a row; one that holds what no wf has written is named."""
    values: list[Any] = list(row)
    place = 0
    try:
        for place, reader in _TYPED[table]:
            values[place] = reader(values[place])
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise _unreadable(table, row, place) from error
    if table is TaskRow:
        return make_task(values)
    # At a third of the cost of its `__init__`, as in `evolve`: a board reads thousands at once.
    new = object.__new__(table)
    new.__dict__.update(zip(_NAMES[table], values, strict=True))
    return new


def decode_tasks(rows: Iterable[Row]) -> Iterator[TaskRow]:
    """Yield tasks, as `decode` makes them, that share what is the same in many of them.

    For who keeps all of a run: it is a third of their memory.
    """
    known: dict[Value, Value] = {}
    numbers: dict[Value, Value] = {}
    for row in rows:
        values = list(row)
        for place in _ALIKE:
            values[place] = known.setdefault(values[place], values[place])
        rank = values[_RANK]
        values[_RANK] = numbers.setdefault(rank, rank)
        yield decode(TaskRow, tuple(values))


def decode_events(rows: Sequence[Row]) -> Iterator[EventRow]:
    """Yield events, as `decode` makes them, in half the time: a log may have a hundred thousand."""
    maps = read_maps([cast("str", row[-1]) for row in rows])
    if maps is None:
        yield from (decode(EventRow, row) for row in rows)
        return
    names = _NAMES[EventRow]
    for row, data in zip(rows, maps, strict=True):
        # Past `__init__`, as in `evolve`.
        event = object.__new__(EventRow)
        event.__dict__.update(zip(names, row, strict=True))
        event.__dict__["data"] = data
        yield event


def _unreadable(table: type, row: Row, place: int) -> LedgerError:
    name, key, *_ = _TABLES[table]
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
        "takes": _one_of(Takes),
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
    PhaseRow: {"on_failure": _one_of(OnFailure), "pick": _one_of(Pick, absent=True)},
    AttemptRow: {"isolation": _one_of(Isolation), "outcome": _one_of(Outcome, absent=True)},
    WorkerRow: {"state": _one_of(SeatState), "takes": _one_of(Takes)},
    QuestionRow: {"state": _one_of(QuestionState)},
    MessageRow: {"state": _one_of(MessageState)},
    GateRow: {"place": _one_of(GateOn)},
    CommentRow: {"state": _one_of(CommentState)},
}
_YES_OR_NO: Final = "parallel", "fold_case", "settled", "scope_waived", "open", "fenced", "writes"
"""Columns that are numbers in the database, because not every one has a type for them."""
_WORDS: Final = "scope", "roles", "missing", "ignored_names"
_FREE_TEXT: Final = (
    "id", "name", "goal", "title", "note", "result", "role", "profile", "lane", "pinned",
    "author", "cause", "tree", "host", "export_note", "text", "option", "answer", "tool_kind",
    "session", "model", "preset", "said", "proof", "judge", "node", "critic_of", "pick",
    "purpose", "path", "quote", "what", "blob",
)  # fmt: skip
"""Columns whose words come from outside. The others hold words of closed sets, names of commits,
JSON, or names that stand in one of these."""
_ALIKE: Final = tuple(
    _NAMES[TaskRow].index(name)
    for name in (
        "run", "phase", "role", "scope_key", "note", "worker", "last_worker", "pinned",
        "wait_queue", "author", "seat_wanted", "critic_of", "since", "backoff", "step_at",
        "ready_at",
    )
)  # fmt: skip
"""The columns of texts and of fractions that are often the same. Not of whole numbers: as keys, 1
and 1.0 are one."""
_RANK: Final = _NAMES[TaskRow].index("rank")
"""The one whole number that is large, and the same in all tasks of equal weight."""
_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "spec": read_spec,
    **dict.fromkeys(_WORDS, read_words),
    "detail": read_map,
    "data": read_map,
    "choices": read_choices,
    "usage": read_usage,
    "budget_from": read_usage,
    "options": read_options,
    **dict.fromkeys(_YES_OR_NO, bool),
}
_WRITERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "spec": write_spec,
    **dict.fromkeys(_WORDS, write_words),
    "detail": write_map,
    "data": write_map,
    "choices": write_choices,
    "usage": write_usage,
    "budget_from": write_usage,
    "options": write_options,
    **dict.fromkeys(_FREE_TEXT, write_text),
    **dict.fromkeys(_YES_OR_NO, int),
}
_INSERTS: Final = {
    table: f"INSERT INTO {_TABLES[table].name} ({', '.join(names)}) VALUES (:{', :'.join(names)})"
    for table, names in _NAMES.items()
}
_WRITTEN: Final = {
    # Not the ids that are numbers.
    table: [
        (name, _WRITERS[name])
        for name in names
        if name in _WRITERS and table.__annotations__[name] is not int
    ]
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
