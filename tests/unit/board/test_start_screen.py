"""What `wf` shows where there is no run yet."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key, Paste
from textual.widgets import Label, OptionList

from tests.support.cli_harness import CliHarness, make_repository
from tests.support.screen_text import screen_text
from wf_tui.board.dialogs.help_screen import HelpScreen
from wf_tui.board.forms.goal_box import GoalBox
from wf_tui.board.screens.start_screen import Offers, StartApp
from wf_tui.board.start.agents import Agent, Readiness, look_for_agents
from wf_tui.board.start.beginning import Beginning, What
from wf_tui.board.start.start_lines import shown_path
from wf_tui.board.start.surroundings import Fact, Surroundings, find_plans, look_around
from wf_tui.config import Config, Profile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

NOBODY = Readiness(agents=[Agent("codex", "no key", "codex: OPENAI_API_KEY is not set")])
CODEX = Readiness(["codex", "kimi"], asks="commands")


@contextlib.asynccontextmanager
async def start(
    *files: str,
    ready: Readiness = CODEX,
    in_repository: bool = True,
    around: Surroundings | None = None,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[tuple[StartApp, Pilot[Any]]]:
    """Open the start screen; keys act at once."""
    config = Config()
    config = config.model_copy(update={"board": config.board.model_copy(update={"guard": 0.0})})
    offers = Offers(in_repository, files, Path("/src/shop"), ready)
    app = StartApp(offers, lambda: around or Surroundings(), config=config, environ={})
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        yield app, pilot


async def begun(app: StartApp, pilot: Pilot[Any], *keys: str) -> Beginning | None:
    """Press keys, and return what was begun by them."""
    for key in keys:
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
    return app.beginning


def test_plans_are_found_where_one_looks_for_them(tmp_path: Path) -> None:
    """Files called a plan, and what lies in a folder of plans; nothing else."""
    for name in ("plan.yaml", "my-plan.json", "notes.yaml", "plan.md"):
        (tmp_path / name).touch()
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "one.toml").touch()
    assert find_plans(tmp_path) == ["my-plan.json", "plan.yaml", "plans/one.toml"]


async def test_a_plan_is_chosen_with_enter() -> None:
    """The first plan is one key away."""
    async with start("plan.yaml") as (app, pilot):
        assert await begun(app, pilot, "enter") == Beginning(What.PLAN, "plan.yaml", "codex")


async def test_without_a_repository_there_is_the_demo() -> None:
    """Also runs and doctor; what needs a repository says so, and nothing is asked."""
    async with start(in_repository=False, around=Surroundings(has_runs=False)) as (app, pilot):
        assert app.query_one(OptionList).option_count == 3
        assert not app.query(GoalBox)
        for key in "pni6":
            assert await begun(app, pilot, key) is None
        assert "6: there is no run in any repository yet" in screen_text(app)[-2]
        begin = await begun(app, pilot, "j", "k", "enter")
    assert begin is not None
    assert begin.what is What.DEMO


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (200, 60)])
async def test_everything_fits(size: tuple[int, int]) -> None:
    """At each size all is seen, and nothing has to be scrolled."""
    around = Surroundings("main, 3 uncommitted files", "workers start from 2710304")
    async with start("plan.yaml", around=around, size=size) as (app, _):
        room = app.query_one("#body").content_region
        assert all(room.contains_region(label.region) for label in app.query(Label))
        assert app.query_one(OptionList).region.height == 5
        assert "workers start from 2710304" in screen_text(app)[-2]
        assert "? help" in screen_text(app)[-1]


async def test_a_terminal_that_is_too_small_says_so() -> None:
    """Below 60 x 18 a line stands in place of all."""
    async with start(size=(59, 18)) as (app, _):
        assert "60 columns and 18 lines" in "\n".join(screen_text(app))
        assert not app.query_one("#start").region


async def test_one_can_leave() -> None:
    """Leaving chooses nothing, with status 0; ctrl-c with that of an interrupt."""
    for key, status in (("q", 0), ("ctrl+c", 130)):
        async with start("plan.yaml") as (app, pilot):
            assert await begun(app, pilot, key) is None
        assert app.return_code == status


async def test_a_file_name_is_only_a_name() -> None:
    """Markup and control characters in a file's name do nothing, and the name is kept."""
    name = "plan[/]\x1b[2J[@click=app.quit]x.yaml"
    async with start(name) as (app, pilot):
        shown = str(app.query_one(OptionList).get_option_at_index(0).prompt)
        begin = await begun(app, pilot, "enter")
    assert shown == "p  Run a plan   plan[/][@click=app.quit]x.yaml"
    assert begin is not None
    assert begin.text == name


async def test_all_keys_type_in_the_goal_box() -> None:
    """`i`, tab, a click and a paste enter it, Escape leaves it, Enter sends; a paste never does."""
    async with start() as (app, pilot):
        box = app.query_one(GoalBox)
        for enter in ("i", "tab"):
            await begun(app, pilot, enter)
            assert box.has_focus
            assert "plan it" in screen_text(app)[-1]
            await begun(app, pilot, "escape")
            assert not box.has_focus
        await pilot.click(GoalBox)
        assert box.has_focus
        await begun(app, pilot, "escape")
        app.post_message(Paste("Ship\n"))
        await pilot.pause()
        begin = await begun(app, pilot, *"q?d", "ctrl+j", "escape", "i", "x", "enter")
    assert begin == Beginning(What.GOAL, "Ship\nq?d\nx", "codex")


