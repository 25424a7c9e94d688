"""A text with places for an item: `{{item}}`, and `{{item.key}}` of one that is an object."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import UsageError, nearest
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.swarm.items import Item

__all__ = ["Place", "Template"]

_PLACE: Final = re.compile(r"\{\{\s*item((?:\.[^.{}]+?)*)\s*\}\}")
_LIKELY: Final = re.compile(r"\{+\s*\$?(?:items?|line)\b[^{}]*\}+", re.IGNORECASE)
_KEYS: Final = 8
_SHOWN: Final = 60


@dataclass(frozen=True)
class Place:
    """Where a value of the item stands in a template."""

    start: int
    end: int
    path: tuple[str, ...]
    """The keys to it; none means the item itself."""

    @property
    def word(self) -> str:
        """The place as it is written."""
        return "{{" + ".".join(("item", *self.path)) + "}}"

    def value(self, item: Item) -> str:
        """Return what stands here for an item.

        Raises `UsageError` where the item has no such key, or one without a value.
        """
        if not self.path:
            return item.text
        if item.fields is None:
            raise UsageError(
                f"{self.word}: the item {item.place} is a line of text and has no keys",
                "only the objects of a .jsonl file have; write {{item}}",
            )
        value: object = item.fields
        for key in self.path:
            if not isinstance(value, dict) or value.get(key) is None:
                raise self._missing(item, key, value)
            value = value[key]
        text = _as_text(value)
        if "\0" in text:
            raise UsageError(f"{self.word}: holds a NUL character in the item {item.place}")
        return text

    def _missing(self, item: Item, key: str, table: object) -> UsageError:
        known = [str(name) for name in table] if isinstance(table, dict) else []
        best = nearest(key, [name for name in known if name != key])
        hint = f"its keys are: {listed(known, _KEYS, limit=_SHOWN)}" if known else ""
        if best:
            hint = f"did you mean {best!r}?"
        has = "is null in" if key in known else "is not in"
        return UsageError(f"{self.word}: {clean(key)!r} {has} the item {item.place}", hint)


@dataclass(frozen=True)
class Template:
    """A text with its places, in their order."""

    text: str
    places: tuple[Place, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Return the template that a text is; one may have no place at all."""
        places = tuple(
            Place(found.start(), found.end(), _path(found[1])) for found in _PLACE.finditer(text)
        )
        return cls(text, places)

    def require_places(self, name: str) -> None:
        """Refuse a text that is the same for every item; `name` says what it is."""
        if self.places:
            return
        likely = _LIKELY.search(self.text)
        hint = "say where each item goes, as in: Translate {{item}} to German"
        if likely:
            hint = f"did you mean {{{{item}}}} in place of {clean(likely[0], limit=_SHOWN)}?"
        raise UsageError(f"{name} has no {{{{item}}}}", hint)

    def fill(self, item: Item, quote: Callable[[int, str], str] | None = None) -> str:
        """Return the text with the values of an item.

        `quote` is given the number of each place with its value, and returns what to write there.
        """
        parts, at = [], 0
        for number, place in enumerate(self.places):
            value = place.value(item)
            parts += [self.text[at : place.start], quote(number, value) if quote else value]
            at = place.end
        return "".join([*parts, self.text[at:]])


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in dotted.split(".")[1:])


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
