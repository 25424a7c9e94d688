"""The store above its connections: whether there is a ledger, who leads, and what a leader asks."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, FixedClock, a_run
from wf_tui.errors import LedgerError
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.store import StoreState
from wf_tui.ledger.stores import store_of
from wf_tui.paths import RepoPaths

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.store.store import Store


@pytest.fixture
def paths(tmp_path: Path) -> RepoPaths:
    """Give the folder of a repository."""
    return RepoPaths(tmp_path / "repository")


@pytest.fixture
def kept(paths: RepoPaths) -> Store:
    """Give a store whose ledger has a run."""
    made = store_of(paths)
    with closing(made.open(create=True)) as db:
        Ledger(db).create_run(a_run(), [], {})
    paths.run(RUN).root.mkdir(parents=True)
    return made


def test_it_says_whether_there_is_one(tmp_path: Path) -> None:
    """A store knows whether it has a ledger, and in what state it is, without making one."""
    kept = store_of(RepoPaths(tmp_path / "repository"))
    assert (kept.exists(), kept.describe().state) == (False, StoreState.ABSENT)
    kept.open(create=True).close()
    assert (kept.exists(), kept.describe().state) == (True, StoreState.OK)


def test_times_are_those_of_the_store(tmp_path: Path) -> None:
    """Who writes has the time of the store, and the clock that it was given tells that."""
    clock = FixedClock(5_000.0)
    with closing(store_of(RepoPaths(tmp_path / "r"), clock).open(create=True)) as db:
        assert db.now() == 5_000.0
        ledger = Ledger(db)
        ledger.create_run(a_run(), [], {})
        clock.move(7)
        ledger.pause(RUN)
        assert [event.at for event in reads.events(db, RUN)] == [5_000.0, 5_007.0]


def test_a_led_run_is_not_without_a_leader(kept: Store) -> None:
    """Who wants a run to have no scheduler is told that it has one, and does not wait."""
    with kept.lead(RUN), kept.without_leader(RUN) as free:
        assert not free
    with kept.without_leader(RUN) as free, kept.without_leader(RUN) as again:
        assert (free, again) == (True, False)


def test_a_stand_by_waits(kept: Store) -> None:
    """Who asks for a lead that is held gets it when it is free."""
    led = threading.Event()

    def stand_by() -> None:
        with kept.lead(RUN):
            led.set()

    thread = threading.Thread(target=stand_by)
    with kept.lead(RUN):
        thread.start()
        assert not led.wait(0.05)
    assert led.wait(10)
    thread.join()


@pytest.mark.parametrize("again", [False, True], ids=["deleted", "replaced"])
def test_a_lead_that_keeps_nobody_out_is_none(
    kept: Store, paths: RepoPaths, *, again: bool
) -> None:
    """Where the lock of a leader was deleted it changes nothing more: another one may lead."""
    lock = paths.run(RUN).scheduler_lock
    with kept.lead(RUN) as lead, closing(kept.open()) as db:
        ledger = Ledger(db, lead=lead)
        assert ledger.pause(RUN)
        lock.unlink()
        if again:
            lock.touch()
        with pytest.raises(LedgerError, match="this process no longer leads run r1"):
            ledger.resume(RUN)
        assert reads.run_row(db, RUN).state == "paused"
        assert Ledger(db).resume(RUN)


def test_waiting_for_a_change(kept: Store) -> None:
    """It ends with a change of another connection, with the time, or when it is told to."""
    over = threading.Event()
    with closing(kept.open()) as db, closing(kept.open()) as other:
        assert not db.wait_changed(0, over)
        Ledger(other).pause(RUN)
        assert db.wait_changed(60, over)
        over.set()
        assert not db.wait_changed(60, over)


def test_reads_that_go_together(kept: Store) -> None:
    """Several reads have their rows in the order in which they were asked."""
    with closing(kept.open()) as db:
        one = ("SELECT id FROM run WHERE id = :run", {"run": RUN})
        assert db.execute_all([one, ("SELECT count(*) FROM task", {}), one]) == [
            [(RUN,)],
            [(0,)],
            [(RUN,)],
        ]
