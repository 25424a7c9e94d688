"""Rows that are written late: nobody can tell, and fewer statements do it (RULES 4.1)."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import apsw
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.support.ledger_harness import RUN, LedgerHarness, merging
from tests.support.random_moves import DEEDS, NAMES, REPORTS, RandomMoves
from wf_tui.errors import RefusedError, UsageError, WfError
from wf_tui.ledger.deferred_writes import deferring, tables_of
from wf_tui.ledger.model.rows import TaskRow, WorkerRow, evolve
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import HOLD
from wf_tui.ledger.store.database import NO_VALUES
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from tests.support.stores import MakeStore
    from wf_tui.ledger.store.database import Database, Row, Values

TOUCHING: Final = {
    apsw.SQLITE_READ, apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE,
}  # fmt: skip


class Batches(RandomMoves):
    """What happens at once is one batch, as the writer of a scheduler makes it."""

    def __init__(self, drive: LedgerHarness) -> None:
        super().__init__(drive)
        self.sharing = False

    def acting(self) -> AbstractContextManager[object]:
        """Let what is refused undo the batch."""
        return nullcontext() if self.sharing else super().acting()

    def batch(self, acts: Callable[[], object]) -> None:
        """Do all of it in one batch; where something is refused, again one by one."""
        db, fences, added, at = self.drive.db, [*self.fences], self.added, self.drive.clock.at
        jitter = [one.random.getstate() for one in (self.drive.ledger, self.drive.mine)]
        try:
            with deferring(db, RUN) as shared:
                self._use(shared, sharing=True)
                acts()
        except WfError:
            self._use(db, sharing=False)
            self.fences, self.added, self.drive.clock.at = fences, added, at
            for one, state in zip((self.drive.ledger, self.drive.mine), jitter, strict=True):
                one.random.setstate(state)
            acts()
        self._use(db, sharing=False)

    def _use(self, db: Database, *, sharing: bool) -> None:
        self.sharing = sharing
        self.drive.db = self.drive.ledger.db = self.drive.mine.db = db


class TwoWays(RuleBasedStateMachine):
    """The same happens in two ledgers: in one by and by, in the other in batches."""

    make_store: MakeStore

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="wf-two-")
        self.single, self.batches = RandomMoves(self._open("1")), Batches(self._open("2"))

    def _open(self, name: str) -> LedgerHarness:
        folder = Path(self.folder.name) / name
        folder.mkdir()
        return merging(LedgerHarness(self.make_store(folder)))

    @initialize(seed=st.integers(0, 10**6))
    def begin(self, seed: int) -> None:
        """Create a run of a random plan in both."""
        for one in (self.single, self.batches):
            one.begin(seed)

    @rule(
        workers=st.permutations(NAMES),
        reports=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(REPORTS)), max_size=3),
        deeds=st.lists(
            st.tuples(st.sampled_from(DEEDS), st.integers(0, 99), st.integers(0, 99)), max_size=2
        ),
    )
    def act(
        self,
        workers: list[str],
        reports: list[tuple[int, str]],
        deeds: list[tuple[str, int, int]],
    ) -> None:
        """Let workers claim and report, and others do things; then all rows are the same."""

        def acts(moves: RandomMoves) -> None:
            moves.work(workers, [], 0)
            for pick, how in reports:
                moves.report(pick, how)
            for name, pick, which in deeds:
                moves.disturb(name, pick, which)

        acts(self.single)
        self.batches.batch(lambda: acts(self.batches))
        assert self.batches.fences == self.single.fences
        assert self.batches.drive.dump() == self.single.drive.dump()

    def teardown(self) -> None:
        """Close both."""
        for one in (self.single, self.batches):
            one.drive.db.close()
        self.folder.cleanup()


def run_machine(machine: type[RuleBasedStateMachine]) -> None:
    """Let few things happen, a few times."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_batch_is_its_changes_one_by_one(make_store: MakeStore) -> None:
    """Whatever happens: the same rows, the same events in their order, the same answers."""
    run_machine(type("Machine", (TwoWays,), {"make_store": staticmethod(make_store)}))


@pytest.fixture
def pair(drive: LedgerHarness) -> LedgerHarness:
    """Give a run of the tasks a and b."""
    return drive.make("a", "b")


def _renamed(task: TaskRow, title: str) -> TaskRow:
    return evolve(task, title=title)


def test_a_statement_sees_what_is_put_off(pair: LedgerHarness) -> None:
    """A statement that names a table sees each row as it was written last."""
    with deferring(pair.db, RUN) as db:
        db.write(pair.task("a"), _renamed(pair.task("a"), "new"))
        assert pair.task("a").title != "new"  # past it nobody sees that
        assert reads.task(db, RUN, "a").title == "new"
    assert pair.task("a").title == "new"


def test_a_row_is_read_again_once_its_table_was_changed(pair: LedgerHarness) -> None:
    """What was read by its key is kept until a statement may have changed it."""
    with deferring(pair.db, RUN) as db:
        assert db.row(TaskRow, RUN, "a") is db.row(TaskRow, RUN, "a")
        db.execute("UPDATE task SET title = 'new' WHERE run = :run", {"run": RUN})
        row = db.row(TaskRow, RUN, "a")
        assert row is not None
        assert row.title == "new"


def test_a_row_is_read_as_it_was_written(pair: LedgerHarness) -> None:
    """A row that is put off is read with all that was written, by whomever."""
    with deferring(pair.db, RUN) as db:
        first = db.row(TaskRow, RUN, "a")
        assert first is not None
        db.write(first, evolve(first, title="new"))
        db.write(first, evolve(first, note="by who still had it as it was"))
        row = db.row(TaskRow, RUN, "a")
        assert row == evolve(first, title="new", note="by who still had it as it was")
        assert db.row(TaskRow, RUN, "nobody") is None


