"""Taking back one's last act (RULES 3.1, *undo*)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import recount
from tests.support.ledger_harness import RUN, STOPPED, LedgerHarness, phase, shell
from tests.support.task_states import STATES
from tests.support.transitions import BY_HAND, COMMANDS
from wf_tui.errors import RefusedError
from wf_tui.ledger.ledger import Fence, Ledger
from wf_tui.ledger.rules.moves import CANCEL, EDIT, HOLD, PRIORITY, RETRY, SKIP

if TYPE_CHECKING:
    from wf_tui.ledger.model.new_tasks import NewPhase

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
