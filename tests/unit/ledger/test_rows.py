"""What no wf has written into a row is named with its table, and ends no command with a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.ledger_harness import RUN, LedgerHarness
from wf_tui.errors import LedgerError
from wf_tui.ledger.model.rows import TaskRow, evolve
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import HOLD

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Database


def _read_all(db: Database) -> None:
    reads.runs(db)
    reads.tasks(db, RUN)
    reads.phases(db, RUN)
    reads.attempts(db, RUN)
    reads.workers(db, RUN)
    list(reads.events(db, RUN))


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("task", "state", "pendong"),
        ("task", "step", "running!"),
        ("task", "kind", "merggd"),
        ("task", "spec", "{broken"),
        ("task", "spec", '{"no_such_field": 1}'),
        ("task", "scope", '"src"'),
        ("task", "detail", "[]"),
        ("run", "state", ""),
        ("run", "intent", "gp"),
        ("attempt", "outcome", "succeedee"),
        ("worker", "roles", "7"),
        ("event", "data", "nul"),
    ],
)
def test_a_bad_value_is_named(drive: LedgerHarness, table: str, column: str, value: str) -> None:
    """A word that is none, or text that is no JSON: the line has the table, the row and both."""
    drive.make("a")
    drive.finish("a")
    drive.db.execute(f"UPDATE {table} SET {column} = :value", {"value": value})
    with pytest.raises(LedgerError, match=f"in its table {table}, the row of") as caught:
        _read_all(drive.db)
    assert f" has {column} " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_text_that_is_none(drive: LedgerHarness) -> None:
    """Bytes that are no UTF-8 in a text are damage, too."""
    drive.make("a")
    drive.db.execute("UPDATE task SET title = CAST(x'ff00fe' AS TEXT)")
    with pytest.raises(LedgerError, match="is damaged"):
        _read_all(drive.db)


def test_a_rule_meets_it(drive: LedgerHarness) -> None:
    """An act that meets such a row changes nothing and says which it was."""
    drive.make("a", "b")
    drive.db.execute("UPDATE task SET state = 'x' WHERE id = 'b'")
    before = drive.run().seq
    with pytest.raises(LedgerError, match=r"task, the row of run 'r1', id 'b' has state 'x'"):
        drive.mine.move(RUN, HOLD, ["a", "b"])
    assert drive.run().seq == before


def test_a_task_row_is_small_and_frozen(drive: LedgerHarness) -> None:
    """A board keeps thousands: none has a dictionary, and yet each is a row like any other."""
    drive.make("a")
    row = reads.task(drive.db, RUN, "a")
    assert not hasattr(row, "__dict__")
    with pytest.raises(AttributeError, match="does not change"):
        TaskRow.__setattr__(row, "title", "b")
    changed = evolve(row, title="b", attempts=2)
    assert (changed.title, changed.attempts, changed.ordinal) == ("b", 2, row.ordinal)
    assert evolve(changed, title=row.title, attempts=row.attempts) == row != changed
    unknown: dict[str, Any] = {"titel": "b"}
    with pytest.raises(TypeError, match="no field 'titel'"):
        evolve(row, **unknown)


def test_tasks_come_in_order_and_share(
    drive: LedgerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the pages they are read in, they come as declared; what is alike is there once."""
    monkeypatch.setattr(reads, "_PAGE", 2)
    drive.make("d", "b", "e", "a", "c")
    tasks = reads.tasks(drive.db, RUN)
    assert [task.id for task in tasks] == ["d", "b", "e", "a", "c"]
    assert all(task.run is tasks[0].run and task.phase is tasks[0].phase for task in tasks)
    assert all(task.rank is tasks[0].rank and task.detail is tasks[0].detail for task in tasks)
    assert tasks == [reads.task(drive.db, RUN, task.id) for task in tasks]
