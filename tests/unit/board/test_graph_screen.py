"""The graph on the board: moving in it, marks, folding, and that its keys act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.board_harness import board
from tests.support.ledger_harness import phase, shell
from tests.support.screen_text import screen_text
from wf_tui.board.screens.graph_screen import GraphScreen

if TYPE_CHECKING:
    from pathlib import Path


async def test_keys_move_in_the_graph_and_act_on_tasks(tmp_path: Path) -> None:
    """`h j k l` go to layers and tasks, `<` marks what it waits for, `C` follows the path."""
    plan = (phase("scan", "a", "b", shell("c", "a")), phase("build", "e", after=["scan"]))
    async with board(tmp_path, *plan) as hand:
        await hand.press("3")
        screen = hand.app.screen
        assert isinstance(screen, GraphScreen)
        seen = []
        for key in ("g", "j", "G", "l", "h", "C", "C"):
            await hand.press(key)
            seen.append(screen.selected_task())
        assert seen == ["a", "b", "c", "e", "a", "c", "e"]
        await hand.press("h", "g", "<")
        assert not screen.view.holds
        await hand.press("z")
        assert screen.selected_task() is None
        assert "▸ 3 pending" in "".join(screen_text(hand.app))
        await hand.press("z", "b")
        assert hand.acts[-1] == ("task_blocked", "a")


async def test_a_click_selects_folds_and_does_what_a_key_does(tmp_path: Path) -> None:
    """A task, the name of its layer, the key on the foot; the second click opens the task."""
    plan = (phase("scan", "a", "b"), phase("build", "e", after=["scan"]))
    async with board(tmp_path, *plan, size=(120, 44)) as hand:
        await hand.press("3")
        screen = hand.app.screen
        assert isinstance(screen, GraphScreen)

        async def click(words: str, times: int = 1) -> None:
            lines = screen_text(hand.app)
            y = next(at for at, line in enumerate(lines) if words in line)
            await hand.pilot.click(offset=(lines[y].index(words), y), times=times)

        await click("○ b")
        assert screen.selected_task() == "b"
        assert "┃ what b holds up" in screen_text(hand.app)[1]
        await click("b hold  a")
        assert hand.acts[-1] == ("task_blocked", "b")
        await click("scan 0 of 2")
        assert screen.selected_task() is None
        await click("· e", times=2)
        assert not isinstance(hand.app.screen, GraphScreen)
