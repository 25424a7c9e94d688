"""The standing notices: what keeps a run from going on, in titles, with what helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, shell
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.rows import SnoozeRow
from wf_tui.ledger.model.run_budget import RunBudget, write_budget
from wf_tui.ledger.model.states import BlockedKind, RunState
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries.lane_reads import RunLane
from wf_tui.ledger.rules.moves import HOLD
from wf_tui.picture.notices import notices

if TYPE_CHECKING:
    from typing import Any

    from tests.support.ledger_harness import LedgerHarness
    from tests.support.picture_harness import PictureHarness
    from wf_tui.picture.batch import Batch


def said(view: PictureHarness) -> list[str]:
    """Return what the notices of a picture say, what matters most first."""
    now = view.picture.now
    return [" · ".join(filter(None, (n.text.at(now), n.more))) for n in view.picture.notices]


def of(batch: Batch, **run: Any) -> list[str]:
    """Return what is said of a batch with another run, without a scheduler that leads it."""
    found = notices(replace(batch, run=replace(batch.run, **run)), None, "wf/r1")
    return [" · ".join(filter(None, (n.text.at(batch.reasons.now), n.more))) for n in found]


NO_SCHEDULER = "no scheduler leads this run, so nothing moves · p starts one"


def test_a_stall_says_what_is_left_and_where_it_is(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """By its title; of several the oldest, and `N` goes there."""
    drive.make(shell("licence", title="Add the licence"), "b", shell("x", "licence"))
    drive.wreck("licence")
    drive.finish("b")
    view.look()
    assert said(view) == [NO_SCHEDULER]
    drive.ledger.end_when_idle(RUN, foreground=False)
    view.look()
    stalled = "stalled: only “Add the licence” is left to move · N goes there"
    assert said(view) == [NO_SCHEDULER, stalled]


def test_a_stall_with_several_names_the_oldest(drive: LedgerHarness, view: PictureHarness) -> None:
    """The one that has waited longest."""
    drive.make("a", shell("b", priority=-1))
    drive.wreck("b")
    drive.clock.move(5)
    drive.wreck("a")
    drive.ledger.end_when_idle(RUN, foreground=False)
    view.look()
    assert said(view)[1] == "stalled: 2 need you, “b” the longest · N goes there"


def test_a_stall_with_what_is_snoozed_says_so(drive: LedgerHarness, view: PictureHarness) -> None:
    """It needs nobody now, and yet nothing else is left."""
    drive.make("a", shell("x", "a"))
    drive.wreck("a")
    drive.ledger.end_when_idle(RUN, foreground=False)
    snooze = SnoozeRow(RUN, "a", None, drive.task("a").epoch, "failed", "me")
    view.picture.apply(replace(view.read(), snoozes={"a": snooze}))
    assert said(view)[1] == "stalled: only 1 snoozed task is left to move"


def test_a_stall_behind_what_is_held_names_the_key(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """A person chose that nothing moves: the key that ends it is told."""
    drive.make("a", shell("x", "a"))
    drive.mine.move(RUN, HOLD, ["a"])
    drive.ledger.end_when_idle(RUN, foreground=False)
    view.look()
    assert said(view)[1] == "stalled: “a” is blocked (hold) · b unholds it"


def test_a_stall_for_want_of_a_worker_says_so(drive: LedgerHarness, view: PictureHarness) -> None:
    """Where nothing is blocked and yet nothing can start, it is the workers that are missing."""
    drive.make(shell("a", worker="nobody"))
    drive.ledger.end_when_idle(RUN, foreground=False)
    view.look()
    assert "no worker fits · a gives one to a worker that does" in said(view)[1]


def test_a_stall_for_a_pause_without_end_says_so(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Where every attempt failed at once, again and again, that is what a person has to know."""
    drive.make(*"abcdefgh").ledger.set_breakers(RUN, {"shell": 1})
    for name in "abcdef":
        drive.clock.move(100)
        drive.wreck(name)
    drive.ledger.end_when_idle(RUN, foreground=False)
    view.look()
    paused = "shell is paused: 6 attempts in a row failed at once; wf resume lets it try again"
    assert said(view)[1] == f"stalled: {paused}"


