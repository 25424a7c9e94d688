"""The writers' turn: a lock file that the kernel frees, and an end to the waiting for it.

Writers block in `flock`, since those that poll, or wait in SQLite's own way, starve each other
(RULES 4.1). But a program that was stopped in the middle of its turn must not hold the others for
ever: they say what they wait for, and then give up.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui import locks
from wf_tui.errors import LedgerError, LedgerWaitError
from wf_tui.ledger.store.sqlite.file_format import noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.store.store import Patience

__all__ = ["TOO_MANY_FILES", "WriteLock"]

TOO_MANY_FILES: Final = frozenset({errno.EMFILE, errno.ENFILE})
"""Errors of the system that pass when something is closed."""
_SHORTEST: Final = 0.001
_LONGEST: Final = 0.1
_LOCKS: Final = Path("/proc/locks")


class WriteLock:
    """The lock file of one ledger; a connection has one, and no two threads use it at once.

    Beside the ledger, not the ledger itself: closing any handle of a file frees all the locks that
    SQLite has on it in this process. `taken` is for those who change something, whatever their
    version of wf; `wait_for_sqlite` for programs that know only SQLite's own locks.
    """

    def __init__(self, ledger: Path, patience: Patience) -> None:
        self._ledger = ledger
        self._patience = patience
        self._path = ledger.with_suffix(".lock")
        self._handle = _open(self._path)
        self._since = 0.0
        self._said = False

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn.

        Raises `LedgerWaitError` when the patience is at its end, after a warning in the log.
        """
        with contextlib.ExitStack() as stack:
            # Free nearly always: no thread is started then.
            handle = self._handle
            if not locks.try_lock(handle):
                handle = self._wait()
                stack.callback(os.close, handle)
            stack.callback(locks.unlock, handle)
            yield

    def wait_for_sqlite(self, before: int) -> bool:
        """Wait a little for a program that locks the file in SQLite's way; False gives up.

        `before` is how often this was asked for the same lock.
        """
        now = time.monotonic()
        if before == 0:
            self._since, self._said = now, False
        waited = now - self._since
        if waited >= self._patience.most:
            return False
        if waited >= self._patience.say and not self._said:
            self._said = True
            self._say()
        pause = min(_SHORTEST * 2 ** min(before, 10), _LONGEST)
        time.sleep(min(pause, self._patience.left(waited)))
        return True

    def _wait(self) -> int:
        """Wait in the kernel's queue; return the handle that has the lock."""
        turn = _Turn(_open(self._path))
        threading.Thread(target=turn.wait, name="turn", daemon=True).start()
        try:
            waited = 0.0
            while left := self._patience.left(waited):
                if turn.given.wait(left):
                    return turn.handle
                waited += left
                if waited < self._patience.most:
                    self._say()
        except BaseException:
            if not turn.give_up():
                os.close(turn.handle)
            raise
        if not turn.give_up():
            # It came between the last look and the giving up.
            return turn.handle
        raise self.locked()

    def locked(self) -> LedgerWaitError:
        """Return the error of one who has waited long enough."""
        return LedgerWaitError(
            f"{noun(self._ledger)} is locked by {self._holder()}",
            "end that program, or wait for it",
        )

    def _say(self) -> None:
        """Warn that somebody has the ledger for long, and who."""
        import logging  # noqa: PLC0415 - hardly ever needed, and 5 ms of each command

        who = self._holder()
        logging.getLogger(__name__).warning("waiting for the ledger: %s has it locked", who)

    def _holder(self) -> str:
        """Return who locks it, in our way or in SQLite's, as well as the kernel's table tells."""
        shared = self._ledger.with_name(f"{self._ledger.name}-shm")
        names = [name for path in (self._path, self._ledger, shared) for name in _lockers(path)]
        return ", ".join(dict.fromkeys(names)) or "another program"


class _Turn:
    """One wait, on a thread of its own, since a blocking `flock` cannot be given up."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.given = threading.Event()
        self._deciding = threading.Lock()
        self._unwanted = False

    def wait(self) -> None:
        """Block until the lock is there; if nobody wants it by then, let it go."""
        locks.lock(self.handle)
        with self._deciding:
            if self._unwanted:
                os.close(self.handle)
            else:
                self.given.set()

    def give_up(self) -> bool:
        """Want it no more; False where it has come meanwhile."""
        with self._deciding:
            self._unwanted = not self.given.is_set()
            return self._unwanted


def _open(path: Path) -> int:
    """Open the lock file; each wait has a handle of its own, since a lock belongs to a handle."""
    try:
        return locks.open_lock(path)
    except OSError as error:
        text = f"cannot lock the ledger with {path}: {error.strerror}"
        if error.errno in TOO_MANY_FILES:
            raise LedgerWaitError(text, "allow more of them: ulimit -n") from error
        raise LedgerError(text) from error


def _lockers(path: Path) -> list[str]:
    """Return the processes that lock a file for writing; none where no table tells."""
    try:
        held = path.stat()
        where = f"{os.major(held.st_dev):02x}:{os.minor(held.st_dev):02x}:{held.st_ino}"
        lines = [line.split() for line in _LOCKS.read_text().splitlines() if where in line]
        pids = {line[4] for line in lines if line[3] == "WRITE"} - {str(os.getpid())}
        return sorted(f"process {pid} ({_program(pid)})" for pid in pids)
    except (OSError, IndexError):
        return []


def _program(pid: str) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()
