"""What an attempt says of itself is in its row, and told by an event; none of it moves a task."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import BAD, GOOD, RUN, LedgerHarness
from wf_tui.ledger.model.events.attempt_events import GateEnded, GateStarted, WorkHarvested
from wf_tui.ledger.model.rows import AttemptRow, GateRow, decode, select
from wf_tui.ledger.model.states import DoneKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import RELEASE
from wf_tui.plan.choices import GateOn

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Fence


@pytest.fixture
def fence(drive: LedgerHarness) -> Fence:
    """Give the claim of a task that is worked on."""
    return drive.make("a").expect_claim("a", step=Step.RUNNING)


def attempt(drive: LedgerHarness) -> AttemptRow:
    """Return the last attempt."""
    return reads.attempts(drive.db, RUN)[-1]


def test_its_session_is_known_at_once(drive: LedgerHarness, fence: Fence) -> None:
    """A second one takes the place of the first; what it does not say of its model stays."""
    drive.ledger.session_started(fence, "s1", "a-model", "kimi")
    drive.ledger.session_started(fence, "s2")
    row = attempt(drive)
    assert (row.session, row.model, row.preset, row.lane) == ("s2", "a-model", "kimi", "local")
    told = [event.data for event in drive.events("task_progress")]
    assert told == [
        {"text": "", "session": "s1", "model": "a-model"},
        {"text": "", "session": "s2"},
    ]


def test_its_last_words_and_its_plan(drive: LedgerHarness, fence: Fence) -> None:
    """What it says is cut; a plan stays as it was told last, and so does the number of tools."""
    drive.ledger.said(fence, "x" * 500, plan_done=1, plan_total=3)
    drive.ledger.said(fence, "ls", tool="bash", tools=4)
    row = attempt(drive)
    assert (row.said, row.tools, row.plan_done, row.plan_total) == ("ls", 4, 1, 3)
    first, second = (event.data for event in drive.events("task_progress"))
    assert (len(str(first["text"])), first["plan"]) == (400, {"done": 1, "of": 3})
    assert second == {"text": "ls", "tool": "bash", "tools": 4}


def test_how_it_judged_itself(drive: LedgerHarness, fence: Fence) -> None:
    """A verdict is kept as it comes, and told with the end, whose line that matters is kept."""
    verdict = {"ok": False, "kind": "task", "why": "gave up"}
    drive.ledger.verdict(fence, verdict)
    drive.ledger.fail(fence, replace(BAD, proof="AssertionError: 1 != 2", verdict=verdict))
    row = attempt(drive)
    assert (row.verdict, row.proof) == (
        json.dumps(verdict, separators=(",", ":")),
        "AssertionError: 1 != 2",
    )
    (ended,) = drive.events("attempt_ended")
    assert (ended.data["verdict"], ended.data["proof"]) == (verdict, "AssertionError: 1 != 2")


def test_how_much_it_changed(drive: LedgerHarness, fence: Fence) -> None:
    """Files and lines of the harvest; what was not counted is unknown."""
    drive.ledger.harvested(fence, WorkHarvested(commit="c1", files=2, added=7))
    row = attempt(drive)
    assert (row.files, row.added, row.removed) == (2, 7, None)


def test_each_gate_has_a_row(drive: LedgerHarness) -> None:
    """On what it ran, and how it ended; without an end it was cut off."""
    fence = drive.make("a").expect_claim("a", step=Step.CHECKING)
    drive.ledger.tell(fence, GateStarted(on=GateOn.ATTEMPT, commit="c1"))
    drive.ledger.tell(fence, GateEnded(on=GateOn.ATTEMPT, commit="c1", exit_code=0))
    drive.ledger.tell(fence, GateStarted(on=GateOn.MERGE, head="h", commit="m1"))
    rows = [decode(GateRow, row) for row in drive.db.execute(select(GateRow, "ORDER BY ordinal"))]
    assert [(row.place, row.head, row.commit_id, row.exit_code) for row in rows] == [
        (GateOn.ATTEMPT, None, "c1", 0),
        (GateOn.MERGE, "h", "m1", None),
    ]
    assert [row.ended_at is None for row in rows] == [False, True]


def test_a_stopped_one_says_nothing_more(drive: LedgerHarness, fence: Fence) -> None:
    """What comes behind the fence is not told, and changes no row."""
    drive.mine.move(RUN, RELEASE, ["a"])
    before = drive.run().seq
    assert not drive.ledger.said(fence, "still here")
    assert not drive.ledger.session_started(fence, "s1")
    assert not drive.ledger.verdict(fence, {"ok": True})
    assert not drive.ledger.delivered(fence, "1")
    assert drive.ledger.ask(fence, "1", "may I?") is None
    assert not drive.ledger.done(fence, DoneKind.NO_CHANGES, GOOD, None)
    assert drive.run().seq == before + 2  # the late result, and the end of its attempt
