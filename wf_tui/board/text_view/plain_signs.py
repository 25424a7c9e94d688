"""Our own signs in plain ASCII, for terminals that have none of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wf_tui.text import signs_in_ascii

if TYPE_CHECKING:
    from wf_tui.board.widgets.line import Row

__all__ = ["plain_row"]


def plain_row(row: Row) -> Row:
    """Return a row with our signs in ASCII, each still one cell wide; other signs stay."""
    spans = (replace(one, text=signs_in_ascii(one.text)) for one in row.spans)
    return replace(row, spans=tuple(spans))
