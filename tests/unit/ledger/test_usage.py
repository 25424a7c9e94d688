"""What models used is summed up where it is told, and a budget counts since it was raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.histories import history
from tests.support.ledger_harness import BAD, RUN, STOPPED, LedgerHarness, merging, prompt, seat
from wf_tui.errors import LedgerError
from wf_tui.ledger.model.spec import Spec
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.model.usage import NO_USAGE, Usage, read_usage, write_usage
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import EDIT, REASSIGN, RELEASE, RETRY

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Fence

AGENTS = [seat("k1", "kimi", kind="agent", lane="moonshot"), seat("k2", "kimi", kind="agent")]
FIGURES = st.none() | st.integers(0, 2**53)
USAGES = st.builds(Usage, *[FIGURES] * 6, unknown=st.integers(0, 9))


@pytest.fixture
def fence(drive: LedgerHarness) -> Fence:
    """Give the claim of a prompt that may use 100 tokens and 2 USD."""
    spec = Spec(prompt="think", max_tokens=100, max_cost_usd=2.0)
    merging(drive).make(prompt("a", spec=spec), prompt("b"), seats=AGENTS)
    fence = drive.expect_claim("a", "k1", step=Step.RUNNING)
    drive.ledger.started(fence, pid=7)
    return fence


@given(USAGES, USAGES, USAGES)
def test_sums(one: Usage, two: Usage, three: Usage) -> None:
    """The order of reports does not matter, nothing is lost in a column, unknown is never 0."""
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + NO_USAGE == one
    assert read_usage(write_usage(one)) == one


def test_what_came_since() -> None:
    """What is unknown now is not negative then, and a smaller sum is nothing new."""
    before = Usage(input_tokens=10, output_tokens=5, cost_microusd=7)
    now = Usage(input_tokens=25, output_tokens=4, reasoning_tokens=3)
    assert now.since(before) == Usage(input_tokens=15, output_tokens=0, reasoning_tokens=3)
    assert now.since(NO_USAGE) == now


def test_every_sum_is_kept(drive: LedgerHarness, fence: Fence) -> None:
    """Attempt, task, seat and run have what was used, also after the claim was lost."""
    step = Usage(input_tokens=10, output_tokens=5, requests=1)
    drive.ledger.used(fence, step)
    drive.mine.move(RUN, RELEASE, ["a"])
    drive.ledger.used(fence, step)
    drive.ledger.close(fence, STOPPED)
    both = Usage(input_tokens=20, output_tokens=10, requests=2)
    attempt = reads.attempts(drive.db, RUN, "a")[0]
    assert (attempt.usage, drive.task("a").usage, drive.run().usage) == (both, both, both)
    assert (drive.seat("k1").usage, drive.seat("k2").usage) == (both, NO_USAGE)
    assert drive.task("a").usage.cost_microusd is None
    assert [event.data for event in drive.events("usage")] == [
        {"input_tokens": 10, "output_tokens": 5, "requests": 1}
    ] * 2
    assert history(drive.db).found() == []


def test_nobody_said_anything(drive: LedgerHarness, fence: Fence) -> None:
    """An agent that ends without figures is counted as unknown; one that never started is not."""
    drive.ledger.block(fence, BAD, BlockedKind.SCOPE)
    drive.wreck("b")
    assert drive.run().usage == Usage(unknown=1)
    assert (drive.task("a").usage.unknown, drive.task("b").usage) == (1, NO_USAGE)
    assert history(drive.db).found() == []


def test_a_command_uses_nothing(drive: LedgerHarness) -> None:
    """A command has no figures, and nobody is missing any."""
    merging(drive).make("a")
    fence = drive.expect_claim("a", step=Step.RUNNING)
    drive.ledger.started(fence, pid=7)
    drive.done(fence)
    assert drive.run().usage == NO_USAGE


def test_a_budget_counts_since_it_was_raised(drive: LedgerHarness, fence: Fence) -> None:
    """It is used up over all attempts; a retry needs a raise, from which it counts anew."""
    assert drive.ledger.used(fence, Usage(input_tokens=60, output_tokens=30)) == ""
    assert drive.ledger.used(fence, Usage(output_tokens=10)) == "used 100 of 100 tokens"
    drive.ledger.block(fence, BAD, BlockedKind.BUDGET)
    (refused,) = drive.mine.move(RUN, RETRY, ["a"])
    assert (refused.changed, "used 100 of 100 tokens" in refused.reason) == (False, True)
    assert not drive.mine.move(RUN, REASSIGN, ["a"], to="k1")[0].changed
    drive.mine.move(RUN, EDIT, ["a"], fields={"max_tokens": 50})
    assert drive.task("a").budget_from.tokens == 100
    assert drive.mine.move(RUN, RETRY, ["a"])[0].changed
    again = drive.expect_claim("a", "k1", step=Step.RUNNING)
    assert drive.ledger.used(again, Usage(output_tokens=49)) == ""
    assert drive.ledger.used(again, Usage(output_tokens=1)) == "used 50 of 50 tokens"
    assert history(drive.db).found() == []


def test_money_counts_known_cost_alone(drive: LedgerHarness, fence: Fence) -> None:
    """What has no price is no money; what has one reaches the limit."""
    assert drive.ledger.used(fence, Usage(requests=5)) == ""
    assert drive.ledger.used(fence, Usage(cost_microusd=1_999_999)) == ""
    assert drive.ledger.used(fence, Usage(cost_microusd=1)) == "used $2.00 of $2.00"


def test_a_raise_is_taken_back(drive: LedgerHarness, fence: Fence) -> None:
    """Undo brings back the limit and from where it counts."""
    drive.ledger.used(fence, Usage(input_tokens=60))
    drive.ledger.block(fence, BAD, BlockedKind.BUDGET)
    drive.mine.move(RUN, EDIT, ["a"], fields={"max_tokens": 500})
    drive.mine.undo(RUN)
    task = drive.task("a")
    assert (task.spec.max_tokens, task.budget_from) == (100, NO_USAGE)


def test_a_damaged_sum_is_named(drive: LedgerHarness) -> None:
    """A figure that is no number is damage of the ledger."""
    drive.make("a")
    drive.db.execute("""UPDATE task SET usage = '{"requests": "many"}'""")
    with pytest.raises(LedgerError, match="has usage"):
        drive.task("a")
