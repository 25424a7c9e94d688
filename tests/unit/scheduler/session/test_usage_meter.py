"""Steps of what a worker says that it has used."""

from __future__ import annotations

import pytest

from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.model.usage import Usage as Used
from wf_tui.profiles.resolved import Limits, Price, Resolved
from wf_tui.scheduler.session.usage_meter import UsageMeter, over_limits
from wf_tui.workers.line.grammar import Usage


def test_a_sum_takes_off_nothing_that_it_does_not_tell() -> None:
    """Steps count requests; the sum of the session, told at the end without them, keeps them."""
    meter = UsageMeter()
    step = Usage(input=1200, cached=200, output=34, reasoning=None, cost_usd=0.5, scope="step")
    for _ in range(2):
        meter.step(step)
    last = meter.step(Usage(input=2400, cached=400, output=70, scope="session"))
    assert last == Used(input_tokens=0, cached_tokens=0, output_tokens=2)
    assert meter.total.requests == 2
    assert meter.total.cost_microusd == 1_000_000
    assert meter.total.tokens == 2470


def test_a_sum_that_is_known_already_is_no_step() -> None:
    """The verdict repeats what the turn has told; a first report of nothing is a report."""
    meter = UsageMeter()
    assert meter.step(Usage(input=0, output=0, scope="session")) != NO_USAGE
    meter.step(Usage(input=1200, cached=0, output=34, scope="turn"))
    assert meter.step(Usage(input=1200, cached=0, output=34, scope="session")) == NO_USAGE


def test_a_sum_that_is_less_than_before_adds_nothing() -> None:
    """What a worker says lowers no sum of its run, and so raises no budget."""
    meter = UsageMeter()
    meter.step(Usage(input=1000, output=10))
    meter.step(Usage(input=1, output=1, scope="session"))
    assert (meter.total.input_tokens, meter.total.output_tokens) == (1000, 10)


def test_a_price_of_the_profile_makes_money_of_tokens() -> None:
    """What the program itself says of its cost goes before that."""
    profile = Resolved("one", "agent", "maker", price=Price(input=2.0, output=10.0))
    meter = UsageMeter(profile)
    assert meter.step(Usage(input=1000, output=100)).cost_microusd == 3000
    assert meter.step(Usage(input=1000, output=100, cost_usd=0.5)).cost_microusd == 500_000


@pytest.mark.parametrize(
    ("limits", "over"),
    [
        (Limits(), ""),
        (Limits(max_steps=2), "used 3 of 2 steps"),
        (Limits(max_steps=3), ""),
        (Limits(max_tokens=100), "used 110 of 100 tokens"),
        (Limits(max_cost_usd=0.01), "used $0.02 of $0.01"),
    ],
)
def test_the_limits_of_an_attempt(limits: Limits, over: str) -> None:
    """The first limit that is used up is named; as many steps as it may take it may take."""
    used = Used(input_tokens=100, output_tokens=10, requests=3, cost_microusd=20_000)
    assert over_limits(used, 99, limits) == over


def test_tools_are_steps_where_requests_are_not_told() -> None:
    """An agent that tells of its usage at the end alone has a limit all the same."""
    assert over_limits(NO_USAGE, 5, Limits(max_steps=4)) == "used 5 of 4 steps"
