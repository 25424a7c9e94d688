"""The picture: columns in their order, counts, marks, workers, and what passes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import BAD, RUN, phase, seat, shell
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.rules.moves import ANSWER, HOLD
from wf_tui.picture.batch import Changes
from wf_tui.picture.header import NO_HEADER
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from tests.support.picture_harness import PictureHarness


def test_a_picture_of_nothing_is_empty() -> None:
    """Before the first batch there are four empty columns and an empty header."""
    picture = Picture(0.0)
    assert picture.counts == {"pending": 0, "in_progress": 0, "done": 0, "blocked": 0}
    assert picture.header == NO_HEADER
    assert picture.workers == []
    assert picture.why_not("pause") == "the run has not been read yet"


def test_pending_is_in_the_order_of_dispatch(drive: LedgerHarness, view: PictureHarness) -> None:
    """Pending cards stand by priority, then by the length of the path, then as declared."""
    drive.make("a", "b", shell("urgent", priority=-1), "c", chains={"c": 3})
    view.look()
    assert view.column("pending") == "urgent c a b"


def test_in_progress_is_in_the_order_of_the_start(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Who started first stands first, whatever its step."""
    drive.make(shell("late", priority=1), "early")
    fence = drive.expect_claim("early")
    view.look()
    drive.clock.move(5)
    drive.expect_claim("late")
    drive.bring(fence, Step.CHECKING)
    view.look()
    assert view.column("in_progress") == "early late"


def test_done_has_the_newest_first(drive: LedgerHarness, view: PictureHarness) -> None:
    """What was finished last stands first."""
    drive.make("a", "b")
    for name in "ab":
        drive.finish(name)
        drive.clock.move(1)
        view.look()
    assert view.column("done") == "b a"


def test_blocked_has_first_what_needs_a_person(drive: LedgerHarness, view: PictureHarness) -> None:
    """What needs you stands before what does not, each oldest first."""
    drive.make("a", "b", "c", "d")
    for name, act in zip("abcd", ("hold", "wreck", "hold", "wreck"), strict=True):
        if act == "hold":
            drive.mine.move(RUN, HOLD, [name])
        else:
            drive.wreck(name)
        drive.clock.move(1)
        view.look()
    assert view.column("blocked") == "b d a c"
    assert view.picture.header.need_you == 2


def test_a_card_is_where_its_index_says(drive: LedgerHarness, view: PictureHarness) -> None:
    """The index of a card is its column and its place there."""
    drive.make("a", "b", "c")
    drive.expect_claim("a")
    view.look()
    assert view.picture.index("a") == ("in_progress", 0)
    assert view.picture.index("c") == ("pending", 1)
    assert view.picture.columns["pending"][1] == "c"
    assert view.picture.columns["pending"][0:2] == ["b", "c"]
    assert view.picture.index("nobody") is None


def test_a_change_names_what_changed(drive: LedgerHarness, view: PictureHarness) -> None:
    """A change names its card, its columns, the header, and that reasons may be others."""
    drive.make("a", "b")
    view.look()
    drive.expect_claim("a")
    changes = view.look()
    assert changes.cards == {"a"}
    assert changes.columns == {"pending", "in_progress"}
    assert changes.header
    assert changes.reasons
    assert changes.seats


def test_nothing_new_changes_nothing(drive: LedgerHarness, view: PictureHarness) -> None:
    """Reading again without news names nothing to draw."""
    drive.make("a", "b")
    view.look()
    nothing = Changes(frozenset(), frozenset(), header=False, reasons=False, seats=False)
    assert view.look() == nothing


def test_a_step_moves_no_card(drive: LedgerHarness, view: PictureHarness) -> None:
    """A next step changes how a card looks, but no column."""
    drive.make("a")
    fence = drive.expect_claim("a")
    view.look()
    drive.bring(fence, Step.RUNNING)
    changes = view.look()
    assert changes.cards == {"a"}
    assert not changes.columns


