"""Where lines stand in a file that a model has not copied quite exactly.

Every way to compare that is looser than the one before is tried only where the stricter ones find
no place; what to make of several places is decided by who asks.
"""

import difflib
import heapq
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

__all__ = ["Compared", "indentation", "indented_alike", "most_similar", "places"]

Compared = Callable[[str], str]
"""What of a line is compared."""
_MOST_LINES: Final = 20_000
_LONGEST_LINE: Final = 300
_SHOWN: Final = 12
_LIKELY: Final = 30
_WORD: Final = re.compile(r"\w+")
_SIMILAR: Final = 0.6


def places(lines: Sequence[str], wanted: Sequence[str], compared: Compared) -> list[int]:
    """Return each index at which the wanted lines begin; what was compared before is not kept."""
    if not wanted:
        return []
    # As one text, since a search in that takes no longer however much the lines are alike.
    have = "\n".join(["", *map(compared, lines), ""])
    want = "\n".join(["", *map(compared, wanted), ""])
    found: list[int] = []
    at, seen, line = have.find(want), 0, 0
    while at >= 0:
        line += have.count("\n", seen, at)
        seen = at
        found.append(line)
        at = have.find(want, at + 1)
    return found


def indentation(line: str) -> str:
    """Return the blanks at the beginning of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def indented_alike(
    there: Sequence[str], wanted: Sequence[str], new: Sequence[str]
) -> list[str] | None:
    """Return new lines with the indentation that the file has, None where that cannot be told.

    `there` are the lines of the file that `wanted` means, in the same order.
    """
    pairs = {
        (indentation(want), indentation(have))
        for have, want in zip(there, wanted, strict=True)
        if want.strip()
    }
    known = dict(pairs)
    if len(known) != len(pairs):  # the same blanks mean two things
        return None
    changed = [_shifted(line, known) if line.strip() else line for line in new]
    return None if None in changed else [line for line in changed if line is not None]


def _shifted(line: str, known: Mapping[str, str]) -> str | None:
    """Return one line with what its indentation becomes, as all of the known ones do."""
    blanks, rest = indentation(line), line.lstrip(" \t")
    if blanks in known:
        return known[blanks] + rest
    added = {have[: len(have) - len(want)] for want, have in known.items() if have.endswith(want)}
    if len(added) == 1 and all(have.endswith(want) for want, have in known.items()):
        return added.pop() + line
    removed = {want[: len(want) - len(have)] for want, have in known.items() if want.endswith(have)}
    if len(removed) == 1 and all(want.endswith(have) for want, have in known.items()):
        prefix = removed.pop()
        return line.removeprefix(prefix) if line.startswith(prefix) else None
    return None


def most_similar(lines: Sequence[str], wanted: Sequence[str]) -> tuple[int, list[str]] | None:
    """Return where the lines are that come nearest to the wanted ones, and the lines."""
    target = max((line.strip() for line in wanted), key=len, default="")[:_LONGEST_LINE]
    have = [line.strip()[:_LONGEST_LINE] for line in lines[:_MOST_LINES]]
    # Only the few that share most words: to compare two lines closely takes a millisecond.
    words = set(_WORD.findall(target))
    shared = {line: len(words.intersection(_WORD.findall(line))) for line in dict.fromkeys(have)}
    likely = heapq.nlargest(_LIKELY, shared, key=lambda line: (shared[line], -len(line)))
    near = difflib.get_close_matches(target, likely, 1, _SIMILAR) if target else []
    if not near:
        return None
    offset = [line.strip()[:_LONGEST_LINE] for line in wanted].index(target)
    first = max(0, have.index(near[0]) - offset)
    return first, list(lines[first : first + min(len(wanted), _SHOWN)])
