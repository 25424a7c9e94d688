"""What `wf` shows where there is no run yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import Paste
from textual.widgets import Label, OptionList

from wf_tui.board.forms.goal_box import GoalBox
from wf_tui.board.forms.goal_form import Goal
from wf_tui.board.screens.start_screen import OneTask, StartApp, find_plans

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
        await pilot.press("p", "n", "i", "j", "k", "enter")
    assert app.return_value == StartApp.DEMO


async def test_a_narrow_terminal_cuts_no_word_off() -> None:
    """At 60 x 18 what starts a plan is said to its last word, and nothing has to be scrolled."""
    app = StartApp([], in_repository=True)
    async with app.run_test(size=(60, 18)):
        room = app.query_one("#start").content_region
        assert all(room.contains_region(label.region) for label in app.query(Label))
        assert app.screen.max_scroll_y == 0


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
    assert shown == "p  Run a plan   plan[/][@click=app.quit]x.yaml"
    assert app.return_value == name


async def test_all_keys_type_in_the_goal_box() -> None:
    """`i` and a paste enter it, Escape leaves it, Enter sends it; a paste never does."""
    app = StartApp([], in_repository=True, planners=["codex"])
    async with app.run_test() as pilot:
        app.post_message(Paste("Ship\n"))
        await pilot.pause()
        await pilot.press(*"qd", "ctrl+j", "escape", "i", "x", "enter")
    assert app.return_value == Goal("Ship\nqd\nx")


async def test_without_a_planner_the_box_says_why() -> None:
    """`i` says what to do, and one task is a command."""
    app = StartApp([], in_repository=True, problem="codex: no key")
    async with app.run_test() as pilot:
        box = app.query_one(GoalBox)
        assert box.border_title == "goal: no agent or model is ready"
        await pilot.press("i")
        assert not box.has_focus
        assert str(app.query_one("#said", Label).content) == "codex: no key"
        await pilot.press("n", *"ls", "enter")
    assert app.return_value == OneTask("ls", is_command=True)


async def test_each_line_of_the_menu_has_its_key() -> None:
    """`6` is the runs, `D` the doctor; of several plans `p` asks which."""
    for keys, chosen in (
        ("6", StartApp.RUNS),
        ("D", StartApp.DOCTOR),
        (("p", "down", "enter"), "b.yaml"),
    ):
        app = StartApp(["a.yaml", "b.yaml"], in_repository=True)
        async with app.run_test() as pilot:
            await pilot.press(*keys)
        assert app.return_value == chosen
