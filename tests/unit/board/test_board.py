"""The board as a whole: moving, marking, filtering, narrow and small terminals, themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.board_harness import board
from tests.support.screen_text import board_of, column_of, line_with, screen_text, text_of
from wf_tui.board.columns.column_tabs import ColumnTabs
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.detail.pane_head import PaneHead
from wf_tui.board.frame.footer import Footer
from wf_tui.board.theme.choice import choose_theme
from wf_tui.board.theme.our_themes import DARK, LIGHT
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
    """Letters and arrows go to the neighbours and stop at the ends; first is what needs a person.

    To the side it is the card on the same row, or the one that the column remembers.
    """
    async with board(tmp_path, *"abcdef", before=some_of_each) as hand:
        view = board_of(hand.app)
        seen = [view.selected]
        for key in ("l", "h", "left", "h", "j", "down", "j", "k", "l", "h", "J", "K", "N"):
            await hand.press(key)
            seen.append(view.selected)
        assert seen == ["b", "b", "a", "c", "d", "e", "f", "f", "e", "c", "e", "f", "e", "b"]


async def test_a_task_that_leaves_its_place_is_still_the_selected_one(tmp_path: Path) -> None:
    """Its ghost stays under the cursor, its keys mean it, and a move goes on from the place."""
    async with board(tmp_path, *"abcd", before=some_of_each, guard=0) as hand:
        view, pending = board_of(hand.app), column_of(hand.app, PENDING)
        await hand.select("d")
        hand.drive.expect_claim("d")
        await hand.settle()
        assert (view.selected, view.current) == ("d", PENDING)
        row = line_with(pending, "→ in progress")
        assert text_of(pending)[row].startswith("┃")
        await hand.press("l", "j", "h")
        assert view.selected == "d"
        assert not pending.is_rail


async def test_marks_are_made_by_three_keys(tmp_path: Path) -> None:
    """Space marks and goes on, V marks up to here, * all or none; Escape takes all away."""
    async with board(tmp_path, *"abcde") as hand:
        await hand.press("space")
        pending = column_of(hand.app, PENDING)
        assert text_of(pending)[line_with(pending, " a")].startswith("+")
        assert board_of(hand.app).selected == "b"
        await hand.press("j", "V")
        assert hand.app.picture.marks == {"a", "b", "c"}
        await hand.press("escape")
        assert not hand.app.picture.marks
        await hand.press("*")
        assert hand.app.picture.marks == set("abcde")
        await hand.press("z", "space")
        assert (board_of(hand.app).marks_out_of_view, hand.told[-1]) == (5, "z opens it")
        await hand.press("*")
        assert not hand.app.picture.marks


async def test_a_filter_says_how_much_it_shows(tmp_path: Path) -> None:
    """What is typed filters at once and ends the marks; what it hides leaves a ghost."""
    async with board(tmp_path, "alpha", "beta", "gamma") as hand:
        await hand.press("space", "g", "/")
        await hand.type("bet")
        await hand.press("enter")
        pending = column_of(hand.app, PENDING)
        assert text_of(pending)[0].startswith(" Pending 1 of 3 ")
        assert board_of(hand.app).selected == "alpha"
        assert "hidden by the filter" in "".join(text_of(pending))
        assert not hand.app.picture.marks
        await hand.press("escape")
        assert text_of(pending)[0].startswith(" Pending 3 ")
        assert board_of(hand.app).selected == "alpha"


async def test_a_quick_filter_is_a_switch_that_n_passes(tmp_path: Path) -> None:
    """`#` shows only what runs, and again all; `N` drops it where it hides what needs a person."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        await hand.press("#")
        assert [len(cards) for cards in hand.app.picture.columns.values()] == [0, 1, 0, 0]
        await hand.press("#", "#", "l", "N")
        assert [len(cards) for cards in hand.app.picture.columns.values()] == [1, 1, 1, 1]
        assert board_of(hand.app).selected == "b"
        assert hand.told[-1] == "the filter hid it, and is off"


async def test_below_107_columns_it_is_a_list_or_one_column(tmp_path: Path) -> None:
    """`v` changes, and the choice is kept for narrow and wide apart; tabs are keys and clicks."""
    async with board(tmp_path, *"abcd", before=some_of_each, size=(80, 24)) as hand:
        view = board_of(hand.app)
        assert "Needs you 1" in "".join(screen_text(hand.app))
        await hand.press("v")
        tabs = view.query_one(ColumnTabs)
        assert text_of(tabs)[0].split("   ")[0] == " Pending 1"
        assert [column_of(hand.app, state).display for state in TaskState] == [
            False, False, False, True,
        ]  # fmt: skip
        await hand.press("h")
        assert (view.current, view.selected) == (DONE, "a")
        await hand.pilot.click(tabs, offset=(text_of(tabs)[0].index("Blocked"), 0))
        await hand.settle()
        assert (view.current, view.selected) == (BLOCKED, "b")
        await hand.pilot.resize_terminal(120, 24)
        assert all(column_of(hand.app, state).display for state in TaskState)
        await hand.press("v")
        assert not any(column_of(hand.app, state).display for state in TaskState)
        await hand.pilot.resize_terminal(80, 24)
        assert column_of(hand.app, BLOCKED).display
        assert view.selected == "b"


async def test_60_by_18_works(tmp_path: Path) -> None:
    """The smallest size still has all states, and the way out."""
    async with board(tmp_path, *"abcd", before=some_of_each, size=(60, 18)) as hand:
        text = screen_text(hand.app)
        words = "".join(text)
        assert all(one in words for one in ("Needs you 1", "Working 1", "Ready 1", "▸ Done 1"))
        assert text[-1].rstrip().endswith("? help")