def test_a_revision_grows_when_the_card_looks_different(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """The revision of a card grows with its own change, not with that of another one."""
    drive.make("a", "b")
    view.look()
    mine, other = view.picture.revision("a"), view.picture.revision("b")
    drive.mine.move(RUN, HOLD, ["a"])
    view.look()
    assert view.picture.revision("a") > mine
    assert view.picture.revision("b") == other


def test_a_revision_grows_with_the_reason(drive: LedgerHarness, view: PictureHarness) -> None:
    """A pending card looks different when somebody takes its scope, though nothing moved it."""
    drive.make(shell("a", scope=("src",)), shell("b", scope=("src/b",)))
    view.look()
    before = view.picture.revision("b")
    assert view.picture.card("b").reason == "ready"
    drive.expect_claim("a")
    changes = view.look()
    assert "b" not in changes.cards
    assert view.picture.revision("b") > before
    assert view.picture.why("b") == "a works on src"


def test_a_wait_counts_down(drive: LedgerHarness, view: PictureHarness) -> None:
    """The reason of a backed-off card follows the clock without an event."""
    drive.make(shell("a", max_attempts=2))
    drive.wreck("a")
    view.look()
    first = view.picture.card("a").why
    view.picture.tick(drive.clock.now() + 2)
    assert view.picture.card("a").reason == "backoff"
    assert view.picture.card("a").why != first
    view.picture.tick(drive.clock.now() + 60)
    assert view.picture.card("a").reason == "ready"


def test_tasks_come_in_the_order_of_the_columns(drive: LedgerHarness, view: PictureHarness) -> None:
    """Pending before in progress, and within a column as that has them."""
    drive.make("a", "b", "c")
    drive.expect_claim("a")
    view.look()
    assert view.picture.in_order({"a", "b", "c", "gone"}) == ("b", "c", "a")


def test_a_seat_shows_what_it_does(drive: LedgerHarness, view: PictureHarness) -> None:
    """A seat shows its task, the step, and since when."""
    drive.make("a", seats=[seat("w1"), seat("w2")])
    fence = drive.expect_claim("a", "w1")
    drive.clock.move(3)
    drive.bring(fence, Step.PREPARING)
    view.look()
    busy, idle = view.picture.workers
    assert (busy.name, busy.task, busy.step, busy.since) == (
        "w1",
        "a",
        "preparing",
        drive.clock.now(),
    )
    assert (idle.task, idle.step, idle.since) == ("", "", None)


def test_a_seat_whose_task_was_taken_is_stopping(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Until its processes are gone the seat says that it is being stopped."""
    drive.make("a")
    drive.expect_claim("a", "w1")
    drive.mine.move(RUN, HOLD, ["a"])
    view.look()
    assert view.picture.workers[0].step == "stopping"


def test_evidence_is_the_last_that_is_known(drive: LedgerHarness, view: PictureHarness) -> None:
    """Progress, then the next step, are the evidence of a card, with their times."""
    drive.make("a")
    fence = drive.expect_claim("a", step=Step.RUNNING)
    view.look()
    assert view.picture.card("a").evidence == "running"
    drive.clock.move(2)
    drive.ledger.progress(fence, "edit \x1b[31mtoken.py")
    assert view.look().cards == {"a"}
    card = view.picture.card("a")
    assert (card.evidence, card.evidence_at) == ("edit token.py", drive.clock.now())
    drive.bring(fence, Step.HARVESTING)
    view.look()
    assert view.picture.card("a").evidence == "harvesting"


@pytest.mark.parametrize(
    ("answer", "words"), [({"option": "y"}, "yes"), ({"text": "as you like"}, "as you like")]
)
def test_an_answer_is_known_while_the_attempt_goes_on(
    drive: LedgerHarness, view: PictureHarness, answer: dict[str, str], words: str
) -> None:
    """By its words, or the name of the option; with the claim it is gone."""
    drive.make("a")
    fence = drive.ask(drive.expect_claim("a"))
    view.look()
    drive.mine.move(RUN, ANSWER, ["a"], **answer)
    view.look()
    assert view.picture.card("a").answered == words
    drive.bring(fence, Step.CHECKING)
    assert drive.fail(fence)
    view.look()
    assert view.picture.card("a").answered == ""


def test_evidence_ends_with_its_attempt(drive: LedgerHarness, view: PictureHarness) -> None:
    """What an earlier attempt said is no evidence of the next one."""
    drive.make(shell("a", max_attempts=2, backoff=0.0), seats=1)
    fence = drive.expect_claim("a", step=Step.RUNNING)
    drive.ledger.progress(fence, "old words")
    view.look()
    drive.fail(fence)
    view.look()
    assert view.picture.card("a").evidence == ""
    drive.expect_claim("a")
    view.look()
    assert view.picture.card("a").evidence == "claimed"


def test_late_words_are_no_evidence(drive: LedgerHarness, view: PictureHarness) -> None:
    """What was said before the task was taken away does not show on the next attempt."""
    drive.make(shell("a", max_attempts=2, backoff=0.0), seats=1)
    view.look()
    fence = drive.expect_claim("a", step=Step.RUNNING)
    drive.ledger.progress(fence, "old words")
    drive.fail(fence)
    drive.expect_claim("a")
    view.look()
    assert view.picture.card("a").evidence == "claimed"


def test_a_view_that_begins_late_has_the_evidence(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """The first read finds the last words of what runs."""
    drive.make("a")
    fence = drive.expect_claim("a", step=Step.RUNNING)
    drive.ledger.progress(fence, "words")
    view.look()
    assert view.picture.card("a").evidence == "words"


def test_nothing_of_a_card_acts_on_a_terminal(drive: LedgerHarness, view: PictureHarness) -> None:
    """Every word of a card is cleaned; its key is what the ledger calls it."""
    bad = "\x1b]0;x\x07evil\n"
    drive.make(phase(bad, shell(bad, title=bad, scope=(bad,))), seats=[seat(bad)])
    drive.wreck(bad)
    view.look()
    card = view.picture.card(bad)
    assert card.key == bad
    texts = [card.id, card.title, card.who, card.phase, *card.scope, view.picture.workers[0].name]
    assert set(texts) == {"evil⏎"}


def test_a_card_says_what_it_is(drive: LedgerHarness, view: PictureHarness) -> None:
    """A failed card says why, who, how often it was tried, and that it needs a person."""
    drive.make(shell("a", max_attempts=1))
    drive.wreck("a", worker="w1")
    view.look()
    card = view.picture.card("a")
    assert (card.state, card.kind, card.reason) == ("blocked", "failed", "failed")
    assert (card.why, card.who, card.needs_you, card.claimed) == (BAD.text, "w1", True, False)
    assert (card.attempt, card.tries, card.max_attempts) == (1, 1, 1)
    assert BlockedKind(card.kind) is BlockedKind.FAILED
