"""The shell worker: a command's end becomes an outcome with a sentence for a person."""

import asyncio
import dataclasses
import os
import signal
from pathlib import Path

import pytest

from tests.support.log_text import printed
from tests.support.session_probe import SessionProbe
from tests.unit.workers.conftest import Witness
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.protocol import (
    Failure,
    Job,
    Limits,
    Lost,
    ProgramExit,
    Started,
    Success,
)
from wf_tui.workers.script import SHELL
from wf_tui.workers.shell import ShellWorker, failure, result_text, run_command
from wf_tui.workers.shim.exit_file import read_exit
from wf_tui.workers.shim.launcher import Launcher

BASH = ("bash", "-eo", "pipefail", "-c")


@pytest.fixture
def job(tmp_path: Path, folder: Path) -> Job:
    """Give a job whose command is still to be set."""
    return Job(
        run="run",
        task="task",
        epoch=1,
        worker="shell-1",
        tree=tmp_path,
        folder=folder,
        command="true",
        prompt="",
        environment={"PATH": os.environ["PATH"]},
        limits=Limits(grace=0.1),
        mark=str(folder),
    )


def _with(job: Job, command: str | None) -> Job:
    return dataclasses.replace(job, command=command)


async def _failure(launcher: Launcher, job: Job) -> Failure:
    outcome = await ShellWorker(launcher).run(job, SessionProbe())
    assert isinstance(outcome, Failure)
    return outcome


async def test_success(launcher: Launcher, job: Job, folder: Path) -> None:
    """Exit status 0 is success; the output is the result, in the log and the exit file."""
    outcome = await ShellWorker(launcher).run(_with(job, "echo made it"), SessionProbe())
    assert isinstance(outcome, Success)
    assert outcome.result == "made it"
    assert printed(folder / "log.jsonl") == "made it\n"
    assert (folder / "exit.json").exists()


@pytest.mark.parametrize(
    ("command", "cause", "text"),
    [
        ("exit 3", "exit", "exit 3"),
        ("kill -9 $$", "signal", "killed by signal 9 (SIGKILL)"),
        ("no-such-tool --x", "exit", "command not found: no-such-tool"),
        ("exit 127", "exit", "exit 127"),
        ("if", "exit", "exit 2"),
    ],
)
async def test_failures(launcher: Launcher, job: Job, command: str, cause: str, text: str) -> None:
    """Each way to fail has its word and its sentence."""
    outcome = await _failure(launcher, _with(job, command))
    assert (outcome.cause, outcome.text) == (cause, text)


async def test_failure_carries_the_program(launcher: Launcher, job: Job) -> None:
    """A failure has exit status, signal and the last output at hand."""
    outcome = await _failure(launcher, _with(job, "echo oh no; exit 4"))
    assert (outcome.exit_code, outcome.signal, outcome.tail) == (4, None, "oh no\n")


async def test_time_limit(launcher: Launcher, job: Job) -> None:
    """A command over its time is a limit, and the sentence has the number."""
    limited = dataclasses.replace(_with(job, "sleep 1000"), limits=Limits(seconds=0.05))
    outcome = await _failure(launcher, limited)
    assert outcome.cause == "time_limit"
    assert outcome.text == "over its time limit of 0.05 s"


async def test_missing_tree(launcher: Launcher, job: Job, tmp_path: Path) -> None:
    """A tree that is gone is not the task's fault."""
    gone = dataclasses.replace(job, tree=tmp_path / "gone")
    outcome = await _failure(launcher, gone)
    assert outcome.cause == "spawn"
    assert str(tmp_path / "gone") in outcome.text


async def test_no_command(launcher: Launcher, job: Job) -> None:
    """A task with only a prompt is nothing for a shell."""
    assert (await _failure(launcher, _with(job, None))).text == "the task has no command to run"


async def test_lost(launcher: Launcher, job: Job) -> None:
    """A killed shim is neither success nor failure."""
    session = SessionProbe()
    running = asyncio.create_task(ShellWorker(launcher).run(_with(job, "sleep 1000"), session))
    os.kill((await session.noted.first(Started)).shim, signal.SIGKILL)
    assert isinstance(await running, Lost)


async def test_cancel(launcher: Launcher, job: Job, witness: Witness) -> None:
    """A cancelled job leaves no process."""
    command = f"exec 9>{witness.path}; echo up >&9; sleep 1000"
    running = asyncio.create_task(ShellWorker(launcher).run(_with(job, command), SessionProbe()))
    await witness.word()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.wait_for(witness.all_dead(), 1)


async def test_gate(launcher: Launcher, job: Job, folder: Path) -> None:
    """A gate runs in the same tree, with a log and an exit file of its own."""
    ended = await run_command(launcher, job, "gate", "pwd; exit 1", SHELL)
    assert (ended.code, ended.tail) == (1, f"{job.tree}\n")
    assert printed(folder / "gate.jsonl") == ended.tail
    assert read_exit(folder / "gate.json") == ended


@pytest.mark.parametrize(
    ("ended", "cause", "text"),
    [
        (ProgramExit(signal=15, cause="stopped"), "stopped", "it was stopped"),
        (
            ProgramExit(code=0, clean=False),
            "unkillable",
            "one of its processes could not be killed",
        ),
        (ProgramExit(signal=40), "signal", "killed by signal 40"),
        (ProgramExit(cause="spawn"), "spawn", "it could not be started: unknown reason"),
    ],
)
def test_rare_failures(ended: ProgramExit, cause: str, text: str) -> None:
    """What hardly ever happens has a sentence too."""
    outcome = failure(ended, None)
    assert (outcome.cause, outcome.text) == (cause, text)


