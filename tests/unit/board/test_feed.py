"""The feed: what reaches the board of what happens in the ledger."""

from __future__ import annotations

import queue
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.support.bare_project import project_in
from tests.support.ledger_harness import RUN, FixedClock, LedgerHarness
from wf_tui.board.feed import LedgerFeed
from wf_tui.board.messages import FeedFailed, LedgerChanged
from wf_tui.clock import SystemClock
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture import first_part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.message import Message

    from wf_tui.picture.batch import Batch

_SOON = 10.0


@dataclass
class Reader:
    """A ledger, a feed of it, and what the feed has posted."""

    drive: LedgerHarness
    feed: LedgerFeed
    posted: queue.Queue[Message] = field(default_factory=queue.Queue)

    def batch(self) -> Batch:
        """Return the next batch, and let the one after come."""
        message = self.posted.get(timeout=_SOON)
        assert isinstance(message, LedgerChanged)
        self.feed.taken()
        return message.batch


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Give a feed that has been started on a run of two tasks."""
    place = project_in(tmp_path)
    database = SqliteDatabase(place.paths.ledger, create=True)
    posted: queue.Queue[Message] = queue.Queue()
    feed = LedgerFeed(place, RUN, SystemClock(), posted.put)
    yield Reader(LedgerHarness(database, FixedClock()).make("a", "b"), feed, posted)
    feed.stop()
    database.close()


def test_the_first_batch_is_the_whole_run(reader: Reader) -> None:
    """A board begins with all tasks, whatever their events were."""
    reader.feed.start()
    batch = reader.batch()
    assert (batch.whole, [task.id for task in batch.tasks]) == (True, ["a", "b"])


def test_then_only_what_changed_comes(reader: Reader) -> None:
    """A claim brings the task that was claimed."""
    reader.feed.start()
    reader.batch()
    reader.drive.expect_claim("a")
    assert [task.id for task in reader.batch().tasks] == ["a"]


def test_a_large_run_comes_in_two(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is seen first comes first; all of it is read when that is on the screen."""
    monkeypatch.setattr(first_part, "LARGE", 2)
    monkeypatch.setattr(first_part, "TOP", 1)
    reader.feed.start()
    first = reader.posted.get(timeout=_SOON)
    assert isinstance(first, LedgerChanged)
    assert [task.id for task in first.batch.tasks] == ["a"]
    assert [(some.state, some.count) for some in first.batch.unread] == [(TaskState.PENDING, 1)]
    assert reader.posted.empty()
    reader.feed.taken()
    batch = reader.batch()
    assert (batch.whole, batch.unread, [task.id for task in batch.tasks]) == (True, (), ["a", "b"])


def test_one_batch_is_under_way_at_a_time(reader: Reader) -> None:
    """While a batch is not taken, what happens gathers in the next one."""
    reader.feed.start()
    first = reader.posted.get(timeout=_SOON)
    assert isinstance(first, LedgerChanged)
    reader.drive.finish("a", "b")
    assert reader.posted.empty()
    reader.feed.taken()
    assert [task.id for task in reader.batch().tasks] == ["a", "b"]


def test_a_ledger_that_cannot_be_read_is_told(reader: Reader) -> None:
    """A damaged ledger is a message, not the end of the thread."""
    reader.drive.db.close()
    reader.feed._project.paths.ledger.write_bytes(b"no database" * 100)
    reader.feed.start()
    message = reader.posted.get(timeout=_SOON)
    assert isinstance(message, FeedFailed)
    assert "ledger" in message.reason
    reader.drive.db = SqliteDatabase(reader.feed._project.paths.root / "other.db", create=True)


def test_an_older_ledger_is_not_shown(reader: Reader) -> None:
    """Where an older ledger was put in its place, that is told; what was seen stays in view."""
    ledger = reader.feed._project.paths.ledger
    older = ledger.with_name("older.db")
    reader.drive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(ledger, older)
    reader.drive.finish("a")
    reader.feed.start()
    reader.batch()
    for end in ("-wal", "-shm"):
        ledger.with_name(ledger.name + end).unlink()
    older.replace(ledger)
    for reason in ("was replaced by another file while it was in use", "by an older one"):
        message = reader.posted.get(timeout=_SOON)
        assert isinstance(message, FeedFailed)
        assert reason in message.reason


def test_a_feed_that_was_never_started_can_be_stopped(reader: Reader) -> None:
    """Leaving before the first read waits for nothing."""
    reader.feed.stop()
    assert reader.posted.empty()
