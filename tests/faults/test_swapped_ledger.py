"""The ledger of a running scheduler is replaced: it stops at once, and nothing is lost."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.audit import processes_of
from tests.support.ledger_files import delete, delete_journal, move_over
from tests.support.plans import parallel_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.model.rows import EventRow


def runs(event: EventRow) -> bool:
    """Whether the program of task a has begun."""
    return event.task == "a" and event.data.get("step") == "running"


def swapped(harness: RunHarness, swap: Callable[[Path, Path], None]) -> str:
    """Swap the ledger of a scheduler for an older copy while a task runs; return what it says."""
    wait = f"echo x > x; until test -e {harness.folder}/go; do sleep 0.02; done"
    harness.start(parallel_plan(f'id: a, run: "{wait}", mode: read_write, max_attempts: 2'))
    paths = harness.project.paths
    older = paths.root / "older.db"
    shutil.copyfile(paths.ledger, older)
    pid = harness.detach()
    harness.wait_for(runs)
    swap(older, paths.ledger)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
    assert processes_of(harness.folder) == {}
    return paths.run(harness.run).scheduler_log.read_text()


@pytest.mark.parametrize(
    "swap", [move_over, delete, delete_journal], ids=lambda swap: swap.__name__
)
def test_it_stops_and_saves(harness: RunHarness, swap: Callable[[Path, Path], None]) -> None:
    """It ends with one line, its programs too; with what it saved the run goes on to its end."""
    log = swapped(harness, swap)
    assert "Traceback" not in log
    assert "while it was in use; all that it held is in" in log.splitlines()[-2]
    ledger = harness.project.paths.ledger
    ledger.with_name("ledger-rescued.db").replace(ledger)
    (harness.folder / "go").touch()
    assert harness.lead() == "completed"
    assert harness.merged("x") == "x"
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["lost", "succeeded"]
