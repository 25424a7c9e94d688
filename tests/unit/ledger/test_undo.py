"""Taking back one's last act (RULES 3.1, *undo*)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support import recount
from tests.support.ledger_harness import BAD, RUN, STOPPED, LedgerHarness, phase, seat, shell
from tests.support.task_states import STATES
from tests.support.transitions import BY_HAND, COMMANDS
from wf_tui.errors import RefusedError
from wf_tui.ledger.ledger import Fence, Ledger
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.run_budget import RunBudget
from wf_tui.ledger.model.states import BlockedKind, LimitKind, Step
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.queries.comments import comments
from wf_tui.ledger.queries.lane_reads import lanes
from wf_tui.ledger.rules.moves import (
    ACCEPT,
    ANSWER,
    CANCEL,
    EDIT,
    HOLD,
    MESSAGE,
    PRIORITY,
    RETRY,
    SKIP,
    SNOOZE,
    WAKE,
)
from wf_tui.ledger.rules.undo.acts import last_act
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.ledger.model.new_tasks import NewPhase
    from wf_tui.ledger.rules.moves import Move

UNDOABLE = ["retry", "reassign", "hold", "unhold", "cancel", "skip", "edit", "priority"]
STOPS = ["retry", "reassign", "hold", "cancel", "skip", "release"]
CASES = [
    (command, state)
    for command in UNDOABLE
    for state in BY_HAND[command]
    if state[0] in "PBD" or command in {"edit", "priority"}
]


@pytest.mark.parametrize(("command", "state"), CASES)
def test_undo_restores(drive: LedgerHarness, command: str, state: str) -> None:
    """Whatever the command and the state, an undo leaves the tasks as if it had not been."""
    STATES[state](drive)
    before = drive.dump()["task"]
    COMMANDS[command](drive)
    assert drive.mine.undo(RUN).tasks[-1].id == "t"
    assert drive.dump()["task"] == before
    recount.check(drive.db)


@pytest.mark.parametrize("command", STOPS)
def test_a_stop_is_not_undone(drive: LedgerHarness, command: str) -> None:
    """What took a task from a running attempt cannot be taken back."""
    STATES["Q"](drive)
    COMMANDS[command](drive)
    before = drive.dump()
    with pytest.raises(RefusedError, match="cannot be undone: it stopped running work"):
        drive.mine.undo(RUN)
    assert drive.dump() == before
    drive.ledger.close(Fence(RUN, "t", 1, "w1"), STOPPED)


def test_several_tasks_at_once(drive: LedgerHarness) -> None:
    """A command on several tasks is taken back as one."""
    drive.make("a", "b", "c")
    drive.mine.move(RUN, CANCEL, ["a", "b", "c"])
    assert {task.id for task in drive.mine.undo(RUN).tasks} == {"a", "b", "c"}
    assert drive.where() == "P P P"


def test_dependants_come_back_too(drive: LedgerHarness) -> None:
    """Undoing a cancel frees what it had blocked."""
    drive.make("a", shell("b", "a"))
    drive.mine.move(RUN, CANCEL, ["a"])
    drive.mine.undo(RUN)
    assert drive.where() == "P P"


@pytest.mark.parametrize("move", [CANCEL, RETRY])
def test_ages_behind_an_act_are_restored(drive: LedgerHarness, move: Move[[]]) -> None:
    """What was blocked, or freed, along with the task is as old again as it was."""
    drive.make("a", shell("b", "a"), shell("c", "b"))
    if move is RETRY:
        drive.clock.move(1)
        drive.mine.move(RUN, CANCEL, ["a"])
    drive.clock.move(1)
    before, since = drive.dump()["task"], drive.task("c").since
    drive.mine.move(RUN, move, ["a"])
    assert drive.task("c").since != since
    drive.clock.move(1)
    drive.mine.undo(RUN)
    assert drive.dump()["task"] == before
    assert not verify_run(drive.db, RUN, None).violations


def test_one_after_the_other(drive: LedgerHarness) -> None:
    """A second undo takes back the command before the one that was undone."""
    drive.make("a", "b")
    drive.mine.move(RUN, HOLD, ["a"])
    drive.mine.move(RUN, PRIORITY, ["b"], number=7)
    assert drive.mine.undo(RUN).tasks[0].id == "b"
    assert drive.mine.undo(RUN).tasks[0].id == "a"
    assert (drive.where(), drive.task("b").priority) == ("P P", 0)


def test_only_ones_own(drive: LedgerHarness) -> None:
    """Nobody takes back what somebody else did."""
    drive.make("a")
    drive.mine.move(RUN, HOLD, ["a"])
    with pytest.raises(RefusedError, match="nothing to undo"):
        Ledger(drive.db, drive.clock, actor="user:bob").undo(RUN)


def test_not_after_a_claim(drive: LedgerHarness) -> None:
    """Once a worker has claimed the task, its retry is not taken back."""
    drive.make("a").wreck("a")
    drive.mine.move(RUN, RETRY, ["a"])
    drive.expect_claim("a")
    with pytest.raises(RefusedError, match="retry of “a” cannot be undone: a worker has begun"):
        drive.mine.undo(RUN)


@pytest.mark.parametrize(
    "phases",
    [
        [phase("p", "a", shell("b", "a"))],
        [phase("p", "a", "b", parallel=False)],
        [phase("p", "a"), phase("q", "b", after=["p"])],
    ],
)
def test_not_after_a_dependant_began(drive: LedgerHarness, phases: list[NewPhase]) -> None:
    """A skip that another task has built on, by result, order or phase, is not taken back."""
    drive.make(*phases)
    drive.mine.move(RUN, SKIP, ["a"])
    drive.expect_claim("b")
    with pytest.raises(RefusedError, match="'b', which waited for 'a', has begun"):
        drive.mine.undo(RUN)


def test_edits_are_told(drive: LedgerHarness) -> None:
    """The event of an undone edit says what the fields are now."""
    drive.make("a")
    drive.mine.move(RUN, EDIT, ["a"], fields={"scope": ("lib",), "prompt": "other"})
    assert drive.task("a").spec.prompt == "other"
    drive.mine.undo(RUN)
    (event,) = drive.events("undone")
    assert event.data["fields"] == {"scope": ["src/a"], "prompt": ""}
    assert drive.task("a").scope == ("src/a",)


def taken_back(drive: LedgerHarness, **how: int) -> str:
    """Take back the last act, and return its name; what the log tells has to be right, too."""
    name = drive.mine.undo(RUN, **how).act.name
    verdict = verify_run(drive.db, RUN, None)
    assert not verdict.violations, verdict.violations
    return name


def act_number(drive: LedgerHarness, before: int | None = None) -> int:
    """Return the number of the last act."""
    act = last_act(drive.db, RUN, drive.mine.actor, before)
    assert act is not None
    return act.number


@pytest.mark.parametrize(("command", "state"), CASES)
def test_ages_are_restored(drive: LedgerHarness, command: str, state: str) -> None:
    """A task that was blocked for an hour is so again, after the act and its end."""
    STATES[state](drive)
    drive.clock.move(1)
    since = drive.task("t").since
    COMMANDS[command](drive)
    drive.clock.move(1)
    drive.mine.undo(RUN)
    assert drive.task("t").since == since


def test_an_act_on_the_run(drive: LedgerHarness) -> None:
    """Pause, resume, seats, budget and lanes are taken back, by name, one after the other."""
    drive.make("a", jobs=3, seats=[seat("k1", "kimi", kind="agent", lane="moon")])
    mine, start = drive.mine, drive.run()
    mine.set_jobs(RUN, 5)
    mine.set_budget(RUN, RunBudget(cost_microusd=7))
    paused = LaneState("moon", LaneStatus.PAUSED, LimitKind.PERSON, "ann", actor=mine.actor)
    mine.see_lanes(RUN, [paused], {})
    mine.pause(RUN)
    mine.resume(RUN)
    assert taken_back(drive) == "resuming of the run"
    assert drive.run().state == "paused"
    assert taken_back(drive) == "pause of the run"
    assert drive.run().state == "running"
    assert taken_back(drive) == "pause of lane moon"
    assert lanes(drive.db, RUN)["moon"].state.status is LaneStatus.OPEN
    assert taken_back(drive) == "change of budget of the run"
    assert taken_back(drive) == "change of seats of the run"
    now = drive.run()
    assert (now.jobs, now.budget, now.state, now.intent) == (
        start.jobs,
        start.budget,
        start.state,
        start.intent,
    )
    with pytest.raises(RefusedError, match="nothing to undo"):
        mine.undo(RUN)


def test_what_is_said_is_taken_back(drive: LedgerHarness) -> None:
    """A message that nobody has, a comment, its edit, its end, a snooze and its end."""
    drive.make("a").wreck("a")
    before = drive.dump()
    mine = drive.mine
    mine.move(RUN, MESSAGE, ["a"], text="hear")
    mine.comment(RUN, "a", "src/a", 1, "why?")
    mine.edit_comment(RUN, "a", 1, "why not?")
    mine.drop_comment(RUN, "a", 1)
    mine.move(RUN, SNOOZE, ["a"], until=None)
    mine.move(RUN, WAKE, ["a"])
    names = [taken_back(drive) for _ in range(6)]
    assert names == [
        "waking of “a”",
        "snooze of “a”",
        "dropping of a comment on “a”",
        "comment on “a”",
        "comment on “a”",
        "message to “a”",
    ]
    after = drive.dump()
    assert (after["task"], after["snooze"]) == (before["task"], before["snooze"])
    assert comments(drive.db, RUN, "a") == []
    assert [one.state for one in conversation.messages(drive.db, RUN, "a")] == ["dropped"]


def test_a_move_brings_its_snooze_back(drive: LedgerHarness) -> None:
    """What the act ended is as it was, too."""
    drive.make("a").wreck("a")
    drive.mine.move(RUN, SNOOZE, ["a"], until=None)
    drive.mine.move(RUN, RETRY, ["a"])
    assert drive.dump()["snooze"] == []
    assert taken_back(drive) == "retry of “a”"
    assert [row[1] for row in drive.dump()["snooze"]] == ["a"]


def test_a_message_that_came_is_not_taken_back(drive: LedgerHarness) -> None:
    """As soon as a worker has it, it is said."""
    drive.make("a")
    drive.mine.move(RUN, MESSAGE, ["a"], text="hear")
    drive.expect_claim("a")
    with pytest.raises(RefusedError, match="message to “a” cannot be undone"):
        drive.mine.undo(RUN)


NEVER: dict[str, tuple[Callable[[LedgerHarness], object], str]] = {
    "answer": (
        lambda drive: (
            drive.ask(drive.expect_claim("a")),
            drive.mine.move(RUN, ANSWER, ["a"], text="yes"),
        ),
        "the last thing you did, answering “a”, cannot be undone",
    ),
    "accept": (
        lambda drive: (
            drive.ledger.block(drive.expect_claim("a", step=Step.CHECKING), BAD, BlockedKind.SCOPE),
            drive.mine.move(RUN, ACCEPT, ["a"]),
        ),
        "the last thing you did, accepting “a”, cannot be undone",
    ),
    "a stop of running work": (
        lambda drive: (drive.expect_claim("a"), drive.mine.move(RUN, HOLD, ["a"])),
        "the last thing you did, holding “a”, cannot be undone: it stopped running work",
    ),
    "add": (
        lambda drive: drive.mine.add(RUN, replace(shell("extra"), title="Extra")),
        "the last thing you did, adding “Extra”, cannot be undone",
    ),
    "stop": (
        lambda drive: drive.mine.stop(RUN),
        "the last thing you did, stopping the run, cannot be undone",
    ),
    "stop --now": (
        lambda drive: (drive.expect_claim("a"), drive.mine.stop(RUN, now=True)),
        "the last thing you did, stopping the run, cannot be undone",
    ),
    "abort": (
        lambda drive: drive.mine.abort(RUN),
        "the last thing you did, aborting the run, cannot be undone",
    ),
    "land": (
        lambda drive: drive.mine.landed(RUN, branch="main", old="c0", new="c1"),
        "the last thing you did, landing the run, cannot be undone",
    ),
}


@pytest.mark.parametrize("what", NEVER)
def test_what_is_never_undone(drive: LedgerHarness, what: str) -> None:
    """It is named as the last act, nothing changes, and the one before can be taken back."""
    drive.make("a", "z")
    drive.mine.move(RUN, PRIORITY, ["z"], number=4)
    act, sentence = NEVER[what]
    act(drive)
    before = drive.dump()
    with pytest.raises(RefusedError) as caught:
        drive.mine.undo(RUN)
    assert caught.value.message == sentence
    assert drive.dump() == before
    if what != "abort":  # which has changed every task
        assert taken_back(drive, before=act_number(drive)) == "new priority of “z”"


def test_two_boards_of_one_user(drive: LedgerHarness) -> None:
    """What the person did elsewhere is named, and nothing is done until they say so again."""
    drive.make("a", "b")
    drive.mine.move(RUN, HOLD, ["a"])
    here = act_number(drive)
    drive.mine.move(RUN, HOLD, ["b"])
    before = drive.dump()
    with pytest.raises(RefusedError) as caught:
        drive.mine.undo(RUN, expect=here)
    assert caught.value.message == "you did something elsewhere since: hold of “b”"
    assert drive.dump() == before
    assert taken_back(drive, expect=act_number(drive)) == "hold of “b”"
    assert taken_back(drive, expect=here) == "hold of “a”"


def test_one_that_has_moved_on_is_passed_by(drive: LedgerHarness) -> None:
    """An act that is too late stays the last one; who asks again takes the one before."""
    drive.make("a", "b")
    drive.mine.move(RUN, HOLD, ["b"])
    drive.wreck("a")
    drive.mine.move(RUN, RETRY, ["a"])
    drive.expect_claim("a")
    with pytest.raises(RefusedError, match="a worker has begun"):
        drive.mine.undo(RUN)
    assert taken_back(drive, before=act_number(drive)) == "hold of “b”"
