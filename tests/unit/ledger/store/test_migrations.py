"""A ledger of an older format is brought up to date, once, and only after a copy was made."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import apsw
import pytest

from tests.support.ledger_files import write_older_format
from tests.support.ledger_harness import RUN, LedgerHarness, a_run, seat
from wf_tui import locks
from wf_tui.errors import LedgerError, RefusedError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.rows.options import NO_DETAIL
from wf_tui.ledger.queries import conversation, reads
from wf_tui.ledger.queries.left_refs import left_of_attempt
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.sqlite.migrations import USER_VERSION

if TYPE_CHECKING:
    from pathlib import Path


EVENTS = {1: 14, 2: 32, 3: 32, 4: 33, 5: 19, 6: 27}
"""How many events the ledger of each older format has."""


@pytest.fixture(name="number", params=sorted(EVENTS))
def _number(request: pytest.FixtureRequest) -> int:
    """Give the number of each older format in turn."""
    assert isinstance(request.param, int)
    return request.param


@pytest.fixture(name="old")
def _old(path: Path, number: int) -> Path:
    """Give a ledger of an older format."""
    path.parent.mkdir()
    return write_older_format(path, number)


@pytest.fixture(name="second")
def _second(path: Path) -> Path:
    """Give a ledger of the second format."""
    path.parent.mkdir()
    return write_older_format(path, 2)


@pytest.fixture(name="fourth")
def _fourth(path: Path) -> Path:
    """Give a ledger of the fourth format."""
    path.parent.mkdir()
    return write_older_format(path, 4)


def _schema(path: Path) -> list[tuple[str, ...]]:
    """Return the tables and indexes of a ledger, without the comments and blanks of their SQL."""
    with closing(apsw.Connection(str(path))) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    return sorted(tuple(re.sub(r"--.*|\s", "", str(field)) for field in row) for row in rows)


def _content(connection: apsw.Connection) -> dict[tuple[str, str], list[object]]:
    """Return all that each column of each table holds, in no order of its own."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    content = {}
    for (table,) in tables:
        for _, column, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall():
            rows = connection.execute(f"SELECT {column} FROM {table}").fetchall()
            content[str(table), str(column)] = sorted((row[0] for row in rows), key=repr)
    return content


def _version(path: Path) -> object:
    with closing(apsw.Connection(str(path))) as connection:
        return connection.pragma("user_version")


def _copies(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.glob("*backup*"))


def test_it_has_what_a_new_one_has(old: Path, tmp_path: Path) -> None:
    """A migrated ledger has exactly the tables and indexes of a new one."""
    new = tmp_path / "new" / "ledger.db"
    SqliteDatabase(new, create=True).close()
    SqliteDatabase(old).close()
    assert _schema(old) == _schema(new)
    assert _version(old) == _version(new) == USER_VERSION


def test_its_run_goes_on(path: Path) -> None:
    """What the older wf wrote is there, and the run can be finished."""
    path.parent.mkdir()
    with closing(SqliteDatabase(write_older_format(path, 1))) as database:
        drive = LedgerHarness(database)
        assert drive.where() == "D:merged P"
        drive.finish("b")
        assert drive.where() == "D:merged D:merged"


def test_nothing_else_changed(second: Path) -> None:
    """All that the tables of both formats have is as it was."""
    with closing(apsw.Connection(str(second))) as connection:
        before = _content(connection)
    SqliteDatabase(second).close()
    with closing(apsw.Connection(str(second))) as connection:
        after = _content(connection)
    renamed = {("message", "number"): ("message", "id")}
    # A task is a `command` now, not `shell`, and those that were parked are looked at again.
    changed = {("task", "parked_by"), ("task", "needs_kind"), ("message", "delivered_epoch")}
    gone = {
        ("scheduler", "lease_until"),
        ("run", "dir"),
        ("run", "repo"),
        ("worker", "lane_until"),
        *changed,
    }
    assert {renamed.get(name, name) for name in before.keys() - gone} <= after.keys()
    for name in before.keys() - gone:
        assert after[renamed.get(name, name)] == before[name], name


def test_what_the_order_of_rows_told_is_a_number(second: Path) -> None:
    """Runs, seats, attempts and messages are in the order in which they came, by columns now."""
    with closing(SqliteDatabase(second)) as database:
        assert [(row.id, row.number, row.attempts) for row in reads.runs(database)] == [
            ("r1", 2, 4),
            ("r9", 1, 0),
        ]
        seats = [(seat.name, seat.ordinal, seat.host) for seat in reads.workers(database, RUN)]
        assert seats == [("w9", 1, ""), ("w1", 2, ""), ("w5", 3, "")]
        attempts = [(a.task, a.number, a.host) for a in reads.attempts(database, RUN)]
        assert attempts == [("z", 1, ""), ("a", 2, ""), ("m", 3, ""), ("b", 4, "")]
        texts = database.execute("SELECT id, text FROM message ORDER BY id")
        assert texts == [(1, "second name, first text"), (2, "and another")]


