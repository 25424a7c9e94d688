"""The `agent` worker: gives a task's prompt to a headless agent, in the task's tree."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

from wf_tui.profiles.resolved import Resolved
from wf_tui.workers.agent.order import Call, Order
from wf_tui.workers.driver_outcome import outcome_of
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.run_on_line import run_on_line
from wf_tui.workers.protocol import Failure, Job, Outcome
from wf_tui.workers.session import Session
from wf_tui.workers.shim.launcher import Launcher, Program

__all__ = ["AgentWorker"]

_DRIVER: Final = "wf_tui.workers.agent.driver:main"
_LONGEST_ARGUMENT: Final = 120_000
"""Bytes of a prompt that is an argument; Linux takes 128 KiB of one."""
_TOO_LONG: Final = (
    "Your task is in the file {path}. Read all of it first, and then do what it says."
)


class AgentWorker:
    """Runs agents through their drivers; the `Worker` of kind `agent`."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher

    async def run(self, job: Job, session: Session) -> Outcome:
        """Do the job; what the agent says on its stream goes into the session.

        Success has two proofs: its exit status, and the terminal event of its stream. Whether any
        work was done is not looked at here.
        """
        if job.profile is None or job.prompt_file is None:
            return Failure("spawn", "the task has no prompt", kind=FailureKind.CONFIG)
        try:
            order = await asyncio.to_thread(order_of, job, job.profile, job.prompt_file)
        except OSError as error:
            text = f"its prompt cannot be read: {error.strerror}"
            return Failure("spawn", text, kind=FailureKind.TRANSPORT)
        program = Program.of_worker(job, (job.profile.program, order.text()))
        program = replace(program, call=_DRIVER)
        run = await run_on_line(self._launcher, program, session, hears=job.profile.hears)
        return outcome_of(run, job.limits.seconds)


def order_of(job: Job, profile: Resolved, prompt: Path) -> Order:
    """Return what the driver of a job is told; blocks where a prompt is an argument.

    A profile that cannot resume begins anew, and is told all. Raises `OSError` where a prompt
    cannot be read.
    """
    session = job.resume or ""
    fresh = job.fresh_prompt_file
    if session and not profile.resume_argv:
        session, prompt, fresh = "", fresh or prompt, None
    return Order(
        call=call_of(job, profile, prompt, session),
        parser=profile.parser,
        prompt_by=profile.prompt_by,
        fresh=call_of(job, profile, fresh, "") if session and fresh else None,
    )


def call_of(job: Job, profile: Resolved, prompt: Path, session: str) -> Call:
    """Return one start of the agent, in a session of its own where `session` is ""."""
    argv = profile.command(
        str(job.home or job.folder),
        writes=job.writes,
        session=session,
        prompt=argument(prompt) if profile.prompt_by == "argv" else "",
        max_cost_usd=job.max_cost_usd,
    )
    return Call(argv, str(prompt))


def argument(prompt: Path) -> str:
    """Return a prompt as an argument; of one that is too long for that, where to read it."""
    content = prompt.read_bytes()
    if len(content) > _LONGEST_ARGUMENT:
        return _TOO_LONG.format(path=prompt)
    # No argument can have a NUL.
    return content.decode("utf-8", "replace").replace("\0", "")
