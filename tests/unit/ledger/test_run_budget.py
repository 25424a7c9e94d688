"""A budget of a run as people write it."""

import pytest

from wf_tui.errors import UsageError
from wf_tui.ledger.model.run_budget import (
    NO_BUDGET,
    RunBudget,
    changed_budget,
    read_budget,
    write_budget,
)

BOTH = RunBudget(cost_microusd=25_000_000, tokens=1000)


@pytest.mark.parametrize(
    ("word", "after"),
    [
        ("5usd", RunBudget(5_000_000, 1000)),
        ("+5usd", RunBudget(30_000_000, 1000)),
        ("0.5$", RunBudget(500_000, 1000)),
        ("2000000tok", RunBudget(25_000_000, 2_000_000)),
        ("2M tokens", RunBudget(25_000_000, 2_000_000)),
        ("+1ktok", RunBudget(25_000_000, 2000)),
        ("none", NO_BUDGET),
        ("0usd", RunBudget(0, 1000)),
    ],
)
def test_a_word_changes_what_it_names(word: str, after: RunBudget) -> None:
    """The other limit stays; `none` is for both."""
    assert changed_budget(BOTH, word) == after


@pytest.mark.parametrize("word", ["", "5", "usd", "-5usd", "5eur", "1e9usd", "99999999999usd"])
def test_what_is_no_budget_is_refused(word: str) -> None:
    """With examples of what is one."""
    with pytest.raises(UsageError, match=r"no budget|more than") as refused:
        changed_budget(BOTH, word)
    assert "25usd" in refused.value.hint


def test_nothing_cannot_be_raised() -> None:
    """More of no limit would be a limit that nobody asked for."""
    with pytest.raises(UsageError, match="no limit to raise"):
        changed_budget(NO_BUDGET, "+5usd")


def test_the_nearer_limit_counts() -> None:
    """Nothing allowed is all used from the start."""
    assert BOTH.part_used(20_000_000, 100) == 0.8
    assert BOTH.part_used(0, 1500) == 1.5
    assert NO_BUDGET.part_used(10**9, 10**9) == 0.0
    assert RunBudget(cost_microusd=0).part_used(0, 0) == 1.0


def test_it_comes_back_as_it_was_stored() -> None:
    """Without the limits that there are not."""
    for budget in (BOTH, NO_BUDGET, RunBudget(tokens=7)):
        assert read_budget(write_budget(budget)) == budget
    assert write_budget(RunBudget(tokens=7)) == '{"tokens":7}'
