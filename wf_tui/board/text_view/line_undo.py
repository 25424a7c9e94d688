"""Taking back what was typed in a line, which Textual's own has not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from textual.widgets import Input

__all__ = ["LineUndo", "Past"]


@dataclass
class Past:
    """What a line had before each of its changes; a word that was typed is one change."""

    values: list[str] = field(default_factory=list)
    _types: bool = False
    """Whether the last change was a letter of a word, to which the next one belongs."""

    def note(self, old: str, new: str) -> None:
        """Note a change."""
        types = len(new) == len(old) + 1 and new.count(" ") == old.count(" ")
        if not (types and self._types):
            self.values.append(old)
        self._types = types

    def back(self) -> str | None:
        """Return what it had before the last change, which is forgotten; None: there is none."""
        self._types = False
        return self.values.pop() if self.values else None


class LineUndo:
    """Remembers the changes of lines, of each from the first time that somebody types in it.

    The application has one, so that a line needs nothing of its own, Textual's palette neither.
    """

    def __init__(self) -> None:
        self._pasts: MutableMapping[Input, Past] = WeakKeyDictionary()
        self._goes_back = False

    def follow(self, line: Input) -> None:
        """Remember the changes of a line from now on."""
        if line not in self._pasts:
            past = self._pasts[line] = Past()
            line.watch(line, "value", partial(self._note, past), init=False)

    def _note(self, past: Past, old: str, new: str) -> None:
        if not self._goes_back:
            past.note(old, new)

    def undo(self, line: Input) -> None:
        """Take back the last change of a line; nothing where there was none."""
        past = self._pasts.get(line)
        before = None if past is None else past.back()
        if before is not None:
            self._goes_back = True
            line.value = before
            self._goes_back = False
            line.cursor_position = len(before)
