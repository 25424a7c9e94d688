"""A JSON object of a foreign stream, read leniently: what is of another type counts as absent.

Standard library only, as all of the driver. The line's own grammar is read strictly instead, see
`line.fields`: there a wrong type is an error of the program that speaks it.
"""

import json
import math
from collections.abc import Iterator
from typing import Final

from wf_tui.workers.line.fields import ID, MOST, sound_text

__all__ = ["Record", "read_record"]

_MOST_PARTS: Final = 10_000
"""Parts of a list that are looked at; no agent sends as many."""


class Record:
    """One JSON object; each method reads a field, and none raises."""

    __slots__ = ("values",)

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, *names: str) -> str:
        """Return the first of these fields that is a text with something in it, else ""."""
        for name in names:
            value = self.values.get(name)
            if isinstance(value, str) and value:
                return sound_text(value)
        return ""

    def id(self, name: str) -> str | None:
        """Return an id that may become an argument of a program; None for anything else."""
        value = self.values.get(name)
        return value if isinstance(value, str) and ID.fullmatch(value) else None

    def number(self, *names: str) -> float | None:
        """Return the first of these fields that is a number from 0 to 2^53."""
        for name in names:
            value = self.values.get(name)
            if (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and math.isfinite(value)
                and 0 <= value <= MOST
            ):
                return float(value)
        return None

    def count(self, *names: str) -> int | None:
        """Return the first of these fields that is a number from 0 to 2^53, as a whole one."""
        number = self.number(*names)
        return None if number is None else int(number)

    def status(self, name: str) -> int | None:
        """Return the exit status of a command, which may be negative."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST:
            return None
        return value

    def flag(self, name: str) -> bool:
        """Return whether a field is true, and not just anything that counts as true."""
        return self.values.get(name) is True

    def record(self, name: str) -> "Record":
        """Return the object in a field, an empty one where there is none."""
        value = self.values.get(name)
        return Record(value) if isinstance(value, dict) else Record({})

    def records(self, name: str) -> Iterator["Record"]:
        """Iterate over the objects in a list; what else is in it is passed over."""
        value = self.values.get(name)
        if isinstance(value, list):
            for part in value[:_MOST_PARTS]:
                if isinstance(part, dict):
                    yield Record(part)

    def value(self, *names: str) -> object:
        """Return the first of these fields that is there, whatever it is."""
        for name in names:
            value = self.values.get(name)
            if value is not None:
                return value
        return None


def read_record(line: bytes | str) -> Record | None:
    """Return the JSON object that a line is, None where it is none; a bad byte spoils no line."""
    text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return Record(value) if isinstance(value, dict) else None
