"""The `model` worker: talks to a model by itself, through the host, with hands in the task's tree.

The scheduler relays nothing between the two: it makes the sockets of an attempt, hands one end of
each to the host and one to the hands, and keeps the line, as of any other worker.
"""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from wf_tui.extras import Extra, how_to_install, is_installed
from wf_tui.profiles.resolved import Resolved
from wf_tui.workers.driver_outcome import outcome_of
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.run_on_line import LineRun, run_on_line
from wf_tui.workers.model import history
from wf_tui.workers.model.begun_calls import begun_calls
from wf_tui.workers.model.history import HISTORY
from wf_tui.workers.model.host_link import HostLink
from wf_tui.workers.model.host_process import HostError, HostProcess
from wf_tui.workers.model.session_spec import SessionSpec
from wf_tui.workers.protocol import Failure, Job, Outcome
from wf_tui.workers.session import Session
from wf_tui.workers.shim.launcher import Launcher, Program, anonymous_file

__all__ = ["HOST_DIED", "ModelWorker"]

HOST_DIED: Final = "host"
"""The cause of an attempt whose host is gone; the ledger has it among its own."""
_HANDS: Final = "wf_tui.workers.model.hands.main:main"
_DEAD_WITHIN: Final = 1.0
"""Seconds that the end of a host may be seen after that of the hands which it takes along."""


class ModelWorker:
    """Has models work; the `Worker` of kind `model`."""

    def __init__(self, launcher: Launcher, link: HostLink) -> None:
        self._launcher = launcher
        self._link = link

    async def run(self, job: Job, session: Session) -> Outcome:
        """Do the job; messages of persons reach the model with its next request.

        It goes on from the history of the session that it resumes. Success is that the model ended
        its turn and the hands with status 0; whether any work was done is not looked at here.
        """
        if job.profile is None or job.prompt_file is None:
            return Failure("spawn", "the task has no prompt", kind=FailureKind.CONFIG)
        if not is_installed(Extra.MODELS):
            # It was when the run began; what is missing since is no attempt's fault.
            text = f"the extra {Extra.MODELS} is not installed any more: " + how_to_install(
                Extra.MODELS
            )
            return Failure("spawn", text, kind=FailureKind.CONFIG)
        try:
            spec = await asyncio.to_thread(_file_of, job, job.profile, job.prompt_file)
        except OSError as error:
            text = f"its prompt cannot be read: {error.strerror}"
            return Failure("spawn", text, kind=FailureKind.TRANSPORT)
        try:
            with spec:
                return await self._with_host(job, session, spec)
        except HostError as error:
            return _without_host(str(error), refused=error.refused)

    async def _with_host(self, job: Job, session: Session, spec: IO[bytes]) -> Outcome:
        async with self._link.session(job.secrets) as host:
            run = await self._run(job, session, host, spec)
            ended_by_itself = run.verdict is None and run.program.cause is None
            if not (ended_by_itself and await host.gone(_DEAD_WITHIN)):
                return outcome_of(run, job.limits.seconds)
            refused = self._link.died(host, job.secrets)
        return _without_host(refused or "it has ended", refused=bool(refused))

    async def _run(self, job: Job, session: Session, host: HostProcess, spec: IO[bytes]) -> LineRun:
        of_host, of_hands = socket.socketpair()
        with of_hands:
            argv = ("hands", "write" if job.writes else "read", str(job.folder))
            program = replace(Program.of_worker(job, argv), line=of_hands, call=_HANDS)

            async def hand_over(line: socket.socket) -> None:
                # Nothing of it stays here: with many attempts it is much.
                with of_host, spec:
                    await host.open(job.folder.name, spec, line, of_host)

            with of_host:
                return await run_on_line(
                    self._launcher, program, session, hears=True, hand_over=hand_over
                )


def _without_host(why: str, *, refused: bool) -> Failure:
    kind = FailureKind.CONFIG if refused else FailureKind.TRANSPORT
    return Failure(HOST_DIED, f"the host of the models failed: {why}", kind=kind)


def _file_of(job: Job, profile: Resolved, prompt: Path) -> IO[bytes]:
    """Return what a session is told as an anonymous file, which the caller closes; blocks."""
    return anonymous_file(spec_of(job, profile, prompt).to_json().encode())


def spec_of(job: Job, profile: Resolved, prompt: Path) -> SessionSpec:
    """Return what a session is told; blocks.

    One whose history is not there begins anew, and is told all. Raises `OSError`.
    """
    entries = []
    if job.resume is not None:
        before = job.folder.parent / job.resume
        entries = history.read(before / HISTORY, begun_calls(before))
        if not entries:
            prompt = job.fresh_prompt_file or prompt
    # Its own from the first word on: the attempt after this one reads no other.
    entries = history.begin(job.folder / HISTORY, entries)
    return SessionSpec(
        id=job.folder.name,
        model=profile.model,
        base_url=profile.base_url,
        prompt=prompt.read_text("utf-8", "replace"),
        key=next(iter(job.keys.values()), ""),
        maker=profile.maker,
        quirks=profile.quirks,
        effort=profile.effort,
        writes=job.writes,
        tree=str(job.tree),
        ask=profile.ask,
        allow=profile.allow,
        max_steps=job.max_steps,
        max_cost_usd=job.max_cost_usd,
        price=profile.price,
        context_tokens=profile.context_tokens,
        history=tuple(entries),
    )
