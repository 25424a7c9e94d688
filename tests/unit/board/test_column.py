"""One column of the board: what it paints, how it moves, what it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import MouseScrollDown

from tests.support.board_harness import board
from tests.support.ledger_harness import shell
from tests.support.screen_text import Frames, Posted, board_of, column_of, screen_text, text_of
from wf_tui.board.messages import CardDropped, CardOpened, CardSelected
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from textual.strip import Strip

    from tests.support.ledger_harness import LedgerHarness

PENDING, IN_PROGRESS, DONE, BLOCKED = TaskState
MANY = tuple(f"task-{number:03}" for number in range(100))


async def test_a_card_has_three_lines_in_a_frame(tmp_path: Path) -> None:
    """A frame with the name and the count, and a card of three lines in it."""
    async with board(tmp_path, shell("one", title="Do one thing")) as hand:
        lines = text_of(column_of(hand.app, PENDING))
        assert lines[0].startswith("╭ Pending 1 ─")
        words = [" ".join(line.strip("│┃ ").split()) for line in lines[1:4]]
        assert words == ["○ Do one thing", "ready", "general scope"]
        assert lines[4].strip("│ ") == ""
        assert {len(line) for line in lines} == {30}


async def test_only_visible_cards_are_drawn(tmp_path: Path) -> None:
    """A hundred cards cost as many cards as are seen, and one for the one that is cut."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        assert len(column._lines) == (column.size.height - 2) // 3 + 2


async def test_the_marker_goes_from_the_top_to_the_bottom(tmp_path: Path) -> None:
    """The frame's right side has the scroll marker: at the top first, at the end at last."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        assert text_of(column)[1].endswith("█")
        await hand.press("G")
        lines = text_of(column)
        assert (lines[1][-1], lines[-2][-1]) == ("│", "█")
        assert "task-099" in lines[-4]


async def test_the_selected_card_stays_in_view(tmp_path: Path) -> None:
    """Moving down scrolls by as much as is needed."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        room = (column.size.height - 2) // 3
        await hand.press(*"j" * (room + 2))
        assert column.selected == f"task-{room + 2:03}"
        assert any(column.selected in line for line in text_of(column))
        await hand.press("g")
        assert (column.selected, column.top) == ("task-000", 0)


async def test_the_view_stays_on_its_cards_when_others_leave(tmp_path: Path) -> None:
    """A card that leaves above does not move what one is looking at."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        column.scroll_cards(30)
        before = text_of(column)[1:-1]
        hand.drive.expect_claim("task-000")
        await hand.settle()
        assert [line[:-1] for line in text_of(column)[1:-1]] == [line[:-1] for line in before]


async def test_the_next_card_is_selected_when_one_leaves(tmp_path: Path) -> None:
    """The selection stays where it is, on the card that took the place."""
    async with board(tmp_path, "a", "b", "c") as hand:
        column = column_of(hand.app, PENDING)
        hand.drive.expect_claim("a")
        await hand.settle()
        assert column.selected == "b"


async def test_an_empty_column_has_nothing_selected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the last card leaves, the column says so."""
    async with board(tmp_path, "a") as hand:
        column = column_of(hand.app, PENDING)
        posted = Posted((CardSelected,))
        posted.watch(monkeypatch, column)
        hand.drive.expect_claim("a")
        await hand.settle()
        assert column.selected is None
        assert [(m.state, m.card) for m in posted.seen if isinstance(m, CardSelected)] == [
            (PENDING, None)
        ]


async def test_a_change_is_one_frame_and_no_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that moves from one column to another is painted at once, and nothing is laid out."""
    async with board(tmp_path, *MANY) as hand:
        frames = Frames()
        frames.watch(monkeypatch, hand.app)
        hand.drive.expect_claim("task-000")
        await hand.settle()
        await hand.pilot.pause(0.05)
        assert (frames.frames, frames.layouts) == (1, 0)


async def test_what_has_not_changed_is_not_painted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Selecting another card paints the six lines of the two cards."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        painted: list[int] = []
        render = column.render_line

        def keep(y: int) -> Strip:
            painted.append(y)
            return render(y)

        monkeypatch.setattr(column, "render_line", keep)
        await hand.press("j")
        assert sorted(set(painted)) == [1, 2, 3, 4, 5, 6]


async def test_a_click_selects_and_a_second_one_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One click selects the card under the pointer, two open it."""
    async with board(tmp_path, "a", "b", "c") as hand:
        column = column_of(hand.app, PENDING)
        posted = Posted((CardOpened,))
        posted.watch(monkeypatch, column)
        await hand.pilot.click(column, offset=(5, 5))
        assert column.selected == "b"
        await hand.pilot.double_click(column, offset=(5, 8))
        assert [m.card for m in posted.seen if isinstance(m, CardOpened)] == ["c"]
        assert board_of(hand.app).has_class("-detail-open")


async def test_the_wheel_scrolls_without_selecting(tmp_path: Path) -> None:
    """A turn of the wheel is one card; the selection stays, even out of view."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        await hand.pilot._post_mouse_events([MouseScrollDown], column, offset=(5, 5), button=0)
        assert (column.top, column.selected) == (3, "task-000")


async def test_a_card_is_dragged_to_another_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Button down on a card, over to another column, and let go: the board tells from and to."""

    def before(drive: LedgerHarness) -> None:
        drive.wreck("a")

    async with board(tmp_path, "a", "b", before=before) as hand:
        posted = Posted((CardDropped,))
        posted.watch(monkeypatch, board_of(hand.app))
        blocked, pending = (column_of(hand.app, state) for state in (BLOCKED, PENDING))
        await hand.pilot.mouse_down(blocked, offset=(5, 1))
        await hand.pilot.hover(pending, offset=(5, 2))
        during = pending.targeted
        await hand.pilot.mouse_up(pending, offset=(5, 2))
        await hand.settle()
        (drop,) = [m for m in posted.seen if isinstance(m, CardDropped)]
        assert (drop.card, drop.from_state, drop.to_state) == ("a", BLOCKED, PENDING)
        assert drop.onto == "b"
        assert (during, pending.targeted) == (True, False)
        assert ("task_retried", "a") in hand.acts


async def test_hostile_words_are_only_words(tmp_path: Path) -> None:
    """Markup is text, escape sequences are gone, wide and reversed characters keep the frame."""
    title = "\x1b]52;c;ZXZpbA==\x07[/] [@click=app.quit]x \u202eevil 日本語 \x9b2J e\u0301"
    async with board(tmp_path, shell("a", title=title)) as hand:
        text = "\n".join(screen_text(hand.app))
        assert "[/] [@click=app.quit]x" in text
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        column = column_of(hand.app, PENDING)
        assert {column.render_line(y).cell_length for y in range(8)} == {column.size.width}
