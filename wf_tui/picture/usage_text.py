"""What models used, in words: what is known, and that it is more where somebody said nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.text import dollars, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.usage import Usage

__all__ = ["budget_words", "count_words", "short_usage", "usage_text"]

_THOUSAND: Final = 1_000
_MILLION: Final = 1_000_000


def usage_text(usage: Usage | None) -> str:
    """Return tokens and dollars as far as they are known; "" where nothing is.

    A sum that lacks attempts without figures is `>=`.
    """
    if usage is None:
        return ""
    words = []
    if usage.input_tokens is not None or usage.output_tokens is not None:
        cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
        words.append(f"{usage.tokens:,} tokens{cached}")
    if usage.cost_microusd is not None:
        words.append(dollars(usage.cost_microusd))
    if not usage.unknown:
        return ", ".join(words)
    silent = f"{plural(usage.unknown, 'attempt')} without figures"
    return f">= {', '.join(words)}; {silent}" if words else silent


def short_usage(usage: Usage) -> str:
    """Return what was used as a card has room for: `12.4k $0.31`; "" where nothing is known."""
    has_tokens = usage.input_tokens is not None or usage.output_tokens is not None
    words = [count_words(usage.tokens)] if has_tokens else []
    if usage.cost_microusd is not None:
        words.append(dollars(usage.cost_microusd))
    return " ".join(words)


def count_words(number: int) -> str:
    """Return a number of tokens in at most five characters."""
    if number < _THOUSAND:
        return str(number)
    if number < _MILLION:
        return f"{number / _THOUSAND:.{0 if number >= 100 * _THOUSAND else 1}f}k"
    return f"{number / _MILLION:.{0 if number >= 100 * _MILLION else 1}f}M"


def budget_words(limit: Mapping[str, object]) -> str:
    """Return a limit of money, of tokens, of both or of nothing; as events and rows have it."""
    cost, tokens = limit.get("cost_microusd"), limit.get("tokens")
    words = [dollars(cost)] if isinstance(cost, int) else []
    if isinstance(tokens, int):
        words.append(f"{count_words(tokens)} tokens")
    return " and ".join(words) or "none"
