"""What comes up a line, chunk by chunk, as the event loop finds it; nothing is read ahead."""

import asyncio
import socket

__all__ = ["Inbox"]

_CHUNK = 1 << 16


class Inbox:
    """Reads the scheduler's end of one line; used on the event loop alone, by its connection.

    `sock_recv` of asyncio does the same, and tells the kernel anew for each chunk what it waits
    for: for a program that speaks a few lines at a time that costs as much as the lines.
    """

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._listens = False
        """Whether the loop looks for what comes."""
        self._asked: asyncio.Future[bytes] | None = None
        """What `receive` waits for."""

    @property
    def is_empty(self) -> bool:
        """Whether all that has come was taken, and more is waited for."""
        return self._asked is not None and not self._asked.done()

    async def receive(self) -> bytes:
        """Wait for what comes next; b"" is the end of the line, and of a line that broke."""
        loop = asyncio.get_running_loop()
        self._asked = loop.create_future()
        if not self._listens:
            self._listens = True
            loop.add_reader(self._socket, self._read)
        return await self._asked

    def close(self) -> None:
        """Listen no more; called before the socket is closed."""
        if self._listens:
            self._listens = False
            asyncio.get_running_loop().remove_reader(self._socket)

    def _read(self) -> None:
        if self._asked is None or self._asked.done():
            # It stays in the socket until it is asked for, so that the program waits when that is
            # full; until then the loop would find it in each of its turns.
            self.close()
            return
        try:
            self._asked.set_result(self._socket.recv(_CHUNK))
        except BlockingIOError:
            return
        except ConnectionError:
            self._asked.set_result(b"")
        except OSError as error:
            self._asked.set_exception(error)
