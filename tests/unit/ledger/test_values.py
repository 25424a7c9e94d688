"""What no store could keep, or read back, is refused in one line, and nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN
from wf_tui.errors import UsageError
from wf_tui.ledger.rules.moves import EDIT, MESSAGE, PRIORITY

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness


def test_a_nul_is_refused(drive: LedgerHarness) -> None:
    """A text with a NUL is no text; one that has a backslash before such letters is."""
    before = drive.make("a").dump()
    with pytest.raises(UsageError, match="a text with a NUL cannot be stored"):
        drive.mine.move(RUN, MESSAGE, ["a"], text="what\0ever")
    with pytest.raises(UsageError, match="a text with a NUL cannot be stored"):
        drive.mine.move(RUN, EDIT, ["a"], fields={"prompt": "a\\\0"})
    assert drive.dump() == before
    for text in ("\\u0000", "\\\\u0000"):
        drive.mine.move(RUN, MESSAGE, ["a"], text=text)
        assert drive.events("message_sent")[-1].data["text"] == text


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_a_number_of_more_than_64_bits_is_refused(drive: LedgerHarness, number: int) -> None:
    """A number that no column can hold is named as one."""
    before = drive.make("a").dump()
    with pytest.raises(UsageError, match="at most 64 bits"):
        drive.mine.move(RUN, PRIORITY, ["a"], number=number)
    assert drive.dump() == before


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_does_not_have_is_refused(drive: LedgerHarness, number: float) -> None:
    """JSON has neither NaN nor infinity, and no other reader would understand Python's."""
    before = drive.make("a").dump()
    with pytest.raises(UsageError, match="infinity and NaN"):
        drive.mine.move(RUN, EDIT, ["a"], fields={"max_cost_usd": number})
    assert drive.dump() == before
