"""What models used, in words: what is known, and that it is more where somebody said nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.text import plural

if TYPE_CHECKING:
    from wf_tui.ledger.model.usage import Usage

__all__ = ["usage_text"]

_MICRO: Final = 1_000_000


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
        words.append(f"{usage.cost_microusd / _MICRO:,.4f} USD")
    if not usage.unknown:
        return ", ".join(words)
    silent = f"{plural(usage.unknown, 'attempt')} without figures"
    return f">= {', '.join(words)}; {silent}" if words else silent
