"""Ctrl+Z in a line that is typed in takes back, as it does in a field of several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tests.support.board_harness import board
from wf_tui.board.text_view.line_undo import Past

if TYPE_CHECKING:
    from pathlib import Path


def test_a_word_is_one_change() -> None:
    """So is what was pasted, and each letter that was taken away."""
    past, value = Past(), ""
    for new in ("a", "ab", "ab ", "ab c", "ab cd", "ab cd, pasted", "ab cd, paste", "ab cd, past"):
        past.note(value, new)
        value = new
    back = [past.back() for _ in range(6)]
    assert back == ["ab cd, paste", "ab cd, pasted", "ab cd", "ab ", "ab", ""]
    assert past.back() is None


async def test_ctrl_z_takes_back_in_every_line(tmp_path: Path) -> None:
    """In a form above the board as in the palette, which is Textual's own; nothing is suspended."""
    async with board(tmp_path, "a") as hand:
        for key in ("n", "ctrl+p"):
            await hand.press(key)
            await hand.type("one two")
            line = hand.app.focused
            assert isinstance(line, Input)
            await hand.press("ctrl+z")
            assert line.value == "one "
            await hand.press("ctrl+z", "ctrl+z", "ctrl+z")
            assert line.value == ""
            await hand.press("escape")
        assert hand.told == []
