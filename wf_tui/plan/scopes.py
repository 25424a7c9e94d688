"""Write scopes: what a scope means, which two may meet, which files it covers.

A scope names a file, a folder with all below it, or a glob. Two scopes overlap when the literal
folders in front of their first globs are nested: that may report two disjoint scopes
(`src/*.py`, `src/*.ts`) and never misses two that share a file.
"""

import bisect
import fnmatch
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence

__all__ = [
    "covers",
    "first_overlap",
    "overlapping_pairs",
    "problem",
]

LONGEST = 4096
"""Characters, as PATH_MAX of Linux: a longer scope can match nothing."""

_GLOB = re.compile(r"[*?\[{]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def problem(scope: str) -> str | None:
    """Return why this scope is refused, or None where it is good."""
    if "\0" in scope:
        return "holds a NUL character"
    if "\n" in scope or "\r" in scope:
        return "holds a line break"
    if len(scope) > LONGEST:
        return f"is longer than {LONGEST} characters"
    text = scope.strip()
    if text.startswith("/") or _DRIVE.match(text):
        return "is absolute"
    if ".." in text.split("/"):
        return "holds `..`"
    return None


def first_overlap(
    lefts: Sequence[str], rights: Sequence[str], *, fold_case: bool = False
) -> tuple[str, str] | None:
    """Return the first pair of scopes that overlap, as they are written."""
    others = [(_literal_folder(right, fold_case=fold_case), right) for right in rights]
    for left in lefts:
        key = _literal_folder(left, fold_case=fold_case)
        for other, right in others:
            if _nested(key, other):
                return left, right
    return None


def overlapping_pairs(
    groups: Sequence[Sequence[str]], *, fold_case: bool = False
) -> Iterator[tuple[int, int]]:
    """Yield the positions of every two groups that overlap, lower first, in declaration order.

    Each scope looks up its own ancestors and its own range of a sorted list, so that many disjoint
    groups cost n log n instead of n * n.
    """
    # Of two nested folders one is a prefix of the other. So a scope can meet only those whose key
    # is a prefix of its own, and those in one range of the sorted keys.
    own = [{_literal_folder(scope, fold_case=fold_case) for scope in group} for group in groups]
    entries = sorted((key, number) for number, keys in enumerate(own) for key in keys)
    sorted_keys = [key for key, _ in entries]
    holders: dict[str, list[int]] = {}
    for key, number in entries:
        holders.setdefault(key, []).append(number)
    for left, keys in enumerate(own):
        found: set[int] = set()
        for key in keys:
            found.update(_at_folders_above(key, holders))
            found.update(_at_or_below(key, sorted_keys, entries))
        yield from ((left, right) for right in sorted(found) if right > left)


def covers(scopes: Sequence[str], path: str, *, fold_case: bool = False) -> bool:
    """Tell whether the file `path` (relative, with `/`) lies in one of the scopes.

    `*`, `?` and `[..]` stay inside one component, `**` spans any number; a glob may also be the
    plain name of a file, so `app/[id]` covers the folder of that name.
    """
    parts = _parts(_folded(path) if fold_case else path)
    return any(_matches(_pattern(scope, fold_case=fold_case), parts) for scope in scopes)


def _parts(scope: str) -> list[str]:
    return [part for part in scope.strip().split("/") if part not in {"", "."}]


def _folded(text: str) -> str:
    # File systems that fold case also take composed and decomposed letters for the same name.
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())


# A claim compares the scopes of all that is startable with all that is held, again and again.
@functools.lru_cache(maxsize=65_536)
def _literal_folder(scope: str, *, fold_case: bool) -> str:
    """Return the folders in front of the first glob, each with its `/`; empty for everything."""
    literal = []
    for part in _parts(_folded(scope) if fold_case else scope):
        if _GLOB.search(part):
            break
        literal.append(part + "/")
    return "".join(literal)


def _nested(left: str, right: str) -> bool:
    # Each folder ends with `/`, so that `src/a/` is not in front of `src/ab/`.
    return left.startswith(right) or right.startswith(left)


def _at_folders_above(key: str, holders: dict[str, list[int]]) -> Iterator[int]:
    cut = 0
    while cut < len(key):
        yield from holders.get(key[:cut], ())
        cut = key.index("/", cut) + 1


def _at_or_below(key: str, keys: list[str], entries: list[tuple[str, int]]) -> Iterator[int]:
    for position in range(bisect.bisect_left(keys, key), len(keys)):
        if not keys[position].startswith(key):
            return
        yield entries[position][1]


class _Component:
    """One component of a scope: a name, or a glob within one name."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Translated globs match each star once, so a hostile file name cannot make them slow.
        self.glob = re.compile(fnmatch.translate(text)) if _GLOB.search(text) else None

    def matches(self, name: str) -> bool:
        return name == self.text or (self.glob is not None and self.glob.match(name) is not None)


_ANY_DEPTH = None
_Pattern = tuple[_Component | None, ...]


@functools.lru_cache(maxsize=4_096)
def _pattern(scope: str, *, fold_case: bool) -> _Pattern:
    parts = _parts(_folded(scope) if fold_case else scope)
    while parts and parts[-1] == "**":
        parts.pop()
    return tuple(_ANY_DEPTH if part == "**" else _Component(part) for part in parts)


def _matches(pattern: _Pattern, parts: Sequence[str]) -> bool:
    """Match the pattern against the path and each folder above it, all states side by side."""
    # A set of states in place of backtracking: no name of a file, however it is made, costs more
    # than its components times those of the pattern.
    end = len(pattern)
    states = _past_any_depth(pattern, {0})
    for name in parts:
        if end in states:  # a folder above is covered, and with it all below
            return True
        following = set()
        for state in states:
            component = pattern[state]
            if component is _ANY_DEPTH:
                following.add(state)
            elif component.matches(name):
                following.add(state + 1)
        states = _past_any_depth(pattern, following)
    return end in states


def _past_any_depth(pattern: _Pattern, states: set[int]) -> set[int]:
    reached = set(states)
    for state in states:
        position = state
        while position < len(pattern) and pattern[position] is _ANY_DEPTH:
            position += 1
            reached.add(position)
    return reached
