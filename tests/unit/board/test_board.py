"""The board as a whole: moving, marking, filtering, narrow and small terminals, themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.board_harness import board
from tests.support.screen_text import board_of, column_of, screen_text, text_of
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.frame.footer import Footer
from wf_tui.board.theme.choice import choose_theme
from wf_tui.board.theme.our_themes import DARK, LIGHT
from wf_tui.board.widgets.column_tabs import ColumnTabs
from wf_tui.config import Board, Config
from wf_tui.ledger.model.states import Step, TaskState

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.ledger_harness import LedgerHarness

PENDING, IN_PROGRESS, DONE, BLOCKED = TaskState


def some_of_each(drive: LedgerHarness) -> None:
    """Bring one task to each column; `d` stays pending."""
    drive.finish("a")
    drive.wreck("b")
    drive.expect_claim("c", step=Step.RUNNING)


async def test_keys_move_between_columns_and_cards(tmp_path: Path) -> None:
    """Letters and arrows go to the neighbours and stop at the ends."""
    async with board(tmp_path, *"abcdef", before=some_of_each) as hand:
        view = board_of(hand.app)
        seen = [view.selected]
        for key in ("j", "down", "down", "k", "h", "l", "right", "l", "l"):
            await hand.press(key)
            seen.append(view.selected)
        assert seen == ["d", "e", "f", "f", "e", "e", "c", "a", "b", "b"]


async def test_marked_cards_carry_a_sign(tmp_path: Path) -> None:
    """Space marks a card and goes on; Escape takes all marks away."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.press("space")
        lines = text_of(column_of(hand.app, PENDING))
        assert (lines[1][1], board_of(hand.app).selected) == ("+", "b")
        await hand.press("escape")
        assert not hand.app.picture.marks
        assert text_of(column_of(hand.app, PENDING))[1][1] != "+"


async def test_a_filter_says_how_much_it_shows(tmp_path: Path) -> None:
    """What is typed filters at once; the counts say how many of how many; Escape ends it."""
    async with board(tmp_path, "alpha", "beta", "gamma") as hand:
        await hand.press("/")
        await hand.type("bet")
        await hand.press("enter")
        assert text_of(column_of(hand.app, PENDING))[0].startswith("╭ Pending 1 of 3 ")
        assert board_of(hand.app).selected == "beta"
        await hand.press("escape")
        assert text_of(column_of(hand.app, PENDING))[0].startswith("╭ Pending 3 ")


