"""Our own signs in plain ASCII, for terminals that have none of them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE

if TYPE_CHECKING:
    from wf_tui.board.widgets.line import Row

__all__ = ["plain_row", "plain_text"]

_PAIRS: Final = (
    (str(getattr(UNICODE, field.name)), str(getattr(ASCII, field.name)))
    for field in fields(UNICODE)
)
_TABLE: Final = str.maketrans(
    {
        "─": "-",
        "━": "=",
        "│": "|",
        "┃": ">",
        "…": "~",
        "·": "-",
        "−": "-",
        "⚠": "!",
        "“": '"',
        "”": '"',
        "→": ">",
        "←": "<",
        "▸": "+",
        "▾": "-",
        "└": "`",
        **{sign: plain for sign, plain in _PAIRS if len(sign) == 1},
    }
)


def plain_text(text: str) -> str:
    """Return a text with our signs in ASCII, each still one cell wide; others stay."""
    return text if text.isascii() else text.translate(_TABLE)


def plain_row(row: Row) -> Row:
    """Return a row with our signs in ASCII."""
    return replace(row, spans=tuple(replace(one, text=plain_text(one.text)) for one in row.spans))
