"""Reading what changed: the changes that come without an event of their task are found as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import FOLDER, RUN, phase, shell
from tests.support.picture_harness import PictureHarness, shown
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.picture import reading

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness


def test_a_settled_phase_frees_the_tasks_behind_it(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Cards of a phase that may start are ready, though no event names them."""
    drive.make(phase("one", "a"), phase("two", "b", after=["one"]))
    view.look()
    assert view.picture.why("b") == "waits for phase one"
    drive.finish("a")
    view.look()
    assert view.picture.card("b").reason == "ready"


def test_a_task_added_to_a_settled_phase_holds_up_those_behind_it(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Cards behind a phase that is open again wait once more."""
    drive.make(phase("one", "a"), phase("two", "b", after=["one"]))
    drive.finish("a")
    view.look()
    drive.mine.add(RUN, shell("late"), "one")
    view.look()
    assert view.picture.why("b") == "waits for phase one"


def test_the_next_in_a_sequence_is_ready(drive: LedgerHarness, view: PictureHarness) -> None:
    """A card of a sequential phase is ready when the one before is done."""
    drive.make(phase("one", "a", "b", parallel=False))
    view.look()
    assert view.picture.why("b") == "waits for a"
    drive.finish("a")
    view.look()
    assert view.picture.card("b").reason == "ready"


def test_a_result_fewer_to_wait_for_is_shown(drive: LedgerHarness, view: PictureHarness) -> None:
    """A card that waits for two results says which one is left."""
    drive.make("a", "b", shell("c", "a", "b"))
    view.look()
    assert view.picture.why("c") == "waits for a +1"
    drive.finish("a")
    assert view.look().cards == {"a", "c"}
    assert view.picture.why("c") == "waits for b"


def test_another_root_is_named_through_the_whole_chain(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Where one of two roots is lifted, cards far behind name the other one, without an event."""
    drive.make("a", "b", shell("c", "a", "b"), shell("d", "c"), shell("e", "d"))
    drive.wreck("a", "b")
    view.look()
    assert "a" in view.picture.why("e")
    drive.mine.move(RUN, RETRY, ["a"])
    view.look()
    assert "b" in view.picture.why("e")
    fresh = PictureHarness(drive)
    fresh.look()
    assert shown(fresh.picture) == shown(view.picture)


def test_only_what_moved_is_read(drive: LedgerHarness, view: PictureHarness) -> None:
    """A batch has the task that moved and those that wait for it, no other."""
    drive.make("a", "b", shell("c", "a"), shell("d", "c"))
    view.look()
    fence = drive.expect_claim("a")
    assert {task.id for task in view.read().tasks} == {"a", "c"}
    view.look()
    drive.bring(fence, Step.RUNNING)
    assert {task.id for task in view.read().tasks} == {"a"}
    view.look()
    drive.ledger.progress(fence, "words")
    assert view.read().tasks == ()


def test_too_many_events_are_not_followed(drive: LedgerHarness, view: PictureHarness) -> None:
    """A view that has slept for long reads all of the run again, and shows the same."""
    view.most_events = 5
    drive.make("a", "b", "c", "d")
    view.look()
    drive.finish("a", "b", "c")
    batch = view.read()
    assert batch.whole
    view.picture.apply(batch)
    fresh = PictureHarness(drive)
    fresh.look()
    assert shown(fresh.picture) == shown(view.picture)


def test_nothing_new_is_no_batch(drive: LedgerHarness, view: PictureHarness) -> None:
    """Asked with the batch before, a read without news says so."""
    drive.make("a")
    last = view.read()
    assert reading.read_since(drive.db, RUN, last.seq, drive.clock.now(), FOLDER, last) is None
    drive.expect_claim("a")
    assert reading.read_since(drive.db, RUN, last.seq, drive.clock.now(), FOLDER, last) is not None


def test_a_sign_of_life_is_a_batch(drive: LedgerHarness, view: PictureHarness) -> None:
    """A heartbeat has no event, but the workers' view shows how old it is."""
    drive.make("a")
    fence = drive.expect_claim("a", "w1")
    view.look()
    drive.clock.move(9)
    drive.ledger.heartbeat(RUN, [fence])
    last = view.last
    batch = reading.read_since(drive.db, RUN, view.picture.seq, drive.clock.now(), FOLDER, last)
    assert batch is not None
    assert view.picture.apply(batch).seats
    assert view.picture.workers[0].heartbeat_at == drive.clock.now()


def test_what_attempts_used_is_summed(drive: LedgerHarness, view: PictureHarness) -> None:
    """Tokens and money are in the header as they are told; what nobody told stays unknown."""
    drive.make("a", "b")
    view.look()
    drive.ledger.used(drive.expect_claim("a"), Usage(input_tokens=7, cost_microusd=3))
    view.look()
    assert view.picture.header.usage == Usage(input_tokens=7, cost_microusd=3)
