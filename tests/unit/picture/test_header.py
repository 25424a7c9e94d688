"""The header: progress, time left once it means something, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, shell
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.rules.moves import HOLD
from wf_tui.picture.header import helpful_keys

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from tests.support.picture_harness import PictureHarness


def finish(drive: LedgerHarness, *tasks: str, seconds: float) -> None:
    """Finish these tasks, each in so many seconds."""
    for task in tasks:
        fence = drive.expect_claim(task)
        drive.clock.move(seconds)
        assert drive.done(fence)


def test_a_header_counts(drive: LedgerHarness, view: PictureHarness) -> None:
    """Done, all, working, and who needs a person."""
    drive.make("a", "b", "c", "d")
    drive.finish("a")
    drive.wreck("b")
    drive.expect_claim("c")
    drive.clock.move(7)
    view.look()
    header = view.picture.header
    assert (header.done, header.total, header.working, header.need_you) == (1, 4, 1, 1)
    assert (header.goal, header.run_id, header.state) == ("to test", RUN, "running")
    assert (header.elapsed, header.scheduler_alive) == (7, False)
    assert header.usage == NO_USAGE


def test_the_elapsed_time_ends_with_the_run(drive: LedgerHarness, view: PictureHarness) -> None:
    """Time that goes by after the end is not counted."""
    drive.make("a")
    drive.clock.move(4)
    drive.finish("a")
    drive.ledger.end_when_idle(RUN, foreground=True)
    drive.clock.move(100)
    view.look()
    assert view.picture.header.elapsed == 4


def test_time_left_needs_three_attempts(drive: LedgerHarness, view: PictureHarness) -> None:
    """Two attempts say nothing about the others."""
    drive.make("a", "b", "c", "d")
    finish(drive, "a", "b", seconds=4)
    view.look()
    assert view.picture.header.left is None
    finish(drive, "c", seconds=7)
    view.look()
    assert view.picture.header.left == 5


def test_time_left_is_that_of_the_longest_path(drive: LedgerHarness, view: PictureHarness) -> None:
    """What has to wait for each other takes its time one after the other."""
    chains = {"d": 3, "e": 2, "f": 1}
    drive.make(
        *"abc", shell("d", priority=1), shell("e", "d"), shell("f", "e"), jobs=9, chains=chains
    )
    finish(drive, "a", "b", "c", seconds=10)
    view.look()
    assert view.picture.header.left == 30
    finish(drive, "d", seconds=10)
    view.look()
    assert view.picture.header.left == 20


def test_time_left_counts_what_the_jobs_cannot_do_at_once(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Five tasks that wait for nothing take three rounds with two jobs."""
    drive.make(*"abcdefgh", jobs=2)
    finish(drive, "a", "b", "c", seconds=10)
    view.look()
    assert view.picture.header.left == 30


def test_time_left_grows_with_an_attempt_that_outlasts_it(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """What takes longer than the others did counts with them; a question takes no time."""
    drive.make(*"abcd")
    finish(drive, "a", "b", "c", seconds=4)
    fence = drive.expect_claim("d")
    lefts = []
    for seconds in (4, 4, 20):
        drive.clock.move(seconds)
        view.look()
        lefts.append(view.picture.header.left)
    assert lefts == [4, 5, 10]
    drive.ask(fence)
    drive.clock.move(60)
    view.look()
    assert view.picture.header.left is None


def test_time_left_is_unknown_while_the_run_stands(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Nobody knows when a paused run goes on."""
    drive.make(*"abcd")
    finish(drive, "a", "b", "c", seconds=4)
    drive.mine.pause(RUN)
    view.look()
    assert view.picture.header.left is None


def test_a_stall_names_the_root_that_holds_up_most(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """The header names the root with the most behind it, how many others there are, and a key."""
    drive.make("a", "b", "c", shell("x", "b"), shell("y", "x"))
    drive.wreck("a", "b")
    drive.mine.move(RUN, HOLD, ["c"])
    view.look()
    assert view.picture.header.stalled == ""
    drive.ledger.end_when_idle(RUN, foreground=False)
    view.look()
    assert view.picture.header.stalled == (
        "b and 2 more blocked (failed, 2 tasks behind it): r retries it, f skips it"
    )


def test_a_stall_for_want_of_a_worker_says_so(drive: LedgerHarness, view: PictureHarness) -> None:
    """Where nothing is blocked and yet nothing can start, it is the workers that are missing."""
    drive.make(shell("a", worker="nobody"))
    drive.ledger.end_when_idle(RUN, foreground=False)
    view.look()
    assert "no worker fits" in view.picture.header.stalled


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
    assert view.picture.header.stalled == (
        "shell is paused: 6 attempts in a row failed at once; wf resume lets it try again"
    )


def test_a_card_says_when_its_profile_is_paused(drive: LedgerHarness, view: PictureHarness) -> None:
    """The reason of each card that waits for it changes, and counts down."""
    drive.make("a", "b").ledger.set_breakers(RUN, {"shell": 1})
    view.look()
    assert view.picture.card("b").why == "ready"
    drive.wreck("a")
    drive.clock.move(2)
    view.look()
    assert "tries again in 3 s" in view.picture.card("b").why


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (BlockedKind.HOLD, "b unholds it"),
        (BlockedKind.QUESTION, "r retries"),
        (BlockedKind.GATE, "r retries"),
        (BlockedKind.QUOTA, "another lane"),
    ],
)
def test_each_kind_has_the_key_that_helps(
    drive: LedgerHarness, kind: BlockedKind, word: str
) -> None:
    """What helps depends on why it is blocked."""
    drive.make("a")
    drive.mine.move(RUN, HOLD, ["a"])
    drive.db.execute("UPDATE task SET kind = :kind", {"kind": kind.value})
    assert word in helpful_keys(drive.task("a"))
