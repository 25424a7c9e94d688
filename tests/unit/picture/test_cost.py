"""What a change costs does not grow with the number of cards; counted in steps, not in seconds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.interpreter_steps import count_steps
from tests.support.ledger_harness import START, phase, shell
from tests.support.picture_harness import PictureHarness
from tests.support.picture_rows import a_batch, a_phase, a_proof, a_row
from wf_tui.ledger.model.states import BlockedKind, Step, TaskState
from wf_tui.picture.entries import Entries
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness

MANY = 10_000
FEW = 100
MOVES: list[dict[str, Any]] = [
    {"state": TaskState.IN_PROGRESS, "step": "claimed", "worker": "w1", "epoch": 1},
    {"state": TaskState.BLOCKED, "kind": "failed"},
    {"state": TaskState.DONE, "kind": "merged"},
    {"title": "another"},
]


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


def of_similar(count: int) -> int:
    """Return the steps of one more failure like so many, of one less, and of drawing the column."""
    rows = [a_row(n, state=TaskState.BLOCKED, kind=BlockedKind.FAILED) for n in range(count)]
    last = {row.id: a_proof(row.id, f"cannot find module left-pad {row.id}") for row in rows}
    picture = Picture(START)
    picture.apply(a_batch(rows, count, last=last, whole=True))
    assert len(picture.columns["blocked"]) == 1
    one = rows[count // 2]

    def follow() -> None:
        for row in (replace(one, state=TaskState.PENDING, kind=None), one):
            picture.apply(a_batch([row], count, last=last))
            entries = Entries(picture.columns["blocked"])
            card = entries.after(entries.header(0))
            assert card is not None
            len(picture.similar(card.name)), picture.group_title("blocked", 0), picture.strip

    return count_steps(follow)


def test_a_similar_card_of_many_costs_what_changes() -> None:
    """One failure more or less takes as many steps among 10,000 like it as among 100."""
    assert of_similar(MANY) <= 1.05 * of_similar(FEW)


def of_one_more(count: int) -> int:
    """Return the steps of a task that comes, of its claim, and of the time that is left then."""
    phases = [a_phase("one", 0), a_phase("two", 1)]
    order = {"two": ("one",)}
    rows = [a_row(n, "one" if n % 2 else "two", unmet=1 - n % 2) for n in range(count)]
    picture = Picture(START)
    whole = a_batch(rows, count, phases=phases, order=order, whole=True)
    picture.apply(replace(whole, durations={("general", 1000): 5}))
    picture.tick(START)
    assert picture.header.left == 2
    more = a_row(count, "one")

    def follow() -> None:
        for row in (more, replace(more, state=TaskState.IN_PROGRESS, worker="w1", epoch=1)):
            picture.apply(a_batch([row], count, phases=phases, order=order))
            assert picture.header.left == 2

    return count_steps(follow)


def test_the_time_left_costs_what_changes() -> None:
    """A task that comes takes as many steps among 10,000 as among 100."""
    assert of_one_more(MANY) <= 1.05 * of_one_more(FEW)


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
