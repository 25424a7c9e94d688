"""No key acts on a task that has just become another one under the eyes of the person (RULES 7.3).

What is on the screen is what counts: a change counts from the first frame that shows it, and a key
that was read before that frame was meant for what stood there before.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from textual._time import get_time

from wf_tui.board.terminal.bursts import BURST_KEYS, BURST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Guard"]


class Guard:
    """Knows which tasks changed lately, and since when a person can have seen it.

    It belongs to the event loop. All times are those of Textual's events: seconds of a clock that
    only moves forward. With `seconds` of 0 it guards against nothing.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = get_time) -> None:
        self.seconds = seconds
        self._now = now
        self._number = 0
        self._unseen: dict[str, int] = {}
        """Tasks whose change no frame has shown yet, with the number of the change."""
        self._seen: dict[str, float] = {}
        """When a frame first showed the last change of a task."""
        self._keys: deque[float] = deque(maxlen=64)
        """When the last keys were read."""
        self._pasted = -math.inf

    # -- what changes

    def changed(self, tasks: Iterable[str]) -> int:
        """Note that these became others, or were selected without a key of the person.

        Returns the number to call `saw` with, after the frame that shows it.
        """
        self._number += 1
        self._unseen |= dict.fromkeys(tasks, self._number)
        return self._number

    def saw(self, number: int) -> None:
        """Note that a frame has been drawn which shows all changes up to this number.

        Called by `call_after_refresh`, never when the picture changes: a slow line or a busy loop
        shows a change long after that.
        """
        now = self._now()
        seen = [task for task, change in self._unseen.items() if change <= number]
        for task in seen:
            del self._unseen[task]
        self._seen = {t: at for t, at in self._seen.items() if now < at + self.seconds}
        self._seen |= dict.fromkeys(seen, now)

    @staticmethod
    def other_looks(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
        """Return the watched tasks that look other than before.

        Both have the state and the kind, not the step, of the selected and of each marked task.
        """
        return [task for task, look in before.items() if now.get(task) != look]

    # -- what is pressed

    def read_key(self, at: float) -> None:
        """Note when a key was read; one that is told of again counts once."""
        if at not in self._keys:
            self._keys.append(at)

    def read_paste(self, at: float) -> None:
        """Note when a paste was read: a key just before it was its first character."""
        self._pasted = at

    def in_burst(self, at: float) -> bool:
        """Whether a key came with so many others that nobody can have typed it."""
        near = sum(abs(other - at) <= BURST_SECONDS for other in self._keys)
        begins = 0 <= self._pasted - at <= BURST_SECONDS
        return self.seconds > 0 and (near >= BURST_KEYS or begins)

    def ignored(self, key: str, tasks: Iterable[str], at: float) -> str | None:
        """Return why a key, click or drop that was read at this time does nothing, or None.

        `tasks` are those that it would act on.
        """
        if self.seconds <= 0:
            return None
        for task in tasks:
            seen = self._seen.get(task)
            if task in self._unseen or (seen is not None and at < seen + self.seconds):
                return f"{key} ignored: it has just changed"
        return None
