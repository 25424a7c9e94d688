"""Why a task is where it is, with the names behind it (RULES 3)."""

from __future__ import annotations

import pytest

from tests.support.ledger_harness import BAD, RUN, LedgerHarness, phase, seat, shell
from tests.support.task_states import STATES
from wf_tui.ledger.model.lane_state import LaneState
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.run_budget import RunBudget
from wf_tui.ledger.model.states import BlockedKind, LimitKind
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries.reasons import Reason
from wf_tui.ledger.rules.moves import SKIP
from wf_tui.picture.words.other_words import waiting_words


def test_ready(drive: LedgerHarness) -> None:
    """A task that could be claimed now is ready."""
    assert drive.make("a").reason("a") == Reason("ready", "ready")


def test_ready_again(drive: LedgerHarness) -> None:
    """A task that is ready again says what it failed of."""
    drive.make(shell("a", max_attempts=2, backoff=0)).wreck("a")
    assert drive.reason("a") == Reason("ready", "again, after: exit status 1")


def test_paused_comes_first(drive: LedgerHarness) -> None:
    """In a paused run every pending task is paused, whatever else it waits for."""
    drive.make("a", shell("b", "a"))
    drive.mine.pause(RUN)
    assert drive.reason("b") == Reason("paused", "the run is paused")


def test_waiting_for_results(drive: LedgerHarness) -> None:
    """A task that waits names the results it still needs."""
    drive.make("a", "b", "c", shell("d", "a", "b", "c"))
    drive.mine.move(RUN, SKIP, ["b"])
    reason = drive.reason("d")
    assert (reason.kind, reason.text) == ("waiting", "waits for a +1")
    assert reason.detail == {"tasks": ["a", "c"], "phases": []}


def test_waiting_for_a_phase(drive: LedgerHarness) -> None:
    """A task that waits for a phase names the phase, not its tasks."""
    drive.make(phase("p", "a", "b"), phase("q", "c", after=["p"]))
    assert drive.reason("c") == Reason(
        "waiting", "waits for phase p", {"tasks": [], "phases": ["p"]}
    )


def test_waiting_in_a_sequence(drive: LedgerHarness) -> None:
    """A task in a sequence names the one before."""
    drive.make(phase("p", "a", "b", parallel=False))
    assert drive.reason("b").text == "waits for a"


@pytest.mark.parametrize(
    ("kind", "words"),
    [(BlockedKind.FAILED, "failed"), (BlockedKind.GATE, "is blocked (gate)")],
)
def test_waiting_for_a_person(drive: LedgerHarness, kind: BlockedKind, words: str) -> None:
    """Behind a failure the task that needs a person is named, through any phases."""
    drive.make(
        phase("p", "a", "b", "c", parallel=False),
        phase("q", "d", after=["p"]),
        phase("r", "e", after=["q"]),
    )
    drive.fail(drive.expect_claim("a"), kind)
    text = f"waits for a, which {words}: a person decides"
    assert [drive.reason(name).text for name in "bcde"] == [text] * 4
    detail = {"tasks": [], "phases": ["q"], "blocked": "a", "blocked_kind": kind.value}
    assert drive.reason("e").detail == detail
    assert waiting_words(drive.reason("e")) == f"a ({kind.value})"
    assert waiting_words(drive.reason("b")) == f"a ({kind.value})"


def test_nobody_is_named_who_stops_nothing(drive: LedgerHarness) -> None:
    """A held task, and one that lets the rest go on, need no person for what comes after."""
    first = phase("p", "a", "b", on_failure="skip_continue")
    drive.make(first, phase("q", "c", after=["p"])).wreck("a")
    assert drive.reason("c").text == "waits for phase p"


def test_backoff(drive: LedgerHarness) -> None:
    """A task that waits for its back-off says until when and what it failed of."""
    drive.make(shell("a", max_attempts=2)).wreck("a")
    until = drive.task("a").not_before
    assert drive.reason("a") == Reason("backoff", "again in 5 s: exit status 1", {"until": until})
    drive.db.execute("UPDATE task SET note = ''")
    assert drive.reason("a").text == "again in 5 s"
    drive.clock.move(6)
    assert drive.reason("a").kind == "ready"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"role": "review"}, "no worker for the role review"),
        ({"worker": "kimi-2"}, "no worker kimi-2 that can do it"),
        ({"spec": Spec(prompt="think")}, "no worker for a prompt: there are only shell workers"),
    ],
)
def test_no_worker(drive: LedgerHarness, values: dict[str, object], text: str) -> None:
    """A task that no seat accepts says for what there is none."""
    drive.make(shell("a", **values), seats=[seat("w1", roles=("general",))])
    assert drive.reason("a") == Reason("no_worker", text)