def test_result_is_the_end_of_the_output() -> None:
    """A long output becomes its last whole lines, in at most 1,000 characters."""
    lines = [f"line {number}" for number in range(300)]
    result = result_text("\n".join(lines) + "\n\n")
    assert len(result) <= 1000
    assert result.splitlines() == lines[-len(result.splitlines()) :]


def test_result_is_safe_for_a_terminal() -> None:
    """Escape sequences and control characters of the output do not reach the result."""
    assert result_text("\x1b[31mred\x1b[0m\x07 \u202eback\n") == "red\u2407 \ufffdback"


def test_result_of_one_long_line() -> None:
    """A line that is too long is cut at its beginning."""
    assert result_text("x" * 3000 + "end") == "x" * 997 + "end"


async def test_the_first_failing_line_ends_a_command(launcher: Launcher, job: Job) -> None:
    """What stands below a line that failed is not run, however well it would end."""
    outcome = await _failure(launcher, _with(job, "echo one\nfalse\necho two"))
    assert (outcome.text, outcome.tail) == ("exit 1", "one\n")


async def test_bash_also_fails_within_a_pipe(launcher: Launcher, job: Job) -> None:
    """With `shell: bash` a pipe is as good as its worst command."""
    bash = dataclasses.replace(job, shell=BASH)
    assert (await _failure(launcher, _with(bash, "false | cat; echo on"))).tail == ""


async def test_a_long_command_runs(launcher: Launcher, job: Job) -> None:
    """A command that no argument can hold runs from a file, and stops at failures as well."""
    long = _with(job, f"# {'x' * 300_000}\necho done")
    outcome = await ShellWorker(launcher).run(long, SessionProbe())
    assert isinstance(outcome, Success)
    assert outcome.result == "done"
    failing = _with(job, f"false\n# {'x' * 300_000}\necho done")
    assert (await _failure(launcher, failing)).tail == ""


@pytest.mark.parametrize("tail", [
    "/bin/sh: 1: set: Illegal option -o pipefail",
    "sh: 3: [[: not found",
    "sh: 1: source: not found",
    "sh: 2: Bad substitution",
])  # fmt: skip
def test_words_of_bash_are_hinted_at(tail: str) -> None:
    """What only bash knows fails elsewhere, and the sentence says how to have bash."""
    ended = ProgramExit(code=2, tail=tail)
    assert "`shell: bash`" in failure(ended, None).text
    assert "bash" not in failure(ProgramExit(code=2, tail="pipefail"), None).text


def test_a_result_has_the_last_state_of_a_progress_bar() -> None:
    """What a line was before it wrote over itself is no part of a result."""
    assert result_text("one\r\n10%\r99%\rdone\r\x1b[K\n") == "one\ndone"


SAY_RESULT = """printf '{"ev":"result","summary":"all good","files":["a"],"verdict":"%s"}\\n'"""


async def test_a_result_that_is_said(launcher: Launcher, job: Job) -> None:
    """What a command says on its line is its result, in the place of its output."""
    command = f"echo noise; {SAY_RESULT} pass >&3"
    outcome = await ShellWorker(launcher).run(_with(job, command), SessionProbe())
    assert isinstance(outcome, Success)
    assert (outcome.result, outcome.summary, outcome.files) == ("all good", "all good", ("a",))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("""printf '{"ev":"verdict","ok":false,"why":"red"}\\n'""", "it says that it failed: red"),
        (f"{SAY_RESULT} fail", "its result says fail: all good"),
        (
            """printf '{"ev":"verdict","ok":false,"kind":"quota","why":"no credit"}\\n'""",
            "it says that it failed: no credit",
        ),
    ],
)
async def test_a_failure_that_is_said(launcher: Launcher, job: Job, said: str, text: str) -> None:
    """A command that ended well can say that it failed; of a quota it is not believed."""
    failure = await _failure(launcher, _with(job, f"{said} >&3"))
    assert (failure.cause, failure.text, failure.kind) == ("verdict", text, FailureKind.TASK)


async def test_a_success_that_is_said_is_none(launcher: Launcher, job: Job) -> None:
    """What a command says on its line does not make a success of its failure."""
    command = """printf '{"ev":"verdict","ok":true}\\n' >&3; exit 3"""
    failure = await _failure(launcher, _with(job, command))
    assert (failure.cause, failure.text, failure.exit_code) == ("exit", "exit 3", 3)


async def test_the_own_prompt_is_standard_input(
    launcher: Launcher, job: Job, tmp_path: Path
) -> None:
    """A command reads the prompt of its task; without one there is nothing to read."""
    prompt = tmp_path / "input.txt"
    prompt.write_text("do it")
    reading = _with(job, "cat; echo .")
    outcome = await ShellWorker(launcher).run(
        dataclasses.replace(reading, input_file=prompt), SessionProbe()
    )
    assert isinstance(outcome, Success)
    assert outcome.result == "do it."
    outcome = await ShellWorker(launcher).run(reading, SessionProbe())
    assert isinstance(outcome, Success)
    assert outcome.result == "."
