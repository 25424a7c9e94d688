"""Thoughts that come as `<think>...</think>` within the text, told apart as they come.

Pure; the chunks of a stream may cut a tag anywhere.
"""

from typing import Final, NamedTuple

__all__ = ["Piece", "ThinkTags"]

OPEN: Final = "<think>"
CLOSE: Final = "</think>"


class Piece(NamedTuple):
    """A part of an answer, of one kind."""

    thought: bool
    text: str


class ThinkTags:
    """Takes the chunks of one answer and gives them back as text and thoughts.

    A tag opens only where nothing was said yet but thoughts: further on it is text, since a model
    may well write about such tags.
    """

    def __init__(self) -> None:
        self._held = ""
        """What may be the beginning of a tag, or the white space around one."""
        self._is_thought = False
        self._has_said = False

    def add(self, chunk: str) -> list[Piece]:
        """Return what is certain with this chunk."""
        self._held += chunk
        pieces: list[Piece] = []
        while self._held and self._step(pieces):
            pass
        return pieces

    def end(self) -> list[Piece]:
        """Return what is still held; nothing follows it."""
        held, self._held = self._held, ""
        return [Piece(self._is_thought, held)] if held.strip() else []

    def _step(self, pieces: list[Piece]) -> bool:
        """Take one piece from what is held; return whether to look again."""
        if self._has_said:
            pieces.append(Piece(False, self._held))
            self._held = ""
            return False
        if self._is_thought:
            return self._thought(pieces)
        text = self._held.lstrip()
        if text.startswith(OPEN):
            self._held, self._is_thought = text.removeprefix(OPEN), True
            return True
        if OPEN.startswith(text):
            return False  # the white space before a tag, and the tag so far
        self._has_said = True
        return True

    def _thought(self, pieces: list[Piece]) -> bool:
        thought, closed, rest = self._held.partition(CLOSE)
        if not closed:
            kept = _open_end(thought)
            thought, rest = thought[: len(thought) - kept], thought[len(thought) - kept :]
        if thought:
            pieces.append(Piece(True, thought))
        self._held, self._is_thought = rest, not closed
        return bool(closed)


def _open_end(text: str) -> int:
    """Return how many characters at the end of a text may be the beginning of the closing tag."""
    longest = min(len(text), len(CLOSE) - 1)
    return next((n for n in range(longest, 0, -1) if CLOSE.startswith(text[-n:])), 0)
