"""What a program says, in samples: the last line of its log, at times.

However much it writes, the ledger gets at most two lines a second of each attempt. Only this is
sampled; what happens to an attempt is told by events of its own, each of them.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from wf_tui.text import clean
from wf_tui.workers.shim.log import tail

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

__all__ = ["Progress", "last_line"]

_T = TypeVar("_T")
EVERY: Final = 0.5
"""Seconds between two samples of an attempt."""
_LOOKED_AT: Final = 1000
"""Characters at the end of the log in which a line is looked for."""
_LONGEST: Final = 200
"""Characters of a line that are kept."""
_BREAK: Final = re.compile(r"[\r\n]+")
_log = logging.getLogger(__name__)


def last_line(log: Path) -> str:
    """Return the last line of an attempt's log that says something, safe to show; "" for none.

    A carriage return ends a line too: what a progress bar shows is what it wrote last. Blocks;
    reads the end of the file only, whatever its size. `log` may not exist yet.
    """
    for line in reversed(_BREAK.split(tail(log, _LOOKED_AT))):
        text = clean(line, limit=_LONGEST).strip()
        if text:
            return text
    return ""


async def pause() -> None:
    """Wait from one sample to the next; tests give a pause of their own, which needs no time."""
    await asyncio.sleep(EVERY)


@dataclass
class Progress(Generic[_T]):
    """Samples one attempt: reads when its program has written, records when that is new.

    The program's step makes it and stops it; all of it runs on the event loop. A log that cannot be
    read, or a ledger that fails, ends the sampling, never the attempt.
    """

    read: Callable[[], Awaitable[_T]]
    record: Callable[[_T], Awaitable[object]]
    pause: Callable[[], Awaitable[object]] = pause
    """Waits from one sample to the next."""
    _recorded: _T | None = None
    _output_pending: bool = False
    _work: asyncio.Task[None] | None = None

    def output_came(self) -> None:
        """Take note that the program has written; never waits.

        The first note starts the sampling, which ends by itself when nothing more has come: a
        program that is quiet costs nothing.
        """

        def ended(work: asyncio.Task[None]) -> None:
            self._work = None
            if not work.cancelled() and (error := work.exception()) is not None:
                _log.error("the progress of an attempt could not be recorded: %s", error)

        self._output_pending = True
        if self._work is None:
            self._work = asyncio.create_task(self._sample())
            self._work.add_done_callback(ended)

    def stop(self) -> None:
        """Sample no more: the program has ended, and its end is an event of its own."""
        if self._work is not None:
            self._work.cancel()

    async def _sample(self) -> None:
        while self._output_pending:
            # Before the reading: what is written during it is for the next sample.
            self._output_pending = False
            sample = await self.read()
            if sample and sample != self._recorded:
                self._recorded = sample
                await self.record(sample)
            await self.pause()
