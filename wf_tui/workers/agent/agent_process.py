"""The agent's process: in a group of its own, so that the driver decides what a stop means to it.

Standard library only, as all of the driver.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import IO, Final

from wf_tui.workers.agent.order import PromptBy

__all__ = ["AgentProcess"]

_CLOCK_TICK: Final = 0.02
"""Seconds by which the times of files may be behind the clock."""

_LADDER: Final = ((signal.SIGINT, 2.0), (signal.SIGTERM, 5.0))
"""How an agent is stopped: each signal with the seconds until the next one, at last the kill.

An interrupt lets most of them write down their session. The shim's own kill comes after the grace
of the attempt, whatever this ladder has come to.
"""


class AgentProcess:
    """One start of the agent with its three pipes."""

    def __init__(self, argv: Sequence[str], prompt: IO[bytes], prompt_by: PromptBy) -> None:
        """Start it; raises `OSError` or `ValueError` where it cannot be."""
        self.started_at = time.time() - _CLOCK_TICK
        """In seconds since 1970: what it writes has no earlier time."""
        stdin: IO[bytes] | int = subprocess.PIPE if prompt_by == "stream" else subprocess.DEVNULL
        self.process = subprocess.Popen(
            argv,
            stdin=prompt if prompt_by == "stdin" else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Where it says that descriptor 3 is the line, which is the driver's alone.
            env={name: value for name, value in os.environ.items() if name != "WF_LINE"},
            bufsize=0,
            process_group=0,
        )
        self.stdout, self.stderr = pipe_of(self.process.stdout), pipe_of(self.process.stderr)
        self.stdin = None if self.process.stdin is None else pipe_of(self.process.stdin)
        self.ladder = iter(_LADDER)
        self.next_signal: float | None = None
        """When the next signal is due; None as long as it is not to stop."""

    @property
    def exit_code(self) -> int | None:
        """Its exit status, 128 and the number of the signal that ended it, None while it runs."""
        code = self.process.poll()
        return code if code is None or code >= 0 else 128 - code

    def stop(self, now: float) -> None:
        """Ask it to end; returns at once, and does nothing the second time."""
        if self.next_signal is None:
            self.next_signal = now
            self.check(now)

    def check(self, now: float) -> None:
        """Send the next signal if it is due."""
        if self.next_signal is None or now < self.next_signal:
            return
        number, seconds = next(self.ladder, (signal.SIGKILL, 1.0))
        self.next_signal = now + seconds
        try:
            os.killpg(self.process.pid, number)
            # One that is stopped gets it only when it continues.
            os.killpg(self.process.pid, signal.SIGCONT)
        except (ProcessLookupError, PermissionError):
            return

    def end_input(self) -> None:
        """Tell it that there will be no more messages."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.stdin = None

    def close(self) -> None:
        """Let go of the pipes, which what it left running may still hold."""
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


def pipe_of(stream: IO[bytes] | None) -> int:
    """Return the descriptor of a pipe, which does not block from here on."""
    if stream is None:
        raise ValueError("no pipe")
    os.set_blocking(stream.fileno(), False)
    return stream.fileno()
