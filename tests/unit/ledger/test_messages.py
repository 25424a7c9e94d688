"""What a person writes to a task: waiting, delivered, or late."""

from __future__ import annotations

import pytest

from tests.support.histories import history
from tests.support.ledger_harness import RUN, STOPPED, LedgerHarness, merging
from wf_tui.errors import UsageError
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.rules.moves import MESSAGE, RELEASE, SKIP


def states(drive: LedgerHarness) -> list[tuple[str, str, int | None]]:
    """Return text, state and attempt of each message."""
    return [(m.text, m.state.value, m.epoch) for m in conversation.messages(drive.db, RUN, "a")]


def test_a_running_worker_hears(drive: LedgerHarness) -> None:
    """What comes while it works waits until its program says that it heard it."""
    merging(drive).make("a")
    fence = drive.expect_claim("a", step=Step.RUNNING)
    for text in ("one", "two"):
        drive.mine.move(RUN, MESSAGE, ["a"], text=text)
    first, second = conversation.waiting_messages(drive.db, RUN, "a")
    assert drive.ledger.message_delivered(fence, [first.id])
    assert states(drive) == [("one", "delivered", 1), ("two", "waiting", None)]
    told = drive.events("message_delivered")[0].data
    assert told == {"count": 1, "ids": [first.id], "heard": True}
    drive.mine.move(RUN, RELEASE, ["a"])
    drive.ledger.close(fence, STOPPED)
    assert not drive.ledger.message_delivered(fence, [second.id])
    drive.expect_claim("a")
    assert states(drive)[1] == ("two", "delivered", 2)
    assert history(drive.db).found() == []


@pytest.mark.parametrize("end", ["done", "skip"])
def test_too_late(drive: LedgerHarness, end: str) -> None:
    """What nobody heard before the task was done is late; then nothing can be written."""
    merging(drive).make("a")
    fence = drive.expect_claim("a", step=Step.RUNNING)
    drive.mine.move(RUN, MESSAGE, ["a"], text="wait")
    if end == "done":
        drive.done(fence)
    else:
        drive.mine.move(RUN, SKIP, ["a"])
    assert states(drive) == [("wait", "late", None)]
    assert [event.data["id"] for event in drive.events("message_late")] == [1]
    assert not drive.mine.move(RUN, MESSAGE, ["a"], text="hello?")[0].changed


def test_at_most_64_kib(drive: LedgerHarness) -> None:
    """Bytes are counted, and one more is an error that changes nothing."""
    drive.make("a")
    assert drive.mine.move(RUN, MESSAGE, ["a"], text="x" * 65_536)[0].changed
    with pytest.raises(UsageError, match="longer than 64 KiB"):
        drive.mine.move(RUN, MESSAGE, ["a"], text="\N{EURO SIGN}" * 21_846)
    assert len(states(drive)) == 1
