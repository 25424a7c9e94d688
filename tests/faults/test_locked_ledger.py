"""Another program keeps the ledger locked: what runs goes on, views too, and then all the rest."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_locks import BEGIN_IMMEDIATE, HOLD_FLOCK, locked_by_another
from tests.support.plans import parallel_plan
from tests.support.waiting import until
from wf_tui.clock import SystemClock
from wf_tui.errors import LedgerWaitError
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.store import Patience
from wf_tui.picture.status import read_status

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness


def wait_for_line(path: Path, text: str) -> str:
    """Return a line of a growing file, as soon as it is there."""
    return until(
        lambda: next((line for line in path.read_text().splitlines() if text in line), ""),
        f"{path.name} says {text!r}",
    )


@pytest.mark.parametrize(
    ("program", "name"),
    [(BEGIN_IMMEDIATE, "ledger.db"), (HOLD_FLOCK, "ledger.lock")],
    ids=["as SQLite does", "as wf does"],
)
def test_all_goes_on(harness: RunHarness, program: str, name: str) -> None:
    """The scheduler says who locks it and waits; a command gives up; a view shows the run."""
    first = f"until test -e {harness.folder}/go; do sleep 0.02; done; touch {harness.folder}/over"
    harness.start(parallel_plan(f'id: a, run: "{first}"'))
    paths = harness.project.paths
    pid = harness.detach()
    harness.wait_for(lambda event: event.task == "a" and event.data.get("step") == "running")
    with locked_by_another(program, paths.root / name) as holder:
        (harness.folder / "go").touch()
        line = wait_for_line(paths.run(harness.run).scheduler_log, "nothing new starts")
        assert f"is locked by process {holder} (" in line
        until((harness.folder / "over").exists, "the program has gone on to its end")
        with closing(SqliteDatabase(paths.ledger, patience=Patience(most=0.1))) as database:
            assert read_status(database, harness.run, 0.0, harness.paths).alive
            with pytest.raises(LedgerWaitError, match=f"process {holder} "):
                Ledger(database, SystemClock(), actor="user:ann").stop(harness.run)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert (harness.row().state, len(harness.events("scheduler_waited"))) == ("completed", 1)