def test_what_comes_next_goes_on_from_there(second: Path) -> None:
    """A new attempt, seat, message and run have the next numbers."""
    with closing(SqliteDatabase(second)) as database:
        drive = LedgerHarness(database)
        drive.clock.move(100)
        assert drive.fail(Fence(RUN, "m", 1, "w5"))
        drive.mine.move(RUN, MESSAGE, ["n"], text="a third")
        assert drive.ledger.claim(RUN, "w5")
        assert [(m.id, m.text, m.epoch) for m in conversation.messages(database, RUN, "n")] == [
            (1, "second name, first text", 1),
            (2, "and another", 1),
            (3, "a third", 1),
        ]
        assert [a.number for a in reads.attempts(database, RUN)] == [1, 2, 3, 4, 5]
        seats = reads.workers(database, RUN)
        drive.ledger.join_workers(RUN, [*seats, seat("w0")])
        assert [row.name for row in reads.workers(database, RUN)] == ["w9", "w1", "w5", "w0"]
        drive.ledger.create_run(a_run(id="r5"), [], {})
        assert reads.runs(database)[0].id == "r5"


def test_what_a_task_is_and_how_a_seat_works_part(fourth: Path) -> None:
    """What had a command takes a command; a prompt goes to no shell seat; nothing stays parked."""
    with closing(SqliteDatabase(fourth)) as database:
        kinds = {task.id: task.takes.value for task in reads.tasks(database, RUN)}
        assert set(kinds.values()) == {"command"}
        assert [task.takes.value for task in reads.tasks(database, "r9")] == ["prompt"]
        seats = {(seat.kind, seat.takes.value) for seat in reads.workers(database, RUN)}
        assert seats == {("shell", "command")}
        assert not any(task.wait_queue for task in reads.tasks(database, RUN))


def test_questions_and_messages_go_on(fourth: Path) -> None:
    """A question has a name and options with names; a message is numbered within its run."""
    with closing(SqliteDatabase(fourth)) as database:
        asked = database.execute(
            "SELECT task, id, state, options, answer FROM question ORDER BY task"
        )
        assert asked == [
            ("a", "1", "delivered", "[]", "this one"),
            (
                *("b", "1", "open"),
                '[{"id":"1","name":"yes","kind":""},{"id":"2","name":"no","kind":""}]',
                None,
            ),
        ]
        assert reads.task(database, RUN, "b").questions == 1
        found = database.execute("SELECT id, task, state, epoch FROM message ORDER BY id")
        assert found == [
            (1, "a", "delivered", 1),
            (2, "n", "waiting", None),
            (3, "n", "waiting", None),
        ]


def test_what_was_left_is_with_its_attempt(fourth: Path) -> None:
    """What the log alone told of refs that an attempt left is in its row, too."""
    with closing(SqliteDatabase(fourth)) as database:
        left = {one.task: left_of_attempt(one) for one in reads.attempts(database, RUN)}
        assert [one.name for one in left.pop("z")] == ["v"]
        assert not any(left.values())


def test_what_a_person_did_can_be_taken_back(second: Path) -> None:
    """An action of before is known by its number, and so is that another one was taken back."""
    with closing(SqliteDatabase(second)) as database:
        drive = LedgerHarness(database)
        assert [done.id for done in drive.mine.undo(RUN).tasks] == ["k"]
        with pytest.raises(RefusedError, match="cannot be undone"):  # what came before
            drive.mine.undo(RUN)


def test_a_copy_is_kept(old: Path, number: int) -> None:
    """The copy is a whole ledger of the old format, for its owner alone."""
    before = _schema(old)
    SqliteDatabase(old).close()
    assert _copies(old) == [f"ledger-{number}.backup.db"]
    copy = old.with_name(f"ledger-{number}.backup.db")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (_schema(copy), _version(copy)) == (before, number)
    with closing(apsw.Connection(str(copy))) as connection:
        assert connection.pragma("integrity_check") == "ok"
        found = connection.execute("SELECT count(*) FROM event").fetchone()
        assert found == (EVENTS[number],)


def test_an_earlier_copy_stays(old: Path, number: int) -> None:
    """A second migration, of a copy that was put back, makes a copy of its own."""
    first = old.with_name(f"ledger-{number}.backup.db")
    first.write_bytes(b"the first")
    SqliteDatabase(old).close()
    assert _copies(old) == [f"ledger-{number}.backup-2.db", f"ledger-{number}.backup.db"]
    assert first.read_bytes() == b"the first"


def test_without_a_copy_nothing_changes(old: Path, number: int) -> None:
    """Where no copy can be made the ledger stays as it is."""
    old.with_name(f"ledger-{number}.backup.part").mkdir()
    before = old.read_bytes()
    with pytest.raises(LedgerError, match="no copy of it could be made") as caught:
        SqliteDatabase(old)
    assert "nothing changed" in caught.value.hint
    assert (old.read_bytes(), _version(old)) == (before, number)


