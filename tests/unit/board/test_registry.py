"""One registry: every key has its twin on the command line, its palette entry, its line of help."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

import click
import pytest
from textual.widgets import OptionList

from tests.support.board_harness import board
from tests.support.key_table import README, TABLE, key_table
from wf_tui.board.actions.registry import ACTIONS, Action, Context, Group, bindings
from wf_tui.board.dialogs.help_screen import HelpScreen
from wf_tui.board.user_keys import check, textual_name
from wf_tui.cli.root import wf
from wf_tui.config import Config
from wf_tui.ledger.rules.moves import MOVES
from wf_tui.ledger.rules.runs import RUN_MOVES
from wf_tui.picture.picture import ENTER

if TYPE_CHECKING:
    from pathlib import Path

WORD = re.compile(r"[A-Z]+(\.\.\.)?")


def names(actions: list[Action]) -> list[str]:
    """Return the ids of actions."""
    return [action.id for action in actions]


@pytest.mark.parametrize("context", Context)
def test_no_key_is_there_twice(context: Context) -> None:
    """In each context a key is one action's."""
    here = [action for action in ACTIONS if context in action.contexts]
    every = Counter(textual_name(key) for action in here for key in action.keys)
    assert {key: count for key, count in every.items() if count > 1} == {}


def test_ids_are_unique_and_an_action_does_one_thing() -> None:
    """An action has a handler or calls a Textual action, never both and never neither."""
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert names([a for a in ACTIONS if (a.handler is None) == (not a.calls)]) == []


def test_moves_are_those_of_the_table() -> None:
    """What greys an action is a move that the picture knows."""
    for action in ACTIONS:
        known = {*MOVES, ENTER} if action.target.needs_task else RUN_MOVES
        assert set(action.moves) <= set(known), action.id


@pytest.mark.parametrize("action", [a for a in ACTIONS if a.handler], ids=lambda a: str(a.id))
def test_what_changes_or_copies_has_a_twin(action: Action) -> None:
    """Whatever an action does can be done without the board."""
    assert action.twins


@pytest.mark.parametrize(("action", "twin"), [(a.id, t) for a in ACTIONS for t in a.twins], ids=str)
def test_a_twin_is_a_real_command(action: str, twin: str) -> None:
    """Each twin names a command that exists, with options that it has."""
    words = shlex.split(twin)
    assert words[0] == "wf", action
    context = click.Context(wf)
    command: click.Command = wf
    if len(words) > 1 and not words[1].startswith("-"):
        found = wf.get_command(context, words[1])
        assert found is not None, f"{action}: wf {words[1]} is no command"
        command = found
    options = {name for param in command.get_params(context) for name in param.opts}
    assert {word for word in words if word.startswith("--")} <= options
    given = [w for w in words[2:] if not w.startswith("--")]
    assert all(WORD.fullmatch(word) for word in given)


def test_bindings_carry_the_ids() -> None:
    """User keys find every action that has a key."""
    bound = {b.id for c in Context for b in bindings(c) if not isinstance(b, tuple)}
    assert bound == {action.id for action in ACTIONS if action.keys}


async def test_every_action_is_in_the_palette(tmp_path: Path) -> None:
    """It offers all of the registry while nothing is typed, but for what is of no run."""
    from wf_tui.board.dialogs.palette import ActionsProvider  # noqa: PLC0415 - only here

    async with board(tmp_path, "a") as hand:
        provider = ActionsProvider(hand.app.screen)
        await provider.startup()
        offered = [str(hit.text) async for hit in provider.discover()]
        others = [command.title for command in hand.app.get_system_commands(hand.app.screen)]
        beside = ({Context.PLAN}, {Context.START})
        of_a_run = [one.title for one in ACTIONS if one.contexts not in beside]
        assert sorted(offered) == sorted([*others, *of_a_run])


async def test_the_palette_says_why_not(tmp_path: Path) -> None:
    """An action that is not possible now is still found, with the reason."""
    from wf_tui.board.dialogs.palette import ActionsProvider  # noqa: PLC0415 - only here

    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        provider = ActionsProvider(hand.app.screen)
        await provider.startup()
        helps = {str(hit.text): hit.help async for hit in provider.search("retry")}
        assert helps["Retry"] == (
            "not now: “a” is pending; it is in the queue already; a chooses who takes it"
        )


async def test_help_lists_what_works_on_the_screen(tmp_path: Path) -> None:
    """On the board the list is listed, in the inbox it is not."""
    async with board(tmp_path, "a", size=(120, 60)) as hand:
        for screen, there in (("1", True), ("2", False)):
            await hand.press(screen, "?")
            page: Any = hand.app.screen
            assert isinstance(page, HelpScreen)
            listed = {option.id for option in page.query_one(OptionList).options}
            assert ("view.list" in listed) is there
            assert {"task.retry", "view.pane", "task.release"} <= listed
            await hand.press("escape")


# -- the user's own keys


async def test_user_keys_replace_ours(tmp_path: Path) -> None:
    """A key of the configuration works, and the one it replaces does not."""
    config = Config(keys={"task.skip": "B,f5"})
    async with board(tmp_path, "a", "b", config=config) as hand:
        await hand.select("a")
        await hand.press("f")
        assert hand.acts == []
        await hand.press("B")
        assert hand.acts == [("task_skipped", "a")]
        assert hand.app.keys_of("task.skip") == "B f5"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"task.skip": "r"},
            "keys: r for task.skip is the key of task.retry (board); it stays with that",
        ),
        ({"task.skp": "z"}, "keys: unknown action 'task.skp' (did you mean 'task.skip'?)"),
        ({"task.skip": " , "}, "keys: task.skip has no key"),
        (
            {"task.skip": "question_mark"},
            "keys: question_mark for task.skip is the key of app.help (board); it stays with that",
        ),
    ],
)
async def test_user_keys_that_cannot_be_are_reported(
    tmp_path: Path, keys: dict[str, str], said: str
) -> None:
    """Clashes and unknown ids are named, and our own keys stay."""
    async with board(tmp_path, "a", "b", config=Config(keys=keys)) as hand:
        assert hand.told == [said]
        await hand.select("a")
        await hand.press("f")
        assert hand.acts == [("task_skipped", "a")]


async def test_two_keys_can_be_swapped(tmp_path: Path) -> None:
    """A key that is given up may be another's."""
    config = Config(keys={"task.skip": "r", "task.retry": "f"})
    async with board(tmp_path, "a", "b", config=config) as hand:
        await hand.select("a")
        await hand.press("r")
        assert hand.told == ["skipped “a”"]


def test_a_key_is_taken_only_where_it_works() -> None:
    """What is only on one screen leaves its key free for the others; an old name still counts."""
    checked = check({"task.hold_or_release": "B", "run.more_jobs": "v"})
    assert checked.keys == {"task.hold": "B"}
    (problem,) = checked.problems
    assert "v for run.more_jobs is the key of view.list (board)" in problem
    assert check({"app.help": "f1", "task.new": "f2"}).problems == ()


def test_the_readme_has_every_key() -> None:
    """Its table is that of the registry; `python -m tests.support.key_table` writes it."""
    found = TABLE.search(README.read_text(encoding="utf-8"))
    assert found is not None
    assert found.group() == key_table()


def test_groups_are_all_used() -> None:
    """No heading of the help is empty."""
    assert {action.group for action in ACTIONS} == set(Group)
