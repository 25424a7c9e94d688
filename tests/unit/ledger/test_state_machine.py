"""Random acts by two processes that are killed at random: the promises hold at every instant.

G1 and G2 are asserted here; G9, and all else that is legal, by the checker of the event log, which
knows no rule of the ledger; G3 by what everybody had been told before each kill.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from tests.support import recount
from tests.support.crashing_connection import Killed
from tests.support.ledger_harness import BAD, RUN, FixedClock, LedgerHarness, merging
from tests.support.random_moves import NAMES, RandomMoves, result_of
from tests.support.stores import Crashing
from wf_tui.errors import RefusedError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import DoneKind, RunState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules import attempts, claims
from wf_tui.ledger.rules.propagate import Propagation
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.verify import verify
from wf_tui.verify.replay import replay
from wf_tui.verify.replay_state import ReplayState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.stores import MakeStore
    from wf_tui.ledger.model.rows import EventRow, TaskRow
    from wf_tui.ledger.rules.change import Change


pytestmark = pytest.mark.timeout(600)
"""What is found is made small first, which takes minutes."""
STRIKES = ["doom", "doom", "reopen", "again", "jump"]


class TwoProcesses(RandomMoves):
    """Two processes act on one ledger in turn, and die at any statement."""

    make_store: MakeStore

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="wf-acts-"))
        self.folder = self.root / "0"
        self.folder.mkdir()
        self.make_store(self.folder).close()
        self.clock = FixedClock()
        self.log: list[EventRow] = []
        """What the ledger has said that it did."""
        self.replayed = ReplayState()
        self.handles = [self._open(), self._open()]
        super().__init__(self.handles[0])

    # -- processes

    def _open(self) -> LedgerHarness:
        connection = self.make_store.crashing(self.folder, self._told)
        return merging(LedgerHarness(connection, self.clock))

    def _told(self) -> None:
        """Remember all that is in the ledger now: it has been acknowledged."""
        self.log += reads.events(self.drive.db, RUN, len(self.log))

    @contextlib.contextmanager
    def acting(self) -> Iterator[None]:
        """Let the processes act in turn; what is refused is, and who is killed is replaced."""
        self.handles.reverse()
        self.drive = self.handles[0]
        try:
            with super().acting():
                yield
        except Killed:
            self._after_the_kill()

    @rule(name=st.sampled_from(STRIKES), number=st.integers(1, 60))
    def strike(self, name: str, number: int) -> None:
        """Let something happen to a process, or to the clock of both."""
        getattr(self, name)(number)

    def doom(self, statements: int) -> None:
        """Let the process whose turn it is die after this many more statements."""
        database = self.handles[1].db
        assert isinstance(database, Crashing)
        database.left = statements

    def reopen(self, *_: int) -> None:
        """Let the process whose turn it is go and come back."""
        self.handles[1].db.close()
        self.handles[1] = self._open()

    def again(self, *_: int) -> None:
        """Let the process that acted last act once more."""
        self.handles.reverse()

    def jump(self, number: int) -> None:
        """Let somebody set the clock."""
        self.clock.move([-1e5, 1e5, 1e5][number % 3])

    def _after_the_kill(self) -> None:
        """Go on with what lies on the disk: all that was acknowledged has to be there (G3)."""
        self.folder = self.make_store.remains(
            self.folder, self.root / str(int(self.folder.name) + 1)
        )
        self._end()
        self.handles = [self._open(), self._open()]
        self.drive = self.handles[0]
        there = list(reads.events(self.drive.db, RUN))
        assert there[: len(self.log)] == self.log

    def _end(self) -> None:
        for handle in self.handles:
            handle.db.close()

    # -- what holds at every instant

    @invariant()
    def counters_are_right(self) -> None:
        """Compare all counters with a recount, as the other process sees them."""
        recount.check(self.handles[1].db)

    @invariant()
    def results_are_of_live_claims(self) -> None:
        """See each task done by the newest of its claims (G2), and one open at most (G1)."""
        for task in reads.tasks(self.handles[1].db, RUN):
            made = task.kind in set(DoneKind) - {DoneKind.SKIPPED}
            newest = Fence(RUN, task.id, task.epoch, "")
            assert not made or task.result == result_of(newest)
        opened = [a.task for a in reads.attempts(self.handles[1].db, RUN) if a.open]
        assert len(opened) == len(set(opened))

    @invariant()
    def history_is_legal(self) -> None:
        """Let the checker of the log find nothing but the clock that somebody set (G1, G2, G9)."""
        database = self.handles[1].db
        new = list(reads.events(database, RUN, self.replayed.seq))
        for event in new:
            replay(self.replayed, event)
        verify.compare_tables(
            self.replayed, reads.run_row(database, RUN), reads.tasks(database, RUN)
        )
        assert [one for one in self.replayed.violations if one.code != "time"] == []

    def teardown(self) -> None:
        """Let the swarm work until it stands still: then nothing may be ready.

        What a broken promise ended is left as it is: it might never stand still.
        """
        try:
            if self.log and sys.exception() is None:
                self._run_dry()
                recount.check(self.drive.db)
                left = reads.tasks(self.drive.db, RUN)
                if self.drive.run().state in {RunState.RUNNING, RunState.STALLED}:
                    ready = [one.id for one in left if self.drive.reason(one.id).kind == "ready"]
                    assert not ready, f"{ready} are never claimed"
        finally:
            self._end()
            shutil.rmtree(self.root)

    def _run_dry(self) -> None:
        self.reopen()
        self.drive = self.handles[1]
        with suppress(RefusedError):
            self.drive.mine.resume(RUN)
        for number in range(500):
            if number % 20 == 19:
                self.history_is_legal()  # most stand still by now
            opened = [a for a in reads.attempts(self.drive.db, RUN) if a.open]
            for attempt in opened:
                fence = Fence(RUN, attempt.task, attempt.epoch, attempt.worker)
                self.drive.ledger.fail(fence, BAD)
            self.clock.move(1e5)
            claimed = [self.drive.claim(name) for name in NAMES]
            if not opened and not any(claimed):
                return


def run_machine(make_store: MakeStore, **values: object) -> None:
    """Run the machine on stores of this kind."""
    machine = type("Machine", (TwoProcesses,), {"make_store": staticmethod(make_store)})
    stock: dict[str, object] = {
        "stateful_step_count": 50,
        "deadline": None,
        "suppress_health_check": list(HealthCheck),
    }
    run_state_machine_as_test(machine, settings=settings(**{**stock, **values}))  # type: ignore[arg-type]


def test_nothing_is_lost_or_done_twice(make_store: MakeStore) -> None:
    """Whatever happens in any order: G1, G2, G3 and G9 hold, no counter drifts, nobody starves."""
    run_machine(make_store, max_examples=10)


@pytest.mark.slow
def test_nothing_is_lost_or_done_twice_in_a_long_time(make_store: MakeStore) -> None:
    """The same for longer histories, and many of them."""
    run_machine(make_store, max_examples=40, stateful_step_count=100)


def _anybody(tx: Change, name: str, *_: object) -> TaskRow | None:
    """Take a report for good whenever somebody holds the task."""
    task = tx.task(name)
    return task if task.claimed else None


@contextlib.contextmanager
def _unbounded(self: SqliteDatabase, *_: str) -> Iterator[None]:
    """Let each statement be a transaction of its own."""
    self._depth += 1
    try:
        yield
    finally:
        self._depth -= 1


MUTANTS: dict[str, tuple[object, str, object]] = {
    "no fence": (attempts, "task_if_live", _anybody),
    "no look at the state": (claims, "_READY", claims._READY.replace("state = 'pending'", "1")),
    "no look at the counters": (claims, "_READY", claims._READY.replace("unmet = 0", "1")),
    "no counters": (Propagation, "_count_result", lambda _, task, *__: task),
    "no scopes": (claims, "contention", lambda *_: None),
    "no transactions": (SqliteDatabase, "_between", _unbounded),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_ledger_without_one_of_its_mechanisms_is_found(
    name: str, make_store: MakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each mechanism is needed: without it the machine comes upon a broken promise."""
    monkeypatch.setattr(*MUTANTS[name])
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_machine(
            make_store,
            max_examples=300,
            derandomize=True,
            phases=[Phase.generate],
            database=None,
            report_multiple_bugs=False,  # the first is enough
        )
