"""The palette finds every action and every task by name, quickly and safely."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.command import CommandPalette

from tests.support.board_harness import board
from tests.support.ledger_harness import shell
from wf_tui.board.dialogs.palette import ActionsProvider
from wf_tui.board.name_search import find, find_scattered
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.widgets.filter_bar import FilterBar

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [("login-form add the form", "login-form"), ("scan-auth", "scan-auth"), ("oauth", "oauth")]


def test_the_beginning_of_a_name_comes_first() -> None:
    """Then the beginning of a word, then the inside of one."""
    assert [key for _, key in find("auth", NAMES, 9)] == ["scan-auth", "oauth"]
    assert [key for _, key in find("oa", NAMES, 9)] == ["oauth"]
    assert [key for _, key in find("FORM add", NAMES, 9)] == ["login-form"]


def test_scattered_letters_are_the_last_resort() -> None:
    """Letters in their order are enough where no word is found."""
    assert [key for _, key in find_scattered("lgf", NAMES, 9)] == ["login-form"]
    assert find("lgf", NAMES, 9) == find("  ", NAMES, 9) == find_scattered("qqq", NAMES, 9) == []


def test_ten_thousand_names_are_searched_at_once() -> None:
    """A letter typed costs little CPU time, whatever it finds, and offers are bounded."""
    names = [(f"task-{n} add the form number {n}", f"task-{n}") for n in range(10_000)]
    for query in ("t", "form number 99", "tkfn9", "zzz"):
        begun = time.process_time()
        assert len(find(query, names, 30)) <= 30
        assert len(find_scattered(query, names, 30)) <= 30
        assert time.process_time() - begun < 0.25


async def test_a_task_is_found_and_opened(tmp_path: Path) -> None:
    """Typing a part of its title and Enter leads to the card."""
    async with board(tmp_path, "a", shell("b", title="Write the docs")) as hand:
        await hand.press("ctrl+p")
        assert isinstance(hand.app.screen, CommandPalette)
        await hand.type("the docs")
        await hand.app.workers.wait_for_complete(
            [w for w in hand.app.workers if w.group != "dialog" and w.node is hand.app.screen]
        )
        await hand.press("down", "enter")
        await hand.settle()
        screen = hand.app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.selected == "b"


async def test_an_action_of_the_palette_acts(tmp_path: Path) -> None:
    """What the palette runs is what the key runs."""
    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        provider = ActionsProvider(hand.app.screen)
        await provider.startup()
        hits = {str(hit.text): hit async for hit in provider.search("hold")}
        hits["Hold"].command()
        await hand.settle()
        assert hand.acts == [("task_blocked", "a")]
        # What only another screen can do is not offered as if it were possible.
        hits = {str(hit.help): hit async for hit in provider.search("drop")}
        assert "not now: only in review" in hits


async def test_what_only_the_board_can_do_is_done_there(tmp_path: Path) -> None:
    """From another screen such an action leads to the board first."""
    async with board(tmp_path, "a") as hand:
        await hand.press("4")
        hand.app.perform("view.filter")
        await hand.settle()
        assert isinstance(hand.app.screen, BoardScreen)
        assert hand.app.screen.query_one(FilterBar).has_class("-open")


async def test_themes_can_be_chosen(tmp_path: Path) -> None:
    """Textual's own commands are there, but for those that the registry has."""
    async with board(tmp_path, "a") as hand:
        titles = {found.title for found in hand.app.get_system_commands(hand.app.screen)}
        assert "Theme" in titles
        assert not titles & {"Quit", "Keys"}


async def test_there_is_one_ranking(tmp_path: Path) -> None:
    """Textual's own commands are found by the same rule, so that they stand in the same order."""
    async with board(tmp_path, shell("b", title="Theme of the board")) as hand:
        provider = ActionsProvider(hand.app.screen)
        await provider.startup()
        hits = [hit async for hit in provider.search("theme")]
        assert [(str(hit.text), round(hit.score, 2)) for hit in hits] == [
            ("Theme", 0.95),
            ("b", 0.9),
        ]
        assert {ActionsProvider} == hand.app.COMMANDS


async def test_titles_are_no_markup(tmp_path: Path) -> None:
    """A task's title cannot style or break the list."""
    async with board(tmp_path, shell("a", title="[/nope]x\x1b[2J")) as hand:
        provider = ActionsProvider(hand.app.screen)
        await provider.startup()
        found = [str(hit.prompt) async for hit in provider.search("nope")]
        assert found == ["[/nope]x  pending"]
