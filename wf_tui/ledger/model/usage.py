"""What a model used: tokens, requests and money, of one step or summed up.

Unknown is never 0: a figure that nobody told is None, and a sum is over what is known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from wf_tui.ledger.model.json_text import compact_json

__all__ = ["NO_USAGE", "Usage", "read_usage", "write_usage"]


@dataclass(frozen=True)
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
        return Usage(
            input_tokens=_plus(self.input_tokens, other.input_tokens),
            cached_tokens=_plus(self.cached_tokens, other.cached_tokens),
            output_tokens=_plus(self.output_tokens, other.output_tokens),
            reasoning_tokens=_plus(self.reasoning_tokens, other.reasoning_tokens),
            requests=_plus(self.requests, other.requests),
            cost_microusd=_plus(self.cost_microusd, other.cost_microusd),
            unknown=self.unknown + other.unknown,
        )

    def since(self, before: Usage) -> Usage:
        """Return what came in addition since it was `before`, which is a part of it."""
        return self + before.negative()

    def negative(self) -> Usage:
        """Return what takes it off a sum."""
        return Usage(
            input_tokens=_minus(self.input_tokens),
            cached_tokens=_minus(self.cached_tokens),
            output_tokens=_minus(self.output_tokens),
            reasoning_tokens=_minus(self.reasoning_tokens),
            requests=_minus(self.requests),
            cost_microusd=_minus(self.cost_microusd),
            unknown=-self.unknown,
        )

    def figures(self) -> dict[str, int | None]:
        """Return it as JSON has it everywhere."""
        return dict(self.__dict__)


NO_USAGE: Final = Usage()


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


def _minus(figure: int | None) -> int | None:
    return None if figure is None else -figure
