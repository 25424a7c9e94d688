"""What each answer is said to cost: the same always, so that sums can be foretold."""

from __future__ import annotations

from typing import Final

__all__ = ["CACHED", "INPUT", "OUTPUT"]

INPUT: Final = 1200
"""Tokens of the request, the cached ones among them."""

CACHED: Final = 200
"""Tokens of the request that the maker remembers."""

OUTPUT: Final = 34
"""Tokens of the answer."""
