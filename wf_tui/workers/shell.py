"""The `shell` worker: runs a task's own command; gates and others are such commands, too."""

import asyncio
import contextlib
import re
import signal
from dataclasses import replace

from wf_tui.text import clean, cut, last_state
from wf_tui.workers.line.grammar import Result
from wf_tui.workers.line.run_on_line import LineRun, run_on_line
from wf_tui.workers.protocol import (
    Failure,
    Job,
    Lost,
    Outcome,
    ProgramExit,
    Report,
    Success,
    WorkerEvent,
)
from wf_tui.workers.script import script_argv, text_argv
from wf_tui.workers.session import Session
from wf_tui.workers.shim.launcher import Launcher, Program

__all__ = ["ShellWorker", "failure", "failure_text", "result_text", "run_command"]

_RESULT_CHARACTERS = 1000
_LOST = "its supervisor (shim) was killed; exit status unknown"
_LONGEST_REASON = 300
_NOT_FOUND_STATUS = 127
_NOT_FOUND = re.compile(r": (?:\d+: )?([^:\n]+): (?:command )?not found\s*$", re.MULTILINE)

_BASH_ONLY = re.compile(
    r"\d+: (?:set: Illegal option -o pipefail|\[\[: not found|source: not found|Bad substitution)"
    r"|set: pipefail: invalid option name"
)
"""What a plain `sh` says of words that only bash knows; dash puts the number of the line before."""


class ShellWorker:
    """Gives a task's command to its shell, in the task's tree; the `Worker` of kind `shell`."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher

    async def run(self, job: Job, session: Session) -> Outcome:
        """Do the job; exit status 0 is success, unless the command says on its line it is none.

        The result is what it said there, else the last lines of its output.
        """
        if job.command is None:
            return Failure("spawn", "the task has no command to run")
        try:
            argv = await _argv(job, job.shell, job.command, "run")
        except OSError as error:
            return Failure("spawn", f"its command could not be written: {error.strerror}")
        program = Program.of_worker(job, argv, log="log.jsonl")
        run = await run_on_line(self._launcher, program, session, prompt_file=job.input_file)
        if run.program.lost:
            return Lost(_LOST, run.program)
        if not run.program.succeeded:
            return replace(failure(run.program, job.limits.seconds), verdict=run.verdict)
        return line_failure(run) or line_success(run)


def line_failure(run: LineRun) -> Failure | None:
    """Return the failure that a command says on its line though it ended well; None for none.

    Its word counts against it and never for it. Of limits and quotas it is not believed: there is
    no lane of a provider that they could be of.
    """
    verdict, result = run.verdict, run.result
    if verdict is not None and not verdict.ok:
        why = verdict.why or "without a reason"
        text = f"it says that it failed: {clean(why, limit=_LONGEST_REASON)}"
    elif result is not None and result.verdict == "fail":
        text = f"its result says fail: {clean(result.summary, limit=_LONGEST_REASON)}"
    else:
        return None
    return Failure("verdict", text, run.program, verdict=verdict)


def line_success(run: LineRun) -> Success:
    """Return the success of a command: its result is what it said that it is, else its output."""
    said = run.result or Result()
    summary = clean(said.summary, limit=len(said.summary) + 1, multiline=True).strip()
    return Success(
        summary or result_text(run.program.tail),
        run.program,
        summary=summary,
        files=tuple(clean(name) for name in said.files),
        verdict=run.verdict,
    )


def ignore_event(_: WorkerEvent) -> None:
    """Take an event and do nothing: the report of a command that nobody watches."""


async def run_command(
    launcher: Launcher,
    job: Job,
    name: str,
    command: str,
    shell: tuple[str, ...],
    report: Report = ignore_event,
) -> ProgramExit:
    """Run another command as the worker of `job` would; its log is its own, `gate.jsonl` say.

    For gates, `setup` and `teardown`: the same tree, environment and limits. Cancelling stops it as
    `Launcher.run` says. How it ended is the caller's to judge.
    """
    try:
        argv = await _argv(job, shell, command, name)
    except OSError as error:
        return ProgramExit(cause="spawn", error=f"its file: {error.strerror}")
    program = Program.of_job(job, argv, log=f"{name}.jsonl", exit_file=f"{name}.json")
    return await launcher.run(program, report)


def failure(ended: ProgramExit, seconds: float | None) -> Failure:
    """Return what a program's end means that is no success; `seconds` was its time limit.

    The order decides: why wf ended it tells more than the signal that it died of.
    """
    if ended.cause == "spawn":
        text = f"it could not be started: {clean(ended.error or 'unknown reason')}"
        return Failure("spawn", text, ended)
    if ended.cause == "time_limit":
        limit = "?" if seconds is None else f"{seconds:g}"
        text = f"over its time limit of {limit} s"
        return Failure("time_limit", text, ended)
    if ended.cause is not None:
        return Failure("stopped", "it was stopped", ended)
    if not ended.clean:
        text = "one of its processes could not be killed"
        return Failure("unkillable", text, ended)
    if ended.signal is not None:
        text = f"killed by signal {ended.signal}"
        with contextlib.suppress(ValueError):  # most real-time signals have no name
            text += f" ({signal.Signals(ended.signal).name})"
        return Failure("signal", text, ended)
    text = f"exit {ended.code}"
    if ended.code == _NOT_FOUND_STATUS:
        # A shell says which one; a program may use the same status for something else.
        missing = _NOT_FOUND.findall(ended.tail)
        if missing:
            text = f"command not found: {cut(clean(missing[-1].strip()), 80)}"
    if _BASH_ONLY.search(ended.tail):
        text += "; this is written for bash: say `shell: bash` in the task or the plan"
    return Failure("exit", text, ended)


def failure_text(ended: ProgramExit, seconds: float | None) -> str:
    """Return in one sentence how a command ended that is no success, also where nobody knows."""
    return _LOST if ended.lost else failure(ended, seconds).text


def result_text(tail: str) -> str:
    """Return the last lines of an output that fit a result, safe for a terminal.

    At most 1,000 characters, whole lines where there are any. `tail` is the end of the output as
    the shim has kept it. What dependants and people are given is this, never the log (G11).
    """
    lines = "\n".join(map(last_state, tail.rstrip().split("\n")))
    text = clean(lines, multiline=True).strip()
    if len(text) <= _RESULT_CHARACTERS:
        return text
    kept = text[-_RESULT_CHARACTERS:]
    return kept.partition("\n")[2] or kept


async def _argv(job: Job, shell: tuple[str, ...], command: str, name: str) -> tuple[str, ...]:
    """Return what runs a command of the attempt; a long one is written to a file in its folder."""
    short = text_argv(shell, command)
    if short is not None:
        return short
    return await asyncio.to_thread(script_argv, shell, command, job.folder / f"{name}.script")
