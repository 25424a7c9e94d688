"""Jobs for the ACP worker whose agent is the tests' own, run by the real driver and shim."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support import acp_agent
from tests.support.session_probe import SessionProbe
from wf_tui.profiles.resolved import Resolved
from wf_tui.workers.acp.acp_worker import AcpWorker
from wf_tui.workers.protocol import Job, Limits

if TYPE_CHECKING:
    from wf_tui.workers.protocol import Outcome
    from wf_tui.workers.shim.launcher import Launcher

__all__ = ["AGENT", "AcpHarness", "permission"]

AGENT = (sys.executable, "-I", "-S", str(Path(acp_agent.__file__)))
"""The agent's command line, but for its script."""


def permission(call: dict[str, Any], *kinds: str) -> list[Any]:
    """Return a step that asks whether a tool call may be done; its options are named by kind."""
    options = [{"optionId": f"{kind}!", "name": kind, "kind": kind} for kind in kinds]
    return ["ask", {"toolCall": {"toolCallId": "call", **call}, "options": options}]


class AcpHarness:
    """Makes jobs in a folder, and runs them; `session` has heard all that their drivers said."""

    def __init__(self, launcher: Launcher, folder: Path) -> None:
        self.worker = AcpWorker(launcher)
        self.folder = folder
        self.session = SessionProbe()
        self.tree = folder / "tree"
        self.attempt = folder / "attempt"
        self.tree.mkdir()
        self.attempt.mkdir()

    def job(self, *turns: list[Any], profile: dict[str, Any] | None = None, **of: Any) -> Job:
        """Return a job whose agent plays these turns; what is no field of a job is its script's."""
        fields = {name: of.pop(name) for name in tuple(of) if name in Job.__dataclass_fields__}
        script = self.folder / "script.json"
        heard = str(self.folder / "heard.json")
        script.write_text(json.dumps({"turns": turns, "heard": heard, **of}), "utf-8")
        prompt = self.attempt / "prompt.md"
        prompt.write_text("Do it.")
        argv = (*AGENT, str(script))
        known = Resolved(name="a", kind="acp", lane="l", argv=argv, ask="commands")
        job = Job(
            run="r",
            task="t",
            epoch=1,
            worker="a-1",
            tree=self.tree,
            folder=self.attempt,
            command=None,
            prompt="Do it.",
            environment={"PATH": "/usr/bin:/bin"},
            limits=Limits(),
            mark=str(self.attempt),
            prompt_file=prompt,
            profile=replace(known, **(profile or {})),
        )
        return replace(job, **fields)

    async def run(self, job: Job) -> Outcome:
        """Run a job to its end."""
        return await self.worker.run(job, self.session)

    @property
    def heard(self) -> list[dict[str, Any]]:
        """All that the agent was sent."""
        heard: list[dict[str, Any]] = json.loads((self.folder / "heard.json").read_text("utf-8"))
        return heard

    def heard_of(self, method: str) -> list[Any]:
        """Return the parameters of each message of a method that the agent was sent."""
        return [message["params"] for message in self.heard if message.get("method") == method]

    def said(self, kind: type[Any]) -> list[Any]:
        """Return what came up the line of one kind."""
        return [event for event in self.session.said if isinstance(event, kind)]
