"""The lines that a comment is about: the number of the last one, and a quote of all of them."""

from __future__ import annotations

__all__ = ["first_line", "line_words"]


def first_line(line: int | None, quote: str) -> int | None:
    """Return the first of the lines that end with `line`; None is the file as a whole.

    The quote tells how many they are: it has a newline between two.
    """
    return None if line is None else line - quote.count("\n")


def line_words(line: int | None, quote: str) -> str:
    """Return them as people write them: `12`, or `12-18`; "" is the file as a whole."""
    first = first_line(line, quote)
    return f"{line or ''}" if first == line else f"{first}-{line}"
