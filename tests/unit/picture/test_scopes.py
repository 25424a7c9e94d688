"""Who holds which paths, and who waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.interpreter_steps import count_steps
from tests.support.ledger_harness import FOLDER, RUN, shell
from tests.support.picture_harness import PictureHarness
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import RELEASE
from wf_tui.paths import RunPaths
from wf_tui.picture.scopes import waiting_for
from wf_tui.picture.status import read_status
from wf_tui.picture.status_text import status_lines

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness


def told(drive: LedgerHarness) -> list[str]:
    """Return what `wf status` says of scopes."""
    lines = list(status_lines(read_status(drive.db, RUN, drive.clock.now(), RunPaths(FOLDER))))
    heads = [number for number, line in enumerate(lines) if line.startswith("scopes held")]
    return lines[heads[0] : [*lines, ""].index("", heads[0])] if heads else []


def waits(drive: LedgerHarness, task: str, most: int = 9) -> list[str]:
    """Return whom a running task keeps waiting."""
    (attempt,) = reads.attempts(drive.db, RUN, task)
    return waiting_for(drive.db, drive.run(), attempt, most)


def test_status_says_who_holds_what_and_who_waits(drive: LedgerHarness) -> None:
    """The paths of each running writer, and whom only they keep waiting."""
    many = [shell(f"b{number}", scope=("src/x",)) for number in range(5)]
    drive.make(shell("a", scope=("src/**", "lib")), shell("far", scope=("docs",)), *many)
    drive.expect_claim("a")
    drive.expect_claim("far")
    assert told(drive) == [
        "scopes held 2",
        "  a    src/**, lib; keeps waiting: b0, b1, b2 and 2 more",
        "  far  docs",
    ]


def test_what_holds_nothing_is_not_told(drive: LedgerHarness) -> None:
    """Readers and writers without a scope keep nobody waiting; one in the shared tree holds all."""
    drive.make(
        shell("reads", mode="read_only"),
        shell("free", scope=()),
        shell("all", scope=(), isolation="shared"),
    )
    drive.expect_claim("reads")
    drive.expect_claim("free")
    assert told(drive) == []
    drive.expect_claim("all")
    assert told(drive) == ["scopes held 1", "  all  **"]


def test_where_writers_race_nobody_waits(drive: LedgerHarness) -> None:
    """Their scopes are checked when they merge."""
    drive.make(shell("a", scope=("src",)), shell("b", scope=("src",)), scopes="race")
    drive.expect_claim("a")
    assert told(drive) == []
    assert waits(drive, "a") == []
    view = PictureHarness(drive)
    view.look()
    assert view.picture.workers[0].writes == ("src",)


def test_the_seats_say_what_they_write(drive: LedgerHarness) -> None:
    """Until the attempt is closed, also when it was taken back."""
    drive.make("a", "b")
    fence = drive.expect_claim("a", "w1")
    view = PictureHarness(drive)
    view.look()
    assert [seat.writes for seat in view.picture.workers] == [("src/a",), (), ()]
    drive.mine.move(RUN, RELEASE, ["a"])
    view.look()
    seat = view.picture.workers[0]
    assert (fence.worker, seat.step, seat.writes) == (seat.name, "stopping", ("src/a",))


def test_who_waits_may_have_been_passed_over_or_not(drive: LedgerHarness) -> None:
    """A claim takes those that it finds busy out of its way; both kinds wait."""
    names = ("a", "b", "c", "d")
    drive.make(*(shell(name, scope=("src", name)) for name in names), shell("e", scope=("e",)))
    drive.expect_claim("a")
    assert waits(drive, "a") == ["b", "c", "d"]
    drive.expect_claim("e")
    assert drive.task("b").wait_queue
    assert waits(drive, "a") == ["b", "c", "d"]
    assert waits(drive, "a", most=2) == ["b", "c"]


def test_a_look_costs_the_same_in_a_large_run(drive: LedgerHarness) -> None:
    """Only the first that could start are looked at."""
    drive.make(*(shell(f"t{number}") for number in range(1500)))
    drive.expect_claim("t0")
    waits(drive, "t0")  # what is remembered of scopes is not a matter of the size
    all_of_them = count_steps(lambda: waits(drive, "t0"))
    drive.db.execute("UPDATE task SET state = 'done' WHERE ordinal >= 600")
    assert all_of_them < count_steps(lambda: waits(drive, "t0")) * 1.1
