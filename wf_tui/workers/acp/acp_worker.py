"""The `acp` worker: gives a task's prompt to an agent that speaks the Agent Client Protocol."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import wf_tui
from wf_tui.profiles.resolved import Resolved
from wf_tui.workers.acp.driver_spec import DriverSpec
from wf_tui.workers.driver_outcome import outcome_of
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.run_on_line import run_on_line
from wf_tui.workers.protocol import Failure, Job, Outcome
from wf_tui.workers.session import Session
from wf_tui.workers.shim.launcher import LOADER_PATHS, Launcher, Program

__all__ = ["AcpWorker"]

_ROOT: Final = str(Path(wf_tui.__file__).parent.parent)
_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import wf_tui; del sys.path[0];"
    "from wf_tui.workers.acp.driver.main import main; main()"
)
"""The driver is of this very package, and not of another one that is installed."""


class AcpWorker:
    """Runs agents through their drivers; the `Worker` of kind `acp`."""

    def __init__(
        self,
        launcher: Launcher,
        python: str = sys.executable,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._launcher = launcher
        self._loader = {name: environ[name] for name in LOADER_PATHS if name in environ}
        # Isolated: its folder is a worktree, and no file of a worker is imported.
        self._command = (python, "-I", "-X", "utf8", "-c", _BOOT, _ROOT)

    async def run(self, job: Job, session: Session) -> Outcome:
        """Do the job; messages of persons reach the agent between its turns.

        Success is that the agent ended its turn, which one does that has done nothing, too: whether
        any work was done is not looked at here.
        """
        if job.profile is None or job.prompt_file is None:
            return Failure("spawn", "the task has no prompt", kind=FailureKind.CONFIG)
        environment = job.program_environment or job.environment
        # For the interpreter of the driver, and not for the agent.
        loader = {name: path for name, path in self._loader.items() if name not in environment}
        spec = spec_of(job, job.profile, job.prompt_file, ("WF_LINE", *loader))
        program = Program.of_worker(job, (*self._command, spec.to_json()))
        program = replace(program, environment={**environment, **loader})
        run = await run_on_line(self._launcher, program, session, hears=True)
        return outcome_of(run, job.limits.seconds)


def spec_of(job: Job, profile: Resolved, prompt: Path, hidden: tuple[str, ...]) -> DriverSpec:
    """Return what the driver of a job is told; the agent does not see the variables `hidden`."""
    return DriverSpec(
        argv=profile.command(str(job.home or job.folder), writes=job.writes),
        prompt=str(prompt),
        session=job.resume,
        fresh_prompt="" if job.fresh_prompt_file is None else str(job.fresh_prompt_file),
        mode=profile.mode(writes=job.writes),
        ask=profile.ask,
        allow=profile.allow,
        writes=job.writes,
        settings=profile.settings,
        names_messages=profile.names_messages,
        usage_of=profile.usage_of,
        grace=job.limits.grace,
        hidden=hidden,
    )
