"""A worker asks, a person answers: what each answer approves, and what approves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.histories import history
from tests.support.ledger_harness import (
    PERMISSION,
    RUN,
    STOPPED,
    YES_OR_NO,
    LedgerHarness,
    merging,
    seat,
)
from wf_tui.errors import RefusedError, UnknownNameError, UsageError
from wf_tui.ledger.model.rows.options import Option, chosen_option
from wf_tui.ledger.model.states import Intent, QuestionState, Step
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.queries.conversation import said_to
from wf_tui.ledger.rules.moves import ANSWER, CANCEL, FORGET, RELEASE, MoveResult

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Fence
    from wf_tui.ledger.model.rows import QuestionRow

NAMES = ("one", "two", "three")


@pytest.fixture
def fence(drive: LedgerHarness) -> Fence:
    """Give the claim of a task that is worked on."""
    return merging(drive).make("a", "b").expect_claim("a", step=Step.RUNNING)


def permit(drive: LedgerHarness, fence: Fence, name: str = "1", text: str = "npm test") -> str:
    """Ask for a permission, and return the state of the question."""
    asked = drive.ledger.ask(fence, name, text, kind="execute", options=PERMISSION)
    assert asked is not None
    return asked.state.value


def answer(drive: LedgerHarness, **how: str | None) -> MoveResult:
    """Answer the task as a person does."""
    return drive.mine.move(RUN, ANSWER, ["a"], **how)[0]


def only(drive: LedgerHarness) -> QuestionRow:
    """Return the last question of the task."""
    return conversation.questions(drive.db, RUN, "a")[-1]


def sound(drive: LedgerHarness) -> bool:
    """Whether the checker finds nothing wrong with what happened."""
    return history(drive.db).found() == []


def test_several_are_open(drive: LedgerHarness, fence: Fence) -> None:
    """A task asks until the last of its questions is answered, in any order."""
    for name in NAMES:
        drive.ledger.ask(fence, name, f"{name}?", options=YES_OR_NO)
    assert (drive.where("a"), drive.task("a").questions, drive.task("a").note) == ("Q", 3, "one?")
    answer(drive, question="two", option="n")
    answer(drive, option="y")
    assert (drive.where("a"), drive.task("a").note) == ("Q", "three?")
    answer(drive, option="y")
    assert (drive.where("a"), drive.task("a").questions) == ("R:running", 0)
    states = [(q.id, q.state.value, q.option) for q in conversation.questions(drive.db, RUN, "a")]
    assert states == [
        ("one", "answered", "y"),
        ("two", "answered", "n"),
        ("three", "answered", "y"),
    ]
    assert sound(drive)


def test_a_name_is_used_once(drive: LedgerHarness, fence: Fence) -> None:
    """The worker's own id names one question in an attempt; in the next it may come again."""
    drive.ask(fence)
    with pytest.raises(RefusedError, match="has asked '1' before"):
        drive.ledger.ask(fence, "1", "again?")
    drive.mine.move(RUN, RELEASE, ["a"])
    drive.ledger.close(fence, STOPPED)
    drive.ask(drive.expect_claim("a"))
    assert [q.epoch for q in conversation.questions(drive.db, RUN, "a")] == [1, 2]


def test_answered_then_delivered(drive: LedgerHarness, fence: Fence) -> None:
    """An answer is delivered when the line took it, and then once."""
    permit(drive, fence)
    answer(drive, option="once")
    assert [q.id for q in conversation.answered(drive.db, RUN, "a", 1)] == ["1"]
    assert drive.ledger.delivered(fence, "1")
    assert drive.ledger.delivered(fence, "1")
    assert (only(drive).state, only(drive).delivered_epoch) == (QuestionState.DELIVERED, 1)
    assert len(drive.events("question_delivered")) == 1
    assert said_to(drive.db, RUN, "a", 2) == ()
    assert sound(drive)


