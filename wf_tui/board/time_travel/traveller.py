"""Who goes to the moments of a run: reads its past once, and then steps, jumps and plays."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from wf_tui.picture.history.moments import find_moment
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.picture.batch import Batch, Changes
    from wf_tui.picture.history.history import History

__all__ = ["PACES", "Traveller"]

PACES: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800)
"""How many seconds of the run go by in one, while it is played."""
_USUAL: Final = 60
_CREATION: Final = frozenset({"run_created", "task_added", "phase_added"})


class Traveller:
    """A picture of a moment, and the way to others; `show` is called for each it comes to.

    It gets what has changed, or None where it is another picture, since tasks of the one before
    were not there yet.

    All of it belongs to the event loop but the history, which is asked on one thread, one moment at
    a time: of those that are wished for meanwhile only the last is gone to.
    """

    def __init__(self, history: History, show: Callable[[Changes | None], None]) -> None:
        self.picture = Picture(0.0)
        self.first = _after_creation(history)
        """The number of the event with which all of the plan was there."""
        self.history = history
        self.seq = history.last
        self.at = history.time_of(history.last)
        """The time of the moment, in UTC seconds."""
        self.playing = False
        self.pace = _USUAL
        self._show = show
        self._goal = self.seq
        """The number that was asked for last, which may not have been come to yet."""
        self._wanted: int | None = None
        self._going = self._closed = False
        self._thread = ThreadPoolExecutor(1, "history")

    def close(self) -> None:
        """End the thread; a step that is under way is short, and none comes after it."""
        self._closed, self._wanted = True, None
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def go(self, seq: int, at: float | None = None) -> None:
        """Go to the moment of an event, or of a time behind it."""
        if self._closed:
            return
        seq = max(seq, self.first)
        self._wanted = self._goal = seq
        self.at = self.history.time_of(seq) if at is None else at
        if self._going:
            return
        self._going = True
        try:
            while self._wanted is not None:
                wanted, self._wanted = self._wanted, None
                if wanted != self.picture.seq or self.picture.run is None:
                    await self._bring(wanted)
        finally:
            self._going = False

    async def _bring(self, seq: int) -> None:
        loop = asyncio.get_running_loop()
        batch: Batch = await loop.run_in_executor(self._thread, self.history.batch_at, seq)
        if self._closed:
            return
        self.seq = seq
        gone = batch.whole and self.picture.cards.keys() - {row.id for row in batch.tasks}
        if gone:
            # Whoever looks at this picture may look at a task that is not there yet.
            self.picture = Picture(0.0)
        # A picture of now never goes back in time; this one does.
        self.picture.now = 0.0
        changes = self.picture.apply(batch)
        self.picture.tick(self.at)
        self._show(None if gone else changes)

    async def step(self, by: int, *, moves: bool = False) -> None:
        """Go on, or back, by an event, or to the next that moved a task; what plays stops."""
        self.playing = False
        await self.go(self.history.step(self._goal, by, moves=moves))

    async def find(self, text: str, now: float) -> None:
        """Go to the moment that a person has typed; raises `UsageError`."""
        self.playing = False
        await self.go(find_moment(text, self.history, now))

    async def play_on(self, seconds: float) -> None:
        """Let so many seconds pass while it plays; at its end it stops."""
        at = self.at + seconds * self.pace
        seq = max(self._goal, self.history.seq_at(at))
        if seq >= self.history.last:
            self.playing = False
        await self.go(seq, at if self.playing else None)

    def change_pace(self, by: int) -> None:
        """Play faster, or slower."""
        faster = [pace for pace in PACES if pace > self.pace]
        slower = [pace for pace in PACES if pace < self.pace]
        if by > 0:
            self.pace = faster[0] if faster else self.pace
        else:
            self.pace = slower[-1] if slower else self.pace


def _after_creation(history: History) -> int:
    """Return the number of the last event of the plan that a run began with."""
    last = 0
    for event in history.events:
        if event.kind not in _CREATION:
            break
        last = event.seq
    return last
