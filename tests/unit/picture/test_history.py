"""A run as it was: each moment that is made anew is the one that was live then."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.busy_run import swarm_run
from tests.support.ledger_harness import RUN
from tests.support.past_pictures import Told, live, moment
from tests.support.seeds import seeds
from wf_tui.picture.history.history import History, read_history
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from tests.support.random_runs import RandomRuns
    from wf_tui.ledger.store.database import Database


@pytest.fixture
def busy(store: Database) -> tuple[History, Told]:
    """Give the history of a run in the middle of its life, and what is told of it now."""
    _, now = live(swarm_run(store))
    return read_history(store, RUN), now


def lived(swarm: RandomRuns, seed: int, acts: int) -> dict[int, Told]:
    """Let much happen to a run; return what was told at each number, as it was live."""
    random = Random(seed)  # noqa: S311 - the same history each time
    moments = dict([live(swarm.drive)])
    for number in range(acts):
        swarm.act(random) if number != acts - 10 or seed % 3 else swarm.abort()
        seq, told = live(swarm.drive)
        moments.setdefault(seq, told)
    return moments


def differing(told: object, wanted: object, at: str = "") -> list[str]:
    """Return where two tellings of a moment are not the same, one line each."""
    if not (isinstance(told, dict) and isinstance(wanted, dict)):
        return [] if told == wanted else [f"{at}: {told!r}, it was {wanted!r}"]
    keys = sorted({*told, *wanted})
    return [
        line for key in keys for line in differing(told.get(key), wanted.get(key), f"{at} {key}")
    ]


@pytest.mark.parametrize(("swarm", "seed"), seeds(8, quick=2, times=2), indirect=["swarm"])
def test_each_moment_is_the_one_that_was_live(swarm: RandomRuns, seed: int) -> None:
    """Forwards, backwards and by jumps, all that a log tells of is shown as it was."""
    moments = lived(swarm, seed, 120)
    random = Random(seed)  # noqa: S311 - the same jumps each time
    history, picture = read_history(swarm.drive.db, RUN), Picture(0.0)
    ways = [sorted(moments), sorted(moments, reverse=True), random.choices(sorted(moments), k=30)]
    for number in [seq for way in ways for seq in way]:
        assert differing(moment(history, picture, number), moments[number]) == [], number


def test_the_last_moment_of_a_busy_run_is_now(busy: tuple[History, Told]) -> None:
    """The picture of the last number tells what the live one tells, with cards of each kind."""
    history, now = busy
    assert differing(moment(history, Picture(0.0), history.last), now) == []


def test_a_step_is_one_event_or_one_change(busy: tuple[History, Told]) -> None:
    """With `moves` a step goes to the next event that moved a task; at an end it stays there."""
    history, _ = busy
    assert history.step(1, 1) == 2
    assert history.step(history.last, 1) == history.last
    assert history.step(1, -1) == 1
    moved = history.step(history.last, -1, moves=True)
    assert history.event(moved).kind in {"task_blocked", "task_claimed", "task_done", "run_stalled"}
    between = range(moved + 1, history.last)
    assert not {"task_claimed", "task_done"} & {history.event(seq).kind for seq in between}


def test_a_time_is_the_last_event_until_then(busy: tuple[History, Told]) -> None:
    """A time before the run is its first event, one after it the last."""
    history, _ = busy
    assert history.seq_at(0.0) == 1
    assert history.seq_at(1e12) == history.last
    at = history.time_of(history.last // 2)
    assert history.time_of(history.seq_at(at)) == at


def test_copies_stay_few(busy: tuple[History, Told]) -> None:
    """However long a log is, eight copies are kept beside its beginning, ever less dense."""
    history, _ = busy
    last = history.events[-1]
    told = [replace(last, seq=last.seq + n, kind="message_late") for n in range(1, 100_000)]
    long = History(history._past.beginning, [*history.events, *told])
    assert long.batch_at(long.last).seq == long.last
    assert len(long._copies) <= 9
    assert long.batch_at(1).seq == 1
    assert [long.batch_at(seq).seq for seq in (40_001, 40_000, 39_999)] == [40_001, 40_000, 39_999]


def test_why_a_ready_task_waited_is_not_known(busy: tuple[History, Told]) -> None:
    """A log does not say why a task that could start was not started, so a dash says so."""
    history, _ = busy
    picture = Picture(0.0)
    picture.apply(history.batch_at(history.last))
    ready = [task for task in picture.columns["pending"] if not picture.row(task).unmet]
    assert {picture.card(task).why for task in ready} == {"\N{EN DASH}"}
