"""What a run will have used in the end, by what its finished attempts used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import LedgerHarness, merging, seat, shell
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries.forecast import estimate, forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

THINK = Spec(prompt="think")


@pytest.fixture
def agents(drive: LedgerHarness) -> LedgerHarness:
    """Give a run of eight prompts and a command, with a seat of an agent."""
    tasks = [shell(f"t{number}", spec=THINK) for number in range(8)]
    return merging(drive).make(*tasks, "c", seats=[seat("a1", "kimi", kind="agent"), seat("s1")])


def finish(drive: LedgerHarness, costs: Sequence[int | None]) -> None:
    """Finish a prompt for each cost, in ten seconds."""
    for cost in costs:
        fence = drive.claim("a1")
        assert fence is not None
        drive.ledger.used(fence, Usage(input_tokens=900, output_tokens=100, cost_microusd=cost))
        drive.bring(fence, Step.INTEGRATING)
        drive.clock.move(10)
        drive.done(fence)


def test_under_five_attempts_nothing_is_said(agents: LedgerHarness) -> None:
    """Four of a kind are no kind."""
    finish(agents, [100, 200, 300, 400])
    assert forecast(agents.db, agents.run(), agents.clock.now()) is None


def test_what_is_left_costs_the_median(agents: LedgerHarness) -> None:
    """What was spent, and three more of the middle one; a command asks no model."""
    finish(agents, [100, 200, 300, 400, 9000])
    now = agents.clock.now()
    ahead = forecast(agents.db, agents.run(), now)
    assert ahead is not None
    assert (ahead.cost_microusd, ahead.tokens) == (10_000 + 3 * 300, 8000)
    assert ahead.ends_at == pytest.approx(now + 3 * 10 / 9)


def test_an_unknown_cost_is_no_cost(agents: LedgerHarness) -> None:
    """The tokens are known all the same."""
    finish(agents, [100, 200, 300, 400, None])
    ahead = forecast(agents.db, agents.run(), agents.clock.now())
    assert ahead is not None
    assert (ahead.cost_microusd, ahead.tokens) == (None, 8000)


def test_with_nothing_left_there_is_nothing_to_say(agents: LedgerHarness) -> None:
    """What is to come is what was spent then."""
    finish(agents, [100] * 8)
    assert forecast(agents.db, agents.run(), agents.clock.now()) is None


def test_a_plan_is_estimated_by_what_others_took(agents: LedgerHarness) -> None:
    """The median of a role for each of its prompts; with one that nobody knows nothing is said."""
    finish(agents, [100, 200, 300, 400, 9000])
    found = estimate(agents.db, [("general", ""), ("general", "kimi")])
    assert found is not None
    assert (found.cost_microusd, found.tokens, found.seconds) == (600, 2000, 20)
    assert found.attempts == 5
    assert estimate(agents.db, [("general", ""), ("review", "")]) is None
    assert estimate(agents.db, []) is None