async def test_a_quick_filter_is_a_switch(tmp_path: Path) -> None:
    """`!` shows only what is blocked and goes there, and shows all again."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        await hand.press("!")
        assert [len(column_of(hand.app, state).ids) for state in TaskState] == [0, 0, 0, 1]
        assert board_of(hand.app).selected == "b"
        await hand.press("!")
        assert [len(column_of(hand.app, state).ids) for state in TaskState] == [1, 1, 1, 1]


async def test_below_100_columns_there_is_one_column_with_tabs(tmp_path: Path) -> None:
    """The tabs carry the counts; keys and clicks go from one to the next."""
    async with board(tmp_path, *"abcd", before=some_of_each, size=(80, 24)) as hand:
        tabs = board_of(hand.app).query_one(ColumnTabs)
        assert text_of(tabs)[0].split("  ")[0].startswith("[Pending 1]")
        assert [column_of(hand.app, state).display for state in TaskState] == [
            True, False, False, False,
        ]  # fmt: skip
        await hand.pilot.click(tabs, offset=(text_of(tabs)[0].index("Blocked"), 0))
        await hand.settle()
        assert (board_of(hand.app).current, board_of(hand.app).selected) == (BLOCKED, "b")


async def test_60_by_18_works(tmp_path: Path) -> None:
    """The smallest size still has header, tabs, cards and the way out."""
    async with board(tmp_path, *"abcd", before=some_of_each, size=(60, 18)) as hand:
        text = screen_text(hand.app)
        assert "running" in text[0]
        assert text[-1].rstrip().endswith("q Quit")
        assert sum("general" in line for line in text) == 1


@pytest.mark.parametrize("size", [(59, 18), (60, 17), (20, 5)])
async def test_below_that_there_is_a_message(tmp_path: Path, size: tuple[int, int]) -> None:
    """A terminal that is too small is told so, and nothing else is drawn."""
    async with board(tmp_path, "a", size=size) as hand:
        text = [line.strip() for line in screen_text(hand.app) if line.strip()]
        assert text[0].startswith("wf needs 60")
        assert "Pending" not in " ".join(text)


@pytest.mark.parametrize(
    ("size", "place"),
    [((140, 30), "-detail-right"), ((120, 30), "-detail-below"), ((120, 29), "-detail-full")],
)
async def test_the_pane_stands_where_there_is_room(
    tmp_path: Path, size: tuple[int, int], place: str
) -> None:
    """Beside the board from 140 columns, below it from 30 lines, else in place of it."""
    async with board(tmp_path, "a", "b", size=size) as hand:
        await hand.press("enter")
        view, pane = board_of(hand.app), board_of(hand.app).query_one(DetailPane)
        assert view.has_class(place)
        assert (pane.display, pane.task_id) == (True, "a")
        await hand.press("escape")
        assert (pane.display, view.selected) == (False, "a")


async def test_a_focus_that_flees_the_pane_moves_nothing(tmp_path: Path) -> None:
    """When the pane hides the columns, Textual moves the focus; the keys stay with their card."""
    async with board(tmp_path, *"abcd", before=some_of_each, size=(140, 30)) as hand:
        await hand.select("b")
        await hand.press("enter")
        await hand.pilot.resize_terminal(120, 29)
        await hand.settle()
        view = board_of(hand.app)
        assert (view.current, view.query_one(DetailPane).task_id) == (BLOCKED, "b")
        await hand.press("escape")
        assert (view.current, view.selected) == (BLOCKED, "b")


async def test_the_pane_follows_the_selection(tmp_path: Path) -> None:
    """While it is open, moving shows the next card in it."""
    async with board(tmp_path, "a", "b", size=(140, 30)) as hand:
        await hand.press("enter", "j")
        assert board_of(hand.app).query_one(DetailPane).task_id == "b"


async def test_a_change_is_marked_for_a_second(tmp_path: Path) -> None:
    """What has just changed is marked, and after a second no longer."""
    async with board(tmp_path, "a", "b") as hand:
        hand.drive.expect_claim("a")
        await hand.settle()
        assert list(column_of(hand.app, IN_PROGRESS)._fresh) == ["a"]
        hand.drive.clock.move(1)
        hand.app.beat()
        assert not column_of(hand.app, IN_PROGRESS)._fresh


async def test_reduced_motion_marks_nothing(tmp_path: Path) -> None:
    """Who asked for less motion sees the change without a mark."""
    async with board(tmp_path, "a", config=Config(board=Board(reduced_motion=True))) as hand:
        hand.drive.expect_claim("a")
        await hand.settle()
        assert not column_of(hand.app, IN_PROGRESS)._fresh


async def test_ages_grow_once_a_second(tmp_path: Path) -> None:
    """The beat lets ages grow without any event."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        assert "running 0s" in "".join(text_of(column_of(hand.app, IN_PROGRESS)))
        hand.drive.clock.move(5)
        hand.app.beat()
        assert "running 5s" in "".join(text_of(column_of(hand.app, IN_PROGRESS)))


async def test_the_footer_has_the_keys_of_the_selected_card(tmp_path: Path) -> None:
    """What is possible is bright, what is not is grey; a click does what the key does."""
    async with board(tmp_path, *"abcd", before=some_of_each, size=(200, 30)) as hand:
        footer = board_of(hand.app).query_one(Footer)
        keys = {key[0]: key[3] for key in footer._keys}
        assert keys["task.retry"]
        assert not keys["task.cancel"]
        await hand.press("l", "l", "l")
        assert {key[0]: key[3] for key in footer._keys}["task.retry"] == ""
        await hand.pilot.click(footer, offset=(text_of(footer)[0].index("r Retry"), 0))
        await hand.settle()
        assert ("task_retried", "b") in hand.acts


async def test_ascii_draws_ascii_only(tmp_path: Path) -> None:
    """With `--ascii` no other character is drawn by the board itself."""
    config = Config(board=Board(ascii=True))
    async with board(tmp_path, *"abcd", before=some_of_each, config=config) as hand:
        assert all(line.isascii() for line in screen_text(hand.app))


@pytest.mark.slow
async def test_every_theme_keeps_the_board_readable(tmp_path: Path) -> None:
    """In each theme every text differs from what it stands on, or both are the terminal's own."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        for theme in hand.app.available_themes:
            hand.app.theme = theme
            await hand.pilot.pause()
            column = column_of(hand.app, BLOCKED)
            for segment in [s for y in range(8) for s in column.render_line(y)]:
                style = segment.style
                assert style is not None
                own = style.color is not None and style.color.is_default
                assert not segment.text.strip() or own or style.color != style.bgcolor


def test_the_theme_is_the_users_choice() -> None:
    """The environment comes before the configuration, and an unknown name is ours."""
    known = {DARK, LIGHT, "nord"}
    assert choose_theme("", {}, known) == DARK
    assert choose_theme(LIGHT, {}, known) == LIGHT
    assert choose_theme(LIGHT, {"TEXTUAL_THEME": "nord"}, known) == "nord"
    assert choose_theme("nowhere", {}, known) == DARK
