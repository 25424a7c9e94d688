"""What tokens cost, where a program did not say it itself: by the profile, or by a table of makers.

The table is that of `genai-prices`, as it is installed: nothing is asked of a network. It takes
0.2 s to import, and is imported with the first price that is asked for; call it off the event loop.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wf_tui.profiles.resolved import Price
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.profiles.resolved import Resolved

__all__ = ["Tokens", "cost_of", "has_price"]

_MICRO: Final = Decimal(1_000_000)
_TELL_COSTS: Final = frozenset({"claude", "opencode", "pi"})
"""The streams that name a cost."""


@frozen
class Tokens:
    """What one step has used."""

    input: int
    """With those that were cached."""
    output: int
    """With those of the reasoning."""
    cached: int = 0


def has_price(profile: Resolved, model: str = "") -> bool:
    """Whether anything can be said of what this profile will cost.

    A plan costs nothing by the token, and of a model that no table has nobody knows. Some programs
    say themselves what their own maker asks; of others' models they guess.
    """
    if profile.parser in _TELL_COSTS and profile.price == "table" and not profile.is_foreign:
        return True
    return cost_of(profile, model, Tokens(1_000_000, 0)) is not None


def cost_of(profile: Resolved, model: str, tokens: Tokens) -> int | None:
    """Return micro-dollars, or None where the price is not known; never a guess.

    `model` is the one that the stream named; without one it is that of the profile.
    """
    if isinstance(profile.price, Price):
        return _by_profile(profile.price, tokens)
    name = model or profile.model
    if profile.price == "plan" or not name:
        return None
    return _by_table(name, profile.base_url, profile.maker, tokens)


def _by_profile(price: Price, tokens: Tokens) -> int:
    """Return what a price for a million tokens makes of them: a dollar a million is a micro one."""
    cached = min(tokens.cached, tokens.input)
    of_cached = price.input if price.cached is None else price.cached
    parts = (
        Decimal(str(price.input)) * (tokens.input - cached),
        Decimal(str(of_cached)) * cached,
        Decimal(str(price.output)) * tokens.output,
    )
    return int(sum(parts, Decimal()).to_integral_value(ROUND_HALF_UP))


@lru_cache(maxsize=1024)
def _by_table(model: str, base_url: str, maker: str, tokens: Tokens) -> int | None:
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - 0.2 s, and only where money counts

    usage = Usage(
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_tokens=min(tokens.cached, tokens.input),
    )
    for where in _places(model, base_url, maker):
        try:
            if where.url is None:
                found = calc_price(usage, where.model, provider_id=where.provider)
            else:
                found = calc_price(usage, where.model, provider_api_url=where.url)
        except (LookupError, ValueError):
            continue
        return int((found.total_price * _MICRO).to_integral_value(ROUND_HALF_UP))
    return None


@frozen
class _Place:
    """Where a model is looked for in the table."""

    model: str
    provider: str | None = None
    url: str | None = None


def _places(model: str, base_url: str, maker: str) -> Iterator[_Place]:
    """Yield where the price of a model may stand, the surest place first.

    At an address of its own a model costs what that one asks, which nobody else knows.
    """
    if base_url:
        yield _Place(model, url=base_url)
        return
    provider, slash, rest = model.partition("/")
    if slash:
        yield _Place(rest, provider=provider)
    if maker:
        yield _Place(model, provider=maker)
    yield _Place(model)
