"""A state directory on a network disk: the same run, with a journal that is safe there."""

from __future__ import annotations

import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from tests.faults.test_locked_ledger import BEGIN, locked
from tests.unit.ledger.store.test_mounts import on_a_disk
from tests.unit.scheduler.test_scheduler import parallel
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.sqlite.write_lock import Patience
from wf_tui.scheduler import process

if TYPE_CHECKING:
    import pytest

    from tests.unit.scheduler.arena import Arena
    from wf_tui.ledger.ledger import Ledger


def test_a_whole_run(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is led to its end while a person acts on it and others watch."""
    on_a_disk(monkeypatch, "nfs4")
    tasks = [f'id: t{n}, run: "echo {n} > f{n}", mode: read_write' for n in range(6)]
    arena.start(parallel(*tasks, 'id: last, run: "true"'), jobs=3)
    arena.act(lambda ledger: ledger.hold(arena.run, "last"))
    arena.when(
        lambda event: event.kind == "task_done",
        lambda ledger: ledger.unhold(arena.run, "last"),
    )
    assert arena.lead(foreground=False) == "completed"
    with closing(SqliteDatabase(arena.place.paths.ledger)) as database:
        assert database.execute("PRAGMA journal_mode") == [("delete",)]


def test_it_cannot_even_be_read(
    arena: Arena, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """There a program can lock out readers, too: the scheduler waits for its end and goes on."""
    on_a_disk(monkeypatch, "nfs4")
    hasty = partial(SqliteDatabase, patience=Patience(most=0.01))
    monkeypatch.setattr(process, "SqliteDatabase", hasty)
    go = arena.folder / "go"
    arena.start(parallel(f'id: a, run: "until test -e {go}; do sleep 0.02; done"'))

    def lock(_: Ledger) -> None:
        with locked(BEGIN.replace("IMMEDIATE", "EXCLUSIVE"), arena.place.paths.ledger):
            go.touch()
            while "nothing new is started" not in caplog.text:
                threading.Event().wait(0.02)

    arena.when(lambda event: event.data.get("step") == "running", lock)
    assert arena.lead() == "completed"
    assert len(arena.events("scheduler_waited")) == 1
