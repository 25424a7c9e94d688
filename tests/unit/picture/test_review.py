"""A review on the board and in `wf status`: who is asked for what, and what ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import GOOD, LedgerHarness
from wf_tui.ledger.model.states import Step
from wf_tui.picture import glyphs
from wf_tui.picture.header import helpful_keys
from wf_tui.picture.status_text import remedy

if TYPE_CHECKING:
    from tests.support.picture_harness import PictureHarness


def review(drive: LedgerHarness) -> None:
    """Bring a task to where its work waits for a person."""
    drive.make("a")
    fence = drive.expect_claim("a", step=Step.CHECKING)
    assert drive.ledger.hold_for_review(fence, GOOD, {}, tree=None)


def test_it_needs_a_person(drive: LedgerHarness, view: PictureHarness) -> None:
    """Its card stands in the inbox, with the glyph of what waits for somebody."""
    review(drive)
    view.look()
    card = view.picture.cards["a"]
    assert (card.kind, card.needs_you, view.picture.header.need_you) == ("review", True, 1)
    assert glyphs.of(drive.task("a")) == glyphs.NEEDS_YOU


def test_the_keys_that_end_it(drive: LedgerHarness, view: PictureHarness) -> None:
    """It can be accepted, sent back, given to another, given up; there is nothing to hold."""
    review(drive)
    view.look()
    moves = ("accept", "retry", "reassign", "cancel", "skip", "enter", "hold", "release", "unhold")
    possible = [move for move in moves if view.picture.why_not(move, "a") is None]
    assert possible == ["accept", "retry", "reassign", "cancel", "skip", "enter"]
    assert helpful_keys(drive.task("a")) == "A accepts it, r sends it back"


def test_the_command_that_ends_it(drive: LedgerHarness) -> None:
    """The command line is told of `wf accept`."""
    review(drive)
    assert remedy(drive.task("a")) == "wf accept a"
