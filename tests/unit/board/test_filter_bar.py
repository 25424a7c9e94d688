"""The filter narrows the board while one types; it says how much is left or what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input, Label

from tests.support.board_harness import board
from tests.support.screen_text import screen_text, text_of
from wf_tui.board.frame.footer import Footer
from wf_tui.board.frame.status_line import StatusLine
from wf_tui.board.widgets.filter_bar import FilterBar

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.board_harness import BoardHarness


def said(hand: BoardHarness) -> str:
    """Return what stands beside the line."""
    return str(hand.app.screen.query_one(FilterBar).query_one(".count", Label).visual)


def shown(hand: BoardHarness) -> list[str]:
    """Return the cards of the first column."""
    return list(hand.app.picture.columns["pending"])


async def test_typing_narrows_the_board(tmp_path: Path) -> None:
    """Each letter counts; Enter keeps the filter and goes back to the cards."""
    async with board(tmp_path, "scan-auth", "scan-docs", "build") as hand:
        await hand.press("slash")
        await hand.type("scan-a")
        assert shown(hand) == ["scan-auth"]
        assert said(hand) == "1 of 3"
        await hand.press("enter")
        assert shown(hand) == ["scan-auth"]
        assert not hand.app.screen.query_one(FilterBar).has_class("-open")


async def test_letters_are_typed_and_do_nothing_else(tmp_path: Path) -> None:
    """Keys of actions are letters while one types."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.press("slash")
        await hand.type("xrqb?")
        assert hand.acts == []
        assert hand.app.screen.query_one(FilterBar).query_one(Input).value == "xrqb?"


async def test_a_wrong_filter_says_so(tmp_path: Path) -> None:
    """The nearest right word is named."""
    async with board(tmp_path, "a") as hand:
        await hand.press("slash")
        await hand.type("stat:done")
        assert said(hand) == "unknown filter stat; did you mean state:?"
        assert hand.app.screen.query_one(FilterBar).has_class("-wrong")


async def test_escape_takes_the_filter_away(tmp_path: Path) -> None:
    """All cards are back."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.press("slash")
        await hand.type("b")
        assert shown(hand) == ["b"]
        await hand.press("escape")
        assert shown(hand) == ["a", "b"]


async def test_the_board_says_what_keeps_cards_from_being_seen(tmp_path: Path) -> None:
    """Which filter is on, how much it shows; how many are marked, and are not in view."""
    async with board(tmp_path, "scan-auth", "scan-docs", "build") as hand:
        status, footer = hand.app.screen.query_one(StatusLine), hand.app.screen.query_one(Footer)
        await hand.press("slash")
        await hand.type("scan")
        assert screen_text(hand.app)[-2].startswith(" /scan ")
        await hand.press("enter", "space", "z")
        assert text_of(footer)[0].startswith(" [1 marked, 1 not in view]  ")
        await hand.press("z")
        assert text_of(footer)[0].startswith(" [1 marked]  ")
        await hand.press("#")
        assert text_of(status)[0].startswith(" filter # scan: 0 of 3 · Esc shows all ")
        assert "marked" not in text_of(footer)[0]
        await hand.press("escape")
        assert "filter" not in text_of(status)[0]
