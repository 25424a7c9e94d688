"""What nothing that wf writes may hold: the values of keys, in the forms that programs write.

Of the standard library alone. `Redactor` of the workers replaces what is found here by its name.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["SHORTEST", "secret_forms", "strings_of_login", "why_not_redacted"]

SHORTEST: Final = 8
"""Characters of a value that is redacted; a shorter one is a word that stands anywhere."""
_SHORTEST_OF_LOGIN: Final = 16
_COMMON: Final = frozenset({
    "00000000", "11111111", "12345678", "123456789", "1234567890", "anonymous", "anthropic",
    "api-key", "changeme", "deepseek", "disabled", "example.com", "localhost", "moonshot",
    "not-needed", "not-used", "opencode", "password", "placeholder", "something", "undefined",
    "username", "your-api-key", "your_api_key",
})  # fmt: skip
"""Values that people set where no key is wanted, and that stand in any text."""


def why_not_redacted(value: str) -> str | None:
    """Return why a value is left as it is wherever it stands; None for one that is redacted."""
    if len(value) < SHORTEST:
        return f"has under {SHORTEST} characters, so it is not redacted"
    if value.lower() in _COMMON:
        return "is a common word, so it is not redacted"
    return None


def secret_forms(values: Mapping[str, str]) -> dict[str, str]:
    """Return each form of each value with the name that stands in its place.

    `values` are keys by name. The forms are the value itself, escaped for JSON and for a URL, and
    in base64, wherever in the encoded bytes it begins.
    """
    forms: dict[str, str] = {}
    for name, value in values.items():
        if why_not_redacted(value) is None:
            for form in _forms(value):
                forms.setdefault(form, name)
    return forms


def strings_of_login(content: bytes) -> list[str]:
    """Return what counts as a key in the file of a login: every string of 16 characters or more.

    One that is no JSON is taken word by word.
    """
    text = content.decode("utf-8", "replace")
    try:
        strings = list(_strings(json.loads(text)))
    except (ValueError, RecursionError):
        strings = text.replace('"', " ").replace("'", " ").replace("=", " ").split()
    return list(dict.fromkeys(one for one in strings if len(one) >= _SHORTEST_OF_LOGIN))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _forms(value: str) -> Iterable[str]:
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    for safe in ("", "/"):
        yield quote(value, safe=safe, errors="replace")
    yield quote_plus(value, errors="replace")
    content = value.encode("utf-8", "surrogateescape")
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + content).decode().rstrip("=")
        # The first and the last letter may be those of what stands beside it, too.
        inner = encoded[(0, 2, 3)[before] :]
        if (before + len(content)) % 3:
            inner = inner[:-1]
        if len(inner) >= SHORTEST:
            yield inner
            yield inner.replace("+", "-").replace("/", "_")
