"""One column of the board: what it paints, what a change costs, and what the mouse does in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import MouseScrollDown

from tests.support.board_harness import BoardHarness, board
from tests.support.ledger_harness import shell
from tests.support.screen_text import (
    Frames,
    Posted,
    board_of,
    column_of,
    line_with,
    screen_text,
    text_of,
)
from wf_tui.board.columns.board_column import BoardColumn
from wf_tui.board.messages import CardDropped
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from textual.strip import Strip

    from tests.support.ledger_harness import LedgerHarness

PENDING, IN_PROGRESS, DONE, BLOCKED = TaskState
MANY = tuple(f"task-{number:03}" for number in range(100))


async def test_a_column_has_a_title_groups_and_a_rule(tmp_path: Path) -> None:
    """No frame: the title, the header of the phase, the card, and a rule at the right."""
    async with board(tmp_path, shell("one", title="Do one thing")) as hand:
        lines = text_of(column_of(hand.app, PENDING))
        assert lines[0].startswith(" Pending 1 ━")
        assert lines[1].startswith(" ▾ work 1 ")
        assert lines[2].startswith("┃○ Do one thing")
        assert {line[-1] for line in lines[1:]} == {"│"}
        assert len({len(line) for line in lines}) == 1


async def test_only_what_is_seen_is_drawn_and_the_thumb_shows_where(tmp_path: Path) -> None:
    """A hundred cards cost as many as are seen; the thumb goes from the top to the bottom."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        assert len(column._lines) <= column.size.height + 1
        assert text_of(column)[1].endswith("┃")
        await hand.press("G")
        lines = text_of(column)
        assert (lines[1][-1], lines[-1][-1]) == ("│", "┃")
        assert lines[1].startswith(" ▾ work 100 ")
        assert "task-099" in "".join(lines[-4:])
        await hand.press("pageup", "g")
        assert board_of(hand.app).selected == "task-000"


async def test_the_cursor_stays_on_its_row_while_cards_leave(tmp_path: Path) -> None:
    """One that leaves above moves nothing under the cursor, and no other task is selected."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        await hand.select("task-050")
        before = line_with(column, "task-050")
        hand.drive.expect_claim("task-000")
        hand.drive.expect_claim("task-001")
        await hand.settle()
        assert line_with(column, "task-050") == before
        assert board_of(hand.app).selected == "task-050"


async def test_a_second_and_a_move_draw_only_what_is_another_by_it(tmp_path: Path) -> None:
    """A second makes anew the cards with a clock, and a key the column that it moves in."""

    def before(drive: LedgerHarness) -> None:
        drive.expect_claim("task-000")

    async with board(tmp_path, *MANY, before=before) as hand:
        waiting, working = (column_of(hand.app, state) for state in (PENDING, IN_PROGRESS))
        await hand.select("task-050")
        kept, clocks = waiting._lines, working._lines
        hand.drive.clock.move(1)
        hand.app.beat()
        assert waiting._lines is kept
        assert working._lines is not clocks
        assert "0:01" in "".join(text_of(working))
        clocks = working._lines
        await hand.press("j")
        assert waiting._lines is not kept
        assert working._lines is clocks


async def test_a_change_is_one_frame_and_no_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that moves from one column to another is painted at once, and nothing is laid out."""

    def before(drive: LedgerHarness) -> None:
        drive.expect_claim("task-000")

    async with board(tmp_path, *MANY, before=before) as hand:
        frames = Frames()
        frames.watch(monkeypatch, hand.app)
        hand.drive.expect_claim("task-001")
        await hand.settle()
        await hand.pilot.pause(0.05)
        assert (frames.frames, frames.layouts) == (1, 0)