def test_a_crash_between(drive: LedgerHarness, fence: Fence) -> None:
    """What its worker did not live to hear is told to the next one, and is no permission."""
    permit(drive, fence)
    answer(drive, option="once")
    drive.mine.move(RUN, RELEASE, ["a"])
    drive.ledger.close(fence, STOPPED)
    again = drive.expect_claim("a", step=Step.RUNNING)
    (said,) = said_to(drive.db, RUN, "a", again.epoch, new=True)
    assert (said.question, said.chosen) == ("npm test", "Allow")
    assert (only(drive).state, only(drive).delivered_epoch) == (QuestionState.DELIVERED, 2)
    assert permit(drive, again) == "open"
    assert said_to(drive.db, RUN, "a", 3, new=True) == ()
    assert sound(drive)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"option": "nope"}, "there is no option 'nope'"),
        ({}, "which option"),
        ({"option": "no", "always": "task"}, "only an option that allows"),
        ({"text": "x", "always": "task"}, "only an option that allows"),
        ({"option": "once", "question": "9"}, "9"),
        ({"option": "once", "always": "world"}, "world"),
    ],
)
def test_what_is_no_answer(
    drive: LedgerHarness, fence: Fence, how: dict[str, str], why: str
) -> None:
    """An unknown option, question or extent is an error that changes nothing."""
    permit(drive, fence)
    before = drive.run().seq
    with pytest.raises(UsageError, match=why):
        answer(drive, **how)
    assert (drive.where("a"), drive.run().seq) == ("Q", before)


def test_one_that_is_over_is_refused(drive: LedgerHarness, fence: Fence) -> None:
    """A question that was answered is not answered again, also while another one is open."""
    permit(drive, fence)
    permit(drive, fence, "2")
    answer(drive, question="1", option="no")
    twice = answer(drive, question="1", option="once")
    assert (twice.changed, twice.reason) == (False, "task 'a' has no open question '1'")
    answer(drive, option="once")
    assert not answer(drive, option="once").changed
    with pytest.raises(UnknownNameError):
        answer(drive, question="never", text="yes")


def test_words_reject_a_permission(drive: LedgerHarness, fence: Fence) -> None:
    """A person's own words to a permission reject it once, and reach the worker as a message."""
    permit(drive, fence)
    answer(drive, text="use yarn")
    assert (only(drive).option, only(drive).answer) == ("no", None)
    (told,) = conversation.waiting_messages(drive.db, RUN, "a")
    assert (told.text, drive.where("a")) == ("use yarn", "R:running")


def test_always_is_a_rule_of_the_run(drive: LedgerHarness, fence: Fence) -> None:
    """What is allowed for always is answered by itself, exactly and once each time."""
    permit(drive, fence)
    answer(drive, option="ever")
    assert only(drive).option == "once"
    assert permit(drive, fence, "2") == "answered"
    assert (only(drive).option, only(drive).answered_by) == ("once", "allowance 1")
    assert drive.where("a") == "R:running"
    assert permit(drive, fence, "3", "npm test; rm -rf /") == "open"
    answered = drive.events("question_answered")
    assert [one.data.get("allowance") for one in answered] == [None, 1]
    assert sound(drive)


def test_a_profile_is_allowed(drive: LedgerHarness, fence: Fence) -> None:
    """What a profile may is answered for its other tasks, and for no other profile."""
    seats = [seat("w1"), seat("w2"), seat("o1", "other")]
    drive.ledger.join_workers(RUN, seats)
    drive.mine.move(RUN, RELEASE, ["a"])
    drive.ledger.close(fence, STOPPED)
    fence = drive.expect_claim("a", "w1", step=Step.RUNNING)
    permit(drive, fence)
    answer(drive, option="once", always="profile")
    other = drive.expect_claim("b", "w2", step=Step.RUNNING)
    asked = drive.ledger.ask(other, "1", "npm test", kind="execute", options=PERMISSION)
    assert asked is not None
    assert asked.state is QuestionState.ANSWERED
    drive.mine.move(RUN, RELEASE, ["b"])
    drive.ledger.close(other, STOPPED)
    stranger = drive.expect_claim("b", "o1", step=Step.RUNNING)
    asked = drive.ledger.ask(stranger, "1", "npm test", kind="execute", options=PERMISSION)
    assert asked is not None
    assert asked.state is QuestionState.OPEN
    assert sound(drive)


def test_what_has_no_kind_is_allowed_once(drive: LedgerHarness, fence: Fence) -> None:
    """A worker says no kind of what no rule may allow: then no answer holds for the next one."""
    for name in ("1", "2"):
        asked = drive.ledger.ask(fence, name, "edit /etc/x", kind="", options=PERMISSION)
        assert asked is not None
        assert asked.state is QuestionState.OPEN
        with pytest.raises(UsageError, match="for this once alone"):
            answer(drive, option="once", always="task")
        answer(drive, option="ever")
        assert only(drive).option == "once"
    assert conversation.allowances(drive.db, RUN, "a") == []
    assert sound(drive)


