"""Holds back what was sent before the board could be seen, since nobody meant the board by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import events
from textual.events import InputEvent

from wf_tui.board.terminal.parser import Answered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

__all__ = ["ASK", "PATIENCE", "Fence"]

ASK: Final = "\x1b[c"
"""DA1: a terminal answers it after all that it was asked before."""
PATIENCE: Final = 0.5
"""Seconds to wait for the answer."""


class Fence:
    """Drops keys, clicks and pastes until the terminal has answered, or for `PATIENCE` seconds.

    What comes before that was typed ahead at a shell, or is an answer to a program that had the
    terminal before: the editor that the board had stepped aside for. Reports about the terminal
    itself pass. Nothing is drawn meanwhile, so no key is lost that was pressed at the sight of the
    board. The thread that reads the input has it.
    """

    def __init__(self, now: float) -> None:
        self.until: float | None = now + PATIENCE
        """When it opens by itself; None: it is open."""
        self.is_answered = False
        """Whether the terminal has answered, however late."""

    def passing(self, messages: Iterable[Message], now: float) -> list[Message]:
        """Return what passes of the messages that were read now; with none, only time passes.

        What is read first after the time is up came before it, as nothing had been drawn.
        """
        passed = []
        for message in messages:
            if isinstance(message, Answered):
                self.until, self.is_answered = None, True
            elif self.until is None or not isinstance(message, InputEvent | events.Paste):
                passed.append(message)
        if self.until is not None and now >= self.until:
            self.until = None
        return passed
