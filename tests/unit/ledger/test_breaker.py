"""The breaker of a profile (RULES 5): a storm of quick failures slows down, by itself and for all.

The clock stands still unless a test moves it, so every failure here is a quick one.
"""

from __future__ import annotations

import pytest

from tests.support.histories import history, of
from tests.support.ledger_harness import RUN, STOPPED, LedgerHarness, merging, seat, shell
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules import breaker
from wf_tui.ledger.rules.moves import CANCEL, REASSIGN, RELEASE, RETRY, SKIP

TASKS = [f"t{number:02}" for number in range(20)]


@pytest.fixture
def storm(drive: LedgerHarness) -> LedgerHarness:
    """Give a run of 20 tasks whose profile `shell` pauses after three quick failures."""
    merging(drive).make(*TASKS, seats=[seat("w1"), seat("w2"), seat("o1", "other")])
    drive.ledger.set_breakers(RUN, {"shell": 3, "other": 0})
    return drive


def trip(drive: LedgerHarness, times: int = 1) -> None:
    """Let the breaker trip so often: three failures, then one after each pause."""
    drive.wreck(*TASKS[:3], worker="w1")
    for number in range(3, 2 + times):
        drive.clock.move(pause(drive))
        drive.wreck(TASKS[number], worker="w1")


def pause(drive: LedgerHarness) -> float:
    """Return for how many seconds `shell` is paused."""
    until = reads.pulse(drive.db, RUN, drive.clock.now()).next_timer
    return 0.0 if until is None else until - drive.clock.now()


def test_quick_failures_in_a_row_pause_the_profile(storm: LedgerHarness) -> None:
    """After three, no seat of it claims; seats of another profile do."""
    storm.wreck(*TASKS[:2], worker="w1")
    assert storm.events("lane_limited") == []
    storm.wreck(TASKS[2], worker="w2")
    assert (storm.claim("w1"), storm.claim("w2")) == (None, None)
    assert storm.claim("o1") is not None
    said = {"lane": "shell", "until": storm.clock.now() + 5, "failures": 3, "reason": "breaker"}
    assert [event.data for event in storm.events("lane_limited")] == [said]


def test_a_success_starts_the_count_again(storm: LedgerHarness) -> None:
    """What fails now and then is no storm."""
    storm.wreck(*TASKS[:2], worker="w1")
    storm.finish(TASKS[2], worker="w1")
    storm.wreck(*TASKS[3:5], worker="w1")
    assert storm.claim("w1") is not None


def test_a_slow_failure_starts_the_count_again(storm: LedgerHarness) -> None:
    """Who works for a second before it fails keeps nobody busy."""
    storm.wreck(*TASKS[:2], worker="w1")
    slow = storm.expect_claim(TASKS[2], "w1")
    storm.clock.move(1)
    storm.fail(slow)
    storm.wreck(*TASKS[3:5], worker="w1")
    assert storm.claim("w1") is not None


def test_what_is_not_a_failure_is_not_counted(storm: LedgerHarness) -> None:
    """Attempts that a person stops, however many, pause nobody."""
    for _ in range(5):
        fence = storm.expect_claim(TASKS[0], "w1")
        storm.mine.move(RUN, RELEASE, [TASKS[0]])
        storm.ledger.close(fence, STOPPED)
    assert storm.claim("w1") is not None


def test_zero_switches_it_off(storm: LedgerHarness) -> None:
    """A profile without a breaker never pauses."""
    storm.wreck(*TASKS, worker="o1")
    assert storm.events("lane_limited") == []


def test_one_attempt_is_let_through_after_the_pause(storm: LedgerHarness) -> None:
    """The pause is a timer of the run; after it one seat claims, the others wait for its end."""
    trip(storm)
    assert pause(storm) == 5
    assert storm.ledger.end_when_idle(RUN, foreground=True) == "running"
    storm.clock.move(5)
    storm.expect_claim(TASKS[3], "w2")
    assert (storm.claim("w1"), pause(storm)) == (None, 0)


