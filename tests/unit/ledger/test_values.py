"""What no store could keep, or read back, is refused in one line, and nothing changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import GOOD, RUN, shell
from wf_tui.errors import UsageError
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import DoneKind, Step
from wf_tui.ledger.queries import reads
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


def test_a_nul_in_a_result_is_refused(drive: LedgerHarness) -> None:
    """What is in a column of its own, and in no JSON, is looked at, too."""
    fence = drive.make("a").expect_claim("a", step=Step.RUNNING)
    before = drive.dump()
    for ending, result in ((GOOD, "forty\0two"), (replace(GOOD, text="fo\0rty"), "two")):
        with pytest.raises(UsageError, match="a text with a NUL cannot be stored"):
            drive.ledger.done(fence, DoneKind.ANSWERED, ending, result)
    assert drive.dump() == before


@pytest.mark.parametrize("fields", [{"title": "a\0"}, {"role": "\0a"}, {"spec": Spec("a\0")}])
def test_a_nul_in_a_new_task_is_refused(drive: LedgerHarness, fields: dict[str, object]) -> None:
    """Its name, its title and all that it asks for are texts."""
    before = drive.make("a").dump()
    for task in (shell("b", **fields), shell("b\0")):
        with pytest.raises(UsageError, match="a text with a NUL cannot be stored"):
            drive.mine.add(RUN, task, None)
    assert drive.dump() == before


def test_a_nul_in_a_plan_is_refused(drive: LedgerHarness) -> None:
    """Where many rows are stored at once, one is enough to refuse them all."""
    with pytest.raises(UsageError, match="a text with a NUL cannot be stored"):
        drive.make("a", shell("b", title="a\0b"))
    assert reads.runs(drive.db) == []


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_of_more_than_64_bits_in_json_is_refused(
    drive: LedgerHarness, number: int
) -> None:
    """What a task asks for is one column, in which no store would look for numbers."""
    before = drive.make("a").dump()
    for name in ("max_steps", "max_tokens"):
        with pytest.raises(UsageError, match="at most 64 bits"):
            drive.mine.move(RUN, EDIT, ["a"], fields={name: number})
    assert drive.dump() == before
    drive.mine.move(RUN, EDIT, ["a"], fields={"max_steps": 2**63 - 1})
    assert drive.task("a").spec.max_steps == 2**63 - 1
