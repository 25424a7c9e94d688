"""The host's end of the socket to the hands: calls down, their results up."""

import asyncio
import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from wf_tui.workers.line.fields import json_object
from wf_tui.workers.line.lines import MOST_BYTES, LineSplitter

__all__ = ["HandsGoneError", "HandsPort", "Reply"]

_CHUNK = 1 << 16
_FLUSH_SECONDS = 1.0


class HandsGoneError(Exception):
    """The program that works in the tree has ended."""

    def __init__(self) -> None:
        super().__init__("the program that works in the tree has ended")


@dataclass(frozen=True)
class Reply:
    """What came of a call."""

    text: str
    failed: bool = False
    exit_code: int | None = None
    """That of a command."""


class HandsPort:
    """A socket to the hands of one attempt; calls may overlap."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._calls: dict[int, asyncio.Future[Reply]] = {}
        self._number = 0
        self.gone = asyncio.Event()
        """Set when the hands have ended, whatever of."""
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, handle: int) -> Self:
        """Take over the descriptor."""
        line = socket.socket(fileno=handle)
        line.set_inheritable(False)
        return cls(*await asyncio.open_connection(sock=line))

    async def call(self, tool: str, args: dict[str, object]) -> Reply:
        """Have a tool done; one that is cancelled meanwhile is stopped. Raises `HandsGoneError`."""
        if self.gone.is_set():
            raise HandsGoneError
        self._number += 1
        number = self._number
        line = _json({"call": number, "tool": tool, "args": args})
        if len(line) > MOST_BYTES:
            return Reply(f"the arguments are longer than {MOST_BYTES} bytes", failed=True)
        replied: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._calls[number] = replied
        self._writer.write(line)
        try:
            with suppress(ConnectionError):  # the reader sees it, too
                await self._writer.drain()
            return await replied
        except asyncio.CancelledError:
            self._writer.write(_json({"stop": number}))
            raise
        finally:
            self._calls.pop(number, None)

    async def close(self, status: int) -> None:
        """End the hands with a status."""
        if not self.gone.is_set():
            self._writer.write(_json({"end": status}))
        self._writer.close()
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(_FLUSH_SECONDS):
                await self._writer.wait_closed()
        self._reading.cancel()

    async def _read(self) -> None:
        """Take the results until the hands are gone; then no call has one any more."""
        lines = LineSplitter()
        with suppress(ConnectionError):
            while chunk := await self._reader.read(_CHUNK):
                for line in lines.add(chunk):
                    self._take(line or b"")
        self.gone.set()
        for replied in self._calls.values():
            if not replied.done():
                replied.set_exception(HandsGoneError())

    def _take(self, line: bytes) -> None:
        told = json_object(line) or {}
        number = told.get("call")
        replied = self._calls.get(number) if isinstance(number, int) else None
        if replied is None or replied.done():
            return  # it was stopped, or is the greeting
        code, error = told.get("exit_code"), told.get("error")
        if isinstance(error, str):
            replied.set_result(Reply(error, failed=True))
        else:
            text, is_code = told.get("ok"), isinstance(code, int) and not isinstance(code, bool)
            replied.set_result(
                Reply(
                    text if isinstance(text, str) else "",
                    exit_code=code if isinstance(code, int) and is_code else None,
                )
            )


def _json(fields: dict[str, object]) -> bytes:
    return json.dumps(fields).encode() + b"\n"