def test_it_is_forgotten(drive: LedgerHarness, fence: Fence) -> None:
    """What was allowed is asked again after `--forget`, which is refused where nothing was."""
    assert not drive.mine.move(RUN, FORGET, ["a"])[0].changed
    permit(drive, fence)
    answer(drive, option="once", always="task")
    assert drive.mine.move(RUN, FORGET, ["a"])[0].changed
    assert permit(drive, fence, "2") == "open"
    assert [a.ended_at for a in conversation.allowances(drive.db, RUN, "a")] != [None]
    assert sound(drive)


def test_it_ends_with_the_run(drive: LedgerHarness, fence: Fence) -> None:
    """A run that is over allows nothing any more, also when it comes back."""
    permit(drive, fence)
    answer(drive, option="once", always="task")
    drive.done(fence)
    drive.finish("b")
    drive.ledger.end_when_idle(RUN, foreground=True)
    assert [event.kind for event in drive.events()[-2:]] == ["allowance_ended", "run_ended"]
    assert sound(drive)


def test_always_alone_is_nothing(drive: LedgerHarness, fence: Fence) -> None:
    """A worker that offers no yes for once cannot be told yes: settings of its would stay."""
    options = (Option("e", "Always", "allow_always"), Option("n", "Never", "reject_always"))
    drive.ledger.ask(fence, "1", "rm x", kind="execute", options=options)
    with pytest.raises(UsageError, match="for always alone"):
        answer(drive, option="e")
    assert answer(drive, option="n").changed
    assert only(drive).option == "n"


def test_time_out_stops(drive: LedgerHarness, fence: Fence) -> None:
    """Nobody answers in time: its worker is stopped, the other questions are void."""
    permit(drive, fence)
    permit(drive, fence, "2", "make")
    assert drive.ledger.question_expired(fence, "2")
    drive.ledger.close(fence, STOPPED)
    assert (drive.where("a"), drive.task("a").note) == ("B:question", "make")
    states = {q.id: q.state.value for q in conversation.questions(drive.db, RUN, "a")}
    assert states == {"1": "void", "2": "expired"}
    closed = [event.data for event in drive.events("question_closed")]
    assert closed == [{"id": "2", "why": "expired"}, {"id": "1", "why": "void"}]
    assert answer(drive, text="use make -j").changed
    assert drive.where("a") == "P"
    assert sound(drive)


def test_time_out_rejects(drive: LedgerHarness, fence: Fence) -> None:
    """With `reject` the worker is told no, by nobody, and goes on."""
    permit(drive, fence)
    assert drive.ledger.question_expired(fence, "1", reject=True)
    assert (drive.where("a"), only(drive).option) == ("R:running", "no")
    assert (only(drive).answered_by, drive.events()[-1].actor) == ("timeout", "timeout")
    assert sound(drive)


def test_a_drain_takes_it_back(drive: LedgerHarness, fence: Fence) -> None:
    """A run that stops waits for no answer; what works goes on to its end, a pause keeps it."""
    other = drive.expect_claim("b", step=Step.RUNNING)
    permit(drive, fence)
    drive.mine.pause(RUN)
    assert drive.where("a") == "Q"
    assert drive.mine.stop(RUN) == ["a"]
    assert (drive.where("a"), only(drive).state, drive.task("a").tries) == ("P", "void", 0)
    assert drive.where("b") == "R:running"
    asked = drive.ledger.ask(other, "1", "may I?")
    assert asked is not None
    assert (asked.state, drive.where("b")) == (QuestionState.VOID, "P")
    assert drive.run().intent is Intent.DRAIN
    assert sound(drive)


@pytest.mark.parametrize("end", ["lost", "cancel", "abort"])
def test_whatever_ends_it_makes_it_void(drive: LedgerHarness, fence: Fence, end: str) -> None:
    """No end of an attempt leaves a question open, and none approves anything."""
    permit(drive, fence)
    if end == "lost":
        drive.fail(fence)
    elif end == "cancel":
        drive.mine.move(RUN, CANCEL, ["a"])
    else:
        drive.mine.abort(RUN)
    assert (only(drive).state, only(drive).option) == (QuestionState.VOID, None)
    assert drive.task("a").questions == 0
    assert conversation.open_questions(drive.db, RUN) == []


def test_a_word_chooses() -> None:
    """An option is chosen by id, number, name or what it means; ids come first."""
    options = (*PERMISSION, Option("1", "A trap", ""))
    chosen = {word: chosen_option(options, word) for word in ("ever", "2", "reject", "allow", "1")}
    assert {word: one.id for word, one in chosen.items() if one} == {
        "ever": "ever",
        "2": "ever",
        "reject": "no",
        "allow": "once",
        "1": "1",
    }
    assert chosen_option(options, "always ALLOW") == PERMISSION[1]
    assert chosen_option(options, "maybe") is None
