"""The scheduler's end of a line; all of it runs on the event loop.

What a program says is taken one event after the other: a session that is slow, or a program that
floods, fills the socket and makes the program wait. What goes down is queued, so that a program
that does not read never holds anything up.
"""

import asyncio
import contextlib
import socket
from collections.abc import Coroutine, Mapping

from wf_tui.workers.line.grammar import (
    Answer,
    DownEvent,
    End,
    Heard,
    LineEvent,
    Other,
    Question,
    Result,
    Verdict,
    decode,
    encode,
)
from wf_tui.workers.line.inbox import Inbox
from wf_tui.workers.line.limits import BadLines, LinePace, OpenQuestions
from wf_tui.workers.line.line_redaction import LineRedaction
from wf_tui.workers.line.lines import MOST_BYTES, LineSplitter
from wf_tui.workers.line.rare_events import RareEvents
from wf_tui.workers.session import Session
from wf_tui.workers.shim.channel import ProgramClock

__all__ = ["LineConnection"]

_TURN = 3
"""Lines of one program that are taken before the loop turns to others."""
_STEERING = (Question, Heard, Verdict, Result)
"""What the line itself goes by."""
_LAST_WORDS = 5.0
"""Seconds for which the end of a line is waited for whose program is gone."""


class LineConnection:
    """One program's line, from its start to the last that it has said.

    `run_on_line` makes it, calls `begin`, `finish` when the program has ended, and `close`.
    """

    def __init__(
        self,
        end: socket.socket,
        session: Session,
        clock: ProgramClock,
        secrets: Mapping[str, str],
    ) -> None:
        self.verdict: Verdict | None = None
        self.result: Result | None = None
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set with the error when the session failed: then nothing more can be recorded."""
        self._socket = end
        self._inbox = Inbox(end)
        self._session = session
        self._clock = clock
        self._redaction = LineRedaction(secrets)
        self._questions = OpenQuestions()
        self._bad = BadLines()
        self._rare = RareEvents()
        self._sent: set[str] = set()
        """Messages that went down and that the program has not said to have heard."""
        self._unsent: asyncio.Queue[DownEvent] = asyncio.Queue()
        self._writes = False
        """Whether there is a task that sends what waits in there."""
        self._ended = asyncio.Event()
        """Set when the program has: what is left is taken without a pause."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._reading: asyncio.Task[None] | None = None
        """What takes all that is said, once something is."""
        self._is_silent = False
        """Whether the loop looks for the first that is said, or for the end."""
        # Its number, for the loop: of a socket it writes out all addresses with each miss.
        self._number = end.fileno()
        end.setblocking(False)

    def begin(self, *, hears: bool) -> None:
        """Listen; `hears` also sends what persons write while the program runs."""
        self._is_silent = True
        asyncio.get_running_loop().add_reader(self._number, self._begin_reading)
        if hears:
            self._task(self._pass_messages())

    def send(self, event: DownEvent) -> None:
        """Send an event down the line when the program takes it; never waits."""
        self._unsent.put_nowait(event)
        # Only then: most programs are told nothing.
        if not self._writes:
            self._writes = True
            self._task(self._write())

    async def finish(self) -> None:
        """Take what the program has said before it ended; its end of the line is closed.

        A session that is slow is waited for. Silence is not: a process that could not be killed may
        still hold the line open.
        """
        self._ended.set()
        if self._is_silent:
            self._begin_reading(silence=False)
        while self._reading is not None and not self._reading.done():
            await asyncio.wait([self._reading], timeout=_LAST_WORDS)
            if self._inbox.is_empty:
                return

    async def close(self) -> None:
        """Hear and ask no more; questions that are open are let go."""
        if self._is_silent:
            self._look_no_more()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._inbox.close()
        self._socket.close()

    def _task(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if task.cancelled() or (error := task.exception()) is None:
                return
            if not self.failed.done():
                self.failed.set_exception(error)

        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(ended)
        return task

    def _begin_reading(self, *, silence: bool = True) -> None:
        """Read in a task when something is said: most commands say nothing, and need none.

        Also where nothing is said yet, unless there may be `silence`.
        """
        try:
            said = self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            if silence:
                return
            said = b"?"
        except ConnectionError:
            said = b""
        self._look_no_more()
        if said:
            self._reading = self._task(self._read())

    def _look_no_more(self) -> None:
        self._is_silent = False
        asyncio.get_running_loop().remove_reader(self._number)

    async def _read(self) -> None:
        """Take all that comes, up to end-of-file, in the order in which it came."""
        loop, lines, pace = asyncio.get_running_loop(), LineSplitter(), LinePace()
        taken = 0
        while chunk := await self._inbox.receive():
            for line in self._redaction.lines(lines.add(chunk)):
                if (delay := pace.wait(loop.time())) > 0 and not self._ended.is_set():
                    await self._pause(delay)
                await self._handle(line)
                taken += 1
                # Others have their turn, too: a chunk of many small lines takes milliseconds.
                if taken % _TURN == 0:
                    await asyncio.sleep(0)
        await self._take_all(self._redaction.end())
        for held in self._rare.end():
            await self._session.take(held)

    async def _pause(self, delay: float) -> None:
        """Let the program wait; without a program there is nobody who could."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._ended.wait()

    async def _handle(self, line: bytes | None) -> None:
        # Behind the verdict nothing is believed: it is the last that a program says.
        if self.verdict is not None:
            return
        event = None if line is None else decode(line)
        if event is not None:
            await self._take_all(self._redaction.events(event))
        elif text := self._bad.note(line, MOST_BYTES):
            await self._session.take(Other("bad_line", text))

    async def _take_all(self, events: list[LineEvent]) -> None:
        for event in events:
            if isinstance(event, _STEERING) and not await self._steered(event):
                continue
            for due in self._rare.add(event, asyncio.get_running_loop().time()):
                await self._session.take(due)

    async def _steered(self, event: Question | Heard | Verdict | Result) -> bool:
        """Do what an event asks of the line itself; return whether the session takes it, too."""
        match event:
            case Question():
                await self._ask(event)
                return False
            case Heard(id=number):
                if number not in self._sent:
                    return False  # nobody has said that
                self._sent.discard(number)
            case Verdict():
                self.verdict = event
                for held in self._rare.end():
                    await self._session.take(held)
            case Result():
                self.result = event
        return True

    async def _ask(self, question: Question) -> None:
        if refusal := self._questions.refusal(question):
            await self._session.take(Other("refused_question", refusal))
            # The program waits; but an open question of this id has an answer that is to come.
            if question.id not in self._questions.open:
                self.send(Answer(question.id))
        else:
            self._task(self._wait_for_answer(question))

    async def _wait_for_answer(self, question: Question) -> None:
        with self._clock.stopped():
            answer = await self._session.ask(question)
        self._questions.open.discard(question.id)
        # One without a word says that nobody will answer.
        self.send(answer or Answer(question.id))

    async def _pass_messages(self) -> None:
        async for message in self._session.messages():
            self._sent.add(message.id)
            self.send(message)
        self.send(End())

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            event = await self._unsent.get()
            try:
                await loop.sock_sendall(self._socket, encode(event))
            except OSError:
                return  # nobody will read it
            if isinstance(event, Answer):
                await self._session.delivered(event)
