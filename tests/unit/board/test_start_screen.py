"""What `wf` shows where there is no run yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Label, OptionList

from wf_tui.board.forms.goal_form import Goal, GoalForm
from wf_tui.board.screens.start_screen import StartApp, find_plans

if TYPE_CHECKING:
    from pathlib import Path


def test_plans_are_found_where_one_looks_for_them(tmp_path: Path) -> None:
    """Files called a plan, and what lies in a folder of plans; nothing else."""
    for name in ("plan.yaml", "my-plan.json", "notes.yaml", "plan.md"):
        (tmp_path / name).touch()
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "one.toml").touch()
    assert find_plans(tmp_path) == ["my-plan.json", "plan.yaml", "plans/one.toml"]


async def test_a_plan_is_chosen_with_enter() -> None:
    """The first plan is one key away."""
    app = StartApp(["plan.yaml"], in_repository=True)
    async with app.run_test() as pilot:
        await pilot.press("enter")
    assert app.return_value == "plan.yaml"


async def test_the_demo_is_always_there() -> None:
    """Without a repository there is the demo, which makes its own."""
    app = StartApp([], in_repository=False)
    async with app.run_test() as pilot:
        await pilot.press("j", "k", "enter")
    assert app.return_value == StartApp.DEMO


async def test_a_narrow_terminal_cuts_no_word_off() -> None:
    """At 60 columns what starts a plan is said to its last word."""
    app = StartApp([], in_repository=True)
    async with app.run_test(size=(60, 18)):
        room = app.query_one("#start").content_region
        assert all(room.contains_region(label.region) for label in app.query(Label))
        assert app.query(Label)[1].size.height == 2


async def test_one_can_leave() -> None:
    """Leaving chooses nothing."""
    app = StartApp(["plan.yaml"], in_repository=True)
    async with app.run_test() as pilot:
        await pilot.press("q")
    assert app.return_value is None


async def test_an_interrupt_is_one() -> None:
    """Ctrl-c chooses nothing either, and the status says what it was."""
    app = StartApp(["plan.yaml"], in_repository=True)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+c")
    assert (app.return_value, app.return_code) == (None, 130)


async def test_a_file_name_is_only_a_name() -> None:
    """Markup and control characters in a file's name do nothing, and the name is kept."""
    name = "plan[/]\x1b[2J[@click=app.quit]x.yaml"
    app = StartApp([name], in_repository=True)
    async with app.run_test() as pilot:
        shown = str(app.query_one(OptionList).get_option_at_index(0).prompt)
        await pilot.press("enter")
    assert shown == "Run plan[/][@click=app.quit]x.yaml"
    assert app.return_value == name


async def test_a_goal_is_planned() -> None:
    """The form asks for it, and for a planner; without a goal it stays."""
    app = StartApp([], in_repository=True, planners=["codex"])
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await pilot.press("enter")
        assert isinstance(app.screen, GoalForm)
        await pilot.press(*"Ship", "tab", *"codex", "enter")
    assert app.return_value == Goal("Ship", "codex")


async def test_a_goal_can_be_given_up() -> None:
    """Escape goes back to the choices, and nothing is chosen by it."""
    app = StartApp([], in_repository=True)
    async with app.run_test() as pilot:
        await pilot.press("enter", "x", "escape")
        assert not isinstance(app.screen, GoalForm)
        await pilot.press("q")
    assert app.return_value is None
