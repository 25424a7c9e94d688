"""The ledger of a running scheduler is replaced: it stops at once, and nothing is lost."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.faults.audit import processes_of
from tests.unit.ledger.store.test_file_guard import delete, move_over, unjournal
from tests.unit.scheduler.test_scheduler import parallel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.scheduler.arena import Arena
    from wf_tui.ledger.model.rows import EventRow


def runs(event: EventRow) -> bool:
    """Whether the program of task a has begun."""
    return event.task == "a" and event.data.get("step") == "running"


def swapped(arena: Arena, swap: Callable[[Path, Path], None]) -> str:
    """Swap the ledger of a scheduler for an older copy while a task runs; return what it says."""
    wait = f"echo x > x; until test -e {arena.folder}/go; do sleep 0.02; done"
    arena.start(parallel(f'id: a, run: "{wait}", mode: read_write, max_attempts: 2'))
    paths = arena.place.paths
    older = paths.root / "older.db"
    shutil.copyfile(paths.ledger, older)
    pid = arena.detach()
    arena.wait_for(runs)
    swap(older, paths.ledger)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
    assert processes_of(arena.folder) == {}
    return paths.run(arena.run).scheduler_log.read_text()


@pytest.mark.parametrize("swap", [move_over, delete, unjournal], ids=lambda swap: swap.__name__)
def test_it_stops_and_saves(arena: Arena, swap: Callable[[Path, Path], None]) -> None:
    """It ends with one line, its programs too; with what it saved the run goes on to its end."""
    log = swapped(arena, swap)
    assert "Traceback" not in log
    assert "while it was in use; all that it held is in" in log.splitlines()[-2]
    ledger = arena.place.paths.ledger
    ledger.with_name("ledger-rescued.db").replace(ledger)
    (arena.folder / "go").touch()
    assert arena.lead() == "completed"
    assert arena.merged("x") == "x"
    assert [attempt.outcome for attempt in arena.attempts("a")] == ["lost", "succeeded"]
