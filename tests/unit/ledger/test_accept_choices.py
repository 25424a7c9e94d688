"""What a person chooses with `accept`: kept with the task and in the log, where it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import BAD, RUN
from wf_tui.ledger.model.accept_choices import NO_CHOICES, Choices, read_choices, write_choices
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.rules.moves import ACCEPT
from wf_tui.picture.event_text import event_line

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness

CHOICES = Choices(ours={"a b": "1", "\udcff": "2"}, theirs={"c": "3"})


@pytest.mark.parametrize("choices", [CHOICES, NO_CHOICES], ids=["some", "none"])
def test_they_are_read_as_they_were_written(choices: Choices) -> None:
    """Whatever a path is made of, it comes back; the column of most tasks is empty."""
    assert read_choices(write_choices(choices)) == choices
    assert write_choices(NO_CHOICES) == "{}"


def test_they_are_kept_with_the_claim(drive: LedgerHarness) -> None:
    """A scheduler that begins anew finds them in the row, and who reads the log sees them."""
    drive.make("a")
    drive.ledger.block(drive.expect_claim("a"), BAD, BlockedKind.CONFLICT)
    drive.mine.move(RUN, ACCEPT, ["a"], choices=CHOICES)
    assert drive.task("a").choices == CHOICES
    assert drive.events("task_claimed")[-1].data["choices"] == {
        "ours": ["a b", "\udcff"],
        "theirs": ["c"],
    }


def test_sides_are_of_a_conflict_only(drive: LedgerHarness) -> None:
    """Work that is held back for something else has no sides: refused, and nothing changes."""
    drive.make("a")
    drive.ledger.block(drive.expect_claim("a"), BAD, BlockedKind.SCOPE)
    before = drive.dump()
    (made,) = drive.mine.move(RUN, ACCEPT, ["a"], choices=CHOICES)
    assert (made.changed, "it is in no conflict" in made.reason) == (False, True)
    assert drive.dump() == before


def test_the_log_says_what_was_chosen(drive: LedgerHarness) -> None:
    """Who reads the events sees whose version was taken of what."""
    drive.make("a")
    drive.ledger.block(drive.expect_claim("a"), BAD, BlockedKind.CONFLICT)
    drive.mine.move(RUN, ACCEPT, ["a"], choices=Choices(theirs={"f.txt": "1"}))
    assert ": --theirs f.txt" in event_line(drive.events("task_claimed")[-1], 0.0)
