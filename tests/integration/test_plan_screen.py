"""A goal on the plan screen: planned by a scripted model, changed, agreed to, run, gone on with."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.support import waiting
from tests.support.plan_harness import StillPlan
from tests.support.planning_harness import GOOD, UNKNOWN, PlanningHarness, answer
from tests.support.terminal import open_terminal
from wf_tui.board.plan.plan_view import Decision, PlanView
from wf_tui.board.screens.plan_screen import PlanScreen
from wf_tui.config import load_config
from wf_tui.planning.asking import ask_model
from wf_tui.planning.kept_drafts import newest_draft
from wf_tui.planning.plan_draft import Terms
from wf_tui.planning.planning_run import Stage
from wf_tui.project import find_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.support.cli_harness import CliHarness

pytestmark = pytest.mark.slow

_WITHIN = 60.0


async def until(pilot: Pilot[int], is_there: Callable[[], bool]) -> None:
    """Let the screen go on until something is there."""
    end = time.monotonic() + _WITHIN
    while not is_there():
        assert time.monotonic() < end, "it did not come"
        await pilot.pause(0.02)


def view_of(cli: CliHarness, *answers: str, hold: bool = False) -> tuple[PlanView, PlanningHarness]:
    """Begin a planning, and return what its screen shows."""
    person = PlanningHarness(cli, *answers)
    if hold:
        (person.folder / "hold").touch()
    project = find_project(cli.repo, person.environ)
    terms = Terms(project, load_config(person.environ), {})
    planning, planner = ask_model(terms, "Write it", "", None, wait_for_person=True, warn=print)
    assert planner == "script"
    return PlanView(terms, "Write it", planning), person


def screen_of(app: StillPlan) -> PlanScreen:
    """Return the plan screen."""
    screen = app.run_screen
    assert isinstance(screen, PlanScreen)
    return screen


async def test_a_plan_is_changed_by_hand_and_in_words(cli: CliHarness) -> None:
    """A wish goes to the session with what its person has edited; what comes to nothing is told."""
    more = answer(GOOD.replace("Write it", "Write more"))
    view, person = view_of(cli, answer(GOOD), more, "I cannot.")
    app = StillPlan(view, environ=person.environ)
    async with app.run_test(size=(120, 40)) as pilot:
        assert view.works
        await until(pilot, lambda: screen_of(app).found is not None)
        assert view.standing.planner == "script"
        await pilot.press("v")
        await until(pilot, lambda: "review: true" in view.text)
        await pilot.press("i", *"more", "enter")
        await until(pilot, lambda: view.standing.epoch == 2 and not view.works)
        assert "+goal: Write more" in screen_of(app).changes
        await pilot.press("i", *"other", "enter")
        await until(pilot, lambda: any("no valid plan came of it" in it for it in app.told))
        assert view.text == GOOD.replace("Write it", "Write more")
        await until(pilot, lambda: screen_of(app).found is not None)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.pause()
        await pilot.press("y")
    assert view.decision is Decision.RUN
    assert "more" in person.prompts()[1]
    assert "review: true" in person.prompts()[1]
    view.stop()
    person.until("aborted")


async def test_the_planner_is_stopped_and_asked_anew(cli: CliHarness) -> None:
    """`Esc` ends it, and the plan of before stays; a wish then begins another planning."""
    view, person = view_of(cli, answer(GOOD), hold=True)
    app = StillPlan(view, environ=person.environ)
    first = view.planning
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(person.prompts()))
        await pilot.press("e")
        assert app.told[-1] == "e: the planner works; esc stops it"
        await pilot.press("escape")
        await until(pilot, lambda: view.standing.stage is Stage.OVER)
        (person.folder / "hold").unlink()
        await pilot.press("n")
        await pilot.pause()
        await pilot.press(*"By hand", "ctrl+s")
        await until(pilot, lambda: "By hand" in view.text)
        await pilot.press("i", *"faster", "enter")
        await until(pilot, lambda: view.text == GOOD and not view.works)
        assert view.planning is not first
        await pilot.press("escape")
    assert view.decision is Decision.LEAVE
    assert "By hand" in person.prompts()[-1]
    assert "faster" in person.prompts()[-1]
    view.stop()


async def test_a_plan_that_stays_invalid_is_shown_with_its_faults(cli: CliHarness) -> None:
    """It cannot be run; what is wrong is on the screen."""
    view, person = view_of(cli, answer(UNKNOWN))
    app = StillPlan(view, environ=person.environ)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: screen_of(app).found is not None)
        assert view.standing.stage is Stage.FAILED
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("gaet" in line for line in app.told))
        await pilot.press("escape")
    assert view.decision is Decision.LEAVE


def test_a_draft_is_there_after_a_kill(cli: CliHarness) -> None:
    """At a real terminal: changed, killed with -9, taken up by --resume, run; the board opens."""
    person = PlanningHarness(cli, answer(GOOD))
    command = [sys.executable, "-m", "wf_tui", "plan", "new"]
    paths = find_project(cli.repo, person.environ).paths
    with open_terminal([*command, "Write it"], cwd=cli.repo, environ=person.environ) as terminal:
        terminal.until(b"accept and run")
        terminal.until(b"test -s work.txt")
        terminal.type(b"v")
        waiting.until(lambda: newest_draft(paths) is not None, "the draft is kept")
        os.kill(terminal.process.pid, signal.SIGKILL)
    found = newest_draft(paths)
    assert found is not None
    assert "review: true" in found[1].text
    with open_terminal([*command, "--resume"], cwd=cli.repo, environ=person.environ) as terminal:
        terminal.until(b"v sets or clears it")
        terminal.type(b"v")
        terminal.until(b"v sets a review")
        terminal.type(b"\x13")
        terminal.until(b"Run it, with")
        terminal.type(1.0, b"y")
        waiting.until(lambda: newest_draft(paths) is None, "it runs")
        terminal.until(b" list")  # a key of the board
        terminal.type(b"\x03")
        terminal.end()
    assert newest_draft(paths) is None
    assert person.json("status")["run"]["goal"] == "Write it"
    assert len(person.prompts()) == 1
