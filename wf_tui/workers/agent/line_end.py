"""The driver's end of the line: what it has to say waits here until the scheduler takes it.

Standard library only, as all of the driver.
"""

import socket
from typing import Final

from wf_tui.workers.line.grammar import DownEvent, LineEvent, decode_down, encode
from wf_tui.workers.line.lines import LineSplitter

__all__ = ["LineEnd"]

_ROOM: Final = 1 << 20
"""Bytes that may wait; beyond them the agent is not read, so that it has to wait itself."""
_CHUNK: Final = 1 << 16
_LAST_WORD_SECONDS: Final = 60.0


class LineEnd:
    """Sends without blocking; what nobody will hear any more is dropped."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        connection.setblocking(False)
        self.unsent = bytearray()
        self.unread = LineSplitter()
        self.closed = False
        """Whether the other end is gone: then nobody answers, and the shim ends all."""

    @property
    def is_full(self) -> bool:
        """Whether so much waits that no more should be read from the agent."""
        return len(self.unsent) > _ROOM

    def say(self, *events: LineEvent) -> None:
        """Send events, or keep them until there is room."""
        for event in events:
            self.unsent += encode(event)
        self.flush()

    def flush(self) -> None:
        """Send as much as there is room for."""
        try:
            while self.unsent and not self.closed:
                del self.unsent[: self.connection.send(self.unsent[:_CHUNK])]
        except BlockingIOError:
            return
        except OSError:
            self.closed = True
        if self.closed:
            self.unsent.clear()

    def say_last(self, event: LineEvent) -> None:
        """Send the last event and all before it, waiting for room."""
        self.unsent += encode(event)
        self.connection.settimeout(_LAST_WORD_SECONDS)
        try:
            self.connection.sendall(self.unsent)
        except OSError:
            self.closed = True

    def hear(self) -> list[DownEvent]:
        """Return what has come down since the last time."""
        try:
            received = self.connection.recv(_CHUNK)
        except BlockingIOError:
            return []
        except OSError:
            received = b""
        if not received:
            self.closed = True
        lines = self.unread.add(received)
        events = (decode_down(line) for line in lines if line is not None)
        return [event for event in events if event is not None]
