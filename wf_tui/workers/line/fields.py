"""Reading the fields of one JSON object strictly: what is of the wrong kind is an error.

Standard library only, see `grammar`. What is absent and what is null are the same.
"""

import json
import math
import re
from typing import Final

__all__ = ["ID", "BadFieldError", "Fields", "json_object", "safe_id", "sound_text"]

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
"""What an id may be: it becomes an argument of a program, and the name of a row."""
MOST: Final = 1 << 53
"""The largest number that is exact in every reader of JSON."""
_NUMBERS: Final = (int, float)
_NESTED: Final = (list, dict)
_SPACE: Final = b" \t\r\n"
"""What may stand around a value of JSON."""
_read_json: Final = json.JSONDecoder().raw_decode
DEEPEST: Final = 16
"""So deep a value of free shape may be; what lies below becomes text."""


class BadFieldError(ValueError):
    """A field that its event cannot be without is missing, or of another kind."""


class Fields:
    """The fields of one object; each method reads one, or raises `BadFieldError`."""

    __slots__ = ("values",)

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        """Whether a field is there."""
        return self.values.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; `default` where there is none."""
        value = self.values.get(name, default)
        if isinstance(value, str):
            return sound_text(value)
        # null is as good as nothing.
        if value is not None or default is None:
            raise BadFieldError(name)
        return default

    def maybe_text(self, name: str, longest: int | None = None) -> str | None:
        """Return a text, or None where there is none; cut, where a longest is given."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise BadFieldError(name)
        return sound_text(value[:longest])

    def id(self, name: str) -> str:
        """Return an id."""
        value = self.values.get(name)
        if not isinstance(value, str) or not ID.fullmatch(value):
            raise BadFieldError(name)
        return value

    def maybe_id(self, name: str) -> str | None:
        """Return an id; None also for what is none, since it can be done without."""
        value = self.values.get(name)
        return value if isinstance(value, str) and ID.fullmatch(value) else None

    def choice(self, name: str, words: tuple[str, ...], default: str | None = None) -> str:
        """Return one of some words; `default` for none and for a word that is not known."""
        word = self.maybe_text(name)
        if word in words:
            return word
        if default is None:
            raise BadFieldError(name)
        return default

    def flag(self, name: str, *, default: bool | None = False) -> bool:
        """Return a yes or no; None as `default` makes the field one that has to be there."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise BadFieldError(name)
        return value

    def number(self, name: str) -> float | None:
        """Return a number from 0 to 2^53, or None where there is none."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, _NUMBERS):
            raise BadFieldError(name)
        if not (math.isfinite(value) and 0 <= value <= MOST):
            raise BadFieldError(name)
        return float(value)

    def count(self, name: str) -> int | None:
        """Return a whole number from 0 to 2^53, or None where there is none."""
        number = self.number(name)
        return None if number is None else int(number)

    def status(self, name: str) -> int | None:
        """Return an exit status, which is negative where a signal ended the program."""
        value = self.values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise BadFieldError(name)
        if value is not None and abs(value) > MOST:
            raise BadFieldError(name)
        return value

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """Return a list of texts, no more than `most` of them."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise BadFieldError(name)
        return tuple(map(sound_text, value[:most]))

    def objects(self, name: str, most: int) -> "list[Fields]":
        """Return a list of objects, no more than `most` of them."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise BadFieldError(name)
        return [Fields(one) for one in value[:most]]

    def part(self, name: str) -> "Fields | None":
        """Return an object, or None where there is none."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            raise BadFieldError(name)
        return None if value is None else Fields(value)

    def free(self, name: str) -> object:
        """Return a value of any shape, which can be written as JSON again."""
        return _sound(self.values.get(name), DEEPEST)


def sound_text(text: str) -> str:
    """Return a text that can be written: JSON can hold halves of characters, no file can.

    Nor can every store hold a NUL.
    """
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def safe_id(text: str) -> str:
    """Return the id that a foreign one becomes, so that the line takes it; "" for none."""
    if ID.fullmatch(text):
        return text
    return re.sub(r"[^A-Za-z0-9._:-]", "-", text).lstrip("._:-")[:128]


def _sound(value: object, depth: int) -> object:
    if isinstance(value, str):
        return sound_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, _NESTED) and depth == 0:
        return "..."
    if isinstance(value, list):
        return [_sound(one, depth - 1) for one in value]
    if isinstance(value, dict):
        return {sound_text(key): _sound(one, depth - 1) for key, one in value.items()}
    return value


def json_object(line: bytes) -> dict[str, object] | None:
    """Return the JSON object that a line is; None where it is none. Never raises."""
    try:
        text = line.strip(_SPACE).decode()
        value, end = _read_json(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and end == len(text) else None
