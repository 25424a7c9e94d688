"""Making the session of an attempt, out of what its kind of worker can do."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.lane_state import LOCAL
from wf_tui.plan.choices import OnTimeout
from wf_tui.profiles.resolved import Limits
from wf_tui.scheduler.attempts.progress import Progress, last_line
from wf_tui.scheduler.session.attempt_session import AttemptSession
from wf_tui.scheduler.session.questions import Questions
from wf_tui.scheduler.session.transcript import Transcript, TranscriptFile
from wf_tui.scheduler.session.usage_meter import UsageMeter
from wf_tui.workers.model.history import HISTORY, append
from wf_tui.workers.shim.log import LOG, SAID
from wf_tui.workers.shim.redaction import Redactor

if TYPE_CHECKING:
    from wf_tui.clock import Clock
    from wf_tui.ledger.model.spec import Spec
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.lanes.run_lanes import RunLanes
    from wf_tui.scheduler.session.last_words import LastWords
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.protocol import Job
    from wf_tui.workers.registry import WorkerKind

__all__ = ["make_session"]

_QUESTION_TIMEOUT: Final = 3600.0
"""Seconds that a person is waited for, where no profile says it (RULES 5, Persons)."""


def make_session(
    active: ActiveClaim,
    job: Job,
    kind: WorkerKind,
    threads: Threads,
    clock: Clock,
    lanes: RunLanes | None = None,
) -> AttemptSession:
    """Return the session of an attempt that is about to run its worker; on the event loop."""
    log, said = job.folder / LOG, job.folder / SAID

    async def sample() -> LastWords:
        if kind.has_floor or session.words.text:
            return session.words
        # A command says what it does in its output; on the line it may tell of a plan beside.
        return replace(session.words, text=await threads.run(last_line, log))

    async def record(words: LastWords) -> None:
        await active.record.said(words, session.tools)

    active.mailbox.hears = kind.can_hear or (job.profile is not None and job.profile.hears)
    session = AttemptSession(
        active,
        clock,
        Questions(active, active.mailbox, clock, *_patience(active.claim.task.spec, job)),
        UsageMeter(job.profile),
        threads,
        _limits(active.claim.task.spec, job),
        Progress(sample, record),
        Redactor(dict(job.secrets)).whole,
        lanes=lanes if active.claim.lane != LOCAL else None,
        on_line=kind.has_floor,
        tools_at_end=job.profile is not None and job.profile.tools_at_end,
    )
    # The log of a command is its output, which its shim writes.
    if kind.keeps_history:
        session.history = partial(append, job.folder / HISTORY, redact=session.redact)
    file = TranscriptFile(log if kind.has_floor else said, job.limits.output_bytes)
    session.transcript = Transcript(file, clock, threads.run)
    return session


def _patience(spec: Spec, job: Job) -> tuple[float | None, bool]:
    """Return for how many seconds a person is waited for, and whether the answer is no then.

    What the task says goes before what its profile says; in a run that asks nobody, nobody does.
    """
    patience, ending = _QUESTION_TIMEOUT, OnTimeout.STOP
    if job.profile is not None:
        patience, ending = job.profile.question_timeout, OnTimeout(job.profile.on_timeout)
    if patience >= 0 and spec.question_timeout is not None:
        patience = spec.question_timeout
    rejects = (spec.on_timeout or ending) == OnTimeout.REJECT
    return (None if patience == 0 else max(0.0, patience)), rejects


def _limits(spec: Spec, job: Job) -> Limits:
    """Return what the attempt may use; what its task says goes before what its profile says.

    Tokens and money of a task are counted over all its attempts, by the ledger.
    """
    of_profile = job.profile.limits if job.profile else Limits()
    return replace(
        of_profile,
        max_seconds=spec.max_seconds or of_profile.max_seconds,
        max_steps=spec.max_steps or of_profile.max_steps,
        max_tokens=None if spec.max_tokens else of_profile.max_tokens,
        max_cost_usd=None if spec.max_cost_usd else of_profile.max_cost_usd,
    )