def test_success_of_that_attempt_ends_the_storm(storm: LedgerHarness) -> None:
    """Then all seats claim again, and the count starts from 0."""
    trip(storm)
    storm.clock.move(5)
    storm.finish(TASKS[3], worker="w1")
    assert [event.data for event in storm.events("lane_open")] == [{"lane": "shell"}]
    storm.wreck(*TASKS[4:6], worker="w1")
    assert storm.claim("w1") is not None


def test_its_failure_pauses_for_twice_as_long(storm: LedgerHarness) -> None:
    """Each trip in a row doubles the pause."""
    lengths = []
    trip(storm)
    for name in TASKS[3:7]:
        lengths.append(pause(storm))
        storm.clock.move(lengths[-1])
        storm.wreck(name, worker="w1")
    assert [*lengths, pause(storm)] == [5, 10, 20, 40, 80]


def test_when_that_attempt_says_nothing_another_one_may(storm: LedgerHarness) -> None:
    """A person who stops it does not leave the profile paused for good."""
    trip(storm)
    storm.clock.move(5)
    fence = storm.expect_claim(TASKS[3], "w1")
    storm.mine.move(RUN, RELEASE, [TASKS[3]])
    storm.ledger.close(fence, STOPPED)
    assert storm.claim("w2") is not None


def test_failures_of_before_the_pause_do_not_lengthen_it(storm: LedgerHarness) -> None:
    """What was under way when the breaker tripped has no say, quick or slow."""
    quick, slow = storm.expect_claim(TASKS[0], "w2"), storm.expect_claim(TASKS[1], "w1")
    storm.db.execute("UPDATE breaker SET failures = 2 WHERE profile = 'shell'")
    storm.fail(quick)
    again = storm.expect_claim(TASKS[2], "o1")
    storm.clock.move(2)
    storm.fail(slow)
    storm.fail(again)
    assert (pause(storm), len(storm.events("lane_limited"))) == (3, 1)


def test_a_success_of_before_the_pause_ends_it(storm: LedgerHarness) -> None:
    """It proves that the profile works."""
    good = storm.expect_claim(TASKS[0], "w2")
    storm.wreck(*TASKS[1:4], worker="w1")
    storm.done(good)
    assert storm.claim("w1") is not None


def test_after_six_trips_it_waits_for_a_person(storm: LedgerHarness) -> None:
    """Then nothing is claimable and no timer is set: the run stalls, in the foreground it ends."""
    storm.mine.move(RUN, CANCEL, TASKS[10:])
    trip(storm, times=6)
    assert [storm.claim(name) for name in ("w1", "w2")] == [None, None]
    assert pause(storm) == 0
    assert storm.ledger.end_when_idle(RUN, foreground=True) == "partial"
    assert storm.events("lane_limited")[-1].data.get("until") is None


@pytest.mark.parametrize("times", [1, 6])
def test_resume_lets_it_try_again(storm: LedgerHarness, times: int) -> None:
    """Of a run that stalled for it, and of one that goes on."""
    trip(storm, times)
    storm.ledger.end_when_idle(RUN, foreground=False)
    assert storm.mine.resume(RUN)
    assert storm.claim("w1") is not None
    assert not storm.mine.resume(RUN)


def test_a_retry_lets_the_profiles_that_fit_try_again(storm: LedgerHarness) -> None:
    """So does reassigning to that profile, but not to another one."""
    trip(storm)
    storm.mine.move(RUN, REASSIGN, [TASKS[0]], to="other")
    assert storm.claim("w1") is None
    storm.mine.move(RUN, RETRY, [TASKS[1]])
    assert storm.claim("w1") is not None


def test_reassigning_to_the_profile_lets_it_try_again(storm: LedgerHarness) -> None:
    """The task that it is given to runs at once."""
    trip(storm, times=6)
    storm.mine.move(RUN, REASSIGN, [TASKS[0]], to="shell")
    assert storm.claim("w2") is not None


