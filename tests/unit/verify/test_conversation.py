"""What a checker finds in questions, messages and usage, where each promise is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.histories import history, of
from tests.support.ledger_harness import PERMISSION, RUN, LedgerHarness, merging, seat
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.rules.moves import ANSWER, MESSAGE, SKIP

if TYPE_CHECKING:
    from tests.support.histories import History


@pytest.fixture
def real(drive: LedgerHarness) -> History:
    """Give a history in which two workers ask, hear and use, and of which nothing is wrong."""
    seats = [seat("w1"), seat("o1", "other")]
    merging(drive).make("a", "b", "c", seats=seats)
    ledger, mine = drive.ledger, drive.mine
    fence = drive.expect_claim("a", "w1", step=Step.RUNNING)
    for name, text in (("1", "npm test"), ("2", "rm -r build")):
        ledger.ask(fence, name, text, kind="execute", options=PERMISSION)
    mine.move(RUN, ANSWER, ["a"], option="once", always="task")
    ledger.delivered(fence, "1")
    ledger.question_expired(fence, "2", reject=True)
    ledger.ask(fence, "3", "npm test", kind="execute", options=PERMISSION)
    mine.move(RUN, MESSAGE, ["a"], text="quick")
    (waiting,) = conversation.waiting_messages(drive.db, RUN, "a")
    ledger.message_delivered(fence, [waiting.id])
    ledger.used(fence, Usage(output_tokens=7))
    drive.done(fence)
    other = drive.expect_claim("b", "o1", step=Step.RUNNING)
    ledger.ask(other, "1", "which?")
    drive.fail(other)
    mine.move(RUN, MESSAGE, ["c"], text="too late")
    mine.move(RUN, SKIP, ["c"])
    made = history(drive.db)
    assert made.found() == []
    return made


def test_nobody_else_approves(real: History) -> None:
    """An answer is a person's; that of a time-out is a no, that of a rule has a rule."""
    by_person, by_timeout, by_rule = (of("question_answered", id=name) for name in ("1", "2", "3"))
    assert "approval" in real.changed(by_person, actor="scheduler").found()
    assert "approval" in real.changed(by_person, actor="worker:a:1").found()
    assert "approval" in real.changed(by_person, option="ever").found()
    assert "approval" in real.changed(by_timeout, option="once").found()
    assert "approval" in real.changed(by_rule, allowance=9).found()
    assert "approval" in real.changed(by_rule, id="3", allowance=None).found()


def test_a_rule_allows_exactly_that(real: History) -> None:
    """What was allowed is of one text, kind and task; it was said by a person, and it may end."""
    made = of("allowance_made")
    for change in ({"text": "npm"}, {"tool_kind": "edit"}, {"profile": "other"}, {"actor": "x"}):
        assert "approval" in real.changed(made, **change).found()
    assert "approval" in real.without(made).found()
    assert "approval" in real.changed(of("question_asked", id="3"), text="npm test x").found()
    assert "approval" in real.changed(of("question_answered", id="1"), always=None).found()


def test_a_question_is_asked_answered_and_closed(real: History) -> None:
    """None is answered that was not asked, delivered that was not answered, or left open."""
    answered, closed = of("question_answered", id="1"), of("question_closed", "b")
    assert "question" in real.without(of("question_asked", id="1")).found()
    assert "question" in real.twice(answered).found()
    assert "question" in real.changed(answered, option="maybe").found()
    assert "question" in real.sooner(of("question_delivered"), answered).found()
    assert "question" in real.without(closed).found()
    assert "question" in real.twice(closed).found()
    assert "question" in real.twice(of("question_asked", "b")).found()


def test_a_task_that_asks_has_a_question(drive: LedgerHarness) -> None:
    """What waits for an answer at the end of the log has a question that is open."""
    merging(drive).make("a")
    drive.ask(drive.expect_claim("a"))
    made = history(drive.db)
    assert made.found() == []
    drive.db.execute("UPDATE task SET questions = 0")
    assert history(drive.db).found() == ["table"]


def test_messages_come_once(real: History) -> None:
    """One is delivered or late that waited, and late where its task is done."""
    delivered, late = of("message_delivered"), of("message_late")
    assert "message" in real.twice(delivered).found()
    assert "message" in real.changed(delivered, ids=[7]).found()
    assert "stale" in real.changed(delivered, epoch=9).found()
    assert "message" in real.twice(late).found()
    assert "message" in real.sooner(late, of("task_skipped", "c")).found()


def test_usage_adds_up(real: History) -> None:
    """The sums of tasks and run are those of the events, of attempts that there were."""
    used = of("usage")
    assert "table" in real.changed(used, output_tokens=8).found()
    assert "counts" in real.without(used).found()
    assert "usage" in real.changed(used, output_tokens=-7).found()
    assert "stale" in real.changed(used, worker="o1").found()
