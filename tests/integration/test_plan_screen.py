"""A goal of the start screen: planned, changed in words and agreed to, on a real run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.planning_harness import GOOD, UNKNOWN, PlanningHarness, answer
from wf_tui.board.screens.plan_screen import Leaving, PlanApp, PlanView
from wf_tui.config import load_config
from wf_tui.planning.asking import ask_model
from wf_tui.planning.plan_draft import Terms
from wf_tui.project import find_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.support.cli_harness import CliHarness

pytestmark = pytest.mark.slow

_WITHIN = 40.0


async def until(pilot: Pilot[Leaving], is_there: Callable[[], bool]) -> None:
    """Let the screen go on until something is there."""
    end = time.monotonic() + _WITHIN
    while not is_there():
        assert time.monotonic() < end, "it did not come"
        await pilot.pause(0.02)


def view_of(cli: CliHarness, *answers: str) -> tuple[PlanView, PlanningHarness]:
    """Begin a planning, and return what its screen shows."""
    person = PlanningHarness(cli, *answers)
    project = find_project(cli.repo, person.environ)
    terms = Terms(project, load_config(person.environ), {})
    planning, planner = ask_model(terms, "Write it", "", None, wait_for_person=True, warn=print)
    assert planner == "script"
    return PlanView(terms, planning, "Write it", time.time()), person


async def test_a_plan_is_changed_in_words_and_agreed_to(cli: CliHarness) -> None:
    """A wish goes to the model with what a person has edited; what comes to nothing is told."""
    more = answer(GOOD.replace("Write it", "Write more"))
    view, person = view_of(cli, answer(GOOD), more, "I cannot.")
    app = PlanApp(view)
    async with app.run_test() as pilot:
        await until(pilot, lambda: view.draft is not None)
        draft = view.draft
        assert draft is not None
        await until(pilot, lambda: any("test -s work.txt" in line for line in view.lines))
        draft.save(draft.edited(GOOD.replace("Write it", "Write less")))
        await pilot.press("c", *"more", "enter")
        await until(pilot, lambda: "+goal: Write more" in view.lines)
        await pilot.press("c", *"other", "enter")
        await until(pilot, lambda: any("no valid plan came of that" in it for it in view.lines))
        await pilot.press("ctrl+s")
    assert app.return_value is Leaving.RUN
    assert "more" in person.prompts()[1]
    assert "Write less" in person.prompts()[1]
    assert draft.path.read_text() == GOOD.replace("Write it", "Write more")
    draft.finish()
    person.until("aborted")


async def test_a_plan_with_errors_cannot_be_agreed_to(cli: CliHarness) -> None:
    """They are shown; it can be mended, or left."""
    view, _ = view_of(cli, answer(UNKNOWN))
    app = PlanApp(view)
    async with app.run_test() as pilot:
        await until(pilot, lambda: any("[unknown_key]" in line for line in view.lines))
        await until(pilot, lambda: view.draft is not None)
        await pilot.press("ctrl+s")
        assert app.return_value is None
        await pilot.press("e")
    assert app.return_value is Leaving.EDIT
