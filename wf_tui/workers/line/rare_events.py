"""Events that each are a transaction of the ledger: what comes too fast is summed up.

A program that tells its usage after each word would else fill the event log of its run.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

from wf_tui.workers.line.grammar import LineEvent, SessionStarted, Usage

__all__ = ["RareEvents"]

_Number = TypeVar("_Number", int, float)
_AT_ONCE: Final = 20
"""So many are passed on as they come."""
_PER_SECOND: Final = 2.0
"""Beyond that, so many a second."""


@dataclass
class RareEvents:
    """Passes sessions and usage on, or holds them; times are seconds of any steady clock."""

    left: float = _AT_ONCE
    """How many may pass at once."""
    at: float = 0.0
    session: SessionStarted | None = None
    usage: Usage | None = None

    def add(self, event: LineEvent, now: float) -> list[LineEvent]:
        """Return what may be taken now that an event has come: it, and what was held before it."""
        if isinstance(event, SessionStarted):
            self.session = event
        elif isinstance(event, Usage):
            self.usage = event if self.usage is None else _together(self.usage, event)
        elif self.session is None and self.usage is None:
            return [event]
        else:
            return [*self._due(now), event]
        return self._due(now)

    def end(self) -> list[LineEvent]:
        """Return what is held; nothing more comes, or the verdict, which is the last."""
        held: list[LineEvent] = [one for one in (self.session, self.usage) if one is not None]
        self.session = self.usage = None
        return held

    def _due(self, now: float) -> list[LineEvent]:
        if self.session is None and self.usage is None:
            return []
        self.left = min(_AT_ONCE, self.left + (now - self.at) * _PER_SECOND)
        self.at = now
        if self.left < 1:
            return []
        self.left -= 1
        return self.end()


def _together(before: Usage, after: Usage) -> Usage:
    """Return two reports as one: the sum of a session stands for all that was said before it."""
    if after.scope == "session":
        return after
    return replace(
        before,
        input=_plus(before.input, after.input),
        cached=_plus(before.cached, after.cached),
        output=_plus(before.output, after.output),
        reasoning=_plus(before.reasoning, after.reasoning),
        cost_usd=_plus(before.cost_usd, after.cost_usd),
    )


def _plus(one: _Number | None, other: _Number | None) -> _Number | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other
