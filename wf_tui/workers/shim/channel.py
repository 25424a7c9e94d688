"""The scheduler's end of the line to one shim; all of it runs on the event loop.

What the shim says, and in which order, stands in `shim`. End-of-file without an `exit` means that
the shim was killed, and - for the parent keeps its end open until then - that nothing is left.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable, Iterator

from wf_tui.workers.protocol import Alive, Output, ProgramExit, Report, Started
from wf_tui.workers.shim.exit_file import program_exit

__all__ = ["DEAF_AFTER", "ProgramClock", "ShimConnection"]

DEAF_AFTER = 10.0
"""Seconds after its grace in which a shim ends its program, or it is stopped itself."""
_CHUNK = 1 << 16


class ShimConnection:
    """One program under its shim: what it says becomes events, and at last an exit.

    The launcher makes one for each program, awaits `ended`, and closes it.
    """

    def __init__(
        self,
        channel: socket.socket,
        report: Report,
        deaf: Callable[[int], None],
        deaf_after: float = DEAF_AFTER,
    ) -> None:
        """Listen on a channel; `deaf` gets the shim's pid, or 0, when it does not obey a stop.

        It has `deaf_after` seconds for that, beyond the grace of its program.
        """
        self.accepted = False
        """Whether a shim has the request; before it says so, nothing is started."""
        self._channel = channel
        # Its number, for the loop: of a socket it writes out all addresses with each miss.
        self._number = channel.fileno()
        self._report = report
        self._deaf = deaf
        self._deaf_after = deaf_after
        self._shim = 0
        self._last_resort: asyncio.TimerHandle | None = None
        """Kills a shim that does not obey; set by a stop, and by each later one anew."""
        self._unread = b""
        self._loop = asyncio.get_running_loop()
        self._exit: ProgramExit | None = None
        self._over = asyncio.Event()
        """Set when nothing more comes; `_exit` is then how the program ended, if that was said."""
        channel.setblocking(False)
        self._loop.add_reader(self._number, self._read)

    async def ended(
        self, grace: float, stopping: Callable[[], object] = lambda: None
    ) -> ProgramExit | None:
        """Return how the program ended, None if its shim was killed.

        Cancelled, it calls `stopping`, stops the program, and waits for the last process before it
        lets go; cancelled again, it gives no more grace.
        """
        try:
            await self._over.wait()
        except asyncio.CancelledError:
            stopping()
            self.stop(grace)
            # Not let go before the last process is gone, or its tree would be harvested under it.
            while not self._over.is_set():
                try:
                    await self._over.wait()
                except asyncio.CancelledError:
                    self.stop(0.0)
            raise
        return self._exit

    @property
    def lost(self) -> bool:
        """Whether the shim went without saying how the program ended."""
        return self._over.is_set() and self._exit is None

    def stop(self, grace: float) -> None:
        """Ask the shim to end the program: TERM now, the kill of all after `grace` seconds.

        Returns at once; `ended` tells when it has. Asked again, the shorter time counts.
        """
        self._send({"stop": grace})
        if self._last_resort is not None:
            self._last_resort.cancel()
        # The shim itself may be frozen, by its own program say, and then hears nothing.
        if not self._over.is_set():
            patience = grace + self._deaf_after
            self._last_resort = self._loop.call_later(patience, self._kill_shim)

    def set_clock(self, *, goes: bool) -> None:
        """Let the time limit of the program stand still, or go on from where it stood."""
        self._send({"clock": "go" if goes else "stop"})

    def _send(self, message: dict[str, object]) -> None:
        with contextlib.suppress(OSError):  # it is ending anyway
            self._channel.send(json.dumps(message).encode() + b"\n")

    def _kill_shim(self) -> None:
        """End a shim that did not obey; its channel then says that it is gone, by end-of-file."""
        self._deaf(self._shim)
        if not self.accepted:  # nothing was started, and nobody is sure to close the channel
            self._end(None)

    def close(self) -> None:
        """Let go of the channel."""
        if not self._over.is_set():
            self._loop.remove_reader(self._number)
        self._channel.close()

    def _read(self) -> None:
        try:
            received = self._channel.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            received = b""
        *lines, self._unread = (self._unread + received).split(b"\n")
        for line in lines:
            self._handle(json.loads(line))
        # Behind the lines: the exit may have come together with the end-of-file.
        if not received:
            self._end(None)

    def _handle(self, message: object) -> None:
        match message:
            case {"ready": int(shim)}:
                self.accepted, self._shim = True, shim
            case {"started": int(main)}:
                self._report(Started(main, self._shim))
            case {"output": int(total)}:
                self._report(Output(total))
            case {"alive": True}:
                self._report(Alive())
            case {"exit": dict(record)}:
                self._end(program_exit(record))
            case {"failed": str(text)}:
                self._end(ProgramExit(cause="spawn", error=text))
            case _:
                raise ValueError(f"not a message of a shim: {message!r}")

    def _end(self, program: ProgramExit | None) -> None:
        """Hear no more; the first end counts, and the end-of-file behind an exit is none."""
        if self._over.is_set():
            return
        self._loop.remove_reader(self._number)
        if self._last_resort is not None:
            self._last_resort.cancel()
        self._exit = program
        self._over.set()


class ProgramClock:
    """Lets the time limit of one program stand still while somebody is waited for.

    The shim keeps the limit, so that it also ends a program whose scheduler hangs. Stopped by
    several at a time, it goes on with the last of them.
    """

    def __init__(self) -> None:
        self._connection: ShimConnection | None = None
        self._stops = 0

    def attach(self, connection: ShimConnection) -> None:
        """Take the connection to the shim that has the program; called by the launcher."""
        self._connection = connection
        if self._stops:
            connection.set_clock(goes=False)

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Let the limit stand still in a `with` block."""
        self._stops += 1
        if self._stops == 1 and self._connection is not None:
            self._connection.set_clock(goes=False)
        try:
            yield
        finally:
            self._stops -= 1
            if self._stops == 0 and self._connection is not None:
                self._connection.set_clock(goes=True)
