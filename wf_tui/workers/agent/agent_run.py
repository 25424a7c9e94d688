"""One start of an agent, seen through to its end: the loop of the driver.

The end is the agent's exit and empty pipes, never their end-of-file: what it left running may hold
them for hours. Standard library only, as all of the driver.
"""

import math
import os
import select
import time
from typing import Final

from wf_tui.workers.agent.agent_process import AgentProcess
from wf_tui.workers.agent.fold import Ending, Fold
from wf_tui.workers.agent.input_pipe import InputPipe
from wf_tui.workers.agent.line_end import LineEnd
from wf_tui.workers.agent.signals import Signals
from wf_tui.workers.line.grammar import Cancel, DownEvent, LineEvent, PersonMessage
from wf_tui.workers.line.lines import LineSplitter

__all__ = ["AgentRun"]

_CHUNK: Final = 1 << 16
_LAST_CHUNKS: Final = 64
"""Chunks that are read after the end of the agent: a stranger may hold its pipe and write on."""
_STDERR_KEPT: Final = 8000
_LOOK_EVERY: Final = 1.0
_OUT, _ERR = 1, 2
"""Where what the agent writes goes on: to the shim, as it is."""


class AgentRun:
    """Moves what the agent writes to the raw log, to the fold, and up the line."""

    def __init__(
        self,
        agent: AgentProcess,
        fold: Fold,
        line: LineEnd,
        signals: Signals,
        messages: InputPipe | None = None,
    ) -> None:
        """Take a started agent; `messages` is its input where it reads that as it works."""
        self.agent = agent
        self.fold = fold
        self.messages = messages
        self.line = line
        self.signals = signals
        self.look_at = time.monotonic() + _LOOK_EVERY
        """When a session is looked for that the agent tells late."""
        self.splitter = LineSplitter()
        self.stderr_splitter = LineSplitter(_STDERR_KEPT)
        self.stderr = b""
        self.stopped = False
        """Whether it was asked to stop before its stream had said that it is done."""
        self.stuck = ""
        self.open_pipes = {agent.stdout, agent.stderr}

    def run(self) -> Ending:
        """Return how the agent ended; what it said until then is said on the line."""
        while self.agent.exit_code is None:
            self.wait()
            self.signals.clear()
            self.read(self.agent.stderr)
            if not self.line.is_full:
                self.read(self.agent.stdout)
            self.line.flush()
            for event in self.line.hear():
                self.take(event)
            if self.messages is not None:
                self.messages.write()
            self.judge(time.monotonic())
        for _ in range(_LAST_CHUNKS):
            if not self.read(self.agent.stdout) | self.read(self.agent.stderr):
                break
        self.say(self.fold.lines(self.splitter.end()))
        self.say(self.fold.at_end(os.environ, self.agent.started_at))
        self.agent.close()
        return Ending(
            self.agent.exit_code,
            self.stderr.decode("utf-8", "replace"),
            self.stopped,
            self.stuck,
        )

    def wait(self) -> None:
        """Wait until something can be read or written, or a signal is due."""
        poller = select.poll()
        poller.register(self.signals.wake, select.POLLIN)
        if not self.line.closed:
            writes = select.POLLOUT if self.line.unsent else 0
            poller.register(self.line.connection, select.POLLIN | writes)
        for pipe in self.open_pipes:
            # A line that is full makes the agent wait, too.
            if pipe != self.agent.stdout or not self.line.is_full:
                poller.register(pipe, select.POLLIN)
        if self.messages is not None and self.messages.unsent and self.agent.stdin is not None:
            poller.register(self.agent.stdin, select.POLLOUT)
        due = self.agent.next_signal
        if self.fold.misses_session:
            due = min(due or self.look_at, self.look_at)
        poller.poll(None if due is None else max(0, math.ceil(1000 * (due - time.monotonic()))))

    def read(self, pipe: int) -> bool:
        """Move one chunk on; False where there is none for now."""
        if pipe not in self.open_pipes:
            return False
        try:
            chunk = os.read(pipe, _CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            self.open_pipes.discard(pipe)
        elif pipe == self.agent.stdout:
            write_all(_OUT, chunk)
            self.say(self.fold.lines(self.splitter.add(chunk)))
        else:
            write_all(_ERR, chunk)
            self.stderr = (self.stderr + chunk)[-_STDERR_KEPT:]
            self.say(self.fold.stderr_lines(self.stderr_splitter.add(chunk)))
        return bool(chunk)

    def say(self, events: list[LineEvent]) -> None:
        """Say events on the line; of messages, that they were taken up."""
        self.line.say(*(self.messages.known(events) if self.messages else events))

    def judge(self, now: float) -> None:
        """Stop an agent that is to stop or gets nowhere; end the input of one that is done."""
        if self.messages is not None and self.fold.ended is not None:
            self.messages.end()
        if self.signals.stop_asked:
            self.stop(now)
        if self.fold.stuck and not self.stuck and not self.stopped:
            self.stuck = self.fold.stuck
            self.agent.stop(now)
        self.agent.check(now)
        if self.fold.misses_session and now >= self.look_at:
            self.look_at = now + _LOOK_EVERY
            self.say(self.fold.find_session(os.environ, self.agent.started_at))

    def stop(self, now: float) -> None:
        """Ask the agent to end; one that has said that it is done may end as it likes."""
        if self.agent.next_signal is None:
            self.stopped = not self.fold.done
        self.agent.stop(now)

    def take(self, event: DownEvent) -> None:
        """Do what the scheduler has sent; a message is for those that read them as they run."""
        if isinstance(event, Cancel):
            self.stop(time.monotonic())
        elif isinstance(event, PersonMessage) and self.messages is not None:
            self.messages.tell(event)


def write_all(handle: int, content: bytes) -> None:
    """Write all of `content`; the shim reads whatever comes, so this does not wait long."""
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