async def test_without_a_planner_the_box_says_why() -> None:
    """`i` says what to do, and one task is a command."""
    async with start(ready=NOBODY) as (app, pilot):
        assert "no agent or model is ready: codex found, no key" in "\n".join(screen_text(app))
        await begun(app, pilot, "i")
        assert "codex: OPENAI_API_KEY is not set" in "\n".join(screen_text(app))
        begin = await begun(app, pilot, "escape", "n", *"ls", "enter")
    assert begin == Beginning(What.COMMAND, "ls")


async def test_each_line_of_the_menu_has_its_key() -> None:
    """`6` is the runs, `D` the doctor; of several plans `p` asks which, and of none where it is."""
    for files, keys, begin in (
        ((), "6", Beginning(What.RUNS, "", "codex")),
        ((), "D", Beginning(What.DOCTOR, "", "codex")),
        (("a.yaml", "b.yaml"), ("p", "down", "enter"), Beginning(What.PLAN, "b.yaml", "codex")),
        ((), ("p", *"x.toml", "enter"), Beginning(What.PLAN, "x.toml", "codex")),
    ):
        async with start(*files) as (app, pilot):
            assert await begun(app, pilot, *keys) == begin


async def test_who_plans_seats_and_budget_are_chosen_here() -> None:
    """`w`, `+`, `-` and `$` change how it begins; a budget that is none is refused."""
    around = Surroundings(seats=6)
    async with start("plan.yaml", around=around) as (app, pilot):
        await begun(app, pilot, "w", "+", "+", "-", "$", *"lots", "enter")
        assert "is no budget" in screen_text(app)[-2]
        await begun(app, pilot, "$", *"9usd", "enter")
        shown = "\n".join(screen_text(app))
        assert "planner kimi w  seats 7 + -  budget 9usd $" in shown
        assert "ask before commands" in shown
        begin = await begun(app, pilot, "p")
    assert begin == Beginning(What.PLAN, "plan.yaml", "kimi", 7, "9usd")


async def test_help_palette_and_menu_have_all_of_it() -> None:
    """`?` does a line, `.` begins one, and the palette finds one by its name."""
    async with start() as (app, pilot):
        await begun(app, pilot, "?")
        assert isinstance(app.screen, HelpScreen)
        await begun(app, pilot, "escape", "full_stop")
        assert "whether wf can work here" in "\n".join(screen_text(app))
        await begun(app, pilot, "escape", "ctrl+p")
        begin = await begun(app, pilot, *"doct", "down", "enter")
    assert begin is not None
    assert begin.what is What.DOCTOR


async def test_a_paste_that_is_not_marked_begins_nothing() -> None:
    """Keys that come with five others at once are typed by nobody: neither `d` nor `q` counts."""
    app = StartApp(Offers(in_repository=True, ready=CODEX), environ={})
    async with app.run_test() as pilot:
        for key in "adDpnqx":
            app.post_message(Key(key, key))
        await pilot.pause(0.05)
        await app.workers.wait_for_complete()
        assert app.beginning is None
        assert app.is_running


def test_what_is_around_is_read(tmp_path: Path) -> None:
    """Branch, what is not committed, the plan and its faults, and that there is no run."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "shop"))
    (cli.repo / "new.txt").touch()
    (cli.repo / "plan.yaml").write_text("goal: g\nphases: [{name: a, tasks: [{id: t, run: x}]}]\n")
    found = look_around(cli.repo, Config(), cli.environ, in_repository=True, plan="plan.yaml")
    assert found.branch == "main, 2 uncommitted files"
    assert found.base.endswith("; the 2 uncommitted files are not in it")
    assert (found.plan[0], found.seats) == (Fact("1 phase, 1 task"), 4)
    assert (found.runs, found.has_runs, found.problem) == ("none yet", False, "")
    (cli.repo / "plan.yaml").write_text("goal: g\n")
    (fact,) = look_around(
        cli.repo, Config(), cli.environ, in_repository=True, plan="plan.yaml"
    ).plan
    assert (fact.text, fact.good) == ("1 error", False)


def test_a_long_path_is_cut_at_its_front() -> None:
    """The repository's own name is what one knows it by, and the line has room for the branch."""
    shown = shown_path(Path("/a/very/long/way/to/some/place/where/it/is/shop"), "…")
    assert (shown[0], shown[-8:], len(shown)) == ("…", "/is/shop", 32)
    assert shown_path(Path("/src/shop\x1b[2J"), "…") == "/src/shop"


def test_an_agent_that_is_here_says_what_it_lacks(tmp_path: Path) -> None:
    """A program without a profile, and a profile without a key; none of them is run."""
    program = tmp_path / "codex"
    program.write_text("#!/bin/false\n")
    program.chmod(0o700)
    environ = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    (codex,) = look_for_agents(Config(), environ).agents
    assert codex.name == "codex"
    assert look_for_agents(Config(), environ).sentence.endswith(f"codex found, {codex.lacks}")
    ready = look_for_agents(Config(), {**environ, "OPENAI_API_KEY": "k" * 20})
    assert [one.lacks for one in ready.agents] == ["no profile"]
    assert 'preset = "codex"' in ready.advice
    mine = Config(profiles={"mine": Profile(preset="codex")})
    assert [one.name for one in look_for_agents(mine, environ).agents] == ["mine"]
    assert look_for_agents(mine, {**environ, "OPENAI_API_KEY": "k" * 20}).planners == ["mine"]
    nothing = look_for_agents(Config(), {"PATH": "", "HOME": str(tmp_path)})
    assert nothing.sentence == "no agent or model is ready: none found"
