"""The host's end of the control socket: each datagram opens a session, its end ends the host."""

import asyncio
import json
import logging
import os
import socket
from contextlib import suppress
from typing import Final

import httpx2

from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Verdict
from wf_tui.workers.line.port import LinePort
from wf_tui.workers.model.host.hands_port import HandsPort
from wf_tui.workers.model.host.maker.http_client import open_client
from wf_tui.workers.model.host.maker.requests import PAUSES, Pauses
from wf_tui.workers.model.host.session import Session
from wf_tui.workers.model.session_spec import SessionSpec

__all__ = ["serve"]

_READY: Final = b'{"ready": true}'
_OPENED: Final = b'{"opened": true}'
_LONGEST: Final = 1 << 16
_DESCRIPTORS: Final = 3
"""Line, hands and spec, in this order."""
_CLOSE_SECONDS: Final = 0.3
_log = logging.getLogger(__name__)


async def serve(control: socket.socket, pauses: Pauses = PAUSES) -> None:
    """Open the sessions that the scheduler asks for, until it closes its end of the socket.

    What is open then is let go of without a word: whoever would hear it is gone.
    """
    control.setblocking(False)
    loop = asyncio.get_running_loop()
    host = Host(control, open_client(), pauses)
    loop.add_reader(control, host.receive)
    control.send(_READY)
    await host.closed.wait()
    loop.remove_reader(control)
    await host.close()


class Host:
    """All sessions; whatever happens in one of them is the end of that one alone."""

    def __init__(self, control: socket.socket, http: httpx2.AsyncClient, pauses: Pauses) -> None:
        self._control = control
        self._http = http
        self._pauses = pauses
        self._sessions: set[asyncio.Task[None]] = set()
        self.closed = asyncio.Event()

    async def close(self) -> None:
        """Let go of all sessions and connections; of what hangs after a moment, too."""
        for session in self._sessions:
            session.cancel()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=_CLOSE_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._http.aclose()

    def receive(self) -> None:
        """Take one datagram: called by the loop when there is one, or the end."""
        try:
            datagram, handles, _, _ = socket.recv_fds(self._control, _LONGEST, _DESCRIPTORS)
        except BlockingIOError:
            return
        except OSError:
            self.closed.set()
            return
        if not datagram and not handles:
            self.closed.set()
        elif len(handles) == _DESCRIPTORS and _is_open(datagram):
            # Each is told, so that a host that hangs is known for one.
            with suppress(OSError):
                self._control.send(_OPENED)
            task = asyncio.ensure_future(self._run(*handles))
            self._sessions.add(task)
            task.add_done_callback(self._sessions.discard)
        else:
            for handle in handles:
                os.close(handle)

    async def _run(self, line: int, hands: int, spec: int) -> None:
        """See one session through, to whatever end."""
        port = await LinePort.open(line)
        hands_port = await HandsPort.open(hands)
        session = asyncio.create_task(self._converse(spec, port, hands_port))
        try:
            await asyncio.wait([session])
        except asyncio.CancelledError:
            session.cancel()
            await asyncio.wait([session])
            raise
        error = session.exception()
        if error is not None:
            _log.error("a session was not opened", exc_info=error)
            why = f"the session was not opened: {type(error).__name__}: {error}"
            port.say(Verdict(ok=False, why=why[:500], kind=FailureKind.CONFIG))
            await port.close()
            await hands_port.close(1)

    async def _converse(self, spec: int, port: LinePort, hands: HandsPort) -> None:
        # A history may have many megabytes: the others are not to wait for it.
        # And none of it is kept here: it is the session's to let go of.
        session = Session(
            await asyncio.to_thread(_read_spec, spec), port, hands, self._http, self._pauses
        )
        await session.run()


def _read_spec(handle: int) -> SessionSpec:
    """Return what an anonymous file says, and close it."""
    with open(handle, "rb") as file:
        file.seek(0)
        return SessionSpec.from_json(file.read())


def _is_open(datagram: bytes) -> bool:
    try:
        told = json.loads(datagram)
    except ValueError:
        return False
    return isinstance(told, dict) and isinstance(told.get("open"), str)
