"""The messages to the person: which one stands in the status line, and the last ones of all."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Offer", "Severity", "Toast", "Toasts"]

Severity = Literal["information", "warning", "error"]

_STAYS: Final = 4.0
"""Seconds for which a message of what was done stands."""
_KEPT: Final = 50
"""Messages that the palette shows."""


@dataclass(frozen=True)
class Offer:
    """What a person can do about what a message tells, for a few seconds: `u takes it back`."""

    text: str
    seconds: float = 5.0
    is_true: Callable[[], bool] | None = None
    """Whether it can still be done; it is asked for each frame and must not read anything."""


@dataclass(frozen=True)
class Toast:
    """One message; its texts are safe to draw. Times are seconds of a clock that never goes back.

    One that tells of an act that was done passes by itself; a refusal (`warning`) and a fault
    (`error`) stay until the next key.
    """

    text: str
    severity: Severity
    at: float
    """When it was told, in UTC seconds."""
    since: float
    """When it was shown."""
    offer: Offer | None = None

    @property
    def stays(self) -> bool:
        """Whether it stays until the next key."""
        return self.severity != "information"

    def left(self, now: float) -> float:
        """Return the seconds for which it still stands, if no key makes it go."""
        if self.stays:
            return float("inf")
        return self.since + (self.offer.seconds if self.offer else _STAYS) - now


class Toasts:
    """The messages of one board, on its event loop; the application has the only one.

    Only the newest stands, but for a refusal or fault: what is told while one stands is shown after
    it, when a key was pressed.
    """

    def __init__(self) -> None:
        self._shown: Toast | None = None
        self._next: Toast | None = None
        self._kept: deque[Toast] = deque(maxlen=_KEPT)

    @property
    def kept(self) -> Sequence[Toast]:
        """The last messages, the newest first."""
        return tuple(reversed(self._kept))

    def add(self, toast: Toast) -> None:
        """Show a message, and keep it."""
        self._kept.append(toast)
        if self._shown is not None and self._shown.stays and not toast.stays:
            self._next = toast
        else:
            self._shown = toast

    def pass_key(self, now: float) -> None:
        """Take away what was to stay until a key is pressed; called before the key does anything.

        What was told meanwhile gets its time from now.
        """
        if self._shown is None or not self._shown.stays:
            return
        self._shown, self._next = self._next, None
        if self._shown is not None:
            shown = self._shown
            self._shown = Toast(shown.text, shown.severity, shown.at, now, shown.offer)

    def standing(self, now: float) -> Toast | None:
        """Return the message that stands now, without an offer that is no longer true."""
        toast = self._shown
        if toast is None or toast.left(now) <= 0:
            self._shown = None
            return None
        offer = toast.offer
        if offer is None or offer.is_true is None or offer.is_true():
            return toast
        return Toast(toast.text, toast.severity, toast.at, toast.since)