async def test_headers_of_the_list_never_leave_the_screen(tmp_path: Path) -> None:
    """Those above stack at the top, those below at the bottom, wherever the cursor is."""
    many = [f"t{n:02}" for n in range(40)]

    def before(drive: LedgerHarness) -> None:
        drive.finish("t00")
        drive.wreck("t01")

    async with board(tmp_path, *many, before=before, size=(60, 18)) as hand:
        tasks = board_of(hand.app).current_view
        assert text_of(tasks)[-1].startswith(" ▸ Done 1 ")
        await hand.select("t30")
        lines = text_of(tasks)
        assert lines[0].startswith(" Needs you 1 ")
        assert lines[1].startswith(" Ready 38 ")
        assert lines[-1].startswith(" ▸ Done 1 ")
        await hand.press("l")
        assert (board_of(hand.app).selected, text_of(tasks)[-1][0]) == (None, "┃")


@pytest.mark.parametrize("size", [(59, 18), (60, 17), (20, 5)])
async def test_below_that_there_is_a_message(tmp_path: Path, size: tuple[int, int]) -> None:
    """A terminal that is too small is told so, and nothing else is drawn."""
    async with board(tmp_path, "a", size=size) as hand:
        text = [line.strip() for line in screen_text(hand.app) if line.strip()]
        assert text[0].startswith("wf needs 60")
        assert "Pending" not in " ".join(text)


@pytest.mark.slow
async def test_the_pane_stands_where_there_is_room(tmp_path: Path) -> None:
    """Beside the columns from 180, beside the current one from 107, else in place of all."""
    async with board(tmp_path, *"abcd", before=some_of_each, size=(200, 30)) as hand:
        view, pane = board_of(hand.app), board_of(hand.app).query_one(DetailPane)
        assert (pane.task_id, pane.size.width) == ("b", 78)
        assert all(column_of(hand.app, state).display for state in TaskState)
        await hand.press("escape")
        assert not pane.display
        await hand.pilot.resize_terminal(120, 30)
        await hand.press("enter")
        shown = [state for state in TaskState if column_of(hand.app, state).display]
        assert (shown, view.column(BLOCKED).size.width) == ([BLOCKED], 44)
        assert text_of(view.column(BLOCKED))[0].startswith(" ○ 1   ● 1   ✓ 1   Blocked 1 ◆1 ━")
        await hand.press("h")
        assert (view.selected, pane.task_id) == ("a", "a")
        await hand.pilot.resize_terminal(80, 24)
        await hand.settle()
        assert pane.size.width >= 78
        await hand.press("escape")
        assert (pane.display, view.selected) == (False, "a")


async def test_a_pane_has_no_parts_until_it_is_opened(tmp_path: Path) -> None:
    """Where there is room for it from the start, they are there from the start."""
    async with board(tmp_path, "a") as hand:
        pane = board_of(hand.app).query_one(DetailPane)
        assert not pane.children
        await hand.press("enter", "enter")
        assert (pane.task_id, pane.has_focus_within) == ("a", True)
        assert text_of(pane.query_one(PaneHead))[0].strip().startswith("○ a")


async def test_tab_changes_the_side(tmp_path: Path) -> None:
    """To the pane and back; the cards that `J` goes to are shown in it meanwhile."""
    async with board(tmp_path, "a", "b", size=(200, 30)) as hand:
        view, pane = board_of(hand.app), board_of(hand.app).query_one(DetailPane)
        await hand.press("tab")
        assert pane.has_focus_within
        await hand.press("J")
        assert (view.selected, pane.task_id, pane.has_focus_within) == ("b", "b", True)
        view.action_other_side()
        await hand.settle()
        assert column_of(hand.app, PENDING).has_focus


async def test_a_change_is_marked_for_a_second(tmp_path: Path) -> None:
    """What has just changed is marked, and after a second no longer."""
    async with board(tmp_path, "a", "b") as hand:
        hand.drive.expect_claim("a")
        await hand.settle()
        assert list(board_of(hand.app)._fresh.cards) == ["a"]
        hand.drive.clock.move(1)
        hand.app.beat()
        assert not board_of(hand.app)._fresh.cards


async def test_reduced_motion_marks_nothing(tmp_path: Path) -> None:
    """Who asked for less motion sees the change without a mark."""
    async with board(tmp_path, "a", config=Config(board=Board(reduced_motion=True))) as hand:
        hand.drive.expect_claim("a")
        await hand.settle()
        assert not board_of(hand.app)._fresh.cards


async def test_ages_grow_once_a_second(tmp_path: Path) -> None:
    """The beat lets ages grow without any event."""
    async with board(tmp_path, *"abcd", before=some_of_each) as hand:
        assert "w1 0:00" in "".join(text_of(column_of(hand.app, IN_PROGRESS)))
        hand.drive.clock.move(5)
        hand.app.beat()
        assert "w1 0:05" in "".join(text_of(column_of(hand.app, IN_PROGRESS)))


async def test_the_footer_has_the_keys_of_the_selected_card(tmp_path: Path) -> None:
    """What is possible is bright, what is not is grey; a click does what the key does."""
    async with board(tmp_path, *"abcd", before=some_of_each, size=(200, 30)) as hand:
        footer = board_of(hand.app).query_one(Footer)
        await hand.press("h", "h", "h")
        keys = {key[0]: key[3] for key in footer._keys}
        assert keys["task.retry"]
        assert not keys["task.cancel"]
        await hand.press("l", "l", "l")
        assert {key[0]: key[3] for key in footer._keys}["task.retry"] == ""
        await hand.pilot.click(footer, offset=(text_of(footer)[0].index("r retry"), 0))
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
