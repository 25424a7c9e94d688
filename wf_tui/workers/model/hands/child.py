"""A process of one call: a command, or a search that might take for ever.

In a group of its own, so that all of it is ended together; its output is read while it runs. Only
the loop of `main` uses it, which is one thread.
"""

import contextlib
import math
import os
import signal
import time
from collections.abc import Callable
from typing import Final

from wf_tui.workers.model.hands.kept_output import KeptOutput

__all__ = ["Child"]

_CHUNK: Final = 256 * 1024
_GRACE: Final = 2.0
"""Seconds between the TERM of a group and its kill."""
_LAST_WORDS: Final = 0.3
"""Seconds that what a program has started may still take when it has ended itself."""
_UNKILLABLE: Final = 5.0
"""Seconds after which a process that a kill does not end is left to the shim."""
_NOT_FOUND: Final = 127
_CATCHABLE: Final = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
_FIRST_OWN: Final = 3


class Child:
    """One process with its group and its output."""

    def __init__(
        self, act: Callable[[], None], folder: int, seconds: float, output: KeptOutput
    ) -> None:
        """Fork, and call `act` in the fork, in the folder of a descriptor. Raises `OSError`."""
        self.kept = output
        self.limit = time.monotonic() + seconds
        self.cause: str | None = None
        """Why it was ended: `time` or `stop`; None where it ended by itself."""
        self.code: int | None = None
        """Its exit status, 128 and the number of a signal; None where it could not be ended."""
        self.left_running = False
        """Whether it left processes of its group behind, which are ended by now."""
        self._next = math.inf
        self._killed = False
        self._ended_at: float | None = None
        self._read, write = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            os.close(self._read)
            os.close(write)
            raise
        if self._pid == 0:
            _become(act, folder, write)
        os.close(write)
        os.set_blocking(self._read, False)
        with contextlib.suppress(OSError):  # it has done so itself, or has ended
            os.setpgid(self._pid, self._pid)

    @property
    def output(self) -> int | None:
        """The descriptor that its output is read from, None when there is no more."""
        return self._read if self._read >= 0 else None

    def stop(self, cause: str = "stop") -> None:
        """Ask its group to end, and see in `check` that it does."""
        if self.cause is None:
            self.cause = cause
            self._signal(signal.SIGTERM)
            self._signal(signal.SIGCONT)  # a stopped one gets the other only then
            self._next = time.monotonic() + _GRACE

    def read(self) -> bool:
        """Take one chunk of output; False where there is none now."""
        if self._read < 0:
            return False
        try:
            chunk = os.read(self._read, _CHUNK)
        except BlockingIOError:
            return False
        if chunk:
            self.kept.add(chunk)
            return True
        os.close(self._read)
        self._read = -1
        return False

    def due(self) -> float:
        """Return when `check` has something to do, by the monotonic clock."""
        if self._ended_at is not None:
            return self._ended_at + _LAST_WORDS
        return min(self.limit, self._next)

    def check(self) -> bool:
        """Go on with what is due; return whether all of it has ended."""
        now = time.monotonic()
        if self._ended_at is None and self._has_exited():
            self._ended_at = now
        if self._ended_at is not None:
            return self._has_settled(is_over=now >= self._ended_at + _LAST_WORDS)
        if now >= self.limit and self.cause is None:
            self.stop("time")
        if now >= self._next:
            if self._killed:
                self._let_go()
                return True
            self._killed = True
            self._next = now + _UNKILLABLE
            self._signal(signal.SIGKILL)
        return False

    def kill(self) -> None:
        """End all of it at once, and wait for nothing."""
        self._signal(signal.SIGKILL)

    def _has_exited(self) -> bool:
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            self.code = code if code >= 0 else 128 - code
        return pid != 0

    def _has_settled(self, *, is_over: bool) -> bool:
        """Whether what it has started is gone, too, or had its time and is ended."""
        # What was just started may be about to leave the group, as `setsid` does.
        if not is_over and (self._read >= 0 or self._signal(0)):
            return False
        self.left_running = self._signal(signal.SIGKILL)
        for _ in range(8):  # bounded: who left the group may still hold the other end
            if not self.read():
                break
        self._let_go()
        return True

    def _let_go(self) -> None:
        if self._read >= 0:
            os.close(self._read)
            self._read = -1

    def _signal(self, number: int) -> bool:
        try:
            os.killpg(self._pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def _become(act: Callable[[], None], folder: int, output: int) -> None:
    """Let go of all that is the hands', act, and do not come back."""
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for number in _CATCHABLE:
            signal.signal(number, signal.SIG_DFL)
        os.fchdir(folder)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(_FIRST_OWN, os.sysconf("SC_OPEN_MAX"))
        act()
        os._exit(0)
    except OSError as error:
        os.write(2, f"{error.strerror}: {error.filename}\n".encode("utf-8", "replace"))
    finally:
        os._exit(_NOT_FOUND)
