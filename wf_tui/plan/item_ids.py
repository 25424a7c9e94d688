"""Ids of tasks for texts that nobody wrote as ids: the items of a swarm, or of a shape."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

__all__ = ["item_ids"]

_LONGEST: Final = 40
_MOST: Final = 4096
"""Characters of a label that are looked at, as a path has."""
_NO_WORD: Final = re.compile(r"[\W_]+")


def item_ids(labels: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Return an id for each label: its words, with a number where another one has the same.

    All differ, whatever the labels are, and none is one of those that are taken.
    """
    used, found = set(taken), []
    words = [_words(label) for label in labels]
    # An item that is called `a-2` keeps its name, and the second `a` goes on to `a-3`.
    own = set(words)
    last: dict[str, int] = {}
    for word in words:
        name, number = word, last.get(word, 1)
        while name in used or (number > 1 and name in own):
            number += 1
            name = f"{word}-{number}"
        last[word] = number
        used.add(name)
        found.append(name)
    return found


def _words(label: str) -> str:
    plain = unicodedata.normalize("NFKC", label[:_MOST]).casefold()
    # Of two paths it is the ends that differ.
    return (_end_of(plain) if "/" in plain else _beginning_of(plain)) or "item"


def _beginning_of(plain: str) -> str:
    words = _NO_WORD.sub("-", plain[: 4 * _LONGEST]).strip("-")
    if len(words) <= _LONGEST:
        return words
    # At the end of a word, unless that would leave too little of them.
    whole = words[: _LONGEST + 1].rpartition("-")[0]
    return whole if len(whole) > _LONGEST // 2 else words[:_LONGEST].strip("-")


def _end_of(plain: str) -> str:
    words = _NO_WORD.sub("-", plain[-4 * _LONGEST :]).strip("-")
    if len(words) <= _LONGEST:
        return words
    whole = words[-_LONGEST - 1 :].partition("-")[2]
    return whole if len(whole) > _LONGEST // 2 else words[-_LONGEST:].strip("-")
