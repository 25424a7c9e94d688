"""The screen of all runs, and another run opened in the same process."""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.bare_project import project_in
from tests.support.board_harness import ME, BoardHarness, board
from tests.support.cli_harness import make_repository
from tests.support.ledger_harness import RUN, LedgerHarness
from tests.support.many_runs import make_runs
from tests.support.screen_text import screen_text
from wf_tui import commands
from wf_tui.board.feed import LedgerFeed
from wf_tui.board.forms.goal_form import Goal
from wf_tui.board.runs.plan_command import plan_command
from wf_tui.board.screens import runs_screen
from wf_tui.board.screens.land_screen import LandScreen
from wf_tui.board.screens.runs_screen import RunsScreen
from wf_tui.git.known_repositories import find_repo_paths, note_repository
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.paths import RepoPaths
from wf_tui.picture.runs.hidden import read_hidden
from wf_tui.processes import own_identity

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def other_repository(
    folder: Path, drive: Callable[[LedgerHarness], object], paths: RepoPaths | None = None
) -> RepoPaths:
    """Make a second repository, with a run in it, beside that of the board."""
    paths = paths or RepoPaths(project_in(folder).paths.root.parent / "shop-2")
    paths.root.mkdir(parents=True)
    with contextlib.closing(SqliteDatabase(paths.ledger, create=True)) as db:
        run = LedgerHarness(db).make("pay", goal="Sell shoes")
        run.ledger.scheduler_started(RUN, asdict(own_identity()))
        drive(run)
    common = folder / "shop/.git"
    common.mkdir(parents=True, exist_ok=True)
    note_repository(paths, common, "0" * 40)
    return paths


async def until(hand: BoardHarness, true: Callable[[], bool]) -> None:
    """Wait for what a thread brings."""
    for _ in range(400):
        await hand.pilot.pause(0.01)
        if true():
            return
    raise AssertionError(screen_text(hand.app))


def read(hand: BoardHarness) -> Callable[[], bool]:
    """Whether the screen shows what it has read."""
    return lambda: "Sell shoes" in "\n".join(screen_text(hand.app))


async def test_another_run_is_opened_in_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`6` lists the runs of both repositories; Enter opens one, whose board has its tasks alone."""
    other_repository(tmp_path, lambda run: commands.pause(Ledger(run.db, actor=ME), RUN))
    async with board(tmp_path, "a", "b") as hand:
        app = hand.app
        monkeypatch.setattr(
            app,
            "make_feed",
            lambda: LedgerFeed(app.project, app.run_id, app.clock, app.post_message),
        )
        app.theme = "gruvbox"
        await hand.mark("a")
        await hand.press("6")
        await until(hand, read(hand))
        shown = "\n".join(screen_text(app))
        assert "2 repositories" in shown
        assert str(tmp_path / "shop") in shown
        assert "paused" in shown
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        screen.go_to(f"shop-2/{RUN}")
        await hand.pilot.press("enter")
        await until(hand, lambda: app.live.run is not None and "pay" in app.live.cards)
        assert set(app.picture.cards) == {"pay"}
        assert (app.picture.marks, app.theme) == (set(), "gruvbox")
        assert app.project.paths.root.name == "shop-2"
        await until(hand, lambda: "pay" in "\n".join(screen_text(app)))
        await hand.pilot.press("u")
        await until(hand, lambda: bool(app.told))
        assert "took back: pause" in app.told[-1]
        assert hand.drive.run().seq == hand.since


async def test_keys_are_for_the_selected_run(tmp_path: Path) -> None:
    """`p` pauses another repository's run, `X` hides only what is over, `/hidden` shows it."""
    paths = other_repository(tmp_path, lambda _: None)
    async with board(tmp_path, "a") as hand:
        await hand.press("6")
        await until(hand, read(hand))
        screen = hand.app.screen
        assert isinstance(screen, RunsScreen)
        screen.go_to(f"shop-2/{RUN}")
        await hand.press("X")
        assert "it is running; only what is over can go" in hand.told[-1]
        await hand.press("p")
        with contextlib.closing(SqliteDatabase(paths.ledger)) as db:
            assert reads.run_row(db, RUN).state is RunState.PAUSED
            LedgerHarness(db).ledger.abort(RUN)
        assert hand.drive.run().state is RunState.RUNNING
        await until(hand, lambda: "aborted" in "\n".join(screen_text(hand.app)))
        await hand.press("X")
        assert read_hidden(paths.root.parent) == {f"shop-2/{RUN}"}
        assert not read(hand)()
        await hand.press("slash")
        await hand.type("hidden")
        await hand.press("enter")
        assert read(hand)()
        await hand.press("escape")
        assert not read(hand)()
        await hand.press("escape")
        assert not isinstance(hand.app.screen, RunsScreen)


