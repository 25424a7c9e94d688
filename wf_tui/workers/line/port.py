"""A program's end of the line: events up, answers and messages of persons down."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Self

from wf_tui.workers.line.grammar import DownEvent, LineEvent, Message, decode_down, encode
from wf_tui.workers.line.lines import LineSplitter

__all__ = ["LinePort"]

_CHUNK = 1 << 16
_FLUSH_SECONDS = 2.0
_WORDS_SECONDS = 0.05
_MOST_WORDS = 1 << 16


class LinePort:
    """A socket to the scheduler; `say` never waits, `drained` does where the scheduler is slow.

    Agents tell a message word by word. A line for each would cost the scheduler more than all else,
    so words wait a moment for those that continue them.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._words: Message | None = None

    @classmethod
    async def open(cls, handle: int) -> Self:
        """Take over the descriptor, which no program that is started may inherit."""
        line = socket.socket(fileno=handle)
        line.set_inheritable(False)
        return cls(*await asyncio.open_connection(sock=line))

    def say(self, event: LineEvent) -> None:
        """Send an event; a piece of a message within the twentieth of a second."""
        words = self._words
        if isinstance(event, Message):
            is_long = words is not None and len(words.text) > _MOST_WORDS
            if words and event.delta and event.thought == words.thought and not is_long:
                self._words = replace(words, text=words.text + event.text)
                return
            self._flush()
            self._words = event
            asyncio.get_running_loop().call_later(_WORDS_SECONDS, self._flush)
        else:
            self._flush()
            self._writer.write(encode(event))

    def _flush(self) -> None:
        """Send the words that wait."""
        words, self._words = self._words, None
        if words is not None:
            self._writer.write(encode(words))

    async def drained(self) -> None:
        """Wait until the scheduler has taken most of what was said; returns if it is gone."""
        try:
            await self._writer.drain()
        except ConnectionError:
            return  # `events` ends, too, and that ends the driver

    async def events(self) -> AsyncIterator[DownEvent]:
        """Iterate over what the scheduler says, until it closes its end."""
        lines = LineSplitter()
        while True:
            try:
                chunk = await self._reader.read(_CHUNK)
            except ConnectionError:
                return
            if not chunk:
                return
            for line in lines.add(chunk):
                event = None if line is None else decode_down(line)
                if event is not None:
                    yield event

    async def close(self) -> None:
        """Send what was said last; a scheduler that does not take it is not waited for long."""
        self._flush()
        self._writer.close()
        try:
            async with asyncio.timeout(_FLUSH_SECONDS):
                await self._writer.wait_closed()
        except (TimeoutError, ConnectionError):
            return
