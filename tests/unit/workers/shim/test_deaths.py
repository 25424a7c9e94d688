"""Kill -9 of the shim, of its parent, of the scheduler: no process of an attempt is left."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.session_probe import Events
from tests.unit.workers.conftest import MakeProgram, Witness, stopped
from wf_tui.errors import EnvironmentalError
from wf_tui.workers.protocol import Started
from wf_tui.workers.shim.exit_file import read_exit
from wf_tui.workers.shim.launcher import Launcher

FAMILY = """exec 9>{witness}; setsid sh -c 'echo daemon >&9; sleep 1000' &
trap '' TERM; echo main >&9; while :; do sleep 1000; done"""
SCHEDULER = """
import asyncio, os, sys
from pathlib import Path
from wf_tui.workers.shim.exit_file import read_exit
from wf_tui.workers.shim.launcher import Launcher, Program

async def main():
    folder = Path(sys.argv[1])
    program = Program(("/bin/sh", "-c", sys.argv[2]), folder, dict(os.environ),
                      folder / "log", folder / "exit", str(folder))
    async with Launcher() as launcher:
        await launcher.run(program, lambda event: None)

asyncio.run(main())
"""


def _start_scheduler(folder: Path, command: str) -> subprocess.Popen[bytes]:
    command_line = [sys.executable, "-c", SCHEDULER, str(folder), command]
    return subprocess.Popen(command_line, stderr=subprocess.PIPE)


async def test_death_of_the_scheduler(folder: Path, witness: Witness) -> None:
    """With the scheduler everything dies, at once, and the exit file says why."""
    command = FAMILY.format(witness=witness.path)
    scheduler = _start_scheduler(folder, command)
    assert await witness.words(2) == ["daemon", "main"]
    scheduler.kill()
    await asyncio.wait_for(witness.all_dead(), 2)
    await asyncio.to_thread(scheduler.communicate)  # parent and shim hold the other end
    ended = read_exit(folder / "exit")
    assert ended is not None
    assert (ended.cause, ended.signal, ended.clean) == ("scheduler_gone", 9, True)


async def test_death_of_a_shim(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """The parent kills the orphans of a killed shim before the attempt counts as lost."""
    running = asyncio.create_task(launcher.run(shell(FAMILY.format(witness=witness.path)), events))
    await witness.words(2)
    os.kill((await events.first(Started)).shim, signal.SIGKILL)
    ended = await running
    assert ended.lost
    assert not ended.succeeded
    await asyncio.wait_for(witness.all_dead(), 1)


async def test_frozen_shim(
    impatient: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """A shim that somebody stopped cannot obey: it is killed, and its program with it."""
    program = shell(FAMILY.format(witness=witness.path), grace=0.0)
    running = asyncio.create_task(impatient.run(program, events))
    await witness.words(2)
    os.kill((await events.first(Started)).shim, signal.SIGSTOP)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 5)
    await asyncio.wait_for(witness.all_dead(), 1)


async def test_frozen_parent(impatient: Launcher, shell: MakeProgram, events: Events) -> None:
    """What never starts can be given up, and the next program is started by a new parent."""
    os.kill(impatient.parent_pid, signal.SIGSTOP)
    running = asyncio.create_task(impatient.run(shell("true", "a", grace=0.0), events))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 5)
    assert (await impatient.run(shell("true", "b"), events)).succeeded


async def test_death_of_a_shim_spares_the_others(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """Other attempts go on when a shim is killed."""
    victim = asyncio.create_task(launcher.run(shell("sleep 1000", "a"), events))
    shim = (await events.first(Started)).shim
    command = f"mkfifo {witness.path}.go; exec 9>{witness.path}; echo up >&9; cat {witness.path}.go"
    other = asyncio.create_task(launcher.run(shell(command, "b"), events))
    await witness.word()
    os.kill(shim, signal.SIGKILL)
    assert (await victim).lost
    await asyncio.to_thread(witness.path.with_name("witness.go").write_text, "on")
    assert (await other).tail == "on"


async def test_death_of_the_parent(
    launcher: Launcher,
    shell: MakeProgram,
    events: Events,
    witness: Witness,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Running attempts end normally, the next one gets a new parent, and that is logged."""
    command = f"mkfifo {witness.path}.go; exec 9>{witness.path}; echo up >&9; cat {witness.path}.go"
    running = asyncio.create_task(launcher.run(shell(command), events))
    await witness.word()
    old = launcher.parent_pid
    os.kill(old, signal.SIGKILL)
    assert (await launcher.run(shell("exit 6", "b"), events)).code == 6
    assert launcher.parent_pid != old
    assert "a new one is started" in caplog.text
    await asyncio.to_thread(witness.path.with_name("witness.go").write_text, "on")
    assert (await running).tail == "on"


