"""Who waits for whom: results, phases, sequences, and adding to them (RULES 3.1 and 4.2)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.support import recount
from tests.support.ledger_harness import BAD, RUN, STOPPED, LedgerHarness, phase, shell
from wf_tui.errors import UnknownNameError
from wf_tui.ledger.model.states import BlockedKind, LimitKind
from wf_tui.ledger.rules.moves import CANCEL, HOLD, RETRY, SKIP


def counters(drive: LedgerHarness, name: str) -> tuple[int, int]:
    """Return what a task waits for, and how much of that is blocked."""
    task = drive.task(name)
    return task.unmet, task.unmet_blocked


def test_results_are_counted(drive: LedgerHarness) -> None:
    """A task waits for each result it needs and is ready with the last one."""
    drive.make("a", "b", shell("c", "a", "b"))
    assert counters(drive, "c") == (2, 0)
    drive.finish("a")
    assert counters(drive, "c") == (1, 0)
    drive.clock.move(5)
    drive.finish("b")
    assert counters(drive, "c") == (0, 0)
    assert drive.task("c").ready_at == drive.clock.now()


def test_a_phase_counts_as_one(drive: LedgerHarness) -> None:
    """A phase that another waits for counts as one, however many tasks it has."""
    drive.make(phase("p", "a", "b", "c"), phase("q", "d", after=["p"]))
    drive.finish("a", "b")
    assert counters(drive, "d") == (1, 0)
    drive.finish("c")
    assert counters(drive, "d") == (0, 0)
    drive.expect_claim("d")


def test_two_phases_before(drive: LedgerHarness) -> None:
    """Tasks of a phase that waits for two are ready when the second settles."""
    drive.make(phase("p", "a"), phase("q", "b"), phase("r", "c", after=["p", "q"]))
    drive.finish("a")
    assert (drive.phase("r").unmet, counters(drive, "c")) == (1, (1, 0))
    drive.finish("b")
    drive.expect_claim("c")


def test_blocked_results_block(drive: LedgerHarness) -> None:
    """A blocked result blocks all that need it, transitively, and each names the root."""
    drive.make("a", shell("b", "a"), shell("c", "b"), "d")
    drive.wreck("a")
    assert drive.where() == "B:failed B:dependency B:dependency P"
    assert drive.task("b").note == "needs the result of a, which is blocked"
    assert drive.task("c").note == "needs the result of b, which waits for a"
    assert drive.task("c").detail == {"root": "a", "needs": "b"}
    assert (counters(drive, "b"), counters(drive, "c")) == ((1, 1), (1, 1))


def test_unblocking_frees_them(drive: LedgerHarness) -> None:
    """When the root is retried, all that it blocked waits again by itself."""
    drive.make("a", shell("b", "a"), shell("c", "b")).wreck("a")
    drive.mine.move(RUN, RETRY, ["a"])
    assert drive.where() == "P P P"
    assert [e.task for e in drive.events("task_unblocked")] == ["b", "c"]
    drive.finish("a", "b", "c")


def test_the_last_of_two_causes(drive: LedgerHarness) -> None:
    """With two blocked results a task names the one that is left, and is freed with the last."""
    drive.make("a", "b", shell("c", "a", "b")).wreck("a", "b")
    assert (counters(drive, "c"), drive.task("c").detail["root"]) == ((2, 2), "a")
    drive.mine.move(RUN, RETRY, ["a"])
    assert (drive.where("c"), drive.task("c").detail["root"]) == ("B:dependency", "b")
    drive.mine.move(RUN, RETRY, ["b"])
    assert drive.where("c") == "P"


def test_a_diamond(drive: LedgerHarness) -> None:
    """A task that needs a root and one behind it is blocked and freed by both at once."""
    drive.make("a", shell("b", "a"), shell("c", "a", "b")).wreck("a")
    assert (drive.where(), counters(drive, "c")) == ("B:failed B:dependency B:dependency", (2, 2))
    drive.mine.move(RUN, RETRY, ["a"])
    assert (drive.where(), counters(drive, "c")) == ("P P P", (2, 0))
    drive.finish("a", "b", "c")


def test_a_new_root_is_named_down_the_chain(drive: LedgerHarness) -> None:
    """When a task in the middle is cancelled, those behind it name that one as their root."""
    drive.make("a", shell("b", "a"), shell("c", "b"), shell("d", "c")).wreck("a")
    drive.mine.move(RUN, CANCEL, ["b"])
    assert (drive.task("c").detail["root"], drive.task("d").detail["root"]) == ("b", "b")
    assert drive.task("d").note == "needs the result of c, which waits for b"


@pytest.mark.parametrize("kind", ["hold", "quota", "question"])
def test_kinds_that_only_make_wait(drive: LedgerHarness, kind: str) -> None:
    """A result that is held, out of quota or asking leaves its dependants waiting."""
    drive.make("a", shell("b", "a"))
    if kind == "hold":
        drive.mine.move(RUN, HOLD, ["a"])
    elif kind == "quota":
        drive.ledger.limited(
            drive.expect_claim("a"), BAD, LimitKind.QUOTA, "far", drive.clock.now() + 9
        )
    else:
        drive.ledger.question_expired(drive.ask(drive.expect_claim("a")), "1")
    assert (drive.where(), counters(drive, "b")) == (f"B:{kind} P", (1, 0))


def test_a_blocked_task_keeps_its_kind(drive: LedgerHarness) -> None:
    """A held or failed task stays what it is when a result it needs is blocked too."""
    drive.make("a", shell("b", "a"))
    drive.mine.move(RUN, HOLD, ["b"])
    drive.wreck("a")
    assert (drive.where("b"), counters(drive, "b")) == ("B:hold", (1, 1))


def test_a_skip_counts_as_done(drive: LedgerHarness) -> None:
    """Dependants of a skipped task start without its result."""
    drive.make("a", shell("b", "a")).wreck("a")
    drive.mine.move(RUN, SKIP, ["a"])
    assert (drive.where(), drive.task("a").result) == ("D:skipped P", None)
    drive.expect_claim("b")


def test_a_skip_is_final_once_used(drive: LedgerHarness) -> None:
    """A skipped task can be retried until a task that waited for it was claimed."""
    drive.make("a", shell("b", "a"))
    drive.mine.move(RUN, SKIP, ["a"])
    drive.mine.move(RUN, RETRY, ["a"])
    assert (drive.where(), counters(drive, "b")) == ("P P", (1, 0))
    drive.mine.move(RUN, SKIP, ["a"])
    drive.finish("b")
    assert not drive.mine.move(RUN, RETRY, ["a"])[0].changed


def test_a_phase_settles_with_blocked_tasks(drive: LedgerHarness) -> None:
    """With `skip_continue` it settles when all are done or blocked, and the next ones start."""
    first = phase("p", "a", "b", on_failure="skip_continue")
    drive.make(first, phase("q", "c", shell("d", "a"), after=["p"]))
    drive.wreck("a")
    assert drive.phase("p").settled_at is None
    drive.finish("b")
    assert drive.phase("p").settled_at == drive.clock.now()
    assert drive.where() == "B:failed D:merged P B:dependency"
    drive.expect_claim("c")


@pytest.mark.parametrize("kind", ["hold", "question", "quota"])
def test_what_keeps_a_phase_open(drive: LedgerHarness, kind: str) -> None:
    """A phase does not settle while one of its tasks is held, asks, or waits for a quota."""
    drive.make(phase("p", "a", on_failure="skip_continue"), phase("q", "b", after=["p"]))
    if kind == "hold":
        drive.mine.move(RUN, HOLD, ["a"])
    elif kind == "quota":
        drive.ledger.limited(
            drive.expect_claim("a"), BAD, LimitKind.QUOTA, "far", drive.clock.now() + 9
        )
    else:
        fence = drive.ask(drive.expect_claim("a"))
        drive.ledger.question_expired(fence, "1")
        drive.ledger.close(fence, STOPPED)
    assert drive.phase("p").settled_at is None
    assert drive.claim("w2") is None


def test_an_open_attempt_keeps_a_phase_open(drive: LedgerHarness) -> None:
    """A cancelled task settles its phase only when its attempt is closed."""
    drive.make(phase("p", "a", on_failure="skip_continue"), phase("q", "b", after=["p"]))
    fence = drive.expect_claim("a")
    drive.mine.move(RUN, CANCEL, ["a"])
    assert drive.phase("p").settled_at is None
    drive.ledger.close(fence, STOPPED)
    assert drive.phase("p").settled_at is not None


def test_settled_stays_settled(drive: LedgerHarness) -> None:
    """A retry in a settled phase takes nothing back from those that started after it."""
    first = phase("p", "a", on_failure="skip_continue")
    drive.make(first, phase("q", "b", after=["p"])).wreck("a")
    at = drive.phase("p").settled_at
    drive.clock.move(9)
    drive.mine.move(RUN, RETRY, ["a"])
    assert (drive.phase("p").settled_at, drive.phase("p").unsettled) == (at, 1)
    drive.expect_claim("a", "w1")
    drive.expect_claim("b", "w2")
    assert len(drive.events("phase_settled")) == 1


def test_phases_settle_in_a_row(drive: LedgerHarness) -> None:
    """A phase all of whose tasks are blocked settles as soon as it may start."""
    drive.make(
        phase("p", "a", on_failure="skip_continue"),
        phase("q", shell("b", "a"), after=["p"], on_failure="skip_continue"),
        phase("r", "c", after=["q"]),
    )
    drive.wreck("a")
    assert [e.data["phase"] for e in drive.events("phase_settled")] == ["p", "q"]
    drive.expect_claim("c")


def test_a_skip_that_opens_a_later_phase_again(drive: LedgerHarness) -> None:
    """What settles a phase may free a task of the next one, which then has something to do."""
    drive.make(
        phase("p", "a", on_failure="hold"),
        phase("q", shell("b", "a"), after=["p"]),
        phase("r", "c", after=["q"]),
    )
    drive.mine.move(RUN, CANCEL, ["a"])
    drive.mine.move(RUN, SKIP, ["a"])
    assert [event.data["phase"] for event in drive.events("phase_settled")] == ["p"]
    drive.finish("b", "c")
    recount.check(drive.db)


def test_a_skip_before_its_turn(drive: LedgerHarness) -> None:
    """A task that is skipped early hands the turn on only when the one before it is done."""
    drive.make(phase("p", "a", "b", "c", parallel=False))
    first = drive.expect_claim("a")
    drive.mine.move(RUN, SKIP, ["b"])
    assert drive.claim() is None
    assert drive.done(first)
    drive.expect_claim("c")


def test_a_sequence(drive: LedgerHarness) -> None:
    """With `skip_continue` each task waits for the one before, done or blocked."""
    drive.make(phase("p", "a", "b", "c", parallel=False, on_failure="skip_continue"))
    assert [counters(drive, name)[0] for name in "abc"] == [0, 1, 1]
    drive.wreck("a")
    drive.finish("b")
    drive.expect_claim("c")


def test_a_sequence_stops_at_a_hold(drive: LedgerHarness) -> None:
    """A held task keeps the next one of its sequence waiting; a skip lets it go."""
    drive.make(phase("p", "a", "b", parallel=False))
    drive.mine.move(RUN, HOLD, ["a"])
    assert drive.claim() is None
    drive.mine.move(RUN, SKIP, ["a"])
    drive.expect_claim("b")


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("kind", [BlockedKind.FAILED, BlockedKind.GATE, BlockedKind.SCOPE])
def test_the_hold_policy(drive: LedgerHarness, kind: BlockedKind, *, skip: bool) -> None:
    """With `on_failure: hold` nothing goes on past a blocked task until a person has decided."""
    held = phase("p", "a", "b", parallel=False, on_failure="hold")
    drive.make(held, phase("q", "c", after=["p"]))
    drive.fail(drive.expect_claim("a"), kind)
    assert (drive.claim(), drive.where()) == (None, f"B:{kind} P P")
    drive.mine.move(RUN, SKIP if skip else RETRY, ["a"])
    drive.finish(*("bc" if skip else "abc"))
    recount.check(drive.db)


def test_a_parallel_phase_that_holds(drive: LedgerHarness) -> None:
    """Beside a failure its other tasks go on; the phase behind it waits."""
    drive.make(phase("p", "a", "b", on_failure="hold"), phase("q", "c", after=["p"]))
    drive.wreck("a")
    drive.finish("b")
    assert (drive.claim(), drive.phase("p").settled_at) == (None, None)


def test_an_added_task_that_fails_holds_nothing_up(drive: LedgerHarness) -> None:
    """The implicit phase `added` is `skip_continue`, whatever the plan says of its own."""
    drive.make(phase("p", "a"))
    drive.mine.add(RUN, shell("x"))
    drive.finish("a")
    drive.wreck("x")
    assert drive.phase("added").settled_at is not None


def test_a_long_chain(drive: LedgerHarness) -> None:
    """A chain of 2,000 tasks is blocked and freed without recursion."""
    names = [f"t{n}" for n in range(2000)]
    chain = [shell(n, before) for before, n in pairwise(names)]
    drive.make(shell("t0"), *chain).wreck("t0")
    assert drive.run().blocked == 2000
    assert drive.task("t1999").detail["root"] == "t0"
    drive.mine.move(RUN, RETRY, ["t0"])
    assert drive.run().pending == 2000


def test_blocked_kinds_of_another_kind_pass_on(drive: LedgerHarness) -> None:
    """A gate that fails blocks dependants as a failure does."""
    drive.make("a", shell("b", "a"))
    drive.fail(drive.expect_claim("a"), BlockedKind.GATE)
    assert drive.where() == "B:gate B:dependency"


def test_unknown_names_are_told(drive: LedgerHarness) -> None:
    """Unknown runs and tasks are named with the nearest right word."""
    drive.make("alpha")
    with pytest.raises(UnknownNameError, match="unknown task 'alfa'") as caught:
        drive.mine.move(RUN, RETRY, ["alfa"])
    assert caught.value.hint == "did you mean 'alpha'?"
    with pytest.raises(UnknownNameError, match="unknown run 'r9'"):
        drive.mine.pause("r9")
