"""JSON as the ledger holds it: what any store can take, and reads back as it was."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from wf_tui.errors import UsageError

__all__ = ["compact_json", "event_json", "read_map", "read_words"]

_ENCODE_COMPACT: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_ENCODE: Final = json.JSONEncoder(allow_nan=False).encode
_NUL: Final = "\\u0000"
_IS_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL as JSON writes it, not a backslash that a text has before the letters `u0000`."""


def compact_json(value: object) -> str:
    """Return the text of a column; raises `UsageError` where a store could not take it."""
    return _text(_ENCODE_COMPACT, value)


def event_json(data: object) -> str:
    """Return the data of an event, as `wf events --json` shows them; raises `UsageError`."""
    return _text(_ENCODE, data)


def read_words(text: str) -> tuple[str, ...]:
    """Return the words of a column that holds a list; raises `TypeError` or `ValueError`."""
    if text == "[]":  # nearly all are empty, and parsing costs ten times as much
        return ()
    words = json.loads(text)
    if not isinstance(words, list):
        raise TypeError(text)
    return tuple(words)


def read_map(text: str) -> Mapping[str, object]:
    """Return what a column holds by name; raises `TypeError` or `ValueError`."""
    if text == "{}":
        return {}
    stored = json.loads(text)
    if not isinstance(stored, dict):
        raise TypeError(text)
    return stored


def _text(encode: Callable[[object], str], value: object) -> str:
    try:
        text = encode(value)
    except ValueError as error:
        # SQLite would keep what Python writes for them, and no other reader of JSON understands it.
        raise UsageError("infinity and NaN cannot be stored in the ledger") from error
    # PostgreSQL has no NUL in a text. Looked for twice, since nearly no text has even the letters.
    if _NUL in text and _IS_NUL.search(text):
        raise UsageError("a text with a NUL cannot be stored in the ledger", "remove the NUL")
    return text
