"""The shim of one attempt: a small process above the program, forked by the shim parent.

It has its own session and is a child subreaper, so that whatever the program starts stays its
descendant. It says on its channel, one JSON object a line: `ready` with its own process id before
anything is started (a program may freeze its shim at once), `started`, `output`, `alive`, `exit`,
or `failed` when nothing was started; it hears `{"stop": grace}` and `{"clock": "stop" | "go"}`.
"""

import json
import math
import os
import select
import signal
import time
from collections.abc import Callable
from typing import Any

from wf_tui.workers.shim.descendants import (
    become_subreaper,
    children_of,
    command_lines,
    kill_tree,
    reap,
    send_signal,
    tree_below,
)
from wf_tui.workers.shim.log_writer import CHUNK, LogWriter, discard, write_atomic
from wf_tui.workers.shim.start import Request, start_program

__all__ = ["run_shim", "wake_on_signals"]

OUTPUT_EVERY = 0.25
LAST_WORD_SECONDS = 1.0
MOST_NAMES = 5
"""So many of the processes that a program left running are named."""


def wake_on_signals() -> tuple[int, int]:
    """Return the two ends of a pipe that becomes readable with each signal that has a handler.

    SIGCHLD has one from here on; what a terminal or a broken pipe sends is ignored.
    """
    # A handler of our own: by default SIGCHLD is ignored, and then nothing is written to the pipe.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    return wake_pipe()


def wake_pipe() -> tuple[int, int]:
    """Return the ends of a new such pipe, in a fork of a process that wakes on signals."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    return read_end, write_end


class Channel:
    """The shim's end of the line to the scheduler; never blocks, for output has to be drained.

    A bare descriptor: to make it a `socket` costs a new shim more than all that it sends.
    """

    def __init__(self, handle: int) -> None:
        self.handle = handle
        os.set_blocking(handle, False)
        self.unsent = bytearray()
        self.unread = b""

    def send(self, message: dict[str, object]) -> None:
        """Send a message of evidence; one that nobody fetches is left out.

        The rest of a message that was sent in part goes first: no line is ever torn.
        """
        if not self.unsent:
            self.unsent += json.dumps(message).encode() + b"\n"
        try:
            del self.unsent[: os.write(self.handle, self.unsent)]
        except BlockingIOError:
            return
        except OSError:  # nobody listens any more
            self.unsent.clear()

    def send_last(self, message: dict[str, object]) -> None:
        """Send the message that ends the attempt; the exit file says it to who cannot hear it."""
        self.unsent += json.dumps(message).encode() + b"\n"
        end = time.monotonic() + LAST_WORD_SECONDS
        writable = select.poll()
        writable.register(self.handle, select.POLLOUT)
        while self.unsent and writable.poll(max(0.0, 1000 * (end - time.monotonic()))):
            try:
                del self.unsent[: os.write(self.handle, self.unsent)]
            except OSError:  # nobody listens any more
                return

    def receive(self) -> list[Any] | None:
        """Return the messages that have come; None when the scheduler's end is closed."""
        try:
            received = os.read(self.handle, CHUNK)
        except BlockingIOError:
            return []
        except OSError:
            return None
        *lines, self.unread = (self.unread + received).split(b"\n")
        return [json.loads(line) for line in lines] if received else None


