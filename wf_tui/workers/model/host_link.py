"""The one host of a scheduler: started with the first attempt that needs it, and ended behind them.

It holds keys and talks to makers, so it is a process of its own. That it dies is nobody's fault the
first time: an attempt goes on from its history.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final, Self

from wf_tui.processes import ProcessIdentity, is_alive
from wf_tui.workers.model.host_process import HostError, HostProcess
from wf_tui.workers.shim.redaction import Redactor

__all__ = ["HOST_FILE", "HostLink", "end_left_host"]

HOST_FILE: Final = "host.json"
"""In the folder of a run: the process of its host."""
_READY_IN: Final = 60.0
_IDLE: Final = 60.0
"""Seconds that a host is kept for which nobody has a session."""
_MOST_DEATHS: Final = 3
_DEATHS_WITHIN: Final = 600.0
_log = logging.getLogger(__name__)


class HostLink:
    """Gives attempts their host; an asynchronous context manager, used on its event loop.

    Entering starts nothing, leaving ends what was started. `environ` is the scheduler's, of which
    a host gets no key; `ready_in` and `idle` are seconds.
    """

    def __init__(
        self,
        file: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        ready_in: float = _READY_IN,
        idle: float = _IDLE,
    ) -> None:
        self._file = file
        self._environ = environ
        self._ready_in = ready_in
        self._idle = idle
        self._host: HostProcess | None = None
        self._starting = asyncio.Lock()
        self._sessions = 0
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when no host is about to end."""
        self._ending.set_result(None)
        self._deaths: deque[float] = deque(maxlen=_MOST_DEATHS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._keep()
        self._end_idle()
        # One that is being started is ended when it is there.
        async with self._starting:
            self._end_idle()
        await self._ending

    @property
    def pid(self) -> int | None:
        """The number of the host's process; None while there is none."""
        return None if self._host is None else self._host.pid

    @contextlib.asynccontextmanager
    async def session(self, secrets: Mapping[str, str]) -> AsyncIterator[HostProcess]:
        """Lend the host for one session, started where there is none.

        Raises `HostError` where it does not come up, or has died too often. `secrets` are not
        written where it dies.
        """
        self._sessions += 1
        self._keep()
        try:
            yield await self._started(secrets)
        finally:
            self._sessions -= 1
            if not self._sessions:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(self._idle, self._end_idle)

    def died(self, host: HostProcess, secrets: Mapping[str, str]) -> str:
        """Take note that a host is gone which had a session; return why nothing is tried again.

        "" where another one may do better. Asked by each attempt that it takes along, counted once.
        """
        if host is self._host:
            self._host = None
            host.refused = self._count(host, secrets)
            self._end(host)
        return host.refused

    async def _started(self, secrets: Mapping[str, str]) -> HostProcess:
        """Return the host when it is ready, started where there is none.

        An attempt that is stopped meanwhile leaves the start to those that come after it.
        """
        starting = asyncio.ensure_future(self._start(secrets))
        starting.add_done_callback(_heed)
        return await asyncio.shield(starting)

    async def _start(self, secrets: Mapping[str, str]) -> HostProcess:
        async with self._starting:
            if self._host is not None and self._host.ended.done():
                self.died(self._host, secrets)
            if self._host is None:
                # Behind the end of the one before, which takes the file of its process along.
                await asyncio.shield(self._ending)
                self._host = await HostProcess.start(self._file, self._environ)
            host = self._host
            try:
                # Of one that runs, too: whoever has started it may have been stopped meanwhile.
                await host.ready(self._ready_in)
            except HostError as error:
                host.kill()
                refused = self.died(host, secrets)
                raise HostError(refused or str(error), refused=bool(refused)) from error
            return host

    def _count(self, host: HostProcess, secrets: Mapping[str, str]) -> str:
        now = asyncio.get_running_loop().time()
        words = Redactor(dict(secrets)).whole(host.last_words)
        _log.warning("the host of the models ended: %s", words or "it said nothing")
        self._deaths.append(now)
        if len(self._deaths) < _MOST_DEATHS or now - self._deaths[0] > _DEATHS_WITHIN:
            return ""
        # Whoever opens a lane again has another try, and that three deaths more.
        self._deaths.clear()
        last = words.rpartition("\n")[2]
        return f"it died {_MOST_DEATHS} times within ten minutes{': ' if last else ''}{last}"

    def _keep(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end_idle(self) -> None:
        host, self._host = self._host, None
        if host is not None:
            self._end(host)

    def _end(self, host: HostProcess) -> None:
        async def end(before: asyncio.Future[None]) -> None:
            await before
            await host.close()

        self._ending = asyncio.ensure_future(end(self._ending))


def _heed(starting: asyncio.Future[HostProcess]) -> None:
    """Take note of why no host came up that nobody waits for any more."""
    if not starting.cancelled() and (error := starting.exception()) is not None:
        _log.info("no host of the models was started: %s", error)


def end_left_host(file: Path) -> bool:
    """Kill the host that a dead scheduler has left behind, if it hangs; return whether one ran.

    It ends by itself within a second, unless something keeps it. Called by recovery, in a thread.
    """
    try:
        stored = json.loads(file.read_bytes())
        identity = ProcessIdentity(**stored)
    except (OSError, ValueError, TypeError):
        return False
    found = is_alive(identity)
    if found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(identity.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
    return found
