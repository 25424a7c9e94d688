"""Patterns of paths, as shells and `.gitignore` have them.

Matched name by name, so that no pattern takes longer than its length times that of the path: both
may come from a model, or from a file of a stranger.
"""

import fnmatch
import re
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError

__all__ = ["Glob"]

_MOST_ALTERNATIVES: Final = 64
_LONGEST: Final = 1000
_ESCAPED: Final = re.compile(r"\\(.)")
_BRACES: Final = re.compile(r"\{([^{}]*,[^{}]*)\}")

_Part = re.Pattern[str] | None
"""What one name has to be; None for any number of names."""


class Glob:
    """One pattern; without a slash it is for the name of a file in any folder."""

    def __init__(self, pattern: str) -> None:
        """Read a pattern; raises `CallError`."""
        if not pattern.strip("/") or len(pattern) > _LONGEST:
            raise CallError("the glob is empty" if not pattern.strip("/") else "the glob is long")
        self._alternatives = [_parts(one) for one in _expanded(pattern)]

    def matches(self, path: str) -> bool:
        """Whether a path, from where the pattern is meant, is one of those it names."""
        names = path.split("/")
        return any(_fits(names, parts) for parts in self._alternatives)


def _expanded(pattern: str) -> list[str]:
    """Return the patterns without braces that one with braces stands for."""
    coming, done = [pattern], list[str]()
    while coming:
        one = coming.pop()
        braces = _BRACES.search(one)
        if braces is None:
            done.append(one)
        else:
            coming += [
                one[: braces.start()] + part + one[braces.end() :] for part in braces[1].split(",")
            ]
        if len(coming) + len(done) > _MOST_ALTERNATIVES:
            raise CallError("the glob has too many alternatives in braces")
    return done


def _parts(pattern: str) -> list[_Part]:
    """Return what each name of a path has to be."""
    is_name = "/" not in pattern.rstrip("/")
    parts: list[_Part] = [None] if is_name else []
    for part in pattern.strip("/").split("/"):
        if part == "**":
            if not parts or parts[-1] is not None:
                parts.append(None)
        elif part not in {"", "."}:
            plain = _ESCAPED.sub(r"[\1]", part).replace("[^", "[!")
            parts.append(re.compile(fnmatch.translate(plain)))
    if parts[-1] is None:  # what is in a folder, and not the folder itself
        parts.append(re.compile(fnmatch.translate("*")))
    return parts


def _fits(names: list[str], parts: list[_Part]) -> bool:
    at = _skipped({0}, parts)
    for name in names:
        reached = set[int]()
        for index in at:
            if index < len(parts):
                part = parts[index]
                if part is None:
                    reached.add(index)
                elif part.match(name):
                    reached.add(index + 1)
        at = _skipped(reached, parts)
        if not at:
            return False
    return len(parts) in at


def _skipped(at: set[int], parts: list[_Part]) -> set[int]:
    """Return these places, and those behind a `**` that stands for no name."""
    return at | {index + 1 for index in at if index < len(parts) and parts[index] is None}
