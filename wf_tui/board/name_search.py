"""Finding things by name as one types: the one ranking of the palette and of the dialogs."""

from __future__ import annotations

import re
from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find", "find_scattered"]

_START: Final = 0.9
_WORD: Final = 0.7
_INSIDE: Final = 0.5
_SCATTERED: Final = 0.2
"""Scores: the first word begins the name, begins a word of it, is inside one; only letters fit."""
_FARTHEST: Final = 12
"""Characters that may lie between two scattered letters."""


def find(query: str, names: Sequence[tuple[str, str]], most: int) -> list[tuple[float, str]]:
    """Return the things whose names have all words, with scores from 0 to 1, best first.

    `names` are pairs of a name in lower case and the key that is returned for it. Nothing but `in`
    for each name, so that 10,000 of them cost milliseconds.
    """
    words = query.casefold().split()
    if not words:
        return []
    scored: list[tuple[float, str]] = []
    for name, key in names:
        if not all(word in name for word in words):
            continue
        place = name.find(words[0])
        if place == 0:
            scored.append((_START, key))
        elif name[place - 1].isalnum():
            scored.append((_INSIDE, key))
        else:
            scored.append((_WORD, key))
    # Of equal scores it keeps the order of the names, which is that of registry and plan.
    return nlargest(most, scored, key=lambda pair: pair[0])


def find_scattered(
    query: str, names: Sequence[tuple[str, str]], most: int
) -> list[tuple[float, str]]:
    """Return the things whose names have the letters in their order, not far apart.

    It is for where `find` finds nothing.
    """
    letters = map(re.escape, "".join(query.casefold().split()))
    pattern = re.compile(f"[^\n]{{0,{_FARTHEST}}}?".join(letters))
    found = ((_SCATTERED, key) for name, key in names if pattern.search(name))
    return list(islice(found, most))
