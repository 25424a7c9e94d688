"""The frame around every screen: its rows, what a click on them does, and how small it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.css.stylesheet import Stylesheet

from tests.support.board_harness import board
from tests.support.ledger_harness import phase
from tests.support.screen_text import Frames, screen_text
from wf_tui.board.dialogs.choice_dialog import ChoiceDialog
from wf_tui.board.frame.header import RunHeader
from wf_tui.board.frame.screen_tabs import ScreenTabs
from wf_tui.board.frame.strip import PhaseStrip
from wf_tui.config import Board, Config
from wf_tui.ledger.model.states import Step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest
    from textual.dom import DOMNode

    from tests.support.board_harness import BoardHarness
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.board.widgets.line_widget import LineWidget


def begun(drive: LedgerHarness) -> None:
    """Let one task of the first phase need a person."""
    drive.wreck("a")


async def click(hand: BoardHarness, widget: type[LineWidget], word: str) -> None:
    """Click on a word of a line of the frame."""
    line = hand.app.screen.query_one(widget)
    text = line.render_line(0).text
    await hand.pilot.click(line, offset=(text.index(word), 0))
    await hand.settle()


async def test_a_click_on_the_frame_does_what_a_key_does(tmp_path: Path) -> None:
    """◆ leads to what needs the person, a phase shows itself alone, a tab is its screen."""
    phases = phase("scan", "a", "b"), phase("build", "c", after=["scan"])
    async with board(tmp_path, *phases, before=begun) as hand:
        await hand.select("b")
        await click(hand, RunHeader, "◆ 1 needs")
        assert hand.app.selected == "a"
        await click(hand, PhaseStrip, "build")
        assert (hand.app.picture.filtered.text, hand.app.picture.shown) == ('phase:"build"', 1)
        assert 'filter phase:"build": 1 of 3 · Esc shows all' in screen_text(hand.app)[-2]
        await click(hand, PhaseStrip, "build")
        assert not hand.app.picture.filtered.active
        await hand.press("2")
        await click(hand, ScreenTabs, "Board")
        assert hand.app.screen is hand.app.get_screen("board")


async def test_no_row_of_the_frame_comes_or_goes_but_with_the_size(tmp_path: Path) -> None:
    """Below 80 columns there is no strip; cards are compact where fewer than 26 lines are left."""
    async with board(tmp_path, "a", "b", before=begun, size=(120, 40)) as hand:
        app = hand.app
        for width, height, rows in ((120, 40, 40), (120, 24, 24), (70, 24, 24)):
            await hand.pilot.resize_terminal(width, height)
            await hand.pilot.pause()
            lines = screen_text(app)
            assert len(lines) == rows
            assert "◆ 1 needs you" in lines[0]
            assert lines[1].startswith(" work ") == (width >= 80)
            assert lines[-1].rstrip().endswith("? help")
            assert app.screen.has_class("-compact") == (height < 30)
            app.show_toast("told")
            assert len(screen_text(app)) == rows
        await hand.pilot.resize_terminal(59, 18)
        await hand.pilot.pause()
        text = "\n".join(screen_text(app))
        assert "wf needs 60 columns and 18 lines." in text
        assert "wf status" in text
        assert "needs you" not in text


async def test_what_textual_tells_is_in_the_status_line_and_kept(tmp_path: Path) -> None:
    """There is no box; the palette has the last messages, the newest first."""
    config = Config(board=Board(density="compact"))
    async with board(tmp_path, "a", config=config) as hand:
        assert hand.app.screen.has_class("-compact")
        assert not hand.app.screen.query("ToastRack")
        hand.app.notify("a [b]bold[/b] word", title="Textual", severity="error")
        assert screen_text(hand.app)[-2].startswith(" Textual: a [b]bold[/b] word")
        hand.app.show_toast("held", severity="information")
        assert screen_text(hand.app)[-2].startswith(" Textual")
        await hand.press("h")
        assert screen_text(hand.app)[-2].startswith(" ✓ held")
        hand.app.show_messages()
        await hand.pilot.pause()
        assert isinstance(hand.app.screen, ChoiceDialog)
        told = [str(option.prompt) for option in hand.app.screen._list.options]
        assert [words.split("  ")[1] for words in told] == ["held", "Textual: a [b]bold[/b] word"]


async def test_a_quiet_second_is_one_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While only ages grow nothing is laid out anew; with few frames a second they stand still."""
    counted = Frames()

    def at_work(drive: LedgerHarness) -> None:
        for name in "abc":
            drive.expect_claim(name, f"w{ord(name) - 96}", step=Step.RUNNING)

    async with board(tmp_path, "a", "b", "c", "d", before=at_work) as hand:
        counted.watch(monkeypatch, hand.app)
        hand.drive.clock.move(1)
        hand.app.beat()
        await hand.pilot.pause()
        assert (counted.frames, counted.layouts) == (1, 0)
        hand.app.fps = 2
        at = hand.app.now()
        hand.drive.clock.move(10 - at % 10 + 3)
        hand.app.beat()
        await hand.pilot.pause()
        assert counted.frames == 2
        hand.drive.clock.move(5)
        hand.app.beat()
        await hand.pilot.pause()
        assert (counted.frames, counted.layouts) == (2, 0)


async def test_a_board_is_styled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is mounted: its size and its theme are known before, so nothing is styled anew."""
    anew: list[int] = []
    update = Stylesheet.update_nodes

    def count(sheet: Stylesheet, nodes: Iterable[DOMNode], animate: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual's
        every = list(nodes)
        anew.append(len(every))
        update(sheet, every, animate=animate)

    def refuse(_: Stylesheet) -> None:
        raise AssertionError("all style sheets were parsed anew")

    monkeypatch.setattr(Stylesheet, "update_nodes", count)
    monkeypatch.setattr(Stylesheet, "reparse", refuse)
    async with board(tmp_path, "a") as hand:
        assert max(anew) < len(list(hand.app.screen.walk_children())) / 4
        assert hand.app.screen.has_class("-wide", "-high")
