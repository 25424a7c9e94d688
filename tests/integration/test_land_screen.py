"""The land screen on a real repository: what is shown is what lands."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cli_harness import CliHarness, git, make_repository
from wf_tui.board.app import BoardApp
from wf_tui.board.land.branch_dialog import BranchDialog
from wf_tui.board.land.diff_screen import LandDiffScreen
from wf_tui.board.land.land_view import LandLines
from wf_tui.board.screens.land_screen import LandScreen
from wf_tui.config import Board, Config
from wf_tui.git.control.control import open_control
from wf_tui.paths import RunPaths
from wf_tui.project import find_project

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

pytestmark = pytest.mark.slow
PLAN = (
    "{goal: Bake, max_concurrent: 1, phases: [{name: p, tasks: [{id: t, title: Bread, run: x}]}]}"
)


def merged_run(folder: Path, plan: str = PLAN) -> tuple[CliHarness, str]:
    """Make a run with one commit on its branch and a task that is not done."""
    cli = CliHarness(folder, make_repository(folder / "repo"))
    run = cli.paused_run(plan)
    control = open_control(RunPaths(Path(cli.json_here("status", run)["run"]["dir"])))
    blob = control.git("hash-object", "-w", "--stdin", stdin=b"b\n").text
    listing = control.git("ls-tree", control.base).stdout + f"100644 blob {blob}\tb\n".encode()
    tree = control.git("mktree", stdin=listing).text
    who = {
        f"GIT_{name}_{what}": "w@w"
        for name in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    commit = control.git(
        *("commit-tree", "-p", control.base, "-m", "Add b", tree), variables=who
    ).text
    assert control.move(control.ref, commit, control.base)
    return cli, run


async def until(pilot: Pilot[Any], condition: Callable[[], bool], why: str) -> None:
    """Let the app go on until something has come of it."""
    async with asyncio.timeout(60):
        while not condition():
            await pilot.pause(0.05)
    assert condition(), why


@asynccontextmanager
async def land_screen(
    cli: CliHarness, run: str
) -> AsyncIterator[tuple[BoardApp, Pilot[Any], Callable[[], str]]]:
    """Open the land screen of a run; the last of the three says what it shows."""
    project = find_project(cli.repo, cli.environ, lambda *_: None)
    config = Config(board=Board(guard=0))
    app = BoardApp(project, run, environ=cli.environ, config=config)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.picture.run is not None, "the run is read")
        await pilot.press("M")
        await until(pilot, lambda: isinstance(app.screen, LandScreen), "the screen is there")

        def shown() -> str:
            found = app.screen.query_one(LandLines)._rows
            return "\n".join("".join(span.text for span in row.spans) for row in found)

        yield app, pilot, shown


async def test_what_is_shown_lands_and_what_moved_does_not(tmp_path: Path) -> None:
    """It is tried for real, asked about where the run is not over, and told."""
    cli, run = merged_run(tmp_path)
    async with land_screen(cli, run) as (app, pilot, shown):
        await until(pilot, lambda: "fast-forward" in shown(), "it was planned")
        assert "1 task not done: Bread" in shown()
        await pilot.press("s")
        await until(pilot, lambda: "one commit" in shown(), "it is squashed")
        # The person's branch moves: it is tried again by itself.
        git(cli.repo, "commit", "-q", "--allow-empty", "-m", "own")
        own = git(cli.repo, "rev-parse", "main").strip()
        await until(pilot, lambda: f"at {own[:7]}" in shown(), "it was planned again")
        # Enter is dead for a moment after that, and says so.
        await until(pilot, lambda: app.screen.is_ready, "it may be landed")  # type: ignore[attr-defined]  # of the land screen
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.is_modal, "it asks first")
        await pilot.press("y")
        await until(pilot, lambda: "nothing to do" in shown(), "it has landed")
        assert git(cli.repo, "log", "--format=%P", "-1").strip() == own
        assert (cli.repo / "b").read_text() == "b\n"


async def test_the_gate_holds_for_two_commits_and_a_conflict_becomes_a_task(
    tmp_path: Path,
) -> None:
    """`g` asks it, also where the screen is left; a commit on main takes its answer away.

    `d` only shows, `n` adds the task of a conflict.
    """
    cli, run = merged_run(tmp_path, f"{{gate: test -f b && echo 7 passed, {PLAN[1:]}")
    git(cli.repo, "branch", "release")
    async with land_screen(cli, run) as (app, pilot, shown):
        await until(pilot, lambda: "g runs it on the merged tree" in shown(), "it has a gate")
        await pilot.press("g", "escape")
        assert not isinstance(app.screen, LandScreen)
        assert "the gate goes on" in app.toasts.kept[0].text
        passed = f"the gate of {run} has passed"
        await until(pilot, lambda: passed in app.toasts.kept[0].text, "it was asked")
        await pilot.press("M")
        await until(pilot, lambda: "7 passed" in shown(), "what it said was kept")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, LandDiffScreen), "the diff is there")
        await pilot.press("R", "c", "A", "u")
        assert isinstance(app.screen, LandDiffScreen)
        await pilot.press("escape", "b", *"rel")
        await until(pilot, lambda: isinstance(app.screen, BranchDialog), "it asks for a branch")
        await pilot.press("escape")
        (cli.repo / "b").write_text("mine\n")
        git(cli.repo, "add", ".")
        git(cli.repo, "commit", "-q", "-m", "own")
        await until(pilot, lambda: "it conflicts in b" in shown(), "it was planned again")
        assert "7 passed" not in shown()
        selected = app.screen.query_one(LandLines).current
        assert (selected is not None and selected.name, "┃b" in shown()) == ("/b", True)
        await pilot.press("enter", "n")
        await until(pilot, lambda: "settles it: pending" in shown(), "the task is there")
    assert "merge-main-into-wf" in cli.here("status").stdout
    assert git(cli.repo, "log", "--format=%s", "-1").strip() == "own"