class SupervisedProgram:
    """One program with everything it starts, from its first process to its last."""

    def __init__(
        self, request: Request, channel: Channel, life: int, wake: int, line: int | None
    ) -> None:
        self.request = request
        self.line = line
        self.channel = channel
        self.wake = wake
        # Before the program starts: an orphan of an earlier moment would go to another process.
        self.subreaper = become_subreaper()
        self.log = LogWriter(request["log"], request["cap"], request["secrets"])
        self.output, self.program_end = os.pipe()
        os.set_blocking(self.output, False)
        self.main = 0
        self.status: int | None = None
        self.cause: str | None = None
        self.error: str | None = None
        self.term_received = False
        self.started_at = time.time()
        limit: float | None = request["limit"]
        self.deadline: float = math.inf if limit is None else time.monotonic() + limit
        self.time_left: float | None = None
        """The seconds that are left of the limit while the clock stands still."""
        self.kill_at = math.inf
        self.alive_at: float = time.monotonic() + request["alive_every"]
        self.output_at = 0.0
        self.reported = 0
        self.poller = select.poll()
        self.handlers: dict[int, Callable[[], object]] = {}
        self.listen(self.output, self.read_output)
        self.listen(life, lambda: self.scheduler_gone(life))
        self.listen(channel.handle, self.read_commands)
        self.listen(wake, lambda: os.read(wake, CHUNK))
        signal.signal(signal.SIGTERM, self.note_term)

    def listen(self, handle: int, handler: Callable[[], object]) -> None:
        """Call `handler` when `handle` can be read or is closed on the other side."""
        self.handlers[handle] = handler
        self.poller.register(handle, select.POLLIN)

    def note_term(self, *_: object) -> None:
        """Note a TERM to the shim itself: a stop with the usual grace."""
        self.term_received = True

    def start(self) -> None:
        """Start the program, and let go of what is now its own."""
        try:
            os.chdir(self.request["cwd"])
            self.main = start_program(self.request, self.program_end, self.line)
        except OSError as error:
            self.cause, self.error = "spawn", f"{error.strerror}: {error.filename}"
        except ValueError as error:
            self.cause, self.error = "spawn", str(error)
        os.chdir("/")  # a shim must not hold a folder that is to be removed
        os.close(self.program_end)
        # As long as the shim had it, too, the end of the line would go unseen.
        if self.line is not None:
            os.close(self.line)

    def run(self) -> bool:
        """See the program through to its end; return whether nothing of it is left."""
        self.start()
        if self.main:
            self.channel.send({"started": self.main})
        while self.main and self.status is None and time.monotonic() < self.kill_at:
            for handle, _ in self.poller.poll(self.poll_timeout()):
                if handle in self.handlers:
                    self.handlers[handle]()
            reap(self.note_death)
            if self.status is None:
                self.check_deadlines()
        return self.finish()

    def poll_timeout(self) -> int:
        """Return for how many milliseconds nothing has to be done."""
        due = min(self.deadline, self.kill_at, self.alive_at)
        if self.log.total != self.reported:
            due = min(due, self.output_at)
        return max(0, math.ceil(1000 * (due - time.monotonic())))

    def check_deadlines(self) -> None:
        """Stop a program that is over its time, and give evidence of one that is not."""
        now = time.monotonic()
        if self.term_received:
            self.term_received = False
            self.stop("stopped", self.request["grace"])
        if now >= self.deadline:
            self.deadline = math.inf
            self.stop("time_limit", self.request["grace"])
        if self.log.total != self.reported and now >= self.output_at:
            self.reported, self.output_at = self.log.total, now + OUTPUT_EVERY
            self.channel.send({"output": self.reported})
        if now >= self.alive_at:
            self.alive_at = now + self.request["alive_every"]
            self.channel.send({"alive": True})

    def stop(self, cause: str, grace: float) -> None:
        """End the program: TERM now, the kill after `grace`; a later stop can only shorten it."""
        self.kill_at = min(self.kill_at, time.monotonic() + grace)
        if self.cause is None:
            self.cause = cause
            if grace > 0:
                send_signal(self.main, signal.SIGTERM, group=True)
                # A stopped process gets its TERM only when it continues.
                send_signal(self.main, signal.SIGCONT, group=True)

    def note_death(self, pid: int, status: int) -> None:
        """Keep the status of the main program; other descendants leave none."""
        if pid == self.main:
            self.status = status

    def read_commands(self) -> None:
        """Read what the scheduler has sent; its end closed means that it is gone."""
        messages = self.channel.receive()
        if messages is None:
            self.scheduler_gone(self.channel.handle)
        for message in messages or ():
            if "clock" in message:
                self.set_clock(goes=message["clock"] == "go")
            else:
                self.stop("stopped", message["stop"])

    def set_clock(self, *, goes: bool) -> None:
        """Let the time limit stand still while a person is waited for, or go on from there."""
        now = time.monotonic()
        if goes and self.time_left is not None:
            self.deadline, self.time_left = now + self.time_left, None
        elif not goes and self.time_left is None:
            self.deadline, self.time_left = math.inf, self.deadline - now

    def scheduler_gone(self, handle: int) -> None:
        """Nobody waits for the result any more: no grace."""
        self.stop_listening(handle)
        self.stop("scheduler_gone", 0.0)

    def stop_listening(self, handle: int) -> None:
        """Hear no more of `handle`."""
        self.poller.unregister(handle)
        del self.handlers[handle]

    def read_output(self) -> bool:
        """Move one chunk of output into the log; False when there is none left for now."""
        try:
            chunk = os.read(self.output, CHUNK)
        except BlockingIOError:
            return False
        if chunk:
            self.log.add(chunk)
        else:
            self.stop_listening(self.output)
        return bool(chunk)

    def finish(self) -> bool:
        """Kill what is left, keep the rest of the output, and report how it ended."""
        running = self.left_running()
        group = 0 if self.subreaper else self.main
        killed, clean = kill_tree(self.wake, self.note_death, group=group)
        for _ in range(CHUNK // 1024):  # bounded: a stranger may hold the other end
            if self.output not in self.handlers or not self.read_output():
                break
        self.log.close()
        record = self.exit_record(len(killed - {self.main}), clean=clean)
        record["left_running"] = len(running)
        record["left_names"] = running[:MOST_NAMES]
        # The file before the message: who hears of the end, or of none, finds the file.
        try:
            write_atomic(self.request["exit"], json.dumps(record).encode() + b"\n")
        except OSError as error:
            record["error"] = record["error"] or f"exit file: {error.strerror}"
        self.channel.send_last({"exit": record})
        return clean

    def left_running(self) -> list[str]:
        """Return the processes that a program left behind which has ended by itself."""
        if self.status is None or self.cause is not None or not reap(self.note_death):
            return []
        found = command_lines(tree_below(children_of(os.getpid())))
        for value, name in (self.request.get("secrets") or {}).items():
            found = [line.replace(value, name) for line in found]
        return found

    def exit_record(self, left_over: int, *, clean: bool) -> dict[str, object]:
        """Return what is known of the end."""
        code = None if self.status is None else os.waitstatus_to_exitcode(self.status)
        return {
            "id": self.request["id"],
            "code": code if code is None or code >= 0 else None,
            "signal": -code if code is not None and code < 0 else None,
            "cause": self.cause,
            "error": self.error or self.log.error,
            "bytes": self.log.total,
            "left_over": left_over,
            "clean": clean,
            "started_at": self.started_at,
            "ended_at": time.time(),
            "tail": self.log.tail(),
        }


def run_shim(channel_handle: int, request_handle: int, life: int, line: int | None) -> bool:
    """Be the shim of one attempt; return whether nothing of it is left.

    `line` is the descriptor that the program gets as its own number 3, if it gets one.
    """
    # Out of the parent's session: a signal to that group must not reach the shim.
    os.setsid()
    wake, _ = wake_pipe()
    channel = Channel(channel_handle)
    request = json.loads(os.pread(request_handle, os.fstat(request_handle).st_size, 0).decode())
    os.close(request_handle)
    try:
        discard(request["exit"])
        program = SupervisedProgram(request, channel, life, wake, line)
    except (OSError, ValueError) as error:
        channel.send_last({"failed": str(error)})
        return True
    # Before anything is started: a request that no shim has taken may be given to another one.
    channel.send({"ready": os.getpid()})
    return program.run()
