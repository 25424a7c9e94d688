"""Write scopes: who keeps whom waiting, and how the waiting is kept cheap (RULES 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, STOPPED, LedgerHarness, phase, shell
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.rules.moves import CANCEL, EDIT, MOVES, REASSIGN
from wf_tui.ledger.store.database import NO_VALUES

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from wf_tui.ledger.model.new_tasks import NewTask
    from wf_tui.ledger.store.database import Database, Row, Values


@dataclass
class Counted:
    """A database that counts statements."""

    inner: Database
    statements: int = 0

    def execute(self, sql: str, values: Values = NO_VALUES) -> list[Row]:
        """Count and run one statement."""
        self.statements += 1
        return self.inner.execute(sql, values)

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Count and run one statement for many rows."""
        self.statements += 1
        self.inner.execute_many(sql, rows)

    def transaction(self, run: str) -> AbstractContextManager[None]:
        """Open a transaction of the database."""
        return self.inner.transaction(run)

    def execute_all(self, reads: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        """Count and run several reads."""
        return [self.execute(sql, values) for sql, values in reads]

    def require_whole(self) -> None:
        """Check the database."""
        self.inner.require_whole()

    def loaded(self) -> None:
        """Pass it on."""
        self.inner.loaded()

    def now(self) -> float:
        """Return the time of the database."""
        return self.inner.now()

    def wait_changed(self, seconds: float, over: threading.Event) -> bool:
        """Wait for a change of the database."""
        return self.inner.wait_changed(seconds, over)

    def snapshot(self) -> AbstractContextManager[None]:
        """Open a snapshot of the database."""
        return self.inner.snapshot()

    def changed(self) -> bool:
        """Ask the database."""
        return self.inner.changed()

    def close(self) -> None:
        """Leave it open; it belongs to the fixture."""

    def during(self, act: Callable[[], object]) -> int:
        """Return how many statements an act takes."""
        before = self.statements
        act()
        return self.statements - before


def writer(name: str, *scope: str, shared: bool = False, **values: object) -> NewTask:
    """Return a task that writes these paths, in its own tree or in the shared one."""
    return shell(name, scope=scope, isolation="shared" if shared else "auto", **values)


def reader(name: str) -> NewTask:
    """Return a task that only reads."""
    return shell(name, mode="read_only", scope=())


@pytest.mark.parametrize(
    ("scopes", "left", "right", "together"),
    [
        ("serialize", writer("a", "src/x"), writer("b", "src/y"), True),
        ("serialize", writer("a", "src/x"), writer("b", "src/"), False),
        ("serialize", writer("a", "src/*.py"), writer("b", "docs", "src/x.py"), False),
        ("race", writer("a", "src/x"), writer("b", "src/x"), True),
        ("serialize", writer("a"), writer("b"), True),
        ("serialize", writer("a"), writer("b", "src/x"), True),
        ("race", writer("a", "src/x", shared=True), writer("b", "src/x", shared=True), False),
        ("race", writer("a", shared=True), writer("b", "docs", shared=True), False),
        ("race", writer("a", "src", shared=True), writer("b", "docs", shared=True), True),
        ("serialize", writer("a", shared=True), writer("b", "docs"), False),
        ("race", writer("a", shared=True), writer("b", "docs"), True),
        ("serialize", writer("a", shared=True), reader("b"), True),
        ("serialize", reader("a"), writer("b", shared=True), True),
        ("serialize", reader("a"), reader("b"), True),
    ],
)
def test_who_may_work_together(
    drive: LedgerHarness, scopes: str, left: NewTask, right: NewTask, *, together: bool
) -> None:
    """Two tasks run at once only where their scopes, workspaces and the plan allow it."""
    drive.make(left, right, scopes=scopes).expect_claim("a")
    assert (drive.claim("w2") is not None) == together


def test_case_is_folded_where_the_file_system_does(drive: LedgerHarness) -> None:
    """On a file system that ignores case, scopes that differ only by case overlap."""
    drive.make(writer("a", "SRC/x"), writer("b", "src/X"), fold_case=True).expect_claim("a")
    assert drive.claim("w2") is None


def test_a_stopped_attempt_holds_its_scope(drive: LedgerHarness) -> None:
    """Its processes may still write: nobody comes in before it is closed."""
    drive.make(shell("a", scope=("src",)), shell("b", scope=("src/x",)))
    fence = drive.expect_claim("a")
    drive.mine.move(RUN, CANCEL, ["a"])
    assert drive.claim("w2") is None
    drive.ledger.close(fence, STOPPED)
    drive.expect_claim("b")


def test_across_phases(drive: LedgerHarness) -> None:
    """The check also holds between tasks of phases that run side by side."""
    drive.make(phase("p", writer("a", "src")), phase("q", writer("b", "src"))).expect_claim("a")
    assert drive.claim("w2") is None


def test_a_later_task_passes(drive: LedgerHarness) -> None:
    """A task whose scope is free passes one whose scope is busy."""
    drive.make(writer("a", "src"), writer("b", "src/b"), writer("c", "docs")).expect_claim("a")
    drive.expect_claim("c", "w2")


def test_the_end_of_the_holder_wakes(drive: LedgerHarness) -> None:
    """When the holder ends, the best task of each waiting scope comes back, the others follow."""
    drive.make(writer("a", "src"), writer("b", "src"), writer("c", "src/x"), writer("d", "src"))
    fence = drive.expect_claim("a")
    assert drive.claim("w2") is None
    assert [drive.task(name).wait_queue is None for name in "bcd"] == [False, False, False]
    drive.done(fence)
    assert [drive.task(name).wait_queue is None for name in "bcd"] == [True, True, False]
    drive.finish("b", "c", "d")


def test_the_end_of_another_wakes_nobody(drive: LedgerHarness) -> None:
    """A holder that ends leaves tasks alone that wait for another one's scope."""
    drive.make(writer("a", "src"), writer("b", "src"), writer("c", "docs"))
    drive.expect_claim("a")
    fence = drive.expect_claim("c", "w2")
    assert drive.claim("w3") is None
    drive.done(fence)
    assert drive.task("b").wait_queue is not None


def test_a_retried_holder_wakes_too(drive: LedgerHarness) -> None:
    """A holder that fails and waits for its back-off lets the next one in."""
    drive.make(writer("a", "src", max_attempts=2), writer("b", "src"))
    fence = drive.expect_claim("a")
    assert drive.claim("w2") is None
    drive.fail(fence)
    drive.expect_claim("b", "w2")


@pytest.mark.parametrize("act", ["hold", "cancel", "skip", "reassign", "edit"])
def test_leaving_the_queue_lets_the_next_one_in(drive: LedgerHarness, act: str) -> None:
    """A woken task that a person takes out of the queue does not keep the next of its scope."""
    drive.make(writer("a", "src"), writer("b", "src"), writer("c", "src"), writer("z", "lib"))
    fence = drive.expect_claim("a")
    drive.expect_claim("z", "w3")
    assert drive.claim("w2") is None
    drive.done(fence)
    if act == "reassign":
        drive.mine.move(RUN, REASSIGN, ["b"], to="w3")
    elif act == "edit":
        drive.mine.move(RUN, EDIT, ["b"], fields={"scope": ("lib/b",)})
    else:
        drive.mine.move(RUN, MOVES[act], ["b"])
    drive.expect_claim("c", "w2")


def test_a_woken_task_that_nobody_can_do(drive: LedgerHarness) -> None:
    """A task for a worker that is not there keeps none of its scope from running."""
    pinned = writer("b", "src", worker="nobody")
    model = writer("c", "src", spec=Spec(prompt="think"))
    drive.make(writer("a", "src"), pinned, model, writer("d", "src"), writer("z", "lib"))
    fence = drive.expect_claim("a")
    drive.expect_claim("z", "w3")
    assert drive.claim("w2") is None
    drive.done(fence)
    drive.expect_claim("d", "w2")


def test_nothing_stays_parked_behind_nobody(drive: LedgerHarness) -> None:
    """With no attempt open a parked task is looked at again, whatever it was parked for."""
    drive.make(writer("a", "src"))
    drive.db.execute("UPDATE task SET wait_queue = 'long gone'")
    drive.expect_claim("a")


def test_ten_thousand_of_one_scope(store: Database) -> None:
    """With 10,000 tasks of one scope waiting, a claim needs as many statements as with 10."""
    counted = Counted(store)
    drive = LedgerHarness(counted)
    drive.make(writer("first", "src"), *(writer(f"t{n}", "src") for n in range(10_000)))
    fence = drive.expect_claim("first")
    assert drive.claim("w2") is None
    parked = counted.during(lambda: drive.claim("w2"))
    drive.done(fence)
    turns = [counted.during(partial(drive.finish, f"t{n}", worker="w1")) for n in range(3)]
    assert parked <= 10
    assert max(turns) < 80


# -- the shared workspace


def test_the_shared_tree_is_too_old(drive: LedgerHarness) -> None:
    """While the shared tree is in use, a task that counts on a later merge waits for it."""
    after = writer("c", "lib", shared=True, spec=Spec(command="true", needs=("b",)))
    drive.make(writer("a", "src", shared=True), writer("b", "docs"), after)
    fence = drive.expect_claim("a")
    drive.finish("b", worker="w2")
    assert drive.claim("w2") is None
    assert (drive.reason("c").kind, drive.reason("c").detail) == (
        "waiting",
        {"workspace": "shared"},
    )
    drive.done(fence)
    drive.expect_claim("c", "w2")


def test_none_starts_before_the_one_that_waits(drive: LedgerHarness) -> None:
    """While a task waits for a newer shared tree no other one enters it, so that it is freed."""
    after = writer("c", "lib", shared=True, priority=-1, spec=Spec(command="true", needs=("b",)))
    late = writer("d", "etc", shared=True, priority=1)
    drive.make(writer("a", "src", shared=True), writer("b", "docs"), after, late)
    fence = drive.expect_claim("a")
    drive.finish("b", worker="w2")
    assert drive.claim("w2") is None
    drive.done(fence)
    drive.expect_claim("c", "w2")
    drive.expect_claim("d", "w1")


def test_side_by_side_in_the_shared_tree(drive: LedgerHarness) -> None:
    """A task that was ready before the tree was brought up to date may join those in it."""
    drive.make(
        writer("a", "src", shared=True), writer("b", "docs"), writer("c", "lib", shared=True)
    )
    drive.expect_claim("a")
    drive.finish("b", worker="w2")
    drive.expect_claim("c", "w2")
