"""The items of an expand: read from a list or from an answer, and put into a template.

Called as a plan is compiled, for a list that it holds; and by the ledger, in the transaction in
which the task is done whose answer is the list.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["ITEM", "array_of", "fill", "item_text"]

ITEM: Final = "{{item}}"
"""What a template has in the place of its item; `{{item.key}}` is a value of a table."""

_PLACE: Final = re.compile(r"\{\{\s*item(?:\.([A-Za-z_][A-Za-z0-9_-]*))?\s*\}\}")
_BLOCK: Final = re.compile(
    r"^[ \t]*```(?:json)?[ \t]*\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL
)
_QUOTED: Final = frozenset({"run", "command", "gate"})
"""What a shell reads, so that an item stays one word of it."""


def array_of(answer: str) -> list[object] | None:
    """Return the JSON array that an answer is, or that its last fenced block is; None: neither."""
    blocks = _BLOCK.findall(answer)
    for text in (answer, *reversed(blocks)):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, list):
            return value
        if isinstance(value, dict) and isinstance(value.get("items"), list):
            return list(value["items"])
    return None


def item_text(item: object) -> str:
    """Return an item as it stands in a text: a text as it is, all else as JSON."""
    return item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)


def fill(value: object, item: object, key: str = "") -> object:
    """Return a copy of a value with the item in each text of it; `key` is where it stands."""
    if isinstance(value, str):
        quote = shlex.quote if key in _QUOTED else str
        return _PLACE.sub(lambda found: quote(_part(found, item)), value)
    if isinstance(value, Mapping):
        return {name: fill(part, item, str(name)) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [fill(part, item, key) for part in value]
    return value


def _part(found: "re.Match[str]", item: object) -> str:
    name = found[1]
    if name is None:
        return item_text(item)
    # A key that the item lacks stays as it is written, so that its worker sees what is missing.
    known = isinstance(item, Mapping) and name in item
    return item_text(item[name]) if known and isinstance(item, Mapping) else found[0]
