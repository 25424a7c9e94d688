"""The menu and the help: they list what there is, say why not, and do what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events
from textual._time import get_time
from textual.widgets import OptionList

from tests.support.board_harness import BoardHarness, board
from tests.support.ledger_harness import LedgerHarness, shell
from wf_tui.board.actions.registry import ACTIONS, Context, by_id
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.board.dialogs.help_screen import help_options
from wf_tui.board.dialogs.menu_dialog import MenuDialog
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.rules.moves import HOLD

if TYPE_CHECKING:
    from pathlib import Path


def lines(hand: BoardHarness) -> dict[str, tuple[str, bool]]:
    """Return the lines of the list on top by their actions, and which can be chosen."""
    options = hand.app.screen.query_one(OptionList).options
    return {
        str(option.id): (" ".join(str(option.prompt).split()), not option.disabled)
        for option in options
    }


def running(drive: LedgerHarness) -> None:
    """Let task a run for three minutes."""
    drive.expect_claim("a", step=Step.RUNNING)
    drive.clock.at += 192


async def test_the_menu_says_what_can_be_done_and_why_not(tmp_path: Path) -> None:
    """Possible lines first, each with what it would do; then the others with the reason."""
    async with board(tmp_path, shell("a", title="PKCE"), "b", before=running) as hand:
        await hand.select("a")
        await hand.press("full_stop")
        assert isinstance(hand.app.screen, MenuDialog)
        found = lines(hand)
        assert found["task.hold"] == ("b stop & hold asks first: 3:12 of work, which is kept", True)
        assert found["task.retry"] == ("r retry b stops it, a gives it away", False)
        assert found["task.release"][1]
        assert found["task.review"][0].startswith("R review ")
        chosen = [can for _, can in found.values()]
        assert chosen == sorted(chosen, reverse=True)
        await hand.press("escape")
        assert hand.acts == []


async def test_a_key_in_the_menu_works_as_on_the_board(tmp_path: Path) -> None:
    """What has no key is chosen by Enter; every other key is pressed as below the menu."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.select("a")
        await hand.press("full_stop", "b")
        await hand.settle()
        assert hand.acts == [("task_blocked", "a")]
        await hand.press("full_stop", "down", "full_stop")
        assert not isinstance(hand.app.screen, MenuDialog)


async def test_the_help_is_searched_and_does_its_line(tmp_path: Path) -> None:
    """A few letters find the line, Enter does it."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.select("a")
        await hand.press("?")
        await hand.type("stop and hold")
        assert list(lines(hand)) == ["task.hold"]
        await hand.press("enter")
        await hand.settle()
        assert hand.acts == [("task_blocked", "a")]


def test_the_help_lists_every_action_of_a_context() -> None:
    """None is left out, whether it has a key or not, and each has its command."""
    for context in (Context.BOARD, Context.WORKERS):
        here = [action for action in ACTIONS if context in action.contexts]
        shown = help_options(here, {}, "", wide=True)
        assert {option.id for option in shown if option.id} == {action.id for action in here}


@pytest.mark.parametrize("context", [Context.BOARD, Context.INBOX, Context.REVIEW, Context.LAND])
def test_the_help_begins_with_what_works_here_alone(context: Context) -> None:
    """Then comes what works on other screens, too."""
    here = [action for action in ACTIONS if context in action.contexts]
    shown = [option.id for option in help_options(here, {}, "", wide=True) if option.id]
    alone = [len(by_id(name).contexts) == 1 for name in shown]
    assert alone == sorted(alone, reverse=True)


async def test_what_was_pressed_before_a_dialog_was_seen_never_reaches_it(tmp_path: Path) -> None:
    """A `y` that was read before the first frame of a question does not answer it."""
    async with board(tmp_path, "a", "b", before=running) as hand:
        await hand.select("a")
        early = events.Key("y", "y")
        await hand.press("x")
        assert isinstance(hand.app.screen, ConfirmDialog)
        early.time = hand.app._dialog_drawn - 0.001
        hand.app.post_message(early)
        await hand.settle()
        assert hand.acts == []
        assert early.time < get_time()
        await hand.press("y")
        assert hand.acts == [("task_blocked", "a")]


async def test_a_click_on_cancel_asks_where_the_key_does_not(tmp_path: Path) -> None:
    """The footer's places are close to each other; n leaves it, y gives the task up."""
    async with board(tmp_path, shell("a", title="PKCE"), "b") as hand:
        await hand.select("a")
        hand.app.perform("task.cancel", clicked=True)
        await hand.settle()
        question = hand.app.screen
        assert isinstance(question, ConfirmDialog)
        assert question._title == "Cancel “PKCE”?"
        await hand.press("n")
        assert hand.acts == []


async def test_many_marked_tasks_always_ask(tmp_path: Path) -> None:
    """More than ten ask with their number and the first three titles; ten do not."""
    names = [f"t{number:02}" for number in range(11)]
    async with board(tmp_path, *names) as hand:
        await hand.mark(*names)
        await hand.press("b")
        question = hand.app.screen
        assert isinstance(question, ConfirmDialog)
        assert question._title == "Hold 11 marked tasks?"
        assert [stake.title for stake in question._stakes] == ["t00", "t01", "t02", "and 8 more"]
        await hand.press("n")
        assert hand.acts == []
        hand.app.picture.marks.discard("t10")
        await hand.press("b")
        assert len(hand.acts) == 10
        assert hand.app.picture.marks == set()


async def test_a_key_for_one_task_says_that_it_is_not_for_the_marked(tmp_path: Path) -> None:
    """With other tasks marked, copying names the selected one."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.mark("b")
        await hand.select("a")
        await hand.press("c")
        assert hand.told == ["works on “a”, not on the marked"]
        await hand.press("escape")


async def test_b_is_called_by_what_it_does(tmp_path: Path) -> None:
    """Hold what waits, stop and hold what runs, let go what is held."""

    def mixed(drive: LedgerHarness) -> None:
        running(drive)
        drive.mine.move("r1", HOLD, ["b"])

    async with board(tmp_path, "a", "b", "c", before=mixed, size=(160, 40)) as hand:
        for task, title in (("a", "stop & hold"), ("b", "let go"), ("c", "hold")):
            await hand.select(task)
            titles = {key.action: key.title for key in hand.app.footer_keys()}
            assert titles["task.hold"] == title


async def test_two_keys_that_close_a_dialog_close_nothing_else(tmp_path: Path) -> None:
    """The second one is worked off by a dialog that has gone; what is below it stays."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.press("3")
        below = hand.app.screen
        await hand.press("full_stop")
        menu = hand.app.screen
        assert isinstance(menu, MenuDialog)
        for _ in range(2):
            menu.post_message(events.Key("b", "b"))
        await hand.settle()
        assert hand.app.screen is below