OPEN = """
import sys
from pathlib import Path
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
sys.stdin.read()
SqliteDatabase(Path(sys.argv[1])).close()
"""


@pytest.mark.parametrize("number", [min(EVENTS), max(EVENTS)], indirect=True)
def test_two_at_once(old: Path, number: int) -> None:
    """Of processes that open it at the same moment one migrates, and the others see the result."""
    line = [sys.executable, "-c", OPEN, str(old)]
    running = [subprocess.Popen(line, stdin=subprocess.PIPE) for _ in range(3)]
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0, 0, 0]
    assert (_copies(old), _version(old)) == ([f"ledger-{number}.backup.db"], USER_VERSION)


def test_not_under_a_scheduler_of_the_older_wf(old: Path, number: int) -> None:
    """While one leads a run the ledger is left to it; the line says which process to end."""
    lock = old.parent / "runs" / RUN / "scheduler.lock"
    lock.parent.mkdir(parents=True)
    with closing(apsw.Connection(str(old))) as connection:
        connection.execute("DELETE FROM scheduler")
        more = ", 0" if number < 3 else ""  # the end of its lease, which the third left out
        row = f"(?, 4321, 'h', 'b', 's', 0{more})"
        connection.execute(f"INSERT INTO scheduler VALUES {row}", (RUN,))
    with locks.held(lock), pytest.raises(LedgerError, match="scheduler of run r1") as caught:
        SqliteDatabase(old)
    assert "kill 4321" in caught.value.hint
    assert (_version(old), _copies(old)) == (number, [])
    with closing(SqliteDatabase(old)) as database:
        assert reads.run_row(database, RUN).id == RUN


def test_a_run_of_before_has_no_rivals(path: Path) -> None:
    """A run of the fifth format goes on: nothing of it is a rival, a critic, or there to plan."""
    path.parent.mkdir()
    with closing(SqliteDatabase(write_older_format(path, 5))) as database:
        drive = LedgerHarness(database)
        assert (drive.where(), drive.run().purpose) == ("D:merged Q P", "")
        work = drive.phase("work")
        assert (work.pick, work.judge, work.node) == (None, None, "")
        asking = drive.task("m")
        assert (asking.critic_of, asking.critic_rounds, asking.pick) == ("", 0, None)


def test_what_is_over_is_notified_of_to_nobody(path: Path) -> None:
    """A run of the sixth format goes on: only what comes from now on runs a person's command."""
    path.parent.mkdir()
    with closing(SqliteDatabase(write_older_format(path, 6))) as database:
        drive = LedgerHarness(database)
        assert drive.where() == "D:merged Q B:review B:hold"
        assert drive.run().notified == drive.run().seq == EVENTS[6]
        (asked,) = conversation.questions(database, RUN, "m")
        assert (asked.about, asked.detail) == (NO_DETAIL, {})


def test_a_failing_step_undoes_all(old: Path, number: int) -> None:
    """A step that fails leaves the tables and the number of the format as they were."""
    with closing(apsw.Connection(str(old))) as connection:
        if number < 3:
            connection.execute("CREATE TABLE old_message (odd TEXT)")
        elif number < 4:
            connection.execute("ALTER TABLE task ADD COLUMN merge_gates TEXT")
        elif number < 5:
            connection.execute("CREATE TABLE gate (odd TEXT)")
        elif number < 6:
            connection.execute("ALTER TABLE run ADD COLUMN purpose TEXT")
        else:
            connection.execute("ALTER TABLE run ADD COLUMN notified TEXT")
    before = _schema(old)
    with pytest.raises(LedgerError, match=r"old_message|merge_gates|gate|purpose|notified"):
        SqliteDatabase(old)
    assert (_schema(old), _version(old)) == (before, number)


KILLED = """
import os, signal, sys
from pathlib import Path
from wf_tui.ledger.store.sqlite import migrations
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

class Dying(SqliteDatabase):
    def copy_to(self, path):
        super().copy_to(path)
        kill = lambda: os.kill(os.getpid(), signal.SIGKILL)
        self._connection.create_scalar_function("die", kill)

def script(name, read=migrations._script):
    statements = read(name).split(";")
    place = min(int(sys.argv[2]), len(statements) - 1)
    return ";".join([*statements[:place], "SELECT die()", *statements[place:]])

migrations._script = script
Dying(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("after", [0, 1, 30, 50, 10_000])
def test_killed_in_the_middle(old: Path, number: int, after: int) -> None:
    """Killed after any number of its statements it has not begun; the next one begins again."""
    with closing(apsw.Connection(str(old))) as connection:
        before = _content(connection)
    line = [sys.executable, "-c", KILLED, str(old), str(after)]
    killed = subprocess.run(line, check=False)
    assert (killed.returncode, _version(old)) == (-9, number)
    with closing(apsw.Connection(str(old))) as connection:
        assert _content(connection) == before
    SqliteDatabase(old).close()
    assert _version(old) == USER_VERSION
    assert _copies(old) == [f"ledger-{number}.backup-2.db", f"ledger-{number}.backup.db"]
