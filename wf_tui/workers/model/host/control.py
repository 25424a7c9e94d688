"""The host's end of the control socket: each datagram opens a session, its end ends the host."""

import asyncio
import json
import os
import socket
from typing import Final

from wf_tui.workers.line.port import LinePort
from wf_tui.workers.model.host.session import Session
from wf_tui.workers.model.session_spec import SessionSpec

__all__ = ["serve"]

_READY: Final = b'{"ready": true}'
_LONGEST: Final = 1 << 16
_DESCRIPTORS: Final = 3
"""Line, hands and spec, in this order."""


async def serve(control: socket.socket) -> None:
    """Open the sessions that the scheduler asks for, until it closes its end of the socket."""
    control.setblocking(False)
    host = Host(control)
    loop = asyncio.get_running_loop()
    loop.add_reader(control, host.receive)
    control.send(_READY)
    await host.closed.wait()
    loop.remove_reader(control)


class Host:
    """All sessions; whatever happens in one of them is the end of that one alone."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._sessions: set[asyncio.Task[None]] = set()
        self.closed = asyncio.Event()

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
            task = asyncio.ensure_future(self._run(*handles))
            self._sessions.add(task)
            task.add_done_callback(self._sessions.discard)
        else:
            for handle in handles:
                os.close(handle)

    async def _run(self, line: int, hands: int, spec: int) -> None:
        port = await LinePort.open(line)
        await Session(_read_spec(spec), port, hands).run()


def _read_spec(handle: int) -> SessionSpec:
    """Return what an anonymous file says, which takes no time, and close it."""
    with open(handle, "rb") as file:
        file.seek(0)
        return SessionSpec.from_json(file.read())


def _is_open(datagram: bytes) -> bool:
    try:
        told = json.loads(datagram)
    except ValueError:
        return False
    return isinstance(told, dict) and isinstance(told.get("open"), str)
