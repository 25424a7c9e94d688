"""Pieces of lines that are drawn without a terminal: a text, and what it is.

The board gives each kind its colour; a command prints the texts alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Ink", "Piece", "plain"]


class Ink(StrEnum):
    """What a piece is; the words are those of the roles of the board."""

    TEXT = "text"
    TITLE = "title"
    MUTED = "muted"
    FAINT = "faint"
    RULE = "rule"
    RUNNING = "running"
    DONE = "done"
    NEED = "need"
    WARNING = "warning"
    ERROR = "error"
    PATH = "path"
    FOCUS = "focus"


@dataclass(frozen=True)
class Piece:
    """A part of a line; its text is safe to draw."""

    text: str
    ink: Ink = Ink.TEXT


def plain(line: Iterable[Piece]) -> str:
    """Return a line as a command prints it."""
    return "".join(piece.text for piece in line).rstrip()
