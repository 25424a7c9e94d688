"""Knows a paste into a terminal that marks none: more characters at once than anybody types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.terminal.sequences import Character, Pasted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wf_tui.board.terminal.sequences import Token

__all__ = ["BURST_KEYS", "BURST_SECONDS", "Bursts"]

BURST_SECONDS: Final = 0.02
"""Nobody types six keys in this time; a paste into a terminal that marks none does."""
BURST_KEYS: Final = 6


class Bursts:
    """Gathers characters that came together into what they are: a paste.

    A single letter acts on a task, so those of a pasted text must never be keys. One character many
    times is a key that is held down, on a line that stalls. The parser has it; it has no clock.
    """

    def __init__(self) -> None:
        self._until = 0.0
        """Up to when what comes is the rest of the last paste: a long one is read in pieces."""

    def gathered(self, tokens: Iterable[Token], now: float) -> Iterator[Token]:
        """Return the tokens of one read, with each paste in the place of its characters."""
        run: list[Character] = []
        for token in tokens:
            if isinstance(token, Character) and _is_text(token):
                run.append(token)
                continue
            yield from self._told(run, now)
            run = []
            yield token
        yield from self._told(run, now)

    def _told(self, run: list[Character], now: float) -> Iterator[Token]:
        text = "".join(one.text for one in run)
        many = len(run) >= BURST_KEYS and len(set(text)) > 1
        if run and (many or now < self._until):
            self._until = now + BURST_SECONDS
            yield Pasted(text.encode("utf-8", "surrogateescape"))
        else:
            yield from run


def _is_text(token: Character) -> bool:
    """Whether a text may have it; a key with Control is pressed, and ends the board at once."""
    return not token.alt and (token.text.isprintable() or token.text in "\r\n\t")
