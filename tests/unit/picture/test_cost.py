"""What a change costs does not grow with the number of cards; counted in steps, not in seconds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.interpreter_steps import count_steps
from tests.support.ledger_harness import RUN, START, a_run, phase, seat, shell
from tests.support.picture_harness import PictureHarness
from wf_tui.ledger.model.rows import PhaseRow, Spec, TaskRow
from wf_tui.ledger.model.states import Step, TaskState
from wf_tui.ledger.queries.reasons import Reasons
from wf_tui.picture.batch import Batch
from wf_tui.picture.picture import Picture
from wf_tui.plan.choices import Isolation, Mode, OnFailure, Takes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.ledger_harness import LedgerHarness

MANY = 10_000
FEW = 100
PHASE = PhaseRow(
    RUN, "p", 0, parallel=True, on_failure=OnFailure.HOLD, wip=None, unmet=0, unsettled=1
)
MOVES: list[dict[str, Any]] = [
    {"state": TaskState.IN_PROGRESS, "step": "claimed", "worker": "w1", "epoch": 1},
    {"state": TaskState.BLOCKED, "kind": "failed"},
    {"state": TaskState.DONE, "kind": "merged"},
    {"title": "another"},
]


def a_row(number: int) -> TaskRow:
    """Return a pending task."""
    return TaskRow(
        run=RUN, id=f"t{number}", ordinal=number, phase="p", title=f"task {number}", spec=Spec(),
        takes=Takes.COMMAND, mode=Mode.READ_WRITE, isolation=Isolation.AUTO,
        role="general", scope=("src",), scope_key="", priority=0, chain=1, rank=0,
        max_attempts=1, backoff=0.0,
        state=TaskState.PENDING, since=START,
    )  # fmt: skip


def a_batch(rows: Sequence[TaskRow], count: int, *, whole: bool = False) -> Batch:
    """Return what a read of a run with so many tasks gives."""
    run = a_run(pending=count)
    seats = (seat("w1"), seat("w2"))
    reasons = Reasons(run, START, {"p": PHASE}, {}, [], seats, {})
    return Batch(1, run, tuple(rows), (), seats, reasons, alive=True, whole=whole)


def a_picture(count: int) -> Picture:
    """Return a picture of a run with so many pending tasks."""
    picture = Picture(START)
    picture.apply(a_batch([a_row(number) for number in range(count)], count, whole=True))
    return picture


def of_one_change(count: int, text: str = "") -> int:
    """Return the steps of following a card through all columns, and of drawing it."""
    picture = a_picture(count)
    picture.filter(text)
    rows = [replace(a_row(count // 2), **move) for move in MOVES]

    def follow() -> None:
        for row in rows:
            for task in picture.apply(a_batch([row], count)).cards:
                picture.revision(task), picture.card(task), picture.index(task), picture.header

    return count_steps(follow)


def test_a_change_costs_the_same_with_many_cards() -> None:
    """One change takes as many steps with 10,000 cards as with 100."""
    assert of_one_change(MANY) <= 1.05 * of_one_change(FEW)


def test_a_change_costs_the_same_behind_a_filter() -> None:
    """A filter on what a card is adds its own steps once, not once for each card."""
    assert of_one_change(MANY, "state:done") <= 1.05 * of_one_change(FEW, "state:done")


def test_a_column_of_many_is_searched_not_walked() -> None:
    """Finding a place among 10,000 compares a few orders."""
    compared = 0

    class Rank(int):
        def __lt__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return int(self) < int(str(other))

        def __eq__(self, other: object) -> bool:
            return int(self) == int(str(other))

        __hash__ = int.__hash__

    picture = a_picture(MANY)
    picture.apply(a_batch([replace(a_row(5), rank=Rank(7))], MANY))
    assert 0 < compared < 40
    assert picture.index("t5") == ("pending", MANY - 1)


@pytest.mark.parametrize("count", [50, 500])
def test_a_read_has_what_changed(drive: LedgerHarness, count: int) -> None:
    """A step, a claim and a result read the same few rows from a run of any size."""
    free = [shell(f"t{number}") for number in range(count)]
    drive.make(phase("one", *free), phase("two", "last", after=["one"]))
    view = PictureHarness(drive)
    view.look()
    fence = drive.expect_claim("t0")
    batch = view.read()
    assert len(batch.tasks) == 1
    view.picture.apply(batch)
    drive.bring(fence, Step.RUNNING)
    drive.done(fence)
    assert len(view.read().tasks) == 1
    assert len(view.read().reasons.unmet_needs) == 0
