"""What the end of a driver means: its verdict is a claim, and the exit of the program has to fit.

For the kinds of workers whose program is a driver of wf's own; a `shell` worker is judged by its
exit status alone, see `shell`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from wf_tui.text import clean
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Verdict
from wf_tui.workers.line.run_on_line import LineRun
from wf_tui.workers.protocol import Failure, Lost, Outcome, ProgramExit, Success
from wf_tui.workers.shell import failure, failure_text

__all__ = ["outcome_of"]

_LONGEST_ANSWER: Final = 64_000
"""Characters of an answer; what dependants get of it is shorter."""
_LONGEST_WHY: Final = 400
_WORDS: Final[Mapping[FailureKind, str]] = {
    FailureKind.RATE_LIMIT: "its provider wants a pause",
    FailureKind.QUOTA: "its quota is used up",
    FailureKind.AUTH: "its key or login was refused",
    FailureKind.CONFIG: "its profile does not fit",
    FailureKind.SERVER: "its provider had a fault",
    FailureKind.NETWORK: "its provider was not reached",
    FailureKind.TRUNCATED: "its answer was cut off",
    FailureKind.CONTEXT: "its conversation is too long for its model",
    FailureKind.BUDGET: "its budget is used up",
    FailureKind.CANCELLED: "it was stopped",
}
_ENDED_BY_WF: Final[Mapping[str, FailureKind]] = {
    "spawn": FailureKind.TRANSPORT,
    "stopped": FailureKind.CANCELLED,
    "scheduler_gone": FailureKind.CANCELLED,
}


def outcome_of(run: LineRun, seconds: float | None) -> Outcome:
    """Return what an attempt of a driver came to; `seconds` was its time limit."""
    ended, verdict = run.program, run.verdict
    if ended.lost:
        return Lost(failure_text(ended, seconds), ended)
    if ended.cause is not None or not ended.clean:
        kind = _ENDED_BY_WF.get(ended.cause or "", FailureKind.TASK)
        return replace(failure(ended, seconds), kind=kind, verdict=verdict)
    if verdict is None:
        text = f"its driver ended without a verdict: {failure(ended, seconds).text}"
        return Failure("no_verdict", text, ended, FailureKind.TRANSPORT)
    if not verdict.ok:
        return refused(verdict, ended)
    if not ended.succeeded:
        text = f"its driver said that it is done, but ended with {failure(ended, seconds).text}"
        return Failure("driver", text, ended, FailureKind.TRANSPORT, verdict=verdict)
    answer = clean(verdict.text, limit=_LONGEST_ANSWER, multiline=True)
    if run.result is None:
        return Success(answer, ended, verdict=verdict)
    summary = clean(run.result.summary, limit=_LONGEST_ANSWER, multiline=True)
    return Success(answer or summary, ended, summary, run.result.files, verdict)


def refused(verdict: Verdict, ended: ProgramExit) -> Failure:
    """Return what a verdict means that is no success."""
    kind = verdict.kind or FailureKind.UNKNOWN
    why = clean(verdict.why, limit=_LONGEST_WHY).strip()
    words = _WORDS.get(kind, "it failed")
    return Failure(
        cause=kind.value,
        text=f"{words}: {why}" if why and why != words else words,
        program=ended,
        kind=kind,
        retry_after=verdict.retry_after,
        reset_at=verdict.reset_at,
        verdict=verdict,
    )
