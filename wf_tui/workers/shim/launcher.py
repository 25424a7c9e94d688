"""Runs programs under shims: the scheduler's side of the shim parent.

Closing the launcher, or the death of its process, closes the life line: everything dies.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Self

import wf_tui
from wf_tui.errors import EnvironmentalError
from wf_tui.values import field, frozen, replace
from wf_tui.workers.protocol import Job, Limits, ProgramExit, Report
from wf_tui.workers.shim.channel import DEAF_AFTER, ProgramClock, ShimConnection
from wf_tui.workers.shim.exit_file import read_exit
from wf_tui.workers.shim.sweep import sweep_marked

__all__ = ["LOADER_PATHS", "Launcher", "Program", "anonymous_file"]

_ROOT = str(Path(wf_tui.__file__).parent.parent)
_BOOT = (
    "import sys; sys.path.append(sys.argv.pop(1));"
    "from wf_tui.workers.shim.shim_parent import main; main()"
)
LOADER_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Without these some interpreters do not start; no program of a worker is given them."""
_CLOSE_SECONDS = 20.0
_TRIES = 3  # a parent may die with a request that it has not yet taken

_log = logging.getLogger(__name__)


@frozen
class Program:
    """A command to run, and where its traces go."""

    argv: tuple[str, ...]
    folder: Path
    """Its working directory."""
    environment: Mapping[str, str] = field(repr=False)
    """All of its environment, but for `WF_ATTEMPT`."""
    log: Path
    exit_file: Path
    mark: str
    """Becomes `WF_ATTEMPT`: how a stray process is known when all else is lost."""
    limits: Limits = field(default_factory=Limits)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What no log of it may hold, each with the name that stands in its place."""
    stdin: Path | None = None
    """The file that it reads as its standard input; None: nothing."""
    line: socket.socket | None = None
    """The end of a socket pair that becomes its descriptor 3."""
    call: str | None = None
    """`module:function` of a driver of wf's own, run in a fork in the place of `argv`.

    Standard library only; it is called with `argv`, and what it returns is the exit status.
    """

    @classmethod
    def of_job(cls, job: Job, argv: tuple[str, ...], *, log: str, exit_file: str) -> Self:
        """Return a program of the plan's in the tree of a job: a gate, say, which has no key.

        `log` and `exit_file` are names in the folder of the attempt.
        """
        return cls(
            argv=argv,
            folder=job.tree,
            environment=job.environment,
            log=job.folder / log,
            exit_file=job.folder / exit_file,
            mark=job.mark,
            limits=job.limits,
            secrets=job.secrets,
        )

    @classmethod
    def of_worker(cls, job: Job, argv: tuple[str, ...], *, log: str = "raw.jsonl") -> Self:
        """Return the worker's own program for a job, with what its profile gives."""
        program = cls.of_job(job, argv, log=log, exit_file="exit.json")
        return replace(program, environment=job.program_environment or job.environment)


