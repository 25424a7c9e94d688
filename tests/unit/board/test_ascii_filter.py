"""What is drawn with nothing but ASCII, whoever has drawn it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from wf_tui.board.theme.ascii_filter import AsciiFilter


@pytest.mark.parametrize(
    ("drawn", "letters"),
    [
        ("plain", "plain"),
        ("╭─ Reassign “Token store” ─╮", '+- Reassign "Token store" -+'),
        ("│ ◆ ● ○ · ◇ ✓ ⊘ … ▾ ▸ │", "| ! * o . # v x ~ - + |"),
        ("▆▁", "  "),
        ("登录 ◆", "登录 !"),
    ],
)
def test_signs_become_letters_and_words_stay(drawn: str, letters: str) -> None:
    """In as many cells, so that nothing behind them moves; a title in another script is a word."""
    (found,) = AsciiFilter().apply([Segment(drawn)], Color.parse("black"))
    assert found.text == letters
    assert cell_len(found.text) == cell_len(drawn)
