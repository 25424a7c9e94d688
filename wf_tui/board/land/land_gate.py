"""The gate of a landing, asked from the land screen; it goes on where that is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from wf_tui.board.land.land_process import gate_in_process
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.app import App
    from textual.worker import Worker

    from wf_tui.landing.gate import LandingGate
    from wf_tui.landing.trial import LandingPlan

__all__ = ["GateEnded", "LandGate"]


@dataclass
class GateEnded(Message):
    """It has said something of a run, or could not be asked, and why."""

    run: str
    found: LandingGate | str

    @property
    def text(self) -> str:
        """A sentence for who is not at the land screen; safe to draw."""
        found = self.found
        if isinstance(found, str):
            return f"the gate of {clean(self.run)} could not be asked: {found}"
        if found.passed:
            return f"the gate of {clean(self.run)} has passed on the merged tree"
        return f"the gate of {clean(self.run)} has failed on the merged tree: {found.text}"


class LandGate:
    """Asks one gate at a time, and keeps what it said until another one is asked.

    The application has it, and is sent `GateEnded`; all of it is on the event loop. The process
    ends with the application.
    """

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._run = ""
        """The run whose gate runs, or has run last."""
        self._asking: Worker[None] | None = None
        self._said: LandingGate | None = None

    def runs(self, run: str) -> bool:
        """Whether the gate of a run is being asked."""
        return self._run == run and self._asking is not None

    def said_of(self, run: str, plan: LandingPlan) -> LandingGate | None:
        """Return what it said of this very merge; None where it was not asked about that."""
        said = self._said if self._run == run else None
        return said if said is not None and said.is_of(plan) else None

    def ask(self, plan: LandingPlan, run: str, repo: Path, environ: Mapping[str, str]) -> None:
        """Ask it in a process of its own; one that still runs is stopped."""
        self.stop()
        self._run, self._said = run, None
        asking = self._ask(plan, run, repo, environ)
        self._asking = self._app.run_worker(asking, group="gate")

    def stop(self) -> None:
        """End the one that runs, if there is one."""
        if self._asking is not None:
            self._asking.cancel()
        self._asking = None

    async def _ask(
        self, plan: LandingPlan, run: str, repo: Path, environ: Mapping[str, str]
    ) -> None:
        found = await gate_in_process(plan, run, repo, environ)
        self._asking = None
        self._said = None if isinstance(found, str) else found
        self._app.post_message(GateEnded(run, found))
