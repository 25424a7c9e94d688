"""What is told of an act: by titles, with numbers where some could not take it, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import BAD, LedgerHarness, shell
from tests.support.picture_harness import PictureHarness
from tests.unit.ledger.conftest import drive, make_store, store
from wf_tui.board.acting.awaited import Awaited
from wf_tui.board.actions.outcomes import OutcomeMessage, outcome_messages
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.rules.moves import HOLD, MoveResult

__all__ = ["drive", "make_store", "store"]

if TYPE_CHECKING:
    from wf_tui.board.host import ActResult


def acted(task: str, state: str = "pending", reason: str = "") -> MoveResult:
    """Return that a task was changed, or with a reason that it was not."""
    return MoveResult(task, changed=not reason, state=state, reason=reason)


CASES: list[tuple[ActResult, str, str]] = [
    ([acted("a")], "retried", "retried “PKCE”"),
    ([acted("a"), acted("b")], "retried", "retried 2 tasks"),
    ([acted("a", reason="task 'a' cannot be held: no")], "held", "“PKCE” cannot be held: no"),
    (
        [acted("a"), acted("b", "in_progress", "no"), acted("c", "in_progress", "no")],
        "retried",
        "retried 1 of 3: 2 are running",
    ),
    (
        [acted("a", "done", "no"), acted("b", "in_progress", "no"), acted("c", "done", "no")],
        "retried",
        "retried 0 of 3: 2 are done, 1 is running",
    ),
    ([], "retried", ""),
    (True, "paused", "paused"),
    (False, "paused", "nothing to do: paused already"),
    ("8 tasks at once", "", "8 tasks at once"),
]


@pytest.mark.parametrize(("result", "label", "said"), CASES)
def test_an_act_is_told_in_one_line(
    drive: LedgerHarness, result: ActResult, label: str, said: str
) -> None:
    """Titles and numbers, never ids; there is one line to say it in."""
    view = PictureHarness(drive)
    drive.make(shell("a", title="PKCE"), "b", "c")
    view.look()
    lines = outcome_messages(result, label, view.picture)
    assert " / ".join(line.text for line in lines) == said


def test_the_end_of_a_merge_is_told(drive: LedgerHarness) -> None:
    """What was accepted is told again when it is merged, once."""
    view = PictureHarness(drive)
    drive.make(shell("a", title="PKCE"), "b")
    view.look()
    awaited = Awaited()
    awaited.merge(["a"])
    assert list(awaited.settle(view.picture, {"b"}, str)) == []
    drive.finish("a")
    view.look()
    assert list(awaited.settle(view.picture, {"a"}, str)) == [OutcomeMessage("“PKCE” is merged")]
    assert list(awaited.settle(view.picture, {"a"}, str)) == []


def test_a_conflict_over_what_was_accepted_is_told(drive: LedgerHarness) -> None:
    """It names what it meets and the key that shows the new marks."""
    view = PictureHarness(drive)
    drive.make(shell("a", title="PKCE"))
    awaited = Awaited()
    for _ in range(2):  # the first one is tried again by itself
        fence = drive.expect_claim("a", step=Step.INTEGRATING)
        awaited.merge(["a"])
        view.look()
        assert list(awaited.settle(view.picture, {"a"}, str)) == []
        text = "it does not merge: f.py"
        drive.ledger.conflict(fence, BAD, ("f.py",), text, more={"with": ["Token value types"]})
    view.look()
    (line,) = awaited.settle(view.picture, {"a"}, str)
    assert line.text.startswith("“PKCE” does not merge any more with “Token value types”")
    assert line.text.endswith(": task.shell shows the new marks")


def test_work_that_does_not_merge_any_more_is_told(drive: LedgerHarness) -> None:
    """Accepted, on its way, and blocked again: the person is told what with, and what helps."""
    view = PictureHarness(drive)
    drive.make(shell("a", title="PKCE"), "b")
    awaited = Awaited()
    awaited.merge(["a"])
    drive.expect_claim("a")
    view.look()
    assert list(awaited.settle(view.picture, {"a"}, str)) == []
    drive.mine.move("r1", HOLD, ["a"])
    view.look()
    (line,) = awaited.settle(view.picture, {"a"}, str)
    assert line.text.startswith("“PKCE” is blocked again: ")
    assert line.refused
