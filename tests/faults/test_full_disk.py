"""No room for the ledger: the scheduler waits, nothing that was answered is lost, it goes on."""

from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, make_repository
from tests.support.disk import fill, small_disk
from tests.support.ledger_files import write_older_format
from tests.support.ledger_harness import LedgerHarness
from tests.support.plans import parallel_plan
from wf_tui.errors import EnvironmentalError, LedgerError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture.status import read_status
from wf_tui.picture.status_text import status_lines
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.model.rows import EventRow


class Heard(logging.Handler):
    """Hears the scheduler of this process say that it waits."""

    def __init__(self) -> None:
        super().__init__()
        self.paused = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one line of the log."""
        if "nothing new starts" in record.getMessage():
            self.paused.set()


@pytest.fixture
def paused() -> Iterator[threading.Event]:
    """Give what is set as soon as a scheduler of this process waits."""
    heard = Heard()
    log = logging.getLogger("wf_tui.ledger.store.write_retry")
    log.addHandler(heard)
    yield heard.paused
    log.removeHandler(heard)


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Do something on a thread while this one leads."""
    thread = threading.Thread(target=act)
    thread.start()
    yield
    thread.join()


def runs(event: EventRow) -> bool:
    """Whether the program of task a has begun."""
    return event.task == "a" and event.data.get("step") == "running"


def waiting_task(go: Path) -> str:
    """Return a plan of a task that waits for a file, before it writes one."""
    wait = f"until test -e {go}; do sleep 0.02; done; echo x > x"
    return parallel_plan(f'id: a, run: "{wait}", mode: read_write, max_attempts: 5')


def test_it_waits_and_goes_on(harness: RunHarness, paused: threading.Event) -> None:
    """While the disk is full nothing is written, and views say so; with room the run goes on."""
    go, state = harness.folder / "go", harness.project.paths.root
    harness.start(waiting_task(go))
    seen: list[str] = []

    def trouble() -> None:
        harness.wait_for(runs)
        ballast = fill(state)
        go.touch()
        paused.wait()
        with open_reads(harness.project) as db:
            status = read_status(db, harness.run, 0.0, harness.paths)
            seen.append("\n".join(status_lines(status)))
        ballast.unlink()

    with small_disk(state, 6000), meanwhile(trouble):
        assert harness.lead() == "completed"
        assert f"make room in {harness.paths.root}" in seen[0]
        (waited,) = harness.events("scheduler_waited")
        assert "the disk is full" in str(waited.data["reason"])
        assert [event.seq for event in harness.events()] == list(range(1, harness.row().seq + 1))
        assert harness.merged("x") == "x"


@pytest.mark.slow
def test_a_signal_ends_the_waiting(harness: RunHarness) -> None:
    """A scheduler that waits for room still ends when it is told to, and a later one goes on."""
    go, state = harness.folder / "go", harness.project.paths.root
    harness.start(waiting_task(go))
    with small_disk(state, 6000):
        pid = harness.detach()
        harness.wait_for(runs)
        ballast = fill(state)
        os.kill(pid, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 143
        ballast.unlink()
        go.touch()
        assert harness.lead() == "completed"
        assert harness.events("scheduler_lost")


def test_a_person_is_told(tmp_path: Path) -> None:
    """In the foreground a line says what is waited for; here a limit of the user's own is full."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "repo"))
    go = tmp_path / "go"
    process = cli.start("run", cli.plan(waiting_task(go)), "--headless")
    assert process.stdout is not None
    assert process.stderr is not None
    while "running" not in process.stdout.readline():
        pass
    (log,) = tmp_path.glob("state/*/ledger.db-wal")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, -1))
    go.touch()
    assert "the disk is full" in process.stderr.readline()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (-1, -1))
    _, told = process.communicate()
    assert (process.returncode, told.count("can be written again")) == (0, 1)


LIMITED = """
import resource, sys
from pathlib import Path
from wf_tui.clock import SystemClock
from wf_tui.errors import LedgerWaitError
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.rules.moves import EDIT
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
ledger = Ledger(SqliteDatabase(Path(sys.argv[1])), SystemClock(), actor="user:ann")
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
try:
    ledger.move("r1", EDIT, ["a"], fields={"prompt": "x" * 1_000_000})
except LedgerWaitError as error:
    print(error.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
print(ledger.move("r1", EDIT, ["a"], fields={"prompt": "y" * 1_000_000})[0].changed)
"""


def test_a_limit_to_the_size_of_files(tmp_path: Path) -> None:
    """A limit of the user's, or a quota, is a full disk, too; without it writing goes on."""
    path = tmp_path / "ledger.db"
    with closing(SqliteDatabase(path, create=True)) as database:
        LedgerHarness(database).make("a")
    line = [sys.executable, "-c", LIMITED, str(path)]
    done = subprocess.run(line, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        f"the ledger {path} cannot grow: the disk is full",
        "True",
    ]


def test_no_room_for_a_run(harness: RunHarness) -> None:
    """A run for which there is no room is not made, and nothing of it is left."""
    state = harness.project.paths.root
    harness.start(parallel_plan('id: a, run: "true"'))
    assert harness.lead() == "completed"
    first, harness.run = harness.run, "another"
    with small_disk(state, 6000):
        before = sorted(path.name for path in (state / "runs").iterdir())
        ballast = fill(state)
        with pytest.raises((EnvironmentalError, OSError), match=r"disk is full|No space left"):
            harness.start(parallel_plan(*(f"id: t{n}, run: 'true'" for n in range(400))))
        ballast.unlink()
        assert sorted(path.name for path in (state / "runs").iterdir()) == before
        with open_reads(harness.project) as db:
            assert [run.id for run in reads.runs(db)] == [first]
    harness.run = first


def test_no_room_for_a_copy(tmp_path: Path) -> None:
    """An older ledger for whose copy there is no room stays as it is, and so does the disk."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    with small_disk(folder, 1000):
        path = write_older_format(folder / "ledger.db")
        ballast, before = fill(folder), path.read_bytes()
        os.truncate(ballast, ballast.stat().st_size - 64_000)
        with pytest.raises(LedgerError, match=r"no copy of it could be made.* the disk is full"):
            SqliteDatabase(path)
        assert path.read_bytes() == before
        assert not list(folder.glob("*backup*"))
        ballast.unlink()
        SqliteDatabase(path).close()
        assert (folder / "ledger-1.backup.db").exists()
