"""What a run may cost: its limit, as plans, options and commands write it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Final

from wf_tui.errors import UsageError
from wf_tui.ledger.model.json_text import compact_json
from wf_tui.values import frozen, replace

__all__ = [
    "NO_BUDGET",
    "RunBudget",
    "changed_budget",
    "micro_dollars",
    "read_budget",
    "write_budget",
]

_AMOUNT: Final = re.compile(
    r"(?P<more>\+?)\s*(?P<number>[0-9][0-9_]*(\.[0-9]+)?)\s*(?P<scale>[kM]?)\s*"
    r"(?P<unit>usd|\$|tok|tokens?)",
    re.IGNORECASE,
)
_SCALES: Final = {"": 1, "k": 1_000, "m": 1_000_000}
_MOST: Final = 2**53
"""What JSON, and so every reader of it, can hold exactly."""
_EXAMPLES: Final = "for example 25usd, +5usd, 2000000tok, or none"


@frozen
class RunBudget:
    """The most that all attempts of a run may use together; None is no limit."""

    cost_microusd: int | None = None
    tokens: int | None = None

    @property
    def limits(self) -> bool:
        """Whether there is any limit."""
        return self.cost_microusd is not None or self.tokens is not None

    def part_used(self, cost_microusd: int, tokens: int) -> float:
        """Return how much of it is used, 1.0 being all; of two limits the one that is nearer."""
        pairs = ((cost_microusd, self.cost_microusd), (tokens, self.tokens))
        # What may cost nothing at all is used up from the start.
        parts = [used / most if most else 1.0 for used, most in pairs if most is not None]
        return max(parts, default=0.0)

    def figures(self) -> dict[str, int | None]:
        """Return it as JSON has it."""
        return {"cost_microusd": self.cost_microusd, "tokens": self.tokens}


NO_BUDGET: Final = RunBudget()


def changed_budget(budget: RunBudget, word: str) -> RunBudget:
    """Return a budget as a person changes it: `25usd`, `+5usd`, `2000000tok`, `none`.

    What the word does not name stays as it is. Raises `UsageError` for what is none of these, and
    for more of a limit that there is not.
    """
    if word.strip().lower() == "none":
        return NO_BUDGET
    match = _AMOUNT.fullmatch(word.strip())
    if match is None:
        raise UsageError(f"{word!r} is no budget", _EXAMPLES)
    amount = Decimal(match["number"].replace("_", "")) * _SCALES[match["scale"].lower()]
    money = match["unit"].lower() in {"usd", "$"}
    number = int(amount * 1_000_000) if money else int(amount)
    before = budget.cost_microusd if money else budget.tokens
    if match["more"]:
        if before is None:
            raise UsageError(f"{word!r}: there is no limit to raise", "leave out the +")
        number += before
    if number > _MOST:
        raise UsageError(f"{word!r} is more than can be counted", _EXAMPLES)
    return replace(budget, **{"cost_microusd" if money else "tokens": number})


def micro_dollars(dollars: float) -> int:
    """Return an amount that a plan or a setting has in dollars."""
    return round(dollars * 1_000_000)


def read_budget(text: str) -> RunBudget:
    """Return what a column holds; raises `TypeError` or `ValueError`."""
    if text == "{}":
        return NO_BUDGET
    return RunBudget(**json.loads(text))


def write_budget(budget: RunBudget) -> str:
    """Return the text of a column: the limits that there are."""
    known = {name: value for name, value in budget.figures().items() if value is not None}
    return compact_json(known)
