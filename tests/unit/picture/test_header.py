"""The header: progress, time left once it means something, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, phase, shell
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


def test_time_left_needs_five_attempts(drive: LedgerHarness, view: PictureHarness) -> None:
    """Four attempts say nothing about the others; with five it is their median."""
    drive.make(*"abcdef")
    for task, seconds in zip("abcd", (4, 4, 9, 90), strict=True):
        finish(drive, task, seconds=seconds)
    view.look()
    assert view.picture.header.left is None
    finish(drive, "e", seconds=7)
    view.look()
    assert view.picture.header.left == 7


def test_time_left_is_that_of_the_longest_path(drive: LedgerHarness, view: PictureHarness) -> None:
    """What has to wait for each other takes its time one after the other, whatever the jobs."""
    chains = {"f": 3, "g": 2, "h": 1}
    done = [shell(name, priority=-1) for name in "abcde"]
    drive.make(*done, "f", shell("g", "f"), shell("h", "g"), "i", "j", "k", jobs=1, chains=chains)
    finish(drive, *"abcde", seconds=10)
    view.look()
    assert view.picture.header.left == 30
    finish(drive, "f", seconds=10)
    view.look()
    assert view.picture.header.left == 20


def test_time_left_knows_what_each_role_takes(drive: LedgerHarness, view: PictureHarness) -> None:
    """One slow task takes longer than two quick ones, though its path is the shorter one."""
    drive.make(
        phase("one", *[shell(name, role="test") for name in "abc"], *"def"),
        phase("two", shell("slow", role="test"), "quick", after=["one"]),
        phase("three", shell("last", "quick"), after=["two"]),
    )
    finish(drive, *"abc", seconds=100)
    finish(drive, *"de", seconds=1)
    view.look()
    assert view.picture.header.left == 1 + 100 + 1


def test_time_left_shrinks_as_attempts_go_on(drive: LedgerHarness, view: PictureHarness) -> None:
    """Of what runs only the rest counts, as long as there is any; a question takes no time."""
    drive.make(*"abcdef")
    finish(drive, *"abcde", seconds=10)
    fence = drive.expect_claim("f")
    lefts = []
    for seconds in (4, 4, 20):
        drive.clock.move(seconds)
        view.look()
        lefts.append(view.picture.header.left)
    assert lefts == [6, 2, None]
    drive.ask(fence)
    view.look()
    assert view.picture.header.left is None


def test_time_left_is_unknown_while_the_run_stands(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Nobody knows when a paused run goes on."""
    drive.make(*"abcdef")
    finish(drive, *"abcde", seconds=4)
    drive.mine.pause(RUN)
    view.look()
    assert view.picture.header.left is None


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
