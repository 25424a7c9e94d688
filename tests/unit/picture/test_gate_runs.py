"""What `wf show` says of the gates of a task, and of processes that were left running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import FOLDER, shell
from wf_tui.ledger.model.events.attempt_events import GateEnded, GateStarted, ProcessesEnded
from wf_tui.ledger.model.states import Step
from wf_tui.paths import RunPaths
from wf_tui.picture.task_picture import read_task
from wf_tui.picture.task_text import task_lines
from wf_tui.plan.choices import GateOn

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.picture.task_picture import TaskPicture


def shown(drive: LedgerHarness) -> TaskPicture:
    """Return the task `a` as `wf show` reads it."""
    return read_task(drive.db, drive.run(), "a", drive.clock.now(), RunPaths(FOLDER))


def test_gates_in_json(drive: LedgerHarness) -> None:
    """Each has what it was asked about, when, and what came of it; one that was stopped no end."""
    fence = drive.make(shell("a")).expect_claim("a", step=Step.CHECKING)
    drive.ledger.tell(fence, GateStarted(on=GateOn.ATTEMPT, head="b0", commit="c1"))
    drive.clock.move(2)
    drive.ledger.tell(fence, GateEnded(on=GateOn.ATTEMPT, head="b0", commit="c1", exit_code=0))
    drive.ledger.tell(fence, GateStarted(on=GateOn.MERGE, head="b1", commit="m1"))
    first, second = (gate.as_json() for gate in shown(drive).gates)
    start = drive.clock.now() - 2
    assert first == {
        "epoch": 1, "on": "attempt", "head": "b0", "commit": "c1", "started_at": start,
        "ended_at": start + 2, "exit_code": 0, "text": None,
    }  # fmt: skip
    assert (second["on"], second["ended_at"], second["exit_code"]) == ("merge", None, None)


def test_a_gate_on_the_merge_in_words(drive: LedgerHarness) -> None:
    """A person reads which gate it was and how it failed, under its attempt."""
    fence = drive.make(shell("a")).expect_claim("a", step=Step.CHECKING)
    why = "the gate on the merged tree failed: exit 1"
    drive.ledger.tell(fence, GateStarted(on=GateOn.MERGE, head="b1", commit="m1"))
    drive.ledger.tell(fence, GateEnded(on=GateOn.MERGE, exit_code=1, text=why))
    assert f"  gate      {why}" in [*task_lines(shown(drive), drive.clock.now())]


def test_processes_left_running(drive: LedgerHarness) -> None:
    """How many, and the first of them by name; whatever they call themselves is only text."""
    fence = drive.make(shell("a")).expect_claim("a", step=Step.RUNNING)
    names = ("python3 -m http.server", "x\x1b[2J")
    drive.ledger.tell(fence, ProcessesEnded(count=4, processes=names, program="command"))
    text = "4 processes were still running and were ended: python3 -m http.server, x and 2 more"
    assert f"  ended     {text}" in [*task_lines(shown(drive), drive.clock.now())]
    picture = shown(drive)
    assert [event.count for event in picture.left_running(picture.attempts[0])] == [4]
