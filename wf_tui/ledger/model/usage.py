"""What a model used: tokens, requests and money, of one step or summed up.

Unknown is never 0: a figure that nobody told is None, and a sum is over what is known.
"""

from __future__ import annotations

import json
from typing import Final

from wf_tui.ledger.model.json_text import compact_json
from wf_tui.values import frozen

__all__ = ["NO_USAGE", "WITHOUT_FIGURES", "Usage", "read_usage", "write_usage"]


@frozen
class Usage:
    """What was used, as tables and JSON name it."""

    input_tokens: int | None = None
    """With those that were cached."""
    cached_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    requests: int | None = None
    """How often a model was asked."""
    cost_microusd: int | None = None
    unknown: int = 0
    """How many attempts gave no figures."""

    @property
    def tokens(self) -> int:
        """All tokens that are known of, for a budget."""
        return (self.input_tokens or 0) + (self.output_tokens or 0)

    def __add__(self, other: Usage) -> Usage:
        """Return both together: what is known of one alone is what is known."""
        # Past `__init__`, which sets each field through `object.__setattr__`, as the class is
        # frozen: a view of a long run adds a hundred thousand.
        total = object.__new__(Usage)
        added, mine = total.__dict__, self.__dict__
        for name, value in other.__dict__.items():
            added[name] = _plus(mine[name], value)
        return total

    def since(self, before: Usage) -> Usage:
        """Return what came in addition since it was `before`; never less than nothing."""
        return Usage(
            input_tokens=_since(self.input_tokens, before.input_tokens),
            cached_tokens=_since(self.cached_tokens, before.cached_tokens),
            output_tokens=_since(self.output_tokens, before.output_tokens),
            reasoning_tokens=_since(self.reasoning_tokens, before.reasoning_tokens),
            requests=_since(self.requests, before.requests),
            cost_microusd=_since(self.cost_microusd, before.cost_microusd),
            unknown=max(0, self.unknown - before.unknown),
        )

    def figures(self) -> dict[str, int | None]:
        """Return it as JSON has it everywhere."""
        return dict(self.__dict__)


NO_USAGE: Final = Usage()
WITHOUT_FIGURES: Final = Usage(unknown=1)
"""Of an attempt that is over, and of which nobody told what it used."""


def read_usage(text: str | None) -> Usage | None:
    """Return what a column holds; raises `TypeError` or `ValueError`."""
    if text == "{}":  # nearly all are empty
        return NO_USAGE
    if text is None:
        return None
    stored = json.loads(text)
    if not all(isinstance(value, int) for value in stored.values()):
        raise TypeError(text)
    return Usage(**stored)


def write_usage(usage: Usage | None) -> str | None:
    """Return the text of a column: what is known alone."""
    if usage is None:
        return None
    figures = usage.figures()
    unknown = figures.pop("unknown")
    known: dict[str, int | None] = {name: v for name, v in figures.items() if v is not None}
    return compact_json(known | {"unknown": unknown} if unknown else known)


def _plus(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other


def _since(whole: int | None, part: int | None) -> int | None:
    return None if whole is None else max(0, whole - (part or 0))
