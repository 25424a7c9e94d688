"""A git process that stays and answers questions: to start one costs more than what it is asked.

It is an express lane and never the only way. Whatever is odd about an answer, the process is ended
and there is none; the caller then asks by a git of its own, which says what is wrong.
"""

import contextlib
import os
import select
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from wf_tui.errors import GitDeadlineError
from wf_tui.git.runner import (
    current_limit,
    end_group,
    find_git,
    isolated_environment,
    report_time,
)
from wf_tui.values import frozen

__all__ = ["Answer", "KeptProcess", "OddAnswerError"]

_PATIENCE: Final = 0.1
"""Seconds to wait for other threads to be answered: then a git of one's own is as fast."""
_MOST_QUESTIONS: Final = 20_000
"""Then a new one is started: git forgets nothing of what it has looked at."""
_CHUNK: Final = 1 << 16
_T = TypeVar("_T")


class OddAnswerError(Exception):
    """The process has ended, or says something that is no answer."""


class _TooSlowError(Exception):
    """The limit of `git_limit` is over."""


@frozen
class _Known:
    """What a process was started for; another git, or another repository, takes another process."""

    program: str
    place: tuple[int, int]
    """The device and the number of the repository's `HEAD`, which nobody writes anew."""

    @classmethod
    def now(cls, head: str) -> "_Known | None":
        """Return what one started now would be for; None where the repository is gone.

        To that, git would go on writing: it makes the folders of a ref that are not there.
        """
        try:
            found = os.stat(head)  # noqa: PTH116 - asked with each question, and made once
        except OSError:
            return None
        return cls(find_git(), (found.st_dev, found.st_ino))


@frozen
class _Running:
    """A process, and the descriptors of our ends of its pipes, which never block."""

    process: subprocess.Popen[bytes]
    stdin: int
    stdout: int


class Answer:
    """What a process says to the `talk` of one `KeptProcess.ask`.

    Raises `OddAnswerError` where the process ends, and `_TooSlowError` when the time is over.
    """

    def __init__(self, running: _Running, until: float | None) -> None:
        self._running = running
        self._until = until
        self._seen = bytearray()

    def ask(self, question: bytes) -> None:
        """Send questions; the process may read slowly, or not at all.

        What it says meanwhile is taken: else both would wait for ever, each with its pipe full.
        """
        rest = memoryview(question)
        stdin, stdout = self._running.stdin, self._running.stdout
        while rest:
            if stdout in self._wait({stdin: select.POLLOUT, stdout: select.POLLIN}):
                self._take()
                continue
            try:
                rest = rest[os.write(self._running.stdin, rest) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise OddAnswerError from error

    def line(self) -> bytes:
        """Return the next line, without its end."""
        return self.until(b"\n")[:-1]

    def until(self, end: bytes) -> bytes:
        """Return all that comes up to the first `end`, with that."""
        at = 0
        while (found := self._seen.find(end, at)) < 0:
            at = max(0, len(self._seen) - len(end) + 1)
            self._read()
        text = bytes(self._seen[: found + len(end)])
        del self._seen[: found + len(end)]
        return text

    def check_all_read(self) -> None:
        """Raise where more has come than was asked for: the next answer would be another's."""
        if self._seen:
            raise OddAnswerError

    def _read(self) -> None:
        self._wait({self._running.stdout: select.POLLIN})
        self._take()

    def _take(self) -> None:
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(self._running.stdout, _CHUNK)
            if not chunk:
                raise OddAnswerError
            self._seen += chunk

    def _wait(self, wanted: Mapping[int, int]) -> set[int]:
        """Return which of these descriptors are ready for what is wanted of them, or have ended."""
        poll = select.poll()
        for handle, what in wanted.items():
            poll.register(handle, what)
        left = None if self._until is None else max(0.0, self._until - time.monotonic())
        ready = poll.poll(None if left is None else left * 1000)
        if not ready or left == 0:
            raise _TooSlowError
        return {handle for handle, _ in ready}


class KeptProcess:
    """One command of git on one repository of wf's own; safe to use from several threads.

    Never on a repository, a folder or a configuration that a worker can write: what it has read, it
    goes on believing. Started when it is first asked, anew after it has ended or where another
    repository is in the place of its own, and not after `close`.
    """

    def __init__(
        self, *words: str, git_dir: Path, settings: Mapping[str, str], cwd: Path = Path("/")
    ) -> None:
        self._words = words
        self._git_dir = git_dir
        self._head = str(git_dir / "HEAD")
        self._settings = settings
        self._cwd = cwd
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._known: _Known | None = None
        self._asked = 0
        self._closed = False

    def ask(self, talk: Callable[[Answer], _T]) -> _T | None:
        """Return what `talk` makes of the answers to its questions; None where there is none.

        Also where others are answered, or the process was closed. Within the limit of `git_limit`,
        as every git; raises `GitDeadlineError` beyond it, and ends the process. What was asked to
        be written may be written where this returns None or raises.
        """
        if not self._lock.acquire(timeout=_PATIENCE):
            return None
        try:
            return self._answered(talk)
        finally:
            if self._closed:
                self._end()
            self._lock.release()

    def close(self) -> None:
        """End the process, and start none again; who still waits for an answer gets none."""
        self._closed = True
        if self._lock.acquire(timeout=_PATIENCE):
            try:
                self._end()
            finally:
                self._lock.release()
        elif (running := self._running) is not None:
            # Who has asked sees its end. Without a wait for that: git may hang.
            running.process.terminate()

    def _answered(self, talk: Callable[[Answer], _T]) -> _T | None:
        limit = current_limit()
        running = self._started()
        if running is None:
            return None
        self._asked += 1
        began = time.monotonic()
        answer = Answer(running, None if limit is None else began + limit)
        try:
            said = talk(answer)
            answer.check_all_read()
        except _TooSlowError:
            self._end()
            text = f"git {self._words[0]} took longer than {limit:g} s and was stopped"
            raise GitDeadlineError(text, "is its file system still there?") from None
        except (OddAnswerError, OSError, ValueError):
            self._end()
            return None
        except BaseException:
            self._end()
            raise
        report_time(self._words[0], time.monotonic() - began)
        return said

    def _started(self) -> _Running | None:
        """Return the process, a new one where it has ended; None where there shall be none."""
        if self._closed:
            return None
        running, known = self._running, _Known.now(self._head)
        is_good = running is not None and running.process.poll() is None
        if is_good and known == self._known and self._asked < _MOST_QUESTIONS:
            return running
        self._end()
        with contextlib.suppress(OSError):  # a git of one's own says why it cannot be started
            if known is not None:
                self._running, self._known, self._asked = self._start(known.program), known, 0
        return self._running

    def _start(self, program: str) -> _Running:
        places = {"GIT_DIR": str(self._git_dir), "WF_GIT": str(os.getpid())}
        # Its own process group, as each git: an interrupt must not stop half a write.
        process = subprocess.Popen(
            [program, *self._words],
            env=isolated_environment(self._settings) | places,
            cwd=self._cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        stdin, stdout = (p.fileno() for p in (process.stdin, process.stdout) if p is not None)
        for handle in (stdin, stdout):
            os.set_blocking(handle, False)
        return _Running(process, stdin, stdout)

    def _end(self) -> None:
        """End the process with its group, told politely: it may hold a lock."""
        running, self._running = self._running, None
        if running is None:
            return
        for pipe in (running.process.stdin, running.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        # The number of one that has ended may be another's by now.
        if running.process.poll() is None:
            end_group(running.process)
