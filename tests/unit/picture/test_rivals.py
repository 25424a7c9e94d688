"""Rivals as views show them: on a card, in the status, in `wf show`, in the inbox, as events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import GOOD, RUN, phase, shell
from tests.support.picture_harness import PictureHarness
from wf_tui.board.widgets.card_lines import CardDrawing, card_lines
from wf_tui.board.widgets.glyph_sets import UNICODE
from wf_tui.board.widgets.line import Role
from wf_tui.ledger.model.new_tasks import NewPhase
from wf_tui.ledger.model.states import DoneKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.decisions.judgement import Judgement
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.picture.event_text import event_line
from wf_tui.plan.choices import OnFailure, Pick

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness


def make(drive: LedgerHarness, pick: Pick, judge: str | None = None) -> None:
    """Make a run of three rivals, with a judge where one is named."""
    tasks = tuple(shell(name, scope=("src",)) for name in "abc")
    phases = [NewPhase("try", True, OnFailure.HOLD, tasks, pick=pick, judge=judge)]
    if judge is not None:
        phases.append(phase("choose", shell(judge, *"abc", mode="read_only")))
    drive.make(*phases, seats=4)


def test_the_cards_of_rivals(drive: LedgerHarness) -> None:
    """Each says that it is one of several; who won says so, and those that lost are dim."""
    make(drive, Pick.FIRST)
    view = PictureHarness(drive)
    view.look()
    assert {view.picture.cards[name].rival for name in "abc"} == {"rival of 3, first wins"}
    drive.finish("a")
    view.look()
    cards = view.picture.cards
    assert (cards["a"].rival, cards["a"].lost) == ("won over 2 rivals", False)
    assert (cards["b"].rival, cards["b"].lost, cards["b"].why) == ("", True, "a was first")
    title, second = card_lines(cards["b"], CardDrawing(UNICODE, 60), drive.clock.now())
    assert [span.role for span in title.left][-1] is Role.MUTED
    assert "skipped: a was first" in "".join(span.text for span in second.left)
    assert "its rival 'a' was merged" in str(view.picture.why_not(RETRY.name, "b"))


def test_who_waits_for_a_judge_needs_nobody(drive: LedgerHarness) -> None:
    """Until it has chosen none: then they wait for a person, and say why."""
    make(drive, Pick.BEST, "j")
    for name in "abc":
        fence = drive.expect_claim(name, step=Step.CHECKING)
        assert drive.ledger.hold_for_review(fence, GOOD, {}, tree=None)
    view = PictureHarness(drive)
    view.look()
    assert not any(view.picture.cards[name].needs_you for name in "abc")
    assert view.picture.cards["j"].rival == "judges 3 rivals"
    fence = drive.expect_claim("j")
    assert drive.ledger.done(fence, DoneKind.ANSWERED, GOOD, "", judgement=Judgement())
    view.look()
    cards = view.picture.cards
    assert all(cards[name].needs_you for name in "abc")
    assert cards["a"].why == "its judge has chosen none: wf accept takes one of try"


def test_one_that_fails_needs_nobody_while_another_may_win(drive: LedgerHarness) -> None:
    """A person is needed when the last has failed, and then for each of them."""
    make(drive, Pick.FIRST)
    view = PictureHarness(drive)
    drive.wreck("a", "b")
    view.look()
    assert not any(view.picture.cards[name].needs_you for name in "ab")
    drive.wreck("c")
    view.look()
    assert all(view.picture.cards[name].needs_you for name in "abc")


def test_the_lines_of_events(drive: LedgerHarness) -> None:
    """They say who was taken, and who was stopped for it."""
    make(drive, Pick.FIRST)
    drive.expect_claim("a")
    drive.finish("b")
    lines = [event_line(row, drive.clock.now()) for row in reads.events(drive.db, RUN)]
    assert any("a skipped: b was first; its attempt is stopped" in line for line in lines)
    assert any("c skipped: b was first" in line for line in lines)