@pytest.mark.parametrize(
    ("seconds", "end"), [(0, "tries again in 5 s"), (5, "one attempt tries it now")]
)
def test_the_reason_says_so(storm: LedgerHarness, seconds: int, end: str) -> None:
    """A task that only a paused profile can do is `profile_paused`, with the end of the pause."""
    storm.db.execute("DELETE FROM worker WHERE name = 'o1'")
    trip(storm)
    until = storm.clock.now() + 5
    storm.clock.move(seconds)
    storm.claim("w1")
    reason = storm.reason(TASKS[9])
    assert (reason.kind, reason.detail) == ("profile_paused", {"lane": "shell", "until": until})
    assert reason.text == f"shell is paused: 3 attempts in a row failed at once; {end}"


def test_the_reason_names_the_person_who_is_needed(storm: LedgerHarness) -> None:
    """After the last trip the card says what helps."""
    storm.db.execute("DELETE FROM worker WHERE name = 'o1'")
    trip(storm, times=6)
    text = "shell is paused: 8 attempts in a row failed at once; wf resume lets it try again"
    assert storm.reason(TASKS[9]).text == text


def test_a_free_profile_is_no_reason_to_wait(storm: LedgerHarness) -> None:
    """A task that another profile can do is ready."""
    trip(storm)
    assert storm.reason(TASKS[9]).kind == "ready"


def test_a_failed_task_does_not_wait_for_a_paused_profile(drive: LedgerHarness) -> None:
    """A task that prefers another worker takes the one it had, if the others are paused."""
    again = [shell(name, max_attempts=9, backoff=0) for name in TASKS]
    merging(drive).make(*again, seats=[seat("w1"), seat("o1", "other")])
    drive.ledger.set_breakers(RUN, {"shell": 1})
    drive.wreck(TASKS[0], worker="w1")
    drive.wreck(TASKS[0], worker="o1")
    drive.expect_claim(TASKS[0], "o1")


def test_it_outlives_the_scheduler(storm: LedgerHarness) -> None:
    """Another handle of the ledger finds the pause as it was."""
    trip(storm)
    again = Ledger(storm.db, storm.clock)
    again.join_workers(RUN, [seat("w1"), seat("w2")])
    assert again.claim(RUN, "w1") is None


def test_no_timer_where_nothing_waits_for_it(storm: LedgerHarness) -> None:
    """A paused profile does not keep a run from its end."""
    storm.mine.move(RUN, SKIP, TASKS[3:])
    trip(storm)
    assert storm.ledger.end_when_idle(RUN, foreground=True) == "partial"


def test_a_pause_that_ends_while_claims_are_tried_is_a_timer(storm: LedgerHarness) -> None:
    """Else a run would end in the instant between its last look and the end of the pause."""
    trip(storm)
    looked_at = storm.clock.now()
    storm.clock.move(5)
    assert storm.ledger.end_when_idle(RUN, foreground=True, looked_at=looked_at) == "running"


def test_the_checker_sees_a_claim_in_the_pause(
    storm: LedgerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger without its breaker is found out by its own log; with it, all is well."""
    trip(storm)
    storm.clock.move(5)
    storm.expect_claim(TASKS[3], "w1")
    assert history(storm.db).found() == []
    monkeypatch.setattr(breaker, "is_shut", lambda *_: False)
    storm.expect_claim(TASKS[4], "w2")
    assert history(storm.db).found() == ["pause"]
    made = history(storm.db).changed(of("lane_limited"), until=None)
    assert made.found() == ["pause"] * 3


def test_an_end_of_no_pause_is_seen(storm: LedgerHarness) -> None:
    """A profile that goes on had to be paused."""
    trip(storm)
    storm.mine.resume(RUN)
    assert history(storm.db).without(of("lane_limited")).found() == ["pause"]


def test_a_clock_that_was_set_back_makes_no_pause_longer(storm: LedgerHarness) -> None:
    """The pause ends within its own length, not hours later, nor within that of a longer one."""
    trip(storm, 2)
    storm.clock.move(-10_000)
    storm.ledger.reanchor(RUN)
    assert pause(storm) == 10
    storm.clock.move(10)
    storm.finish(TASKS[4], worker="w1")
    assert history(storm.db).found() == []