async def test_stop_without_a_parent(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """An attempt can be stopped although the parent that forked its shim is dead."""
    program = shell(FAMILY.format(witness=witness.path), grace=0.0)
    running = asyncio.create_task(launcher.run(program, events))
    await witness.words(2)
    os.kill(launcher.parent_pid, signal.SIGKILL)
    assert (await stopped(running, program)).cause == "stopped"
    await asyncio.wait_for(witness.all_dead(), 1)


async def test_death_of_parent_and_shim(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """Without parent and shim the launcher finds the processes by their mark."""
    running = asyncio.create_task(launcher.run(shell(FAMILY.format(witness=witness.path)), events))
    await witness.words(2)
    os.kill(launcher.parent_pid, signal.SIGKILL)
    os.kill((await events.first(Started)).shim, signal.SIGKILL)
    assert (await running).lost
    await asyncio.wait_for(witness.all_dead(), 1)


async def test_closing_the_launcher(shell: MakeProgram, events: Events, witness: Witness) -> None:
    """Leaving the launcher ends what still runs, without grace."""
    async with Launcher() as launcher:
        running = asyncio.create_task(
            launcher.run(shell(FAMILY.format(witness=witness.path)), events)
        )
        await witness.words(2)
    assert (await running).cause == "scheduler_gone"
    await asyncio.wait_for(witness.all_dead(), 1)


async def test_closing_after_the_death_of_the_parent(
    shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """A dead parent does not keep the launcher from ending what it has left."""
    async with Launcher() as launcher:
        running = asyncio.create_task(
            launcher.run(shell(FAMILY.format(witness=witness.path)), events)
        )
        await witness.words(2)
        os.kill(launcher.parent_pid, signal.SIGKILL)
    assert (await running).cause == "scheduler_gone"
    await asyncio.wait_for(witness.all_dead(), 1)


async def test_sleeping_parent(launcher: Launcher, shell: MakeProgram, events: Events) -> None:
    """Requests wait for a parent that does not take them, and none is lost."""
    os.kill(launcher.parent_pid, signal.SIGSTOP)
    runs = [
        asyncio.create_task(launcher.run(shell("true", f"{number}"), events))
        for number in range(300)
    ]
    await asyncio.sleep(0)
    os.kill(launcher.parent_pid, signal.SIGCONT)
    assert {(await run).code for run in runs} == {0}


async def test_parent_without_descriptors(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """Where no descriptor is free nothing is started, and it works again when some are."""
    usual = resource.prlimit(launcher.parent_pid, resource.RLIMIT_NOFILE)
    assert (await launcher.run(shell("true"), events)).code == 0
    resource.prlimit(launcher.parent_pid, resource.RLIMIT_NOFILE, (3, usual[1]))
    assert (await launcher.run(shell("true"), events)).cause == "spawn"
    resource.prlimit(launcher.parent_pid, resource.RLIMIT_NOFILE, usual)
    assert (await launcher.run(shell("true"), events)).code == 0


async def test_parent_that_cannot_live(shell: MakeProgram, events: Events) -> None:
    """With an interpreter that ends at once a program is not started, and not lost."""
    async with Launcher(python="/bin/false") as launcher:
        ended = await launcher.run(shell("true"), events)
    assert (ended.cause, ended.error) == ("spawn", "the shim parent accepts no requests")


async def test_missing_interpreter() -> None:
    """An interpreter that does not exist is one clear error."""
    with pytest.raises(EnvironmentalError, match="cannot start the shim parent"):
        async with Launcher(python="/no/such/python"):
            pass
