"""Making the session of an attempt, out of what its kind of worker can do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wf_tui.scheduler.attempts.progress import Progress, last_line
from wf_tui.scheduler.session.attempt_session import AttemptSession
from wf_tui.scheduler.session.transcript import Transcript, TranscriptFile
from wf_tui.workers.shim.log import LOG, SAID

if TYPE_CHECKING:
    from wf_tui.clock import Clock
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.session.last_words import LastWords
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.protocol import Job
    from wf_tui.workers.registry import WorkerKind

__all__ = ["make_session"]


def make_session(
    active: ActiveClaim, job: Job, kind: WorkerKind, threads: Threads, clock: Clock
) -> AttemptSession:
    """Return the session of an attempt that is about to run its worker; on the event loop."""
    log, said = job.folder / LOG, job.folder / SAID

    async def sample() -> LastWords:
        if kind.has_floor or session.words.text:
            return session.words
        # A command says what it does in its output; on the line it may tell of a plan beside.
        return replace(session.words, text=await threads.run(last_line, log))

    async def record(words: LastWords) -> None:
        await active.record.progress(words.text)

    session = AttemptSession(
        active,
        clock,
        Progress(sample, record),
        on_line=kind.has_floor,
        tools_at_end=job.profile is not None and job.profile.tools_at_end,
    )
    # The log of a command is its output, which its shim writes.
    file = TranscriptFile(log if kind.has_floor else said, job.limits.output_bytes)
    session.transcript = Transcript(file, clock, threads.run)
    return session
