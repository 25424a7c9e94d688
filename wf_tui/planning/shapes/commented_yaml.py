"""A plan as YAML with comments, which a library that writes values cannot keep.

It is put together of pieces of a table, each with a comment above it; what a piece holds is written
as any other YAML, so that every text is read back as it was.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.planning.plain_yaml import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["PhaseText", "Piece", "plan_text"]

_WIDTH: Final = 96


@dataclass(frozen=True)
class Piece:
    """Some keys of a table, and what is said of them."""

    values: Mapping[str, object]
    comment: str = ""


@dataclass(frozen=True)
class PhaseText:
    """A phase, and each of its tasks."""

    pieces: tuple[Piece, ...]
    tasks: tuple[tuple[Piece, ...], ...]


def plan_text(heading: str, pieces: Sequence[Piece], phases: Sequence[PhaseText]) -> str:
    """Return a plan; `heading` becomes the comment above it, a paragraph a line."""
    lines = [*_comment(heading), *_table(pieces), "", "phases:"]
    for number, phase in enumerate(phases):
        lines += [""] * bool(number)
        lines += _item(list(_table(phase.pieces)), "  ")
        lines.append("    tasks:")
        for task in phase.tasks:
            lines += _item(list(_table(task)), "      ")
    return "\n".join(lines) + "\n"


def _table(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        if piece.values:
            yield from _comment(piece.comment)
            yield from as_yaml(piece.values).removesuffix("\n").split("\n")


def _comment(text: str) -> Iterator[str]:
    for paragraph in text.splitlines():
        for line in textwrap.wrap(paragraph, _WIDTH) or [""]:
            yield f"# {line}".rstrip()


def _item(lines: list[str], indent: str) -> list[str]:
    """Return the lines of a table as an item of a list.

    Empty ones stay empty: in a text of several lines blanks would be part of it.
    """
    first = next(index for index, line in enumerate(lines) if not line.startswith("#"))
    above = [indent + line for line in lines[:first]]
    below = [f"{indent}  {line}" if line else "" for line in lines[first + 1 :]]
    return [*above, f"{indent}- {lines[first]}", *below]
