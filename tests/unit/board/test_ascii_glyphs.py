"""With `--ascii` no screen or dialog of the hands draws anything but ASCII."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.board_harness import board
from tests.support.ledger_harness import seat
from wf_tui.config import Board, Config

if TYPE_CHECKING:
    from pathlib import Path

ASCII = Config(board=Board(ascii=True))


@pytest.mark.parametrize("key", ["?", "q", "n", "e", "a", "c", "2", "4", "/"])
async def test_only_ascii_is_drawn(tmp_path: Path, key: str) -> None:
    """Frames, keys and texts of what the key opens."""
    async with board(tmp_path, "a", "b", seats=[seat("w1")], config=ASCII) as hand:
        await hand.select("a")
        await hand.press(key)
        strips = hand.app.screen._compositor.render_strips()
        text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        assert {char for char in text if not char.isascii()} == set()
