"""A person in front of a plan that no model has made, on a real repository without any run."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.cli_harness import make_repository
from tests.support.telling_app import TellingApp
from wf_tui.board.plan import plan_app as app_module
from wf_tui.board.plan.plan_app import PlanApp
from wf_tui.board.plan.plan_view import PlanView
from wf_tui.board.screens.plan_screen import PlanScreen
from wf_tui.config import Config
from wf_tui.planning.editing.edits import plan_values
from wf_tui.planning.given_limits import NONE_GIVEN, GivenLimits
from wf_tui.planning.plan_draft import Terms, draft_of
from wf_tui.planning.proposal import of_text
from wf_tui.project import find_project

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

__all__ = ["PLAN", "PlanHarness", "StillPlan", "plan_view"]

PLAN = """\
goal: Ship it
phases:
  - name: build
    parallel: true
    tasks:
      # by hand
      - {id: a, title: Make it, mode: read_write, file_scope: [src], run: make}
      - id: b
        title: Test it
        mode: read_write
        file_scope: [src/b]
        run: make test
  - name: ship
    depends_on: [build]
    tasks:
      - id: c
        mode: read_write
        run: make ship
        depends_on_results: [b]
"""


def plan_view(
    folder: Path, text: str = PLAN, goal: str = "Ship it", limits: GivenLimits = NONE_GIVEN
) -> PlanView:
    """Return what the screen shows of a plan; "" is none at all."""
    environ = {"WF_STATE_DIR": str(folder / "state"), "PATH": "/usr/bin:/bin", "EDITOR": "true"}
    repository = folder / "repo"
    if not repository.exists():
        make_repository(repository)
    terms = Terms(find_project(repository, environ), Config(), {}, limits=limits)
    view = PlanView(terms, goal)
    if text:
        view.draft = draft_of(terms, of_text(text, terms.workers), goal)
    return view


class StillPlan(TellingApp, PlanApp):
    """The application, with what it tells kept for the test to read."""

    CSS_PATH = str(Path(app_module.__file__).parents[1] / "board.tcss")


@dataclass
class PlanHarness:
    """A person in front of a plan."""

    app: StillPlan
    pilot: Pilot[int]

    @classmethod
    @contextlib.asynccontextmanager
    async def begin(
        cls, view: PlanView, size: tuple[int, int] = (120, 40), **values: Any
    ) -> AsyncIterator[PlanHarness]:
        """Open the screen, and wait until the plan was looked at."""
        app = StillPlan(view, environ=view.terms.project.environ, **values)
        async with app.run_test(size=size) as pilot:
            harness = cls(app, pilot)
            await harness.settle()
            yield harness

    @property
    def screen(self) -> PlanScreen:
        """The plan screen, whatever is above it."""
        screen = self.app.run_screen
        assert isinstance(screen, PlanScreen)
        return screen

    @property
    def text(self) -> str:
        """The plan as it is now."""
        return self.screen.view.text

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all they ask for is done."""
        for key in keys:
            await self.pilot.press(key)
            await self.rest()

    async def rest(self) -> None:
        """Wait until no edit is on its way."""
        await self.pilot.pause()
        while any(one.group == "edits" and not one.is_finished for one in self.app.workers):
            await self.pilot.pause(0.005)
        await self.pilot.pause()

    async def settle(self) -> None:
        """Wait until the plan of now was looked at."""
        for _ in range(1000):
            await self.pilot.pause(0.005)
            if self.screen.found is not None or self.screen.view.works:
                break
        await self.pilot.pause()

    def task(self, name: str) -> dict[str, object]:
        """Return what the plan says of a task."""
        phases = plan_values(self.text)["phases"]
        assert isinstance(phases, list)
        return next(one for phase in phases for one in phase["tasks"] if one["id"] == name)

    def lines(self) -> list[str]:
        """Return all lines of the screen."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]
