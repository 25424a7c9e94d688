"""Pieces that were drawn without a terminal, as spans that the board colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.picture.ink import Piece

__all__ = ["spans_of"]


def spans_of(line: Iterable[Piece]) -> tuple[Span, ...]:
    """Return the spans of a line; the words for what a piece is are the same."""
    return tuple(Span(piece.text, Role(piece.ink.value)) for piece in line)
