"""The inbox holds only what needs a person; one key answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Label, OptionList, Static

from tests.support.board_harness import board
from tests.support.ledger_harness import shell
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.inbox_screen import InboxScreen
from wf_tui.board.screens.run_screen import EVERYTHING
from wf_tui.board.screens.workers_screen import WorkersScreen
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.rules.moves import HOLD, RETRY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.board_harness import BoardHarness
    from tests.support.ledger_harness import LedgerHarness


def troubled(drive: LedgerHarness) -> None:
    """Block a (gate), b (failed) and, by a person's word, c."""
    drive.fail(drive.expect_claim("a"), BlockedKind.GATE)
    drive.clock.move(60)
    drive.wreck("b")
    drive.mine.move("r1", HOLD, ["c"])


def inbox(hand: BoardHarness) -> InboxScreen:
    """Return the inbox, which has to be on top."""
    screen = hand.app.screen
    assert isinstance(screen, InboxScreen)
    return screen


async def test_it_lists_what_needs_a_person(tmp_path: Path) -> None:
    """A held card is not in it; the oldest trouble comes first, with its reason and its answers."""
    async with board(tmp_path, "a", "b", "c", "d", before=troubled) as hand:
        await hand.press("2")
        screen = inbox(hand)
        assert screen.listed == ("a", "b")
        listed = screen.query_one(OptionList)
        assert [str(o.prompt).split("\n")[1].strip() for o in listed.options] == [
            "gate: exit status 1",
            "failed: exit status 1",
        ]
        side = str(screen.query_one("#inbox-answers", Static).visual)
        assert "r retry  a assign  e edit  f skip  x cancel" in side
        assert "1m" in side
        assert "2 tasks" in str(screen.query_one("#inbox-title", Label).visual)
        assert screen.query_one(DetailPane).task_id == "a"


async def test_one_key_answers_and_the_next_one_is_there(tmp_path: Path) -> None:
    """An answered task leaves the list, and the key is for the next one."""
    async with board(tmp_path, "a", "b", "c", before=troubled) as hand:
        await hand.press("2", "r")
        assert inbox(hand).listed == ("b",)
        await hand.press("f")
        assert hand.acts[:2] == [("task_retried", "a"), ("task_skipped", "b")]
        assert inbox(hand).listed == ()
        side = inbox(hand).query_one("#inbox-answers", Static)
        assert str(side.visual) == "Nothing needs you."
        await hand.press("r")
        assert hand.told[-1] == "r: no task is selected"


async def test_keys_move_and_mark(tmp_path: Path) -> None:
    """Marked tasks of the list are answered together; marks out of view do not count."""
    async with board(tmp_path, "a", "b", "c", "d", before=troubled) as hand:
        await hand.mark("d")
        await hand.press("2", "j", "k", "space", "space", "x")
        assert sorted(hand.acts) == [("task_blocked", "a"), ("task_blocked", "b")]
        assert hand.drive.where("a", "b", "d") == "B:cancelled B:cancelled P"


async def test_what_is_selected_stays_selected(tmp_path: Path) -> None:
    """News above the selected task do not move the keys to another one."""
    async with board(tmp_path, "a", "b", "c", before=troubled) as hand:
        await hand.press("2", "j")
        assert inbox(hand).selected == "b"
        hand.drive.mine.move("r1", RETRY, ["a"])
        await hand.settle()
        assert inbox(hand).listed == ("b",)
        assert inbox(hand).selected == "b"


async def test_enter_opens_the_card_and_escape_goes_back(tmp_path: Path) -> None:
    """Both lead to the board; Enter to the card."""
    async with board(tmp_path, "a", "b", "c", before=troubled) as hand:
        await hand.press("2", "j", "enter")
        screen = hand.app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.selected == "b"
        await hand.press("2", "escape")
        assert isinstance(hand.app.screen, BoardScreen)


async def test_each_task_is_in_it_whatever_the_board_shows(tmp_path: Path) -> None:
    """No filter keeps anything out, and what is one card on the board is told one by one."""

    def alike(drive: LedgerHarness) -> None:
        drive.wreck("a", "b", "c")
        drive.db.execute("UPDATE attempt SET proof = 'cannot find module left-pad'")

    async with board(tmp_path, "a", "b", "c", before=alike) as hand:
        assert len(hand.app.picture.columns["blocked"]) == 1
        await hand.press("2")
        hand.app.picture.filter("state:done")
        inbox(hand).refresh_list()
        title = str(inbox(hand).query_one("#inbox-title", Label).visual)
        assert title == "Inbox: 3 tasks for you"


async def test_nothing_acts_on_the_terminal(tmp_path: Path) -> None:
    """A title with markup and escapes is drawn as it reads."""
    nasty = shell("a", title="[red]x\x1b]0;t\x07")
    async with board(tmp_path, nasty, before=lambda drive: drive.wreck("a")) as hand:
        await hand.press("2")
        prompt = inbox(hand).query_one(OptionList).options[0].prompt
        assert str(prompt).startswith("  [red]x\n")


async def test_ages_grow(tmp_path: Path) -> None:
    """A minute later it says so."""
    async with board(tmp_path, "a", "b", "c", before=troubled) as hand:
        await hand.press("2")
        hand.drive.clock.move(120)
        inbox(hand).tick(hand.drive.clock.now())
        assert "3m" in str(inbox(hand).query_one("#inbox-answers", Static).visual)


async def test_its_tabs_open(tmp_path: Path) -> None:
    """Log and diff of the selected task are a key away, as on the board."""
    async with board(tmp_path, "a", "b", "c", before=troubled) as hand:
        await hand.press("2", "d")
        assert inbox(hand).query_one(DetailPane).tab == "diff"


async def test_news_may_come_before_it_is_there(tmp_path: Path) -> None:
    """A tick or a batch between the opening of a screen and its first drawing is no fault."""
    async with board(tmp_path, "a", "b", "c", before=troubled) as hand:
        app = hand.app
        for screen in (InboxScreen(), WorkersScreen()):
            screen.tick(app.clock.now())
            screen.refresh_from(EVERYTHING)
            assert screen.selected is None
