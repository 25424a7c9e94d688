"""A run as it was: each moment that is made anew is the one that was live then."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.busy_run import swarm_run
from tests.support.histories import run_at_random
from tests.support.ledger_harness import RUN, merging, seat
from tests.support.past_pictures import Told, live, moment
from tests.support.seeds import seeds
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.run_budget import RunBudget
from wf_tui.ledger.model.states import LimitKind, Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.rules.moves import HOLD, REASSIGN, UNHOLD
from wf_tui.picture.history.history import History, read_history
from wf_tui.picture.history.replay import REPLAYED
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.ledger_harness import LedgerHarness
    from tests.support.random_runs import RandomRuns
    from tests.support.stores import MakeStore
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


def rare_moments(drive: LedgerHarness) -> dict[int, Told]:
    """Do what random runs do not; return what was told at each number, as it was live."""
    merging(drive)
    drive.make(*"abc", seats=[seat("w1", lane="far"), seat("w2")])
    moments = dict([live(drive)])

    def then(act: Callable[[], object]) -> None:
        act()
        drive.clock.move(7)
        moments.__setitem__(*live(drive))

    far = LaneState("far", LaneStatus.PAUSED, LimitKind.PERSON)
    then(lambda: drive.ledger.see_lanes(RUN, [far], {}))
    then(lambda: drive.mine.open_lanes(RUN, ["far"]))
    held = drive.expect_claim("a", "w2", step=Step.RUNNING)
    then(lambda: drive.ledger.started(held, pid=7))
    then(lambda: drive.ledger.used(held, Usage(input_tokens=5, cost_microusd=9)))
    then(lambda: drive.mine.set_budget(RUN, RunBudget(cost_microusd=10)))
    then(lambda: drive.mine.undo(RUN))
    then(lambda: drive.fail(held))
    then(lambda: drive.mine.tree_opened(RUN, "a", held.epoch, "7", {"paths": ["x"]}))
    then(lambda: drive.ledger.exported(RUN, None, "it is checked out"))
    then(lambda: drive.ledger.exported(RUN, "c1", ""))
    then(lambda: drive.ledger.join_workers(RUN, [seat("w2"), seat("w3")]))
    then(lambda: drive.ledger.join_workers(RUN, [seat("w1"), seat("w3")]))
    then(lambda: drive.mine.move(RUN, REASSIGN, ["b"], to="w3", fresh=True))
    then(lambda: drive.mine.move(RUN, HOLD, ["b"]))
    then(lambda: drive.mine.move(RUN, UNHOLD, ["b"]))
    return moments


def test_what_happens_rarely_is_as_it_was(drive: LedgerHarness) -> None:
    """Seats that leave, budgets, exports, lanes by hand, a worktree that a person opens."""
    moments = rare_moments(drive)
    history, picture = read_history(drive.db, RUN), Picture(0.0)
    for number in [*sorted(moments), *sorted(moments, reverse=True)]:
        assert differing(moment(history, picture, number), moments[number]) == [], number


@pytest.mark.slow
def test_each_kind_of_event_is_in_some_run_of_these(
    drive: LedgerHarness, make_store: MakeStore
) -> None:
    """Whatever changes a row that is shown happens, and at its end each run is as it is live."""
    rare_moments(drive)
    kinds = {event.kind for event in read_history(drive.db, RUN).events}
    for seed in (*range(8), 14, 17, 39):
        swarm = run_at_random(make_store, seed, 150)
        history, (_, now) = read_history(swarm.drive.db, RUN), live(swarm.drive)
        assert differing(moment(history, Picture(0.0), history.last), now) == [], seed
        kinds |= {event.kind for event in history.events}
        swarm.end()
    assert REPLAYED - kinds == set()


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
