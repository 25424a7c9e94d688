"""Kill -9 with a line open: of the shim, its parent, the scheduler, the driver."""

import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.session_probe import SessionProbe
from tests.unit.workers.conftest import MakeProgram, Witness
from wf_tui.workers.line.grammar import Answer, Message, Question, Verdict
from wf_tui.workers.line.run_on_line import run_on_line
from wf_tui.workers.protocol import Started
from wf_tui.workers.shim.exit_file import read_exit
from wf_tui.workers.shim.launcher import Launcher

ASK = r"""
exec 9>{witness}; (echo up >&9; exec sleep 1000) &
printf '{{"ev":"question","id":"1","text":"?"}}\n' >&3; read -r answer <&3; echo "$answer"
"""
SCHEDULER = """
import asyncio, os, sys
from pathlib import Path
from tests.support.session_probe import SessionProbe
from wf_tui.workers.line.run_on_line import run_on_line
from wf_tui.workers.protocol import Limits
from wf_tui.workers.shim.launcher import Launcher, Program

async def main():
    folder = Path(sys.argv[1])
    program = Program(("/bin/sh", "-c", sys.argv[2]), folder, dict(os.environ),
                      folder / "log", folder / "exit", str(folder), Limits(seconds=1000.0))
    async with Launcher() as launcher:
        await run_on_line(launcher, program, SessionProbe())

asyncio.run(main())
"""


async def test_death_of_a_shim(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram, witness: Witness
) -> None:
    """Nobody knows how the program ended; what it said is kept, its question is let go."""
    program = shell(ASK.format(witness=witness.path))
    running = asyncio.create_task(run_on_line(launcher, program, session))
    await session.said.first(Question)
    await witness.word()
    os.kill((await session.noted.first(Started)).shim, signal.SIGKILL)
    run = await running
    assert (run.program.lost, run.verdict) == (True, None)
    await witness.all_dead()


async def test_death_of_the_parent(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram, witness: Witness
) -> None:
    """The line of a program does not depend on the parent that handed it on."""
    program = shell(ASK.format(witness=witness.path))
    running = asyncio.create_task(run_on_line(launcher, program, session))
    await session.said.first(Question)
    os.kill(launcher.parent_pid, signal.SIGKILL)
    session.answers.put_nowait(Answer("1", "y"))
    assert '"option": "y"' in (await running).program.tail
    session.answers.put_nowait(Answer("1", "n"))
    again = shell(ASK.format(witness=witness.path), "2")
    assert '"option": "n"' in (await run_on_line(launcher, again, session)).program.tail


async def test_death_of_parent_and_shim(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram, witness: Witness
) -> None:
    """Without parent and shim the processes are found by their mark, and the line ends."""
    program = shell(ASK.format(witness=witness.path))
    running = asyncio.create_task(run_on_line(launcher, program, session))
    await session.said.first(Question)
    await witness.word()
    os.kill(launcher.parent_pid, signal.SIGKILL)
    os.kill((await session.noted.first(Started)).shim, signal.SIGKILL)
    assert (await running).program.lost
    await witness.all_dead()


def start_scheduler(folder: Path, command: str) -> subprocess.Popen[bytes]:
    """Start a process that runs a command on its line, and answers nothing."""
    return subprocess.Popen(
        [sys.executable, "-c", SCHEDULER, str(folder), command], stderr=subprocess.PIPE
    )


async def test_death_of_the_scheduler(folder: Path, witness: Witness) -> None:
    """A question that is open, and a clock that stands still, keep no program alive."""
    scheduler = start_scheduler(folder, ASK.format(witness=witness.path))
    await witness.word()
    scheduler.kill()
    await witness.all_dead()
    await asyncio.to_thread(scheduler.communicate)  # parent and shim hold the other end
    ended = read_exit(folder / "exit")
    assert ended is not None
    assert (ended.cause, ended.clean) == ("scheduler_gone", True)


async def test_death_of_a_driver(
    launcher: Launcher, session: SessionProbe, program: MakeProgram, witness: Witness
) -> None:
    """A driver that is killed has said nothing of its end, and its agent goes with it."""
    driver = dataclasses.replace(
        program(("agent", f"exec 9>{witness.path}; echo up >&9; exec sleep 1000")),
        call="tests.support.line_drivers:run_agent",
    )
    running = asyncio.create_task(run_on_line(launcher, driver, session))
    await session.said.first(Message)
    await witness.word()
    os.kill((await session.noted.first(Started)).pid, signal.SIGKILL)
    run = await running
    assert (run.program.signal, run.verdict) == (signal.SIGKILL, None)
    await witness.all_dead()


async def test_a_program_that_closes_its_line(
    launcher: Launcher, session: SessionProbe, program: MakeProgram
) -> None:
    """A line that its program has shut down is no fault; it is judged by its end."""
    code = """
import socket
line = socket.socket(fileno=3)
line.sendall(b'{"ev":"message","text":"last"}\\n{"ev":"question","id":"1","text":"?"}\\n')
line.shutdown(socket.SHUT_RDWR)
"""
    session.answers.put_nowait(Answer("1", "y"))
    run = await run_on_line(launcher, program((sys.executable, "-c", code)), session)
    assert run.program.succeeded
    assert session.said == [Message("last"), Question("1", "?")]


async def test_a_program_that_sends_descriptors(
    launcher: Launcher, session: SessionProbe, program: MakeProgram
) -> None:
    """The line is a socket, over which files can be sent; the scheduler takes none."""
    code = """
import os, socket
line, pipe = socket.socket(fileno=3), os.pipe()
for number in range(50):
    socket.send_fds(line, [b'{"ev":"message","text":"x"}\\n'], pipe)
line.sendall(b'{"ev":"verdict","ok":true}\\n')
"""
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counted, not read
    run = await run_on_line(launcher, program((sys.executable, "-c", code)), session)
    assert run.verdict == Verdict(ok=True)
    assert len(os.listdir("/proc/self/fd")) <= before  # noqa: PTH208 - counted, not read
