"""What an event on a line costs the scheduler, and what many agents at once do to its loop."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Aim, Figure, Section, against, by_turns, percentile
from wf_tui.clock import SystemClock
from wf_tui.scheduler.session.transcript import Transcript, TranscriptFile
from wf_tui.workers.line.connection import LineConnection
from wf_tui.workers.line.grammar import Message, ToolEnd, ToolStart, Usage, encode
from wf_tui.workers.shim.channel import ProgramClock
from wf_tui.workers.transcript import EntryKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from wf_tui.workers.line.grammar import Answer, LineEvent, PersonMessage, Question
    from wf_tui.workers.protocol import WorkerEvent

__all__ = ["SECTION"]

_EVENTS: Final = (
    Message("a few words of the model ", delta=True),
    Message("and a few more of them", delta=True),
    ToolStart("call-1", "bash", "execute", {"command": "pytest -q tests/unit"}),
    ToolEnd("call-1", "completed", "12 passed in 0.31s\n" * 10, 0),
    Usage(12_345, 10_000, 321, 20, 0.0123),
)
"""What an agent says in a step; the words stand for most of a stream."""
_LINES: Final = [encode(event) for event in _EVENTS]
_SECRET: Final = {"sesame-open-0123456789": "KEY"}
_AGENTS: Final = 100
_RATE: Final = 100
"""Lines a second of each agent."""
_FEED: Final = """
import os, sys, time
handles, lines, seconds = eval(sys.argv[1]), eval(sys.argv[2]), float(sys.argv[3])
end, due, burst, written = time.monotonic() + seconds, time.monotonic(), b"".join(lines) * 2, 0
for handle in handles:
    os.set_blocking(handle, True)
while time.monotonic() < end:
    for handle in handles:
        assert os.write(handle, burst) == len(burst)
        written += len(lines) * 2
    due += len(lines) * 2 / 100
    time.sleep(max(0, due - time.monotonic()))
print(written)
"""
"""Writes a hundred lines a second to each line, in bursts as models do."""


class _Session:
    """A session that writes transcripts, which is most of what a session does."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.count = 0

    def note(self, event: WorkerEvent) -> None:
        """Take nothing."""

    async def take(self, event: LineEvent) -> None:
        """Put an event into the transcript."""
        self.count += not isinstance(event, Usage)
        streamed = isinstance(event, Message)
        kind = EntryKind.SAY if streamed else EntryKind.TOOL
        text = event.text if isinstance(event, Message) else ""
        self.transcript.add(kind, text, None if streamed else vars(event), streamed=streamed)
        await self.transcript.room()

    async def ask(self, _: Question) -> Answer | None:
        """Answer nothing."""
        return None

    async def delivered(self, answer: Answer) -> None:
        """Take nothing."""

    async def messages(self) -> AsyncIterator[PersonMessage]:
        """Send nothing."""
        nothing: tuple[PersonMessage, ...] = ()
        for message in nothing:
            yield message


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    count, rounds = (500, 1) if quick else (20_000, 5)
    parsed, taken = by_turns(
        rounds, partial(_parse, count), partial(_take_one, folder / "one", count)
    )
    yield against("an event of a line, CPU", "us", taken, parsed)
    agents, seconds = (4, 0.5) if quick else (_AGENTS, 5.0)
    many = asyncio.run(_many(folder, agents, seconds))
    what = f"{agents} agents, {_RATE} lines a second each"
    note = f"{many.taken / seconds:,.0f} events a second"
    # What one has used is told twice a second, not each time: the newest counts.
    due = many.written * sum(not isinstance(event, Usage) for event in _EVENTS) // len(_EVENTS)
    lag, lost = percentile(many.lags, 99), due - many.taken
    yield Figure(f"{what}: CPU", 100 * many.share, "% core", note=note, aim=Aim.LINES_CPU)
    yield Figure(f"{what}: loop lag p99", lag, "ms", aim=Aim.LINES_LAG)
    note = f"of {due:,} but those of usage"
    yield Figure(f"{what}: lost", lost, "", note=note, wrong=lost != 0, aim=Aim.LINES_LOST)


def _parse(count: int) -> float:
    """Return the microseconds of parsing a line as JSON."""
    begun = time.process_time()
    for number in range(count):
        json.loads(_LINES[number % len(_LINES)])
    return (time.process_time() - begun) / count * 1e6


def _take_one(path: Path, count: int) -> float:
    """Return the microseconds of an event of one agent, from its socket into its transcript."""

    async def work() -> float:
        lines = [_LINES[number % len(_LINES)] for number in range(count)]
        theirs, connection, session = _connect(path)
        begun = time.process_time()
        loop = asyncio.get_running_loop()
        # Without its pace, which would make the measuring wait and cost nothing.
        connection._ended.set()
        for start in range(0, count, 100):
            await loop.sock_sendall(theirs, b"".join(lines[start : start + 100]))
        theirs.close()
        await connection.finish()
        await session.transcript.close()
        spent = time.process_time() - begun
        await connection.close()
        return spent / count * 1e6

    return asyncio.run(work())


@dataclass(frozen=True)
class _Many:
    """What many agents at once did."""

    share: float
    """Of a core while they wrote, with what it took to catch up."""
    lags: Sequence[float]
    """Milliseconds by which the loop came late."""
    written: int
    taken: int


async def _many(folder: Path, agents: int, seconds: float) -> _Many:
    """Let many agents write at once, and the loop read."""
    ends = [_connect(folder / f"{number}") for number in range(agents)]
    handles = [end.fileno() for end, _, _ in ends]
    cpu = time.process_time()
    feed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _FEED, str(handles), str(_LINES), str(seconds)),
        pass_fds=handles,
        stdout=subprocess.PIPE,
    )
    assert feed.stdout is not None
    lags: list[float] = []
    watching = asyncio.create_task(_watch(lags))
    written = int(await feed.stdout.read())
    for end, _, _ in ends:
        end.close()
    for _, connection, session in ends:
        await connection.finish()
        await session.transcript.close()
    share = (time.process_time() - cpu) / seconds
    watching.cancel()
    for _, connection, _ in ends:
        await connection.close()
    return _Many(share, lags, written, sum(session.count for _, _, session in ends))


async def _watch(lags: list[float]) -> None:
    """Note by how many milliseconds the loop comes late, a hundred times a second."""
    while True:
        due = time.perf_counter() + 0.01
        await asyncio.sleep(0.01)
        lags.append((time.perf_counter() - due) * 1000)


def _connect(path: Path) -> tuple[socket.socket, LineConnection, _Session]:
    async def in_thread(write: Callable[[], None]) -> None:
        await asyncio.to_thread(write)

    thread: Callable[[Callable[[], None]], Awaitable[None]] = in_thread
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    file = TranscriptFile(path.with_suffix(".jsonl"), 10 << 20)
    session = _Session(Transcript(file, SystemClock(), thread))
    connection = LineConnection(ours, session, ProgramClock(), _SECRET)
    connection.begin(hears=False)
    return theirs, connection, session


SECTION: Final = Section("line", "json.loads of the line", _measure)
