"""The agent's own process: in a group of its own, read and written without ever blocking.

The shim's TERM goes to the driver's group. The agent is in another one, so that the driver can
cancel the turn first, and then ends the agent itself.
"""

import asyncio
import contextlib
import os
import signal
import subprocess

__all__ = ["AgentProcess", "write_all"]

CHUNK = 1 << 16
KEPT_ERRORS = 4000
"""Bytes of the agent's standard error that are kept to be judged."""
CLOSE_SECONDS = 0.5
"""For how long an agent may end by itself once its standard input is closed; two of six do not."""
TERM_SECONDS = 1.0


class AgentProcess:
    """One agent with three pipes, started when it is made; used on the driver's event loop.

    Raises `OSError` when it cannot be started. `attach` has to be called on the loop before
    anything is read.
    """

    def __init__(self, argv: tuple[str, ...], hidden: tuple[str, ...] = ()) -> None:
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name not in hidden},
            process_group=0,
        )
        self.pid = self._process.pid
        self.errors = b""
        """The end of its standard error."""
        self._changed: set[asyncio.Event] = set()
        self._ended = asyncio.Event()

    async def attach(self) -> None:
        """Begin to listen for its end and to its standard error."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGCHLD, self._look)
        assert self._process.stdin  # noqa: S101 - they were asked for
        assert self._process.stdout  # noqa: S101
        assert self._process.stderr  # noqa: S101
        self._output = self._process.stdout.fileno()
        self._error_output = self._process.stderr.fileno()
        for handle in (self._output, self._error_output):
            os.set_blocking(handle, False)
        self._flow = _Flow()
        self._input, _ = await loop.connect_write_pipe(lambda: self._flow, self._process.stdin)
        self._errors_read = asyncio.create_task(self._read_errors())
        self._look()

    async def write(self, data: bytes) -> None:
        """Write to its standard input; waits while it reads nothing, raises nothing if it is gone.

        That it is gone is seen where it is read.
        """
        if not self._input.is_closing():
            self._input.write(data)
        await self._flow.ready.wait()

    async def read(self) -> bytes:
        """Return a chunk of its standard output; b"" when there will be no more.

        That is when it has ended and the pipe is empty: what it has started may hold that open.
        """
        return await self._read(self._output)

    async def end(self, patience: float = CLOSE_SECONDS) -> None:
        """End it and its group: close its input, then TERM, then KILL, each after a while."""
        if self._process.returncode is not None:
            return  # its number may be that of another group by now
        self._input.close()
        await self.exit_status(patience)
        # Its group outlives it: launchers leave the agent proper behind.
        self._signal(signal.SIGTERM)
        await self.exit_status(TERM_SECONDS)
        self._signal(signal.SIGKILL)
        await self.exit_status(TERM_SECONDS)
        self._process.poll()
        self._errors_read.cancel()

    async def exit_status(self, seconds: float) -> int | None:
        """Wait for its end at most so long; return its exit status, that of a signal negative."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        # Not collected yet: as long as it is there, its number is that of no other group.
        found = os.waitid(  # noqa: ASYNC222 - it looks, and does not wait
            os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT
        )
        if found is None:
            return None
        return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def _look(self) -> None:
        """Look whether it has ended; called for each child's change."""
        if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            self._ended.set()
        for event in self._changed:
            event.set()

    async def _read_errors(self) -> None:
        while chunk := await self._read(self._error_output):
            write_all(2, chunk)
            self.errors = (self.errors + chunk)[-KEPT_ERRORS:]

    async def _read(self, handle: int) -> bytes:
        while True:
            # Before the read: what it wrote last is in the pipe by then.
            has_ended = self._ended.is_set()
            try:
                return os.read(handle, CHUNK)
            except BlockingIOError:
                if has_ended:
                    return b""
            await self._change(handle)

    async def _change(self, handle: int) -> None:
        """Wait until a pipe can be read, or the process has ended."""
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        self._changed.add(event)
        loop.add_reader(handle, event.set)
        try:
            if not self._ended.is_set():
                await event.wait()
        finally:
            loop.remove_reader(handle)
            self._changed.discard(event)


class _Flow(asyncio.BaseProtocol):
    """Knows whether the agent's standard input has room."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.ready.set()

    def pause_writing(self) -> None:
        """Note that it is full; asyncio calls this."""
        self.ready.clear()

    def resume_writing(self) -> None:
        """Note that there is room again; asyncio calls this."""
        self.ready.set()

    def connection_lost(self, _: Exception | None) -> None:
        """Let go who waits for room, for there will be none; asyncio calls this."""
        self.ready.set()


def write_all(handle: int, data: bytes) -> None:
    """Write to a pipe of the shim, which always reads; a signal may cut a write short."""
    while data:
        data = data[os.write(handle, data) :]
