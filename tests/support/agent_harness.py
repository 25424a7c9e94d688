"""Jobs for the agent worker whose agents are small scripts, run by the real driver and shim."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tests.support.agent_streams import STREAMS
from tests.support.session_probe import SessionProbe
from wf_tui.profiles.resolved import Resolved
from wf_tui.workers.agent.agent_worker import AgentWorker
from wf_tui.workers.protocol import Job, Limits

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.workers.protocol import Outcome
    from wf_tui.workers.shim.launcher import Launcher

__all__ = ["DONE", "LISTENER", "AgentHarness"]

DONE: Final = """echo '{"ev":"verdict","ok":true,"text":"Done."}'"""
"""What a script does to say that all is well, for the parser `jsonl`."""

LISTENER: Final = """
import json, sys
print(json.dumps({"type": "system", "subtype": "init", "session_id": "s"}), flush=True)
texts = []
for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps({**message, "isReplay": True}), flush=True)
    texts.append(message["message"]["content"][0]["text"])
    if len(texts) == 2:
        open("heard.txt", "w").write(texts[1])
        result = {"type": "result", "subtype": "success", "result": " | ".join(texts)}
        print(json.dumps(result), flush=True)
"""
"""Reads messages as claude does: says each again, ends its turn after two, then with its input."""


class AgentHarness:
    """Makes jobs in a folder, and runs them; `session` has heard all that their drivers said."""

    def __init__(self, launcher: Launcher, folder: Path) -> None:
        self.worker = AgentWorker(launcher)
        self.folder = folder
        self.session = SessionProbe()
        self.tree = folder / "tree"
        self.tree.mkdir(parents=True)
        (folder / "attempt").mkdir()

    def job(self, script: str, *, parser: str = "jsonl", prompt: str = "Do it.", **of: Any) -> Job:
        """Return a job whose agent is a shell script; it runs in the tree. `of` is of the job."""
        file = self.folder / "attempt" / "prompt.md"
        file.write_text(prompt)
        job = Job(
            run="r",
            task="t",
            epoch=1,
            worker="a-1",
            tree=self.tree,
            folder=self.folder / "attempt",
            command=None,
            prompt=prompt,
            environment={"PATH": "/usr/bin:/bin"},
            limits=Limits(),
            mark="m",
            prompt_file=file,
            profile=Resolved(
                name="a",
                kind="agent",
                lane="l",
                argv=("sh", "-c", script),
                resume_argv=("sh", "-c", script, "agent", "{session}"),
                parser=parser,
            ),
        )
        return replace(job, **of)

    def recorded(self, name: str) -> Job:
        """Return a job whose agent prints a recorded stream, and ends as that agent did."""
        stream = STREAMS[name]
        copy = self.folder / f"{name}.jsonl"
        copy.write_bytes(stream.content)
        words = shlex.quote(stream.ending.stderr)
        script = f"cat {copy}; printf %s {words} >&2; exit {stream.ending.exit_code}"
        return self.job(script, parser=stream.parser)

    async def run(self, job: Job) -> Outcome:
        """Run a job to its end."""
        return await self.worker.run(job, self.session)
