"""A state directory on a network disk: the same run, with a journal that is safe there."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from tests.support.ledger_locks import BEGIN_IMMEDIATE, locked_by_another, on_a_disk
from tests.support.plans import parallel_plan
from tests.support.waiting import until
from wf_tui.ledger.rules.moves import HOLD, UNHOLD
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.store import Patience

if TYPE_CHECKING:
    import pytest

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.ledger import Ledger


def test_a_whole_run(harness: RunHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is led to its end while a person acts on it and others watch."""
    on_a_disk(monkeypatch, "nfs4")
    tasks = [f'id: t{n}, run: "echo {n} > f{n}", mode: read_write' for n in range(6)]
    harness.start(parallel_plan(*tasks, 'id: last, run: "true"'), jobs=3)
    harness.act(lambda ledger: ledger.move(harness.run, HOLD, ["last"]))
    harness.when(
        lambda event: event.kind == "task_done",
        lambda ledger: ledger.move(harness.run, UNHOLD, ["last"]),
    )
    assert harness.lead(foreground=False) == "completed"
    with closing(SqliteDatabase(harness.project.paths.ledger)) as database:
        assert database.execute("PRAGMA journal_mode") == [("delete",)]


def test_it_cannot_even_be_read(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """There a program can lock out readers, too: the scheduler waits for its end and goes on."""
    on_a_disk(monkeypatch, "nfs4")
    harness.patience = Patience(most=0.01)
    go = harness.folder / "go"
    harness.start(parallel_plan(f'id: a, run: "until test -e {go}; do sleep 0.02; done"'))

    def lock(_: Ledger) -> None:
        with locked_by_another(
            BEGIN_IMMEDIATE.replace("IMMEDIATE", "EXCLUSIVE"), harness.project.paths.ledger
        ):
            go.touch()
            until(lambda: "nothing new starts" in caplog.text, "the scheduler says so")

    harness.when(lambda event: event.data.get("step") == "running", lock)
    assert harness.lead() == "completed"
    assert len(harness.events("scheduler_waited")) == 1