class Launcher:
    """Starts programs through one pre-started shim parent; an asynchronous context manager.

    One for each scheduler, used on its event loop by any number of attempts at a time. `python` is
    the interpreter of the parent, `alive_every` the seconds between a shim's signs of life,
    `deaf_after` those beyond its grace in which it has to obey a stop, `environ` where the paths of
    the loader come from.
    """

    def __init__(
        self,
        *,
        python: str = sys.executable,
        alive_every: float = 4.0,
        deaf_after: float = DEAF_AFTER,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        # Isolated and without `site`: it starts in a few ms, and no file of a worker is imported.
        self._command = (python, "-I", "-S", "-X", "utf8", "-c", _BOOT, _ROOT)
        self._environment = {name: environ[name] for name in LOADER_PATHS if name in environ}
        self._alive_every = alive_every
        self._deaf_after = deaf_after
        self._connections: set[ShimConnection] = set()
        # One at a time: the loop knows one waiter for a writable socket, a second would replace it.
        self._sending = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._life, self._life_end = os.pipe()
        try:
            self._start_parent()
        except EnvironmentalError:
            self._cut_life_line()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._cut_life_line()
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                for connection in tuple(self._connections):
                    await connection.ended(0.0)
                # The parent closes its end as the last thing it does.
                with contextlib.suppress(OSError):  # it has ended before
                    self._requests.shutdown(socket.SHUT_WR)
                    await asyncio.get_running_loop().sock_recv(self._requests, 1)
        except TimeoutError:
            _log.warning("the shim parent does not end; it is killed")
            self._parent.kill()
        finally:
            self._requests.close()
            self._parent.wait()

    @property
    def parent_pid(self) -> int:
        """The process id of the shim parent."""
        return self._parent.pid

    async def run(
        self,
        program: Program,
        report: Report,
        clock: ProgramClock | None = None,
        stopping: Callable[[], object] = lambda: None,
    ) -> ProgramExit:
        """Run a program to its end; every process that it started is gone then.

        `clock` lets its time limit stand still; it is for this program alone. Cancelling stops it
        with its grace, and returns only after its last process; `stopping` is called before that.
        Raises EnvironmentalError when a new shim parent is needed and cannot be started.
        """
        for _ in range(_TRIES):
            try:
                connection = await self._start(program, report)
                if clock is not None:
                    clock.attach(connection)
            except ConnectionError:
                self._parent.wait()  # it has closed its end, so it is ending
                continue
            ended = await self._see_through(connection, program, stopping)
            # Tried again only where no shim has taken the request: else it could run twice.
            if ended or connection.accepted:
                # A shim that was killed may have come as far as writing the file.
                return ended or read_exit(program.exit_file) or ProgramExit(lost=True)
        return ProgramExit(cause="spawn", error="the shim parent accepts no requests")

    async def _start(self, program: Program, report: Report) -> ShimConnection:
        with contextlib.ExitStack() as unused:
            ours, theirs = socket.socketpair()
            unused.enter_context(ours)
            with theirs, anonymous_file(self._request(program)) as request:
                handles = [theirs.fileno(), request.fileno()]
                if program.line is not None:
                    handles.append(program.line.fileno())
                await self._send(handles, (program.call or "").partition(":")[0])
            # The request is out: from here on the connection closes our end.
            unused.pop_all()
        return ShimConnection(ours, report, self._kill_deaf, self._deaf_after)

    def _kill_deaf(self, shim: int) -> None:
        """End a shim that obeys nothing, because somebody has frozen it; or the parent without one.

        As long as its channel is open its number is nobody else's. The parent kills its orphans.
        """
        _log.warning("shim %s does not obey; it is killed", shim or "parent")
        if shim:
            os.kill(shim, signal.SIGKILL)
        else:
            self._parent.kill()

    def _request(self, program: Program) -> bytes:
        request = {
            "id": program.mark,
            "argv": program.argv,
            "cwd": str(program.folder),
            "env": {**program.environment, "WF_ATTEMPT": program.mark},
            "log": str(program.log),
            "exit": str(program.exit_file),
            "stdin": None if program.stdin is None else str(program.stdin),
            "call": program.call,
            "cap": program.limits.output_bytes,
            "grace": program.limits.grace,
            "limit": program.limits.seconds,
            "alive_every": self._alive_every,
            "secrets": dict(program.secrets),
        }
        return json.dumps(request).encode()

    async def _see_through(
        self, connection: ShimConnection, program: Program, stopping: Callable[[], object]
    ) -> ProgramExit | None:
        self._connections.add(connection)
        try:
            return await connection.ended(program.limits.grace, stopping)
        finally:
            self._connections.discard(connection)
            connection.close()
            if connection.lost:
                # Where the parent is dead, too, nobody else has killed what the shim left behind.
                await asyncio.to_thread(sweep_marked, program.mark, exact=True)

    async def _send(self, handles: list[int], driver: str) -> None:
        text = f"{len(handles)} {driver}".encode()
        async with self._sending:
            if self._parent.poll() is not None:
                _log.warning("the shim parent has ended; a new one is started")
                self._requests.close()
                self._start_parent()
            while True:
                try:
                    socket.send_fds(self._requests, [text], handles)
                except BlockingIOError:  # the parent is busy killing what a dead shim left
                    await self._writable()
                else:
                    return

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        writable = loop.create_future()
        loop.add_writer(self._requests, writable.set_result, None)
        try:
            await writable
        finally:
            loop.remove_writer(self._requests)

    def _start_parent(self) -> None:
        requests, theirs = socket.socketpair()
        requests.setblocking(False)
        handles = (theirs.fileno(), self._life)
        # Closed here in any case: as long as we had its end, the parent's death would go unseen.
        with theirs:
            try:
                self._parent = subprocess.Popen(
                    [*self._command, *map(str, handles)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    cwd="/",
                    env=self._environment,
                    pass_fds=handles,
                    start_new_session=True,
                )
            except OSError as error:
                requests.close()
                raise EnvironmentalError(f"cannot start the shim parent: {error}") from error
        self._requests = requests

    def _cut_life_line(self) -> None:
        """Close both ends; the parent and its shims read end-of-file, and kill what runs."""
        os.close(self._life_end)
        os.close(self._life)


def anonymous_file(content: bytes) -> IO[bytes]:
    """Return a file without a name: a request has any size, and an environment is private."""
    if hasattr(os, "memfd_create"):
        file: IO[bytes] = os.fdopen(os.memfd_create("wf-request"), "w+b", buffering=0)
    else:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - the caller closes it
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    return file