def test_a_new_row_is_found(pair: LedgerHarness) -> None:
    """Who has seen that there is no such row sees the one that was stored since."""
    with deferring(pair.db, RUN) as db:
        assert db.row(WorkerRow, RUN, "new") is None
        db.insert(evolve(pair.seat("w1"), name="new"))
        assert db.row(WorkerRow, RUN, "new") == evolve(pair.seat("w1"), name="new")


def test_the_same_change_of_many_rows_is_one_statement(
    pair: LedgerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often rows are changed, they are written once, and together."""
    written, run_many = list[str](), pair.db.execute_many

    def noted(sql: str, rows: Iterable[Values]) -> None:
        written.append(sql)
        run_many(sql, rows)

    monkeypatch.setattr(pair.db, "execute_many", noted)
    with deferring(pair.db, RUN) as db:
        for name in ("a", "b"):
            row = pair.task(name)
            for title in ("1", "2", "3"):
                new = evolve(row, title=title)
                db.write(row, new)
                row = new
    assert written == ["UPDATE task SET title = :title WHERE run = :run AND id = :id"]
    assert [pair.task(name).title for name in ("a", "b")] == ["3", "3"]


def test_signs_of_life_are_two_statements(
    pair: LedgerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many attempts give one in a batch, and each by itself."""
    fences = [pair.expect_claim("a", "w1"), pair.expect_claim("b", "w2")]
    written, run_many = list[int](), pair.db.execute_many

    def noted(sql: str, rows: Iterable[Values]) -> None:
        written.append(len(found := [*rows]))
        run_many(sql, found)

    monkeypatch.setattr(pair.db, "execute_many", noted)
    pair.clock.at += 5.0
    with deferring(pair.db, RUN) as pair.ledger.db:
        for fence in fences:
            pair.ledger.heartbeat(RUN, [fence])
    assert written == [2, 2]
    assert {pair.task(name).lease_until for name in "ab"} == {pair.clock.at + pair.run().lease}
    assert {pair.seat(name).heartbeat_at for name in ("w1", "w2")} == {pair.clock.at}


def test_a_late_statement_keeps_its_place(pair: LedgerHarness) -> None:
    """What is run late sees the writes before it, none behind it, and is seen by who reads."""
    louder = "UPDATE task SET title = title || :end WHERE run = :run AND id = :id"
    values: Values = {"run": RUN, "id": "a", "end": "!"}
    with deferring(pair.db, RUN) as db:
        first = db.row(TaskRow, RUN, "a")
        assert first is not None
        db.write(first, _renamed(first, "new"))
        db.execute_late("task", louder, [values])
        db.execute_late("task", louder, [{**values, "end": "?"}])
        second = db.row(TaskRow, RUN, "a")
        assert second == _renamed(first, "new!?")
        db.execute_late("task", louder, [values])
        db.write(second, evolve(second, note="beside it"))
    assert pair.task("a") == evolve(second, title="new!?!", note="beside it")


def test_what_cannot_be_stored_refuses_all(pair: LedgerHarness) -> None:
    """A text that no store can hold is refused, at the latest by the end of the transaction."""
    before = pair.dump()

    def write() -> None:
        with deferring(pair.db, RUN) as db:
            db.write(pair.task("b"), _renamed(pair.task("b"), "new"))
            db.write(pair.task("a"), _renamed(pair.task("a"), "half a character: \ud800"))
            with suppress(UsageError):
                reads.task(db, RUN, "b")

    with pytest.raises(UsageError, match="UTF-8"):
        write()
    assert pair.dump() == before


def test_no_part_is_undone_alone(pair: LedgerHarness) -> None:
    """What is refused in a part of it undoes all of it, also where that was caught."""
    before = pair.dump()

    def batch() -> None:
        with deferring(pair.db, RUN) as db:
            pair.mine.db = db
            pair.mine.move(RUN, HOLD, ["a"])
            with suppress(ZeroDivisionError), db.transaction(RUN):
                pair.mine.move(RUN, HOLD, ["b"])
                raise ZeroDivisionError

    with pytest.raises(RefusedError, match="a part"):
        batch()
    assert pair.dump() == before


class Watched(SqliteDatabase):
    """Compares the tables of each statement with those that SQLite looks up for it."""

    def __init__(self, path: Path) -> None:
        self.touched = set[str]()
        super().__init__(path, create=True)
        self.execute("PRAGMA synchronous = OFF")
        self._connection.authorizer = self._note

    def _note(self, what: int, table: str | None, *_: object) -> int:
        if what in TOUCHING and table is not None and not table.startswith("sqlite_"):
            self.touched.add(table)
        return apsw.SQLITE_OK

    def execute(self, sql: str, values: Values = NO_VALUES) -> list[Row]:
        """Run one statement; what it touches is what it seems to name."""
        self.touched.clear()
        rows = super().execute(sql, values)
        assert self.touched <= tables_of(sql), sql
        return rows


def test_the_tables_of_a_statement_are_known(tmp_path: Path) -> None:
    """No statement of a run reads or changes a table that it does not seem to name."""
    folders = (tmp_path / str(number) for number in count())

    class Machine(RandomMoves):
        """Anything, in a ledger that is watched."""

        def __init__(self) -> None:
            super().__init__(merging(LedgerHarness(Watched(next(folders) / "ledger.db"))))

        def teardown(self) -> None:
            """Close it."""
            self.drive.db.close()

    run_machine(Machine)
