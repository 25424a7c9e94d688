"""Finding words in the lines of a view: which lines have them, and where they are on a line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wf_tui.board.text_view.text_line import TextLine

__all__ = ["Found", "find", "with_found"]


@dataclass(frozen=True)
class Found:
    """What was looked for, and the numbers of the lines that have it, the first one first."""

    words: str = ""
    numbers: tuple[int, ...] = ()

    def after(self, number: int) -> int | None:
        """Return the next line that has it; from the last one on, the first."""
        if not self.numbers:
            return None
        return self.numbers[bisect_right(self.numbers, number) % len(self.numbers)]

    def before(self, number: int) -> int | None:
        """Return the line before that has it; from the first one on, the last."""
        if not self.numbers:
            return None
        return self.numbers[bisect_left(self.numbers, number) - 1]

    def sentence(self, number: int) -> str:
        """Return how many there are and which one a line is: `3 of 12`."""
        if not self.words:
            return ""
        if not self.numbers:
            return f"“{self.words}” is not here"
        place = bisect_right(self.numbers, number)
        return f"“{self.words}” {max(1, place)} of {len(self.numbers)}"


def find(words: str, lines: Sequence[TextLine], first: int) -> Found:
    """Look for words, whatever their case, in lines of which the first has the number `first`."""
    wanted = words.casefold()
    if not wanted:
        return Found()
    hits = (first + at for at, line in enumerate(lines) if wanted in line.text.casefold())
    return Found(words, tuple(hits))


def with_found(spans: Iterable[Span], words: str) -> tuple[Span, ...]:
    """Return the pieces of a line with the words that were looked for as pieces of their own."""
    parts = list(spans)
    whole = "".join(span.text for span in parts)
    folded, wanted = whole.lower(), words.lower()
    # A few characters change their length with their case; such a line is only not coloured.
    if not wanted or len(folded) != len(whole) or wanted not in folded:
        return tuple(parts)
    hits = list(_places(folded, wanted))
    return tuple(_cut_out(parts, hits))


def _places(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    at = text.find(wanted)
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + len(wanted))


def _cut_out(spans: Iterable[Span], hits: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Yield the pieces, those within a hit in the role of one."""
    edges = [edge for hit in hits for edge in hit]
    at = 0
    for span in spans:
        end = at + len(span.text)
        cuts = [at, *(edge for edge in edges if at < edge < end), end]
        for start, stop in pairwise(cuts):
            inside = bisect_right(edges, start) % 2 == 1
            role = Role.FOUND if inside else span.role
            yield Span(span.text[start - at : stop - at], role, span.hit)
        at = end