def test_a_title_cannot_act_on_a_terminal(drive: LedgerHarness, view: PictureHarness) -> None:
    """It stands in the notice as cleaned as on its card; one of blanks is its id."""
    drive.make(shell("a", title="\x1b[31mred\n"), shell("b", title="  "))
    drive.wreck("a")
    drive.finish("b")
    drive.ledger.end_when_idle(RUN, foreground=False)
    view.look()
    assert "“red⏎”" in said(view)[1]


def test_a_pause_a_full_disk_and_a_budget_are_said_by_weight(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """The disk first, since no scheduler would get far on it; what is nearly used up last."""
    drive.make("a")
    batch = replace(view.read(), full="/runs/r1", low="/runs/r1", alive=True)
    budget = write_budget(RunBudget(cost_microusd=25_000_000))
    used = Usage(cost_microusd=20_000_000)
    assert of(batch, state=RunState.PAUSED, budget=budget, usage=used) == [
        "the disk is full, so nothing new starts: make room in /runs/r1",
        "paused: nothing new starts · p resumes",
        "80 % of the budget of $25.00 is used",
    ]
    less = Usage(cost_microusd=19_990_000)
    assert of(replace(batch, full="", low=""), budget=budget, usage=less) == []
    low = of(replace(batch, full=""), budget=budget, usage=less)
    assert low == ["disk low: less than 256 MB are left in /runs/r1"]
    gone = of(replace(batch, full=""), budget=budget, usage=Usage(cost_microusd=25_000_000))
    assert gone[0].startswith("the budget of $25.00 is used up")


def test_an_ended_run_says_where_its_work_is(drive: LedgerHarness, view: PictureHarness) -> None:
    """And that it is not in the repository yet, where it is not; nobody has to lead it any more."""
    drive.make("a")
    batch = view.read()
    ended = {"state": RunState.COMPLETED, "head": "other", "export_note": "main has moved"}
    assert of(batch, **ended) == [
        "completed: its work is on the branch wf/r1 · M lands it",
        "its work is not yet in your repository: main has moved · it is tried again",
    ]
    landed = of(replace(batch, landed_in="main"), **{**ended, "export_note": ""})
    assert landed == ["completed: its work is on the branch wf/r1 · all of it is in main"]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (
            LaneState("anthropic", LaneStatus.LIMITED, text="429", until=108.0),
            "anthropic: rate limit (429), opens in 1:48 · w1 waits, other lanes go on",
        ),
        (
            LaneState("anthropic", LaneStatus.PAUSED),
            "anthropic: paused · w1 waits, P opens it, other lanes go on",
        ),
        (LaneState("anthropic", LaneStatus.LIMITED, until=0.0), ""),
        (LaneState("openai", LaneStatus.PAUSED), ""),
    ],
)
def test_a_lane_that_is_shut_counts_down(
    drive: LedgerHarness, view: PictureHarness, state: LaneState, text: str
) -> None:
    """With the seats that wait for it; one that is open again, or that nobody has, is not told."""
    drive.make("a")
    batch = view.read()
    seats = (replace(batch.workers[0], name="w1", lane="anthropic"), batch.workers[1])
    reasons = replace(batch.reasons, now=0.0, lanes={state.name: RunLane(state)})
    told = of(replace(batch, workers=seats, reasons=reasons, alive=True))
    assert told == ([text] if text else [])


def test_every_kind_that_needs_nobody_has_a_key(drive: LedgerHarness, view: PictureHarness) -> None:
    """Of a root that waits for no person the notice says what would help, where anything does."""
    drive.make("a", shell("x", "a"))
    drive.mine.move(RUN, HOLD, ["a"])
    drive.ledger.end_when_idle(RUN, foreground=False)
    for kind in BlockedKind:
        if kind.facts.waits_for_person or kind in {BlockedKind.DEPENDENCY, BlockedKind.QUOTA}:
            continue
        drive.db.execute("UPDATE task SET kind = :kind WHERE id = 'a'", {"kind": kind.value})
        view.last = None
        view.look()
        assert kind.facts.keys in said(view)[1]