async def test_what_has_not_changed_is_not_painted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Selecting another card paints the lines of the two cards."""
    async with board(tmp_path, *MANY) as hand:
        column = column_of(hand.app, PENDING)
        painted: list[int] = []
        render = column.render_line

        def keep(y: int) -> Strip:
            painted.append(y)
            return render(y)

        first = line_with(column, "task-000")
        after = line_with(column, "task-002")
        monkeypatch.setattr(column, "render_line", keep)
        await hand.press("j")
        assert sorted(set(painted)) == list(range(first, after))


async def test_the_mouse_selects_opens_scrolls_and_folds(tmp_path: Path) -> None:
    """A click selects, a second one opens, the wheel scrolls; a click on a header folds it."""
    async with board(tmp_path, *MANY) as hand:
        column, view = column_of(hand.app, PENDING), board_of(hand.app)
        await hand.pilot.click(column, offset=(5, line_with(column, "task-001")))
        assert (view.selected, view.pane_is_open) == ("task-001", False)
        await hand.pilot._post_mouse_events([MouseScrollDown], column, offset=(5, 5), button=0)
        assert (line_with(column, "▾ work 100"), view.selected) == (1, "task-001")
        assert "task-000" not in "".join(text_of(column))
        await hand.pilot.click(column, offset=(5, 1))
        await hand.settle()
        assert line_with(column, "▸ work 100") == 1
        assert (view.selected, view.stop_sentence) == (None, "z opens it")
        await hand.press("z")
        await hand.pilot.click(column, offset=(5, line_with(column, "task-002")), times=2)
        assert (view.selected, view.pane_is_open) == ("task-002", True)


# -- dragging


async def test_a_card_is_dragged_to_another_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over to it, and let go: the board tells from, to and onto; a short way is no drag."""

    def before(drive: LedgerHarness) -> None:
        drive.wreck("a")

    async with board(tmp_path, "a", "b", before=before) as hand:
        posted = Posted((CardDropped,))
        posted.watch(monkeypatch, board_of(hand.app))
        blocked, pending = (column_of(hand.app, state) for state in (BLOCKED, PENDING))
        await hand.pilot.mouse_down(blocked, offset=(5, 1))
        await hand.pilot.hover(blocked, offset=(7, 1))
        await hand.pilot.mouse_up(blocked, offset=(7, 1))
        assert not posted.seen
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


def standing(hand: BoardHarness) -> str:
    """Return the message that stands in the status line, "" where none does."""
    toast = hand.app.toasts.standing(hand.app.clock.monotonic())
    return toast.text if toast else ""


async def test_a_click_takes_a_refusal_away(tmp_path: Path) -> None:
    """As a key does: else who has only the mouse would be told nothing any more."""
    async with board(tmp_path, "a") as hand:
        hand.app.show_toast("no")
        assert standing(hand) == "no"
        await hand.pilot.click(column_of(hand.app, PENDING), offset=(5, 1))
        assert standing(hand) == ""


async def test_a_card_that_is_held_can_be_kept(tmp_path: Path) -> None:
    """Escape lets go of it; one that changed is not dropped; a refusal is said while hovering."""
    async with board(tmp_path, "a", "b") as hand:
        pending, done = column_of(hand.app, PENDING), column_of(hand.app, DONE)
        blocked = column_of(hand.app, BLOCKED)
        assert (done.is_rail, blocked.is_rail) == (True, True)
        y = line_with(pending, "○ a")
        await hand.pilot.mouse_down(pending, offset=(5, y))
        await hand.pilot.hover(done, offset=(1, 3))
        await hand.pilot.pause()
        refusal = "a card cannot be moved by hand from pending to done"
        assert (hand.told[-1], standing(hand)) == (refusal, refusal)
        await hand.pilot.hover(blocked, offset=(1, 3))
        await hand.pilot.pause()
        assert standing(hand) == ""
        await hand.press("escape")
        await hand.pilot.mouse_up(blocked, offset=(1, 3))
        await hand.settle()
        assert not hand.acts
        await hand.pilot.mouse_down(pending, offset=(5, y))
        await hand.pilot.hover(blocked, offset=(1, 3))
        hand.drive.expect_claim("a")
        await hand.settle()
        await hand.pilot.mouse_up(blocked, offset=(1, 3))
        await hand.settle()
        assert not hand.acts
        assert hand.told[-1].endswith("has changed while it was held")


async def test_hostile_words_are_only_words(tmp_path: Path) -> None:
    """Markup is text, escape sequences are gone, wide and reversed characters keep the rule."""
    title = "\x1b]52;c;ZXZpbA==\x07[/] [@click=app.quit]x \u202eevil 日本語 \x9b2J e\u0301"
    async with board(tmp_path, shell("a", title=title)) as hand:
        text = "\n".join(screen_text(hand.app))
        assert "[/] [@click=app.quit]x" in text
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        column = column_of(hand.app, PENDING)
        assert {column.render_line(y).cell_length for y in range(8)} == {column.size.width}


async def test_a_rail_has_its_count_and_its_name(tmp_path: Path) -> None:
    """Of three cells and the rule; it opens at once when a card comes."""
    async with board(tmp_path, "a", "b") as hand:
        running = column_of(hand.app, IN_PROGRESS)
        assert "".join(line[1] for line in text_of(running)).split() == ["0In", "progress"]
        assert [view.size.width for view in hand.app.screen.query(BoardColumn)] == [103, 6, 6, 5]
        hand.drive.expect_claim("a")
        await hand.settle()
        assert text_of(running)[0].startswith(" In progress 1")
