"""The keys are a closed list: RULES, the registry, help, palette, footers, commands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner

from wf_tui.board.actions.action import EVERY_SCREEN, RUN_VIEWS
from wf_tui.board.actions.footers import FOOTERS, footer_actions
from wf_tui.board.actions.registry import ACTIONS, Action, Context
from wf_tui.board.dialogs.help_screen import help_options
from wf_tui.board.screen_table import SCREENS, screen_class
from wf_tui.cli.root import wf

ROW: Final = re.compile(r"^\| (.*)\| `([a-z]+\.[a-z_]+)` \| ([a-z ]+) \| (.*)\|$", re.MULTILINE)
WHERE: Final = {
    "views": RUN_VIEWS,
    "screens": EVERY_SCREEN,
    **{context.value: frozenset({context}) for context in Context},
}


def words(cell: str) -> tuple[str, ...]:
    """Return what stands in backquotes."""
    return tuple(re.findall(r"`([^`]+)`", cell))


def rules() -> dict[str, tuple[tuple[str, ...], frozenset[Context], tuple[str, ...]]]:
    """Return the table of RULES 7.1: keys, contexts and commands of each id."""
    text = Path(__file__).parents[3].joinpath("wf_tui/RULES.md").read_text(encoding="utf-8")
    found = {}
    for keys, name, where, commands in ROW.findall(text):
        contexts = frozenset().union(*(WHERE[word] for word in where.split()))
        found[name] = (words(keys), contexts, words(commands))
    return found


def command_of(twin: str) -> str:
    """Return the command alone: `wf retry`."""
    return " ".join(twin.split()[:2])


def test_registry_and_rules_have_the_same_keys() -> None:
    """Each action has the keys, the contexts and the commands of the table, and none is beside."""
    found = {
        action.id: (
            action.keys,
            action.contexts,
            tuple(dict.fromkeys(command_of(twin) for twin in action.twins)),
        )
        for action in ACTIONS
    }
    assert found == rules()


@pytest.mark.parametrize("context", EVERY_SCREEN)
def test_footer_and_help_have_what_the_context_has(context: Context) -> None:
    """The help lists all actions of a context, the footer some, each with a key."""
    here = {action.id: action for action in ACTIONS if context in action.contexts}
    options = help_options(list(here.values()), {}, "", wide=True)
    assert {option.id for option in options if option.id} == set(here)
    for width in (80, 200):
        shown = footer_actions(context, width)
        assert {action.id for action in shown} <= set(here)
        assert [action.id for action in shown if not action.keys] == []
        assert [action.id for action in shown[-2:]] == ["view.menu", "app.help"]


@pytest.mark.parametrize("name", SCREENS)
def test_each_screen_does_what_its_keys_call(name: str) -> None:
    """A key that is listed for a context has a method there: none is silently for nothing."""
    screen = screen_class(name)
    calls = [one.calls for one in ACTIONS if screen.context in one.contexts and one.calls]
    found = [call for call in calls if call.startswith("screen.")]
    methods = {call: f"action_{call.removeprefix('screen.').partition('(')[0]}" for call in found}
    assert {call for call, method in methods.items() if not hasattr(screen, method)} == set()


def test_footers_name_actions_that_are() -> None:
    """No id of a footer is misspelt."""
    named = {name for narrow, wide in FOOTERS.values() for name in (*narrow, *wide)}
    assert named <= {action.id for action in ACTIONS}


@pytest.mark.parametrize(
    "name", sorted({command_of(twin) for action in ACTIONS for twin in action.twins})
)
def test_each_command_explains_itself(name: str) -> None:
    """Every command that an action names prints its help, which lists all of its options."""
    run = CliRunner().invoke(wf, [*name.split()[1:], "--help"])
    assert run.exit_code == 0
    context = click.Context(wf)
    command = wf.get_command(context, name.split()[1])
    for param in command.params if command is not None else ():
        if isinstance(param, click.Option) and not param.hidden:
            assert param.opts[0] in run.output


def test_what_changes_the_run_has_a_command() -> None:
    """Whatever acts can be done without the board."""
    acting: list[Action] = [action for action in ACTIONS if action.handler is not None]
    assert [action.id for action in acting if not action.twins] == []
