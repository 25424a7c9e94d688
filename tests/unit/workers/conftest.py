"""A launcher, programs for it, and ways to wait for real processes without sleeping."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.session_probe import Events, SessionProbe
from wf_tui.workers.protocol import Limits, ProgramExit
from wf_tui.workers.shim.exit_file import read_exit
from wf_tui.workers.shim.launcher import Launcher, Program

PATIENCE = 20.0


class Witness:
    """Hears from every process that holds its FIFO open; end-of-file is the death of the last."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._words: asyncio.Queue[str] = asyncio.Queue()
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._handle, self._read)

    def _read(self) -> None:
        if heard := os.read(self._handle, 4096):
            for word in heard.decode().split():
                self._words.put_nowait(word)
        else:
            self._ended.set()
            asyncio.get_running_loop().remove_reader(self._handle)

    async def word(self) -> str:
        """Return the next word that a process said."""
        return await asyncio.wait_for(self._words.get(), PATIENCE)

    async def words(self, count: int) -> list[str]:
        """Return the next `count` words, sorted."""
        return sorted([await self.word() for _ in range(count)])

    async def all_dead(self) -> None:
        """Return when no process holds the FIFO any more."""
        await asyncio.wait_for(self._ended.wait(), PATIENCE)

    def close(self) -> None:
        """Stop listening."""
        asyncio.get_running_loop().remove_reader(self._handle)
        os.close(self._handle)


async def stopped(running: "asyncio.Task[ProgramExit]", program: Program) -> ProgramExit:
    """Stop a program, as the scheduler does, and return what its shim has recorded of its end."""
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    ended = read_exit(program.exit_file)
    assert ended is not None
    return ended


MakeProgram = Callable[..., Program]


@pytest.fixture
async def launcher() -> AsyncIterator[Launcher]:
    """Give a launcher with its shim parent."""
    async with Launcher(alive_every=0.05) as started:
        yield started


@pytest.fixture
async def impatient() -> AsyncIterator[Launcher]:
    """Give one that kills a shim which does not obey at once."""
    async with Launcher(alive_every=0.05, deaf_after=0.1) as started:
        yield started


@pytest.fixture
async def witness(tmp_path: Path) -> AsyncIterator[Witness]:
    """Give a witness; `exec 9>witness` in a shell makes all its descendants hold it."""
    one = Witness(tmp_path / "witness")
    yield one
    one.close()


@pytest.fixture
async def session() -> SessionProbe:
    """Give a session that records what it is told, and answers what the test says."""
    return SessionProbe()


@pytest.fixture
async def events() -> Events:
    """Give a report that can be waited on."""
    return Events()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give an attempt's folder."""
    path = tmp_path / "attempt"
    path.mkdir()
    return path


@pytest.fixture
def mark(folder: Path) -> str:
    """Give the mark of the program that `shell` and `program` make without a name.

    It is unique on this machine, for other tests sweep by their marks at the same time.
    """
    return f"{folder}/1"


@pytest.fixture
def shell(tmp_path: Path, folder: Path) -> MakeProgram:
    """Make programs of shell commands."""
    program = _maker(tmp_path, folder)
    return lambda command, *name, **limits: program(("/bin/sh", "-c", command), *name, **limits)


@pytest.fixture
def program(tmp_path: Path, folder: Path) -> MakeProgram:
    """Make programs of argument lists."""
    return _maker(tmp_path, folder)


def _maker(tree: Path, folder: Path) -> MakeProgram:
    def make(argv: tuple[str, ...], name: str = "1", **limits: Any) -> Program:
        return Program(
            argv=argv,
            folder=tree,
            environment={"PATH": os.environ["PATH"]},
            log=folder / f"{name}.jsonl",
            exit_file=folder / f"{name}.json",
            mark=f"{folder}/{name}",
            limits=Limits(**limits),
        )

    return make