async def at_the_other(hand: BoardHarness, monkeypatch: pytest.MonkeyPatch) -> RunsScreen:
    """Show all runs, with the cursor on the other repository's; a run that is opened is read."""
    app = hand.app
    monkeypatch.setattr(
        app, "make_feed", lambda: LedgerFeed(app.project, app.run_id, app.clock, app.post_message)
    )
    await hand.press("6")
    await until(hand, read(hand))
    screen = app.screen
    assert isinstance(screen, RunsScreen)
    screen.go_to(f"shop-2/{RUN}")
    return screen


async def test_what_needs_its_person_is_walked_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`N` goes to the oldest need of all runs, on its board; from `6` to the next one."""

    def later(run: LedgerHarness) -> None:
        run.clock.move(9)
        run.wreck("a")

    other_repository(tmp_path, lambda run: run.wreck("pay"))
    async with board(tmp_path, "a", before=later) as hand:
        await at_the_other(hand, monkeypatch)
        await hand.pilot.press("N")
        await until(hand, lambda: hand.app.selected == "pay")
        assert hand.app.project.paths.root.name == "shop-2"
        await hand.pilot.press("6")
        await until(hand, lambda: isinstance(hand.app.screen, RunsScreen))
        await hand.pilot.press("N")
        await until(hand, lambda: hand.app.selected == "a")


async def test_a_run_is_landed_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`M` opens the selected run, which is of another repository, with what it would land."""
    other_repository(tmp_path, lambda _: None)
    async with board(tmp_path, "a") as hand:
        await at_the_other(hand, monkeypatch)
        await hand.pilot.press("M")
        await until(hand, lambda: isinstance(hand.app.screen, LandScreen))
        assert hand.app.project.paths.root.name == "shop-2"


async def test_a_goal_is_planned_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`n` asks for a goal, and has it planned in the repository of the selected run."""
    other_repository(tmp_path, lambda _: None)
    commands: list[list[str]] = []
    monkeypatch.setattr(runs_screen, "run_command", lambda words, _: commands.append(list(words)))
    async with board(tmp_path, "a") as hand:
        await at_the_other(hand, monkeypatch)
        await hand.press("n")
        await hand.type("Pay less")
        await hand.press("enter")
        assert hand.app.aside == [f"wf plan new in {tmp_path / 'shop'}"]
    assert commands == [plan_command(Goal("Pay less"), tmp_path / "shop")]


async def test_a_run_that_is_over_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`C` shows what would go; only after a yes it is gone, from the disk and from the list."""
    repo = make_repository(tmp_path / "shop")
    state = project_in(tmp_path).paths.root.parent
    paths = find_repo_paths(state, repo / ".git", "shop")
    other_repository(tmp_path, lambda run: run.ledger.abort(RUN), paths)
    folder = paths.run(RUN).root
    folder.mkdir(parents=True)
    async with board(tmp_path, "a") as hand:
        hand.app.environ = {**os.environ, "WF_STATE_DIR": str(state)}
        screen = await at_the_other(hand, monkeypatch)
        screen.go_to(f"{paths.root.name}/{RUN}")
        await hand.pilot.press("C")
        await until(hand, lambda: "its folder goes, 4 KB" in "\n".join(screen_text(hand.app)))
        assert "Remove “Sell shoes”?" in "\n".join(screen_text(hand.app))
        await hand.pilot.press("escape")
        assert folder.is_dir()
        await hand.pilot.press("C")
        await until(hand, lambda: "its folder goes, 4 KB" in "\n".join(screen_text(hand.app)))
        await hand.pilot.press("y")
        await until(hand, lambda: not read(hand)())
        assert not folder.exists()
        assert "removed" in hand.told[-1]


async def test_a_state_directory_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen stays, says why, and what was read before stays on it."""
    other_repository(tmp_path, lambda _: None)
    async with board(tmp_path, "a") as hand:
        screen = await at_the_other(hand, monkeypatch)

        def fail(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(runs_screen, "read_again", fail)
        screen.read()
        await until(hand, lambda: "Permission denied" in screen_text(hand.app)[-2])
        assert read(hand)()


async def test_a_low_terminal_begins_with_the_first_repository(tmp_path: Path) -> None:
    """Where not all fits, the cursor is on the first run, and its repository is above it."""
    make_runs(project_in(tmp_path).paths.root.parent, ledgers=5, runs=2)
    async with board(tmp_path, "a", size=(60, 18)) as hand:
        await hand.press("6")
        await until(hand, lambda: "6 repositories" in screen_text(hand.app)[0])
        shown = screen_text(hand.app)[3:]
        assert shown[0].startswith(" unknown, its runs are in")
        assert shown[1].startswith("┃▶")


def test_a_goal_is_no_option() -> None:
    """What a person types stands behind `--`, or after its option's sign."""
    command = plan_command(Goal("--yes", "-p", "-f"), Path("/shop"))
    assert command[3:8] == ["wf_tui", "plan", "new", "--repo", "/shop"]
    assert command[8:] == ["--profile=-p", "--from=-f", "--", "--yes"]
