"""A state directory on a network disk: the same run, with a journal that is safe there."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from tests.unit.ledger.test_mounts import on_a_disk
from tests.unit.scheduler.test_scheduler import parallel
from wf_tui.ledger.sqlite import SqliteDatabase

if TYPE_CHECKING:
    import pytest

    from tests.unit.scheduler.arena import Arena


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
