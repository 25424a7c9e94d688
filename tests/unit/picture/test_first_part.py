"""What is shown of a large run before all of it is read: no count and no place in it is another."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import FOLDER, RUN
from tests.support.picture_harness import PictureHarness, shown
from tests.support.seeds import seeds
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture import first_part, reading
from wf_tui.picture.orders import COLUMNS, LIST
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from tests.support.random_runs import RandomRuns
    from wf_tui.picture.group_titles import GroupTitle

TOP = 2


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take any run for a large one, of which two cards of a column are seen."""
    monkeypatch.setattr(first_part, "LARGE", 1)
    monkeypatch.setattr(first_part, "TOP", TOP)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("swarm", "seed"), seeds(8, quick=2, times=2), indirect=["swarm"])
def test_the_part_is_what_all_begins_with(swarm: RandomRuns, seed: int) -> None:
    """Titles, strip and counts are those of the whole run; the first cards are its first cards."""
    random = Random(seed)  # noqa: S311 - the same history each time
    for _ in range(60):
        part, all_of_it = begin(swarm.drive), PictureHarness(swarm.drive)
        all_of_it.look()
        whole = all_of_it.picture
        assert part.strip == whole.strip
        assert part.counts == whole.counts
        for column in (*COLUMNS, LIST):
            assert part.column_title(column) == whole.column_title(column)
        assert replace(part.header, left=None) == replace(whole.header, left=None, phase="")
        for state in (TaskState.PENDING, TaskState.DONE):
            assert whole.columns[state][:TOP] == part.columns[state][:TOP]
        for state in (TaskState.IN_PROGRESS, TaskState.BLOCKED):
            assert list(whole.columns[state]) == list(part.columns[state])
        assert list(part.needs) == list(whole.needs)
        assert titles(part, whole) == titles(whole, whole)
        part.apply(all_of_it.read_all())
        part.tick(swarm.drive.clock.now())
        assert shown(part) == shown(whole)
        swarm.act(random)


def begin(drive: LedgerHarness) -> Picture:
    """Return a picture that has but the part."""
    now = drive.clock.now()
    picture = Picture(now)
    batch = reading.read_first(drive.db, RUN, now, FOLDER)
    assert batch is not None
    picture.apply(batch)
    picture.tick(now)
    return picture


def titles(picture: Picture, whole: Picture) -> list[GroupTitle]:
    """Return the titles of the groups of a whole run, without what no part knows."""
    return [
        replace(picture.group_title(column, group), took=None, cost_microusd=None)
        for column, many in [*whole.columns.items(), (LIST, whole.sections)]
        for group in sorted({order[0] for order in many.orders()})
    ]


def test_a_small_run_has_no_part(drive: LedgerHarness) -> None:
    """It is read at once, and so is one of which too much is seen."""
    drive.make(*"abcde")
    assert reading.read_first(drive.db, RUN, 0.0, FOLDER) is None


@pytest.mark.usefixtures("few")
def test_much_at_work_has_no_part(drive: LedgerHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what needs a person nothing is left out, so too much of it is read with all the rest."""
    drive.make(*"abcde")
    drive.expect_claim("a")
    assert begin(drive).is_part
    monkeypatch.setattr(first_part, "MOST", 0)
    assert reading.read_first(drive.db, RUN, 0.0, FOLDER) is None


@pytest.mark.usefixtures("few")
def test_what_is_read_after_the_part_has_not_changed(drive: LedgerHarness) -> None:
    """Cards that only were not there yet are no news: nothing of them is marked."""
    drive.make("a", "b", "c", "d")
    part, whole = begin(drive), PictureHarness(drive).read_all()
    assert part.apply(whole).moved == frozenset()
