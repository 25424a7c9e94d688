"""Texts and JSON as the ledger holds them: what any store can take, and reads back as it was."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from wf_tui.ledger.store.refusals import no_number, nul_in_text

__all__ = [
    "compact_json",
    "event_json",
    "read_map",
    "read_maps",
    "read_words",
    "write_map",
    "write_text",
    "write_words",
]

_ENCODE_COMPACT: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_ENCODE: Final = json.JSONEncoder(allow_nan=False).encode
_NOTHING: Final[Mapping[str, object]] = {}
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
    if text == "{}":  # nearly all: one for all of them
        return _NOTHING
    stored = json.loads(text)
    if not isinstance(stored, dict):
        raise TypeError(text)
    return stored


def read_maps(texts: Sequence[str]) -> list[Mapping[str, object]] | None:
    """Return what the columns of many rows hold by name, parsed at once, at a third of the cost.

    None where any of them is damaged: `read_map` says then which one.
    """
    try:
        stored = json.loads(f"[{','.join(texts)}]")
    except (TypeError, ValueError):
        return None
    whole = len(stored) == len(texts) and all(type(one) is dict for one in stored)
    return stored if whole else None


def write_words(words: Sequence[str]) -> str:
    """Return the text of a column that holds a list; raises `UsageError`."""
    return compact_json(words) if words else "[]"


def write_map(values: Mapping[str, object]) -> str:
    """Return the text of a column that holds what it holds by name; raises `UsageError`."""
    return compact_json(values) if values else "{}"


def write_text(text: str | None) -> str | None:
    """Return a text that is no JSON, where there is one; raises `UsageError` for a NUL in it."""
    if text is not None and "\0" in text:
        raise nul_in_text()
    return text


def _text(encode: Callable[[object], str], value: object) -> str:
    try:
        text = encode(value)
    except ValueError as error:
        # SQLite would keep what Python writes for them, and no other reader of JSON understands it.
        raise no_number() from error
    # Looked for twice, since nearly no text has even the letters.
    if _NUL in text and _IS_NUL.search(text):
        raise nul_in_text()
    return text
