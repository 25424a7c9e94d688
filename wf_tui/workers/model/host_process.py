"""One host of models as the scheduler holds it: its process, its control socket, its end.

What goes to it goes as descriptors: the ends of two sockets of an attempt, and an anonymous file
with what the session is. Keys are in that file alone, never in an argument or an environment.
"""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO, Final

from wf_tui.paths import write_private
from wf_tui.processes import ProcessIdentity, identity_of
from wf_tui.text import clean
from wf_tui.workers.environment import base_environment
from wf_tui.workers.shim.launcher import LOADER_PATHS

__all__ = ["HostError", "HostProcess"]

_MODULE: Final = "wf_tui.workers.model.host"
_NETWORK: Final = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "PYTHONPATH"),
)
"""How this machine reaches the network, and where wf itself was found."""
_DATAGRAM: Final = 1 << 16
_ENDS_IN: Final = 2.0
"""Seconds in which a host ends whose control socket is closed; it promises one."""
_TAKES_IN: Final = 30.0
"""Seconds in which a host takes a session unless it hangs: half of what an attempt has to start."""
_LOOK_AGAIN: Final = 1.0
"""Seconds after which that is seen which has come while this process itself was stopped."""
_FLUSHES_IN: Final = 0.5
_LAST_WORDS: Final = 2000
"""Characters of its standard error that are remembered."""


class HostError(Exception):
    """There is no host; its text says why, as a clause."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused
        """Whether nothing is to be tried again until a person has looked at it."""


class HostProcess:
    """A host that was started; `HostLink` makes it, one at a time. All of it on the event loop.

    `file` names the process for whoever recovers the run, as long as it runs.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        control: socket.socket,
        file: Path,
        takes_in: float = _TAKES_IN,
    ) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set when its process is gone, or says nothing any more."""
        self.refused = ""
        """Why nothing is to be tried again for now, once its death was one too many."""
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._process = process
        self._control = control
        self._file = file
        self._words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._sending = asyncio.Lock()
        self._takes_in = takes_in
        self._sent = self._taken = 0
        """How many sessions were handed over, and how many it says to have."""
        self._reading = asyncio.create_task(self._read())
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(
        cls, file: Path, environ: Mapping[str, str], takes_in: float = _TAKES_IN
    ) -> "HostProcess":
        """Start a host, in a thread; it is to be closed. Raises `HostError` where it cannot be.

        Not to be cancelled: a process that nobody knows would be left.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            try:
                process = await asyncio.to_thread(_start, theirs, environ)
            except OSError as error:
                ours.close()
                raise HostError(f"it cannot be started: {error.strerror}") from error
        host = cls(process, ours, file, takes_in)
        with contextlib.suppress(OSError):  # then a host that hangs outlives a crash
            await asyncio.to_thread(_name, file, identity_of(process.pid))
        return host

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def last_words(self) -> str:
        """The end of what it printed, not without secrets."""
        return clean("".join(self._words), multiline=True).strip()

    async def ready(self, within: float) -> None:
        """Wait until it takes sessions. Raises `HostError` where it ends or takes too long."""
        waiting: set[asyncio.Future[None]] = {self._ready, self.ended}
        await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if self.ended.done():
            raise HostError("it ended before it was ready")
        if not self._ready.done():
            raise HostError(f"it was not ready within {within:g} seconds")

    async def open(
        self, session: str, spec: IO[bytes], line: socket.socket, hands: socket.socket
    ) -> None:
        """Hand a session over: its ends of the line and of the hands, and the file of what it is.

        The caller closes its own copies. A host that does not take it in time hangs, and is killed.
        Raises `HostError` where it is gone.
        """
        loop = asyncio.get_running_loop()
        handles = [line.fileno(), hands.fileno(), spec.fileno()]
        text = json.dumps({"open": session}).encode()
        async with self._sending:
            while not self.ended.done():
                try:
                    socket.send_fds(self._control, [text], handles)
                except BlockingIOError:
                    await _writable(loop, self._control)
                except OSError as error:
                    raise HostError("it is gone") from error
                else:
                    self._sent += 1
                    loop.call_later(self._takes_in, self._look, self._sent)
                    return
        raise HostError("it is gone")

    @property
    def untaken(self) -> int:
        """How many sessions were handed over that it does not say to have."""
        return self._sent - self._taken

    def _look(self, number: int, *, again: bool = True) -> None:
        """Kill it if it has not taken a session by now: it hangs."""
        if self.ended.done() or self._taken >= number:
            return
        if again:
            look = partial(self._look, number, again=False)
            asyncio.get_running_loop().call_later(_LOOK_AGAIN, look)
            return
        self._words.extend(f"\nit took no session within {self._takes_in:g} seconds")
        self.kill()

    async def gone(self, within: float) -> bool:
        """Wait for its end for a moment; return whether it is gone."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.ended), within)
        return self.ended.done()

    def kill(self) -> None:
        """End it at once, since it does nothing; it is still to be closed."""
        self._process.kill()

    async def close(self) -> None:
        """End it: what it does is given up. Returns when the process is gone."""
        # Behind their ends alone: a loop must not watch what is closed.
        await _ended(self._reading)
        self._control.close()
        try:
            await asyncio.to_thread(self._process.wait, _ENDS_IN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        await _ended(self._listening)
        if self._process.stderr is not None:
            self._process.stderr.close()
        if not self.ended.done():
            self.ended.set_result(None)
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)

    async def _read(self) -> None:
        """Take its `ready` and which sessions it has, and see its end."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while datagram := await loop.sock_recv(self._control, _DATAGRAM):
                if b'"opened"' in datagram:
                    self._taken += 1
                elif b'"ready"' in datagram and not self._ready.done():
                    self._ready.set_result(None)
        # What it has printed may be a moment behind.
        await asyncio.wait({self._listening}, timeout=_FLUSHES_IN)
        if not self.ended.done():
            self.ended.set_result(None)

    async def _listen(self) -> None:
        """Remember the end of what it prints, which is for people where it dies."""
        loop, pipe = asyncio.get_running_loop(), self._process.stderr
        if pipe is None:
            return
        os.set_blocking(pipe.fileno(), False)
        while True:
            readable = loop.create_future()
            loop.add_reader(pipe, _wake, readable)
            try:
                await readable
            finally:
                loop.remove_reader(pipe)
            if not (piece := os.read(pipe.fileno(), _DATAGRAM)):
                return
            self._words.extend(piece.decode("utf-8", "replace"))


def _start(control: socket.socket, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    passed = (*_NETWORK, *LOADER_PATHS)
    return subprocess.Popen(
        [sys.executable, "-P", "-X", "utf8", "-m", _MODULE, str(control.fileno())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        env={
            **base_environment(environ),
            **{name: environ[name] for name in passed if name in environ},
        },
        pass_fds=(control.fileno(),),
        start_new_session=True,
    )


def _name(file: Path, identity: ProcessIdentity) -> None:
    write_private(file, json.dumps(vars(identity)).encode())


async def _ended(task: asyncio.Task[None]) -> None:
    """End a task, and wait until it has."""
    task.cancel()
    await asyncio.wait({task})


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _writable(loop: asyncio.AbstractEventLoop, end: socket.socket) -> None:
    writable = loop.create_future()
    loop.add_writer(end, _wake, writable)
    try:
        await writable
    finally:
        loop.remove_writer(end)
