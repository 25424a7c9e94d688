"""The file with the lanes of this host, on a thread of its own.

Where it cannot be used, the run keeps lanes for itself, in a file in its own folder: then nobody
shares a limit, but each run still heeds what it was told. The host's file is tried again later.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from wf_tui.errors import LedgerWaitError, WfError
from wf_tui.ledger.lanes.memory import read_free_memory
from wf_tui.ledger.stores import open_lanes

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from wf_tui.clock import Clock
    from wf_tui.ledger.lanes.lanes import Lanes
    from wf_tui.ledger.lanes.memory import FreeMemory

__all__ = ["LaneThread"]

_T = TypeVar("_T")
_AGAIN: Final = 60.0
"""Seconds until the host's file is tried again."""
_log = logging.getLogger(__name__)


@dataclass
class LaneThread:
    """Owns the lanes as one scheduler sees them; its thread starts with the first call."""

    host: Path
    """The file that all runs share."""
    own: Path
    """Where the run keeps lanes of its own while that one cannot be used."""
    clock: Clock
    free: Callable[[], FreeMemory | None] = read_free_memory
    problem: str = ""
    """Why the host's file cannot be used, for a person; written by the thread."""
    generation: int = 0
    """Grows as another file is taken: a number of a permit is one of its own file only."""
    _lanes: Lanes | None = None
    _failed_at: float = 0.0
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="lanes")
    )

    async def call(self, use: Callable[[Lanes], _T]) -> _T:
        """Use the lanes on their thread; raises `WfError` only where neither file can be used."""
        return await asyncio.wrap_future(self.post(use))

    def post(self, use: Callable[[Lanes], _T]) -> Future[_T]:
        """Do the same for who does not wait; what goes wrong is in the future alone."""
        return self._pool.submit(self._use, use)

    def close(self) -> None:
        """Do what was asked for, then close the file and end the thread; blocks until then."""
        self._pool.submit(self._close)
        self._pool.shutdown()

    def _use(self, use: Callable[[Lanes], _T]) -> _T:
        lanes = self._usable()
        try:
            return use(lanes)
        except LedgerWaitError:
            # Locked by another program, or the disk is full: nothing is wrong with the file.
            raise
        except WfError as error:
            if self.problem:
                raise
            return use(self._take_own(error))

    def _usable(self) -> Lanes:
        """Return the lanes that are open, else those of the host, else those of the run alone."""
        waited = self.clock.monotonic() - self._failed_at
        if self._lanes is not None and (not self.problem or waited < _AGAIN):
            return self._lanes
        try:
            lanes = open_lanes(self.host, clock=self.clock)
        except (WfError, OSError) as error:
            return self._take_own(error) if self._lanes is None else self._lanes
        if self.problem:
            _log.warning("the lanes of this host can be used again")
            self._close()
            for end in ("", "-wal", "-shm"):
                self.own.with_name(f"{self.own.name}{end}").unlink(missing_ok=True)
        self.problem = ""
        return self._took(lanes)

    def _take_own(self, error: Exception) -> Lanes:
        self._close()
        self._failed_at = self.clock.monotonic()
        self.problem = error.message if isinstance(error, WfError) else str(error)
        _log.warning("limits of providers are kept for this run alone: %s", self.problem)
        return self._took(open_lanes(self.own, clock=self.clock))

    def _took(self, lanes: Lanes) -> Lanes:
        lanes.free = self.free
        self.generation += 1
        self._lanes = lanes
        return lanes

    def _close(self) -> None:
        if self._lanes is not None:
            self._lanes.db.close()
            self._lanes = None
