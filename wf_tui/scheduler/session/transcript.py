"""The readable log of an attempt whose worker has a line: what it said, did, used and asked.

JSON Lines, a record for each thing: `{"at", "kind", "text", "data"}`. Like the log of a command it
is capped to its first and its last half (RULES 6.4).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui.workers.shim.log import tail_logs
from wf_tui.workers.shim.log_writer import create, write_all
from wf_tui.workers.transcript import EntryKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from wf_tui.clock import Clock

__all__ = ["Transcript", "TranscriptFile"]

EVERY: Final = 0.25
"""Seconds between two writes: a crash loses no more, and a stream of words becomes few records."""
_MOST_WAITING: Final = 1 << 20
"""Characters that wait to be written before a worker has to wait, too."""
_LONGEST: Final = 1 << 14
"""Characters of a text, and of each argument of a tool, that are kept."""
_as_json: Final = json.JSONEncoder(ensure_ascii=False).encode
"""Made once: what else is made anew for each record takes as long as the writing."""
_log = logging.getLogger(__name__)


@dataclass
class Line:
    """A record that waits to be written."""

    at: float
    kind: EntryKind
    text: str
    data: dict[str, object]
    streamed: bool
    """Whether it is a piece of a text that comes in pieces."""


class TranscriptFile:
    """Writes the records of one attempt, capped; belongs to one thread at a time.

    The first half is written as it comes. Of what follows the newest is kept in two files beside
    it, of which the older one is given up when the newer one is full: so it costs no memory, and a
    crash loses none of it. What comes up a line has no secret in it any more (`LineConnection`).
    """

    def __init__(self, path: Path, cap: int) -> None:
        """Write to `path`, which is made with the first record; `cap` is in bytes."""
        self._path = path
        self._room = cap - cap // 2
        self._part = cap // 4
        self._part_bytes = self._old_bytes = self._left_out = 0
        self._handle = self._tail = -1

    def write(self, lines: Sequence[Line]) -> None:
        """Write some records; raises `OSError`."""
        first: list[bytes] = []
        for line in lines:
            encoded = _record(line)
            if self._tail < 0 and self._room >= len(encoded):
                self._room -= len(encoded)
                first.append(encoded)
            else:
                self._write_first(first)
                self._write_newest(line, encoded)
        self._write_first(first)

    @property
    def begun(self) -> bool:
        """Whether there is a file, which has to be closed: a silent line has none."""
        return self._handle >= 0

    def close(self) -> None:
        """Write the kept end, and how much is missing before it; raises `OSError`."""
        if self._left_out:
            write_all(self._handle, _encoded({"left_out": self._left_out}))
        for path in reversed(tail_logs(self._path)):
            with contextlib.suppress(FileNotFoundError):
                write_all(self._handle, path.read_bytes())
                path.unlink()
        for handle in (self._handle, self._tail):
            if handle >= 0:
                os.close(handle)

    def _write_first(self, records: list[bytes]) -> None:
        """Write records of the first half, all of them at once, and take them from the list."""
        if self._handle < 0:
            self._handle = create(str(self._path))
        if records:
            write_all(self._handle, b"".join(records))
            records.clear()

    def _write_newest(self, line: Line, encoded: bytes) -> None:
        """Write a record beyond the first half, of which the newest are kept."""
        if self._tail < 0:
            write_all(self._handle, _encoded({"at": round(line.at, 3), "truncated": True}))
        if self._tail < 0 or self._part_bytes >= self._part:
            self._begin_part()
        write_all(self._tail, encoded)
        self._part_bytes += len(encoded)

    def _begin_part(self) -> None:
        """Begin a file of the newest records; the one before it is kept, that before it goes."""
        newer, older = tail_logs(self._path)
        if self._tail >= 0:
            os.close(self._tail)
            newer.replace(older)
            self._left_out += self._old_bytes
            self._old_bytes, self._part_bytes = self._part_bytes, 0
        self._tail = create(str(newer))


@dataclass
class Transcript:
    """Takes records on the event loop, and writes them in a thread, a batch at a time.

    A session makes one for each attempt, and closes it when the worker has ended. A disk that does
    not take it costs the log, never the attempt.
    """

    file: TranscriptFile
    clock: Clock
    in_thread: Callable[[Callable[[], None]], Awaitable[None]]
    _streaming: EntryKind | None = None
    """What is being said or thought, of which the end has not come."""
    _ends_line: bool = False
    _waiting: list[Line] = field(default_factory=list)
    _characters: int = 0
    _due: asyncio.TimerHandle | None = None
    """Set while something waits for the next write, and that has not begun."""
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _work: asyncio.Task[None] | None = None
    """The write that is being made."""

    def add(
        self,
        kind: EntryKind,
        text: str,
        data: Mapping[str, object] | None = None,
        *,
        streamed: bool = False,
    ) -> None:
        """Take a record; never waits. `streamed` says that the text comes in pieces.

        What is said or thought ends with a newline, whether it came whole or in pieces, and its
        first record says that it begins: so each can be shown without those before it.
        """
        if self._streaming is not (kind if streamed else None):
            self._end_stream()
        data = dict(data) if data else {}
        if kind is EntryKind.SAY or kind is EntryKind.THINK:
            if self._streaming is None:
                data["begins"] = True
            if not (streamed or text.endswith("\n")):
                text += "\n"
        if streamed:
            self._streaming = kind
        self._put(kind, text, data, streamed=streamed)

    def _end_stream(self) -> None:
        if self._streaming is not None and not self._ends_line:
            self._put(self._streaming, "\n", {}, streamed=True)
        self._streaming = None

    def _put(self, kind: EntryKind, text: str, data: dict[str, object], *, streamed: bool) -> None:
        self._characters += len(text)
        self._ends_line = text.endswith("\n")
        before = self._waiting[-1] if self._waiting else None
        if before is not None and before.streamed and before.kind is kind and not data:
            before.text += text
        else:
            self._waiting.append(Line(self.clock.now(), kind, text, data, streamed))
        if self._due is None and self._work is None:
            self._write_soon()

    async def room(self) -> None:
        """Wait while too much is waiting to be written: the back-pressure of the line."""
        while self._characters > _MOST_WAITING:
            self._room.clear()
            await self._room.wait()

    async def close(self) -> None:
        """Write what waits, and the kept end; nothing is added after it."""
        self._end_stream()
        while self._due is not None or self._work is not None:
            if self._due is not None:
                self._due.cancel()
                self._begin_writing()
            if self._work is not None:
                await self._work
        if self.file.begun:
            await self._try(self.file.close)

    def _write_soon(self) -> None:
        self._due = asyncio.get_running_loop().call_later(EVERY, self._begin_writing)

    def _begin_writing(self) -> None:
        # No task waits meanwhile: for a hundred workers that would cost more than the writing.
        self._due, self._work = None, asyncio.create_task(self._write_waiting())

    async def _write_waiting(self) -> None:
        lines, self._waiting = self._waiting, []
        self._characters = 0
        await self._try(partial(self.file.write, lines))
        self._work = None
        self._room.set()
        if self._waiting:
            self._write_soon()

    async def _try(self, write: Callable[[], None]) -> None:
        try:
            await self.in_thread(write)
        except OSError as error:
            _log.warning("the log of an attempt is not complete: %s", error.strerror)


def _record(line: Line) -> bytes:
    # Put together here: the encoder takes longer for an object than for all that is in it.
    text = _as_json(line.text[:_LONGEST])
    record = f'"at": {line.at:.3f}, "kind": "{line.kind}", "text": {text}'
    if line.data:
        data = _as_json(line.data)
        # What is short as a whole has no long text in it, and nearly all is.
        record += f', "data": {data if len(data) <= _LONGEST else _as_json(_cut(line.data))}'
    return f"{{{record}}}\n".encode("utf-8", "replace")


def _cut(value: object) -> object:
    """Return a value of JSON with all its long texts cut."""
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, dict):
        return {str(name)[:_LONGEST]: _cut(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(one) for one in value]
    return value


def _encoded(record: Mapping[str, object]) -> bytes:
    return _as_json(record).encode("utf-8", "replace") + b"\n"
