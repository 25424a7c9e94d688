"""Steps of what a worker says that it has used."""

from __future__ import annotations

from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.model.usage import Usage as Used
from wf_tui.scheduler.session.usage_meter import UsageMeter
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
