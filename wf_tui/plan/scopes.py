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
    "folders",
    "overlapping_pairs",
    "problem",
    "within",
]

LONGEST = 4096
"""Characters, as PATH_MAX of Linux: a longer scope can match nothing."""

_GLOB = re.compile(r"[*?\[{]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def problem(scope: str) -> str | None:
    """Return why this scope is refused, or None where it is good.

    The words go on from "the scope ... of task ...". The same rule holds for `deliverables`, `link`
    and `copy`. It looks at the text alone, since the files need not be there yet.
    """
    if "\0" in scope:
        return "holds a NUL character"
    if "\n" in scope or "\r" in scope:
        return "holds a line break"
    if len(scope) > LONGEST:
        return f"is longer than {LONGEST} characters"
    text = scope.strip()
    if text.startswith("/") or _DRIVE.match(text):
        return "is absolute"
    # Not resolved: `a/../b` leads elsewhere where `a` is a link, which a worker may make.
    if ".." in text.split("/"):
        return "holds `..`"
    return None


def folders(scopes: Sequence[str]) -> tuple[str, ...]:
    """Return the folder or file in front of the first glob of each scope; empty for everything."""
    return tuple(_literal_folder(scope, fold_case=False).rstrip("/") for scope in scopes)


def first_overlap(
    lefts: Sequence[str], rights: Sequence[str], *, fold_case: bool = False
) -> tuple[str, str] | None:
    """Return the first pair of scopes that overlap, as they are written.

    The claims ask it of every startable task and every held one, within their transaction. Nothing
    overlaps with an empty list: what a task without scopes may meet is the caller's rule.
    """
    others = [(_literal_folder(right, fold_case=fold_case), right) for right in rights]
    for left in lefts:
        key = _literal_folder(left, fold_case=fold_case)
        for other, right in others:
            # Each folder ends with `/`, so that `src/a/` is not in front of `src/ab/`.
            if key.startswith(other) or other.startswith(key):
                return left, right
    return None


def overlapping_pairs(
    groups: Sequence[Sequence[str]], *, fold_case: bool = False
) -> Iterator[tuple[int, int]]:
    """Yield the positions of every two groups that overlap, lower first, in declaration order.

    For the check of a plan, whose phases may have thousands of tasks: each scope looks up its own
    ancestors and its own range of a sorted list, so that many disjoint groups cost n log n instead
    of n * n.
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
            cut = 0
            while cut < len(key):  # the folders above it, from "" on
                found.update(holders.get(key[:cut], ()))
                cut = key.index("/", cut) + 1
            # The key itself and the folders in it stand side by side.
            at = bisect.bisect_left(sorted_keys, key)
            while at < len(sorted_keys) and sorted_keys[at].startswith(key):
                found.add(entries[at][1])
                at += 1
        # Each pair is found from both of its sides; it is named from the lower one.
        yield from ((left, right) for right in sorted(found) if right > left)


def covers(scopes: Sequence[str], path: str, *, fold_case: bool = False) -> bool:
    """Tell whether the file `path` (relative, with `/`) lies in one of the scopes.

    `*`, `?` and `[..]` stay inside one component, `**` spans any number; a glob may also be the
    plain name of a file, so `app/[id]` covers the folder of that name. Asked of each file that an
    attempt has changed (promise G10): unlike `first_overlap` it is exact.
    """
    parts = _parts(_folded(path) if fold_case else path)
    return any(_matches(_pattern(scope, fold_case=fold_case), parts) for scope in scopes)


def within(scope: str, scopes: Sequence[str], *, fold_case: bool = False) -> bool:
    """Tell whether all that `scope` allows is also allowed by one of the scopes.

    Asked of what a worker adds. Of a glob only its literal folders are known to be inside, unless
    the very same one is among the scopes: too much is refused, never too little.
    """
    if _parts(scope) in [_parts(other) for other in scopes]:
        return True
    folder = _literal_folder(scope, fold_case=False).strip("/")
    return bool(folder) and covers(scopes, folder, fold_case=fold_case)


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
    # A scope covers all below it anyway, so `src/**` is `src`, which the file `src` is in, too.
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
    """Return the states with those behind each `**` that they stand at: it may span nothing."""
    reached = set(states)
    for state in states:
        position = state
        while position < len(pattern) and pattern[position] is _ANY_DEPTH:
            position += 1
            reached.add(position)
    return reached
