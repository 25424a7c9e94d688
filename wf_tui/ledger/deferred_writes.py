"""Rows that are written late: at the end of a transaction, or as soon as a statement may see them.

A move changes the row of its task more than once, and with it those of its run and its phase; a
batch moves many tasks. Put off, what changes of one row is one statement, and the same change of
many rows is one for all of them. Nobody can tell the difference: before a statement that names a
table, what is put off for it is written.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Generic, Self

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.rows import (
    StoredRow,
    changes,
    decode,
    insert,
    table_of,
    update,
)
from wf_tui.ledger.store.database import NO_VALUES

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from wf_tui.ledger.store.database import Database, Row, Value, Values

__all__ = ["DeferredWrites", "deferring", "tables_of"]

_Key = tuple["Value", ...]
_NAMED: Final = re.compile(r"\b(FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)")


@lru_cache(maxsize=1024)
def tables_of(sql: str) -> frozenset[str]:
    """Return which tables a statement names: it reads or changes no others."""
    return frozenset(name for _, name in _NAMED.findall(sql))


@lru_cache(maxsize=1024)
def _changed_by(sql: str) -> frozenset[str]:
    """Return in which tables a statement may change rows that are known."""
    return frozenset() if sql.startswith("SELECT") else tables_of(sql)


@dataclass(slots=True)
class _Step(Generic[StoredRow]):
    """A row as somebody had it, and as they made it."""

    old: StoredRow
    new: StoredRow


@dataclass
class _Pending:
    """What is put off for one table."""

    statements: dict[str, list[Values]] = field(default_factory=dict)
    """What is run for many rows, as to store new ones: the rows, by the statement."""
    updates: dict[_Key, list[_Step[Any]]] = field(default_factory=dict)
    """What then becomes of rows; mostly one step, since who changes one has the last."""


class DeferredWrites:
    """A connection in an open transaction, which writes rows late and reads none of them twice.

    Made, and emptied at the end, by `deferring`; it lives as long as that transaction, and is the
    `Database` of all rules in it: a statement past it would not see what is put off. No part of it
    can be undone by itself.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._pending: dict[str, _Pending] = {}
        self._rows: dict[str, dict[_Key, Any]] = {}
        """What was read by its key, or is not there: kept until a statement changes its table."""
        self._refused = False
        """Whether a part was refused, which may have been caught since; its writes are here yet."""

    # -- rows

    def row(self, kind: type[StoredRow], *key: Value) -> StoredRow | None:
        """Return the row with this key, in the order of its table; None where there is none."""
        table = table_of(kind)
        known: dict[_Key, StoredRow | None] | None = self._rows.get(table.name)
        if known is None:
            known = self._rows[table.name] = {}
        elif key in known:
            return known[key]
        # What is put off for other rows of its table may stay so.
        pending = self._pending.get(table.name)
        if pending is not None and (pending.statements or key in pending.updates):
            self._write(table.name)
        rows = self._db.execute(table.one, dict(zip(table.key, key, strict=True)))
        found = decode(kind, rows[0]) if rows else None
        known[key] = found
        return found

    def insert(self, row: StoredRow) -> None:
        """Store a new row; raises `UsageError` for a text that cannot be stored."""
        statement, values = insert(row)
        self.append(table_of(type(row)).name, statement, [values])

    def append(self, table: str, statement: str, rows: Iterable[Values]) -> None:
        """Store new rows by a statement of this table."""
        self._put_off(table).statements.setdefault(statement, []).extend(rows)
        self._rows.pop(table, None)

    def execute_late(self, table: str, statement: str, rows: Iterable[Values]) -> None:
        """Run a statement that names no other table than this for each row of values, late."""
        pending = self._pending.get(table)
        if pending is not None and (pending.updates or statement not in pending.statements):
            # It is for rows as all that was put off before it leaves them.
            self._write(table)
        self.append(table, statement, rows)

    def write(self, old: StoredRow, new: StoredRow) -> None:
        """Change the fields of a row that differ."""
        table = table_of(type(new))
        key = table.key_of(new)
        updates = self._put_off(table.name).updates
        steps = updates.get(key)
        if steps is None:
            updates[key] = [_Step(old, new)]
        elif steps[-1].new is old:
            steps[-1].new = new
        else:
            # Who wrote it has it from before another write, whose other fields stay.
            steps.append(_Step(old, new))
        known = self._rows.get(table.name)
        if known is None:
            return
        if known.get(key) is old:
            known[key] = new
        else:
            known.pop(key, None)

    def _put_off(self, table: str) -> _Pending:
        pending = self._pending.get(table)
        if pending is None:
            pending = self._pending[table] = _Pending()
        return pending

    def flush(self) -> None:
        """Write all that is put off; raises `RefusedError` where a part of it was refused."""
        if self._refused:
            raise RefusedError("a part of the transaction was refused")
        for table in tuple(self._pending):
            self._write(table)

    def _write(self, table: str) -> None:
        pending = self._pending[table]
        for statement, rows in pending.statements.items():
            self._run(statement, rows)
        alike: dict[str, list[Values]] = {}
        for key, steps in pending.updates.items():
            changed: dict[str, Value] = {}
            for step in steps:
                changed |= changes(step.old, step.new)
            if changed:
                kind = table_of(type(step.new))
                statement = update(kind, tuple(changed))
                changed.update(zip(kind.key, key, strict=True))
                alike.setdefault(statement, []).append(changed)
        for statement, rows in alike.items():
            self._run(statement, rows)
        # Only now: where one of them was refused, the end of the transaction is refused as well.
        del self._pending[table]

    def _run(self, statement: str, rows: list[Values]) -> None:
        if len(rows) == 1:
            self._db.execute(statement, rows[0])
        else:
            self._db.execute_many(statement, rows)

    # -- statements

    def execute(self, sql: str, values: Values = NO_VALUES) -> list[Row]:
        """Run one statement, once what it may see is written."""
        self._catch_up(sql)
        return self._db.execute(sql, values)

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each row of values, once what it may see is written."""
        self._catch_up(sql)
        self._db.execute_many(sql, rows)

    def execute_all(self, reads: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        """Run reads together, once what they may see is written."""
        for sql, _ in reads:
            self._catch_up(sql)
        return self._db.execute_all(reads)

    def _catch_up(self, sql: str) -> None:
        if self._pending:
            for table in tables_of(sql):
                if table in self._pending:
                    self._write(table)
        for table in _changed_by(sql):
            self._rows.pop(table, None)

    @contextmanager
    def transaction(self, run: str) -> Iterator[None]:  # noqa: ARG002 - it is of one run
        """Do a part of it: where that is refused, all of it is, also where somebody caught that."""
        with self:
            yield

    def __enter__(self) -> Self:
        """Begin a part of its transaction, as `transaction` does; a batch has very many."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End that part."""
        if kind is not None:
            self._refused = True

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one moment: that of this transaction."""
        yield

    # -- the connection

    def require_whole(self) -> None:
        """Read all of the ledger and raise `LedgerError` if it is damaged."""
        self._db.require_whole()

    def loaded(self) -> None:
        """Take note that very many rows were stored at once."""
        self._db.loaded()

    def changed(self) -> bool:
        """Whether another connection committed since this was asked last."""
        return self._db.changed()

    def wait_changed(self, seconds: float, over: threading.Event) -> bool:
        """Wait until another connection has committed; return whether one has."""
        return self._db.wait_changed(seconds, over)

    def now(self) -> float:
        """Return UTC seconds by the clock of the store."""
        return self._db.now()

    def close(self) -> None:
        """Let go of the file or connection."""
        self._db.close()


def deferring(db: Database, run: str) -> AbstractContextManager[DeferredWrites]:
    """Open a transaction of a run whose rows are written at its end; nested, it is a part of one.

    Called by `change` for one change, and by the writer for a batch of them. Where a part of it
    was refused, it ends with a `RefusedError`.
    """
    return db if isinstance(db, DeferredWrites) else _transaction(db, run)


@contextmanager
def _transaction(db: Database, run: str) -> Iterator[DeferredWrites]:
    with db.transaction(run):
        deferred = DeferredWrites(db)
        yield deferred
        deferred.flush()
