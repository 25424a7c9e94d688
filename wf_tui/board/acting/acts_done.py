"""Which act of the person this board knows as the last one: that is what `u` is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wf_tui.commands import UndoResult
    from wf_tui.ledger.rules.undo.acts import Act

__all__ = ["ActsDone"]

_AGAIN: Final = 5.0
"""Seconds in which a second `u` goes one further, past what cannot be taken back."""


class ActsDone:
    """The last act that this board knows of, by its number; on the thread for acts.

    The same person may act elsewhere: what this board has not shown, its `u` does not take back.
    """

    def __init__(self) -> None:
        self.last: Act | None = None
        self._stays: tuple[int, float] | None = None
        """The act that cannot be taken back, and when the person was told so."""

    def know(self, act: Act | None) -> None:
        """Note the last act, after one of this board."""
        self.last, self._stays = act, None

    def meant(self, now: float) -> tuple[int | None, int | None]:
        """Return which act `u` means: the number of the last one, or the one that it goes past.

        `now` is when it was pressed, by a clock that only moves forward.
        """
        if self._stays is not None and now <= self._stays[1] + _AGAIN:
            return None, self._stays[0]
        return (self.last.number if self.last is not None else None), None

    def answered(self, result: UndoResult, expected: int | None, now: float) -> None:
        """Note what came of `u`; an act from elsewhere is meant next, once it was named."""
        if result.changed:
            return
        from_elsewhere = expected is not None and result.act.number != expected
        self.last = result.act if from_elsewhere or self.last is None else self.last
        self._stays = None if from_elsewhere else (result.act.number, now)