def test_without_any_seat(drive: LedgerHarness) -> None:
    """Before a scheduler has brought its seats, nothing is said about workers."""
    assert drive.make("a", seats=0).reason("a").kind == "ready"


def test_scope_busy(drive: LedgerHarness) -> None:
    """A task that waits for a scope names the holder and the two paths that meet."""
    drive.make(shell("a", scope=("src/",)), shell("b", scope=("docs", "src/b"))).expect_claim("a")
    assert drive.reason("b") == Reason(
        "scope_busy",
        "a works on src/",
        {"holder": "a", "wants": "src/b", "holds": "src/"},
    )


def test_lane_limited(drive: LedgerHarness) -> None:
    """When all seats that could do it are limited, the lane and its first end are named."""
    drive.make("a", seats=[seat("w1", lane="far"), seat("r1", roles=("review",))])
    until = drive.clock.now() + 30
    drive.ledger.limited(drive.expect_claim("a"), BAD, LimitKind.RATE, "far", until)
    reason = drive.reason("a")
    assert (reason.kind, reason.text) == ("lane_limited", "far is limited, open again in 30 s")
    assert reason.detail == {"lane": "far", "until": until, "state": "limited"}


def test_one_free_lane_is_enough(drive: LedgerHarness) -> None:
    """While another lane could do it, a task is not lane-limited."""
    drive.make("a", seats=[seat("w1", lane="far"), seat("w2")])
    drive.ledger.limited(
        drive.expect_claim("a"), BAD, LimitKind.RATE, "far", drive.clock.now() + 30
    )
    assert drive.reason("a").kind == "ready"


def test_wip_limit(drive: LedgerHarness) -> None:
    """A task of a phase at its limit names the phase and the limit."""
    drive.make(phase("p", "a", "b", wip=1)).expect_claim("a")
    assert drive.reason("b") == Reason(
        "wip_limit", "phase p runs 1 task at most", {"limit": "phase", "phase": "p", "wip": 1}
    )


def test_jobs_and_seats_that_are_taken(drive: LedgerHarness) -> None:
    """Which number keeps a task from starting is said, the first that a claim would come to."""
    drive.make("a", "b", jobs=1, seats=2).expect_claim("a")
    taken = Reason("wip_limit", "1 job at once, and all run", {"limit": "jobs", "jobs": 1})
    assert drive.reason("b") == taken
    drive.mine.set_jobs(RUN, 9)
    assert drive.reason("b").kind == "ready"
    drive.mine.add(RUN, shell("c"))
    drive.expect_claim("b", "w2")
    busy = Reason("wip_limit", "all 2 seats are busy", {"limit": "seats", "seats": 2})
    assert drive.reason("c") == busy


def test_what_the_host_has_no_room_for(drive: LedgerHarness) -> None:
    """Memory is one of the numbers; a lane that bears no more is a lane that is limited."""
    drive.make("a", seats=[seat("w1", lane="far")])
    state = LaneState("far", capacity=2)
    drive.ledger.see_lanes(RUN, [state], {"far": "memory"})
    assert drive.reason("a").detail == {"limit": "memory"}
    drive.ledger.see_lanes(RUN, [state], {"far": "capacity"})
    assert drive.reason("a").text == "far bears 2 attempts at once on this host"
    drive.ledger.see_lanes(RUN, [state], {"far": "ramp"})
    assert drive.reason("a").kind == "ready"


def test_a_budget_that_is_used_up(drive: LedgerHarness) -> None:
    """It comes before all that is of the task; only a pause of the run comes before it."""
    drive.make("a", shell("b", "a"))
    drive.mine.set_budget(RUN, RunBudget(tokens=10))
    fence = drive.expect_claim("a")
    drive.ledger.used(fence, Usage(input_tokens=8, output_tokens=2))
    assert drive.reason("b").kind == "budget"
    assert drive.reason("b").detail == {"limit": {"cost_microusd": None, "tokens": 10}}
    drive.mine.pause(RUN)
    assert drive.reason("b").kind == "paused"


def test_in_progress(drive: LedgerHarness) -> None:
    """A task in progress says its step and its worker."""
    drive.make("a").expect_claim("a", "w2")
    assert drive.reason("a") == Reason("claimed", "claimed on w2")


@pytest.mark.parametrize("state", [name for name in STATES if name.startswith(("B:", "D:"))])
def test_blocked_and_done(drive: LedgerHarness, state: str) -> None:
    """A blocked or done task says its kind and always has a sentence."""
    STATES[state](drive)
    reason = drive.reason("t")
    assert reason.kind == state[2:]
    assert reason.text
