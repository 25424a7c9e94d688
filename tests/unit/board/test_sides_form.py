"""`A` on a conflict: the paths, a side for each, and the command that does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Label, OptionList

from wf_tui.board.forms.sides_form import ChosenSides, SidesForm, accept_command
from wf_tui.board.theme.themed_app import ThemedApp
from wf_tui.conflict_choices import OpenPath
from wf_tui.git.merge.conflict import Side

if TYPE_CHECKING:
    from textual.pilot import Pilot

PATHS = (
    OpenPath("src/a b.py", ("content",), settled=False),
    OpenPath("logo.png", ("binary",), settled=False),
    OpenPath("done.txt", ("modify/delete",), settled=True),
)


class Host(ThemedApp[None]):
    """An application with nothing but the form."""

    answers: list[ChosenSides | None]

    def on_mount(self) -> None:
        """Open the form, and keep what it gives back."""
        self.answers = []
        self.push_screen(SidesForm("slow", "wf/run", PATHS), self.answers.append)


def shown(pilot: Pilot[None]) -> tuple[list[str], str]:
    """Return what is to be taken of each path, and the command."""
    form = pilot.app.screen
    lines = [str(option.prompt) for option in form.query_one(OptionList).options]
    taken = [line.split("  ")[0].strip() for line in lines]
    return taken, str(form.query_one("#command", Label).visual)


async def test_nothing_is_chosen_when_it_opens() -> None:
    """Enter that was typed ahead goes to the first open path, and accepts nothing."""
    async with Host().run_test() as pilot:
        assert shown(pilot) == (
            ["not settled", "not settled", "as it lies there"],
            "wf accept slow",
        )
        await pilot.press("down", "enter")
        assert pilot.app.screen.query_one(OptionList).highlighted == 0
        assert pilot.app.answers == []  # type: ignore[attr-defined]


async def test_each_path_has_its_side() -> None:
    """The command says what the keys have chosen, and Enter gives it back."""
    async with Host().run_test() as pilot:
        await pilot.press("o", "down", "t")
        assert shown(pilot) == (
            ["ours", "theirs", "as it lies there"],
            "wf accept slow --ours 'src/a b.py' --theirs logo.png",
        )
        await pilot.press("enter")
        assert pilot.app.answers == [ChosenSides(("src/a b.py",), ("logo.png",))]  # type: ignore[attr-defined]


async def test_a_side_of_all() -> None:
    """One key chooses for every path, the same again for none."""
    async with Host().run_test() as pilot:
        await pilot.press("T")
        assert shown(pilot) == (["theirs"] * 3, "wf accept slow --theirs .")
        await pilot.press("T")
        assert shown(pilot)[1] == "wf accept slow"


async def test_back_leaves_it_as_it_was() -> None:
    """Escape gives back nothing, whatever was chosen."""
    async with Host().run_test() as pilot:
        await pilot.press("O", "escape")
        assert pilot.app.answers == [None]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("sides", "command"),
    [
        ({"a": Side.OURS}, "wf accept t --ours a"),
        ({"a": Side.OURS, "b": Side.OURS}, "wf accept t --ours ."),
        ({"a": Side.OURS, "b": Side.THEIRS}, "wf accept t --ours a --theirs b"),
    ],
)
def test_the_command_is_as_short_as_it_can_be(sides: dict[str, Side], command: str) -> None:
    """A side of all paths is a dot."""
    assert accept_command("t", sides, ["a", "b"]) == command
