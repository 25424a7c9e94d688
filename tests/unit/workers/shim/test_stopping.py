"""Ending a program: its time limit, a stop, cancelling; and everything it has started."""

import asyncio
import json
import os
import signal

import pytest

from tests.support.session_probe import Events
from tests.unit.workers.conftest import MakeProgram, Witness, stopped
from wf_tui.workers.protocol import Started
from wf_tui.workers.shim.launcher import Launcher

BRANCHES = """
exec 9>{witness}
(echo child >&9; sleep 1000) &
setsid sh -c 'echo daemon >&9; sleep 1000' &
(setsid sh -c '(echo orphan >&9; exec sleep 1000) & exit' &) &
"""
DEAF = "trap '' TERM INT HUP; exec 9>{witness}; echo up >&9; while :; do sleep 1000; done"


async def test_time_limit(launcher: Launcher, shell: MakeProgram, events: Events) -> None:
    """A program over its time limit is ended by TERM."""
    ended = await launcher.run(shell("sleep 1000", seconds=0.05), events)
    assert (ended.signal, ended.cause, ended.clean) == (15, "time_limit", True)


async def test_deaf_program_is_killed_after_the_grace(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """A program that ignores TERM is killed when its grace is over."""
    command = DEAF.format(witness=witness.path)
    ended = await launcher.run(shell(command, seconds=0.2, grace=0.1), events)
    assert (ended.signal, ended.cause) == (9, "time_limit")
    await witness.all_dead()


async def test_stop_lets_the_program_clean_up(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """A stop sends TERM first; the program's own exit status is kept, with the cause."""
    command = f"trap 'echo bye; exit 7' TERM; exec 9>{witness.path}; sleep 1000 & echo up >&9; wait"
    program = shell(command, grace=10.0)
    running = asyncio.create_task(launcher.run(program, events))
    await witness.word()
    ended = await stopped(running, program)
    assert (ended.code, ended.cause) == (7, "stopped")
    assert ended.tail.endswith("bye\n")


async def test_frozen_program_is_stopped(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """A program that is stopped by a signal still ends within the grace."""
    command = f"exec 9>{witness.path}; echo up >&9; kill -STOP $$"
    program = shell(command, grace=10.0)
    running = asyncio.create_task(launcher.run(program, events))
    await witness.word()
    assert (await stopped(running, program)).signal == 15


async def test_nothing_outlives_the_program(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """Children, daemons and orphans in other sessions are killed when the main process ends."""
    command = BRANCHES.format(witness=witness.path) + f"read -r _ < {witness.path}.go"
    program = shell(f"mkfifo {witness.path}.go; {command}")
    running = asyncio.create_task(launcher.run(program, events))
    assert await witness.words(3) == ["child", "daemon", "orphan"]
    await asyncio.to_thread(witness.path.with_name("witness.go").write_text, "go\n")
    ended = await running
    assert (ended.code, ended.clean) == (0, True)
    assert json.loads(program.exit_file.read_bytes())["left_over"] >= 3
    await witness.all_dead()


async def test_cancelling_waits_for_the_last_process(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """A cancelled run returns only when every process is gone."""
    command = BRANCHES.format(witness=witness.path) + "echo up >&9; sleep 1000"
    running = asyncio.create_task(launcher.run(shell(command), events))
    assert await witness.words(4) == ["child", "daemon", "orphan", "up"]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.wait_for(witness.all_dead(), 1)


async def test_cancelling_twice_gives_no_grace(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """The second cancel is a kill."""
    command = DEAF.format(witness=witness.path)
    running = asyncio.create_task(launcher.run(shell(command, grace=1000.0), events))
    await witness.word()
    running.cancel()
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await witness.all_dead()


async def test_cancelling_before_the_start(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """A run that is cancelled at once leaves nothing, and the launcher goes on working."""
    running = asyncio.create_task(launcher.run(shell("sleep 1000", grace=0.0), events))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await launcher.run(shell("exit 2"), events)).code == 2


async def test_small_fork_storm(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """Processes that keep forking are frozen, then killed."""
    storm = f"""exec 9>{witness.path}
    for i in 1 2 3; do (while :; do (sleep 0.01 &) done) & done
    echo up >&9; wait"""
    program = shell(storm, grace=0.0)
    running = asyncio.create_task(launcher.run(program, events))
    await witness.word()
    assert (await stopped(running, program)).clean
    await witness.all_dead()


async def test_killed_program_is_no_success(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """A program that a signal ends has no exit status, though the shim reaps all."""
    ended = await launcher.run(shell("(exit 0) & (exit 0) & kill -9 $$"), events)
    assert (ended.code, ended.signal, ended.cause) == (None, 9, None)
    assert not ended.succeeded


async def test_term_to_the_shim_is_a_stop(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """Whoever sends TERM to a shim stops its program with the usual grace."""
    running = asyncio.create_task(launcher.run(shell("sleep 1000"), events))
    os.kill((await events.first(Started)).shim, signal.SIGTERM)
    ended = await running
    assert (ended.signal, ended.cause) == (15, "stopped")
