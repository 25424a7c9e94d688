"""How names of files are told to a model, and how it tells them back."""

import os
import re
import unicodedata
from typing import Final

__all__ = ["is_git_data", "named", "shown"]

_ESCAPED: Final = re.compile(rb"\\x([0-9a-f]{2})")
_IGNORED: Final = re.compile("[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""Characters that some file systems do not see in a name."""
_GIT: Final = frozenset({".git", "git~1"})


def shown(name: str) -> str:
    r"""Return a name as it is told: bytes that are no text, and control characters, as `\xNN`."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or unicodedata.category(char) == "Zs" else _escaped(char)
        for char in text
    )


def named(text: str) -> str:
    """Return the name that is meant by what `shown` made of it."""
    raw = _ESCAPED.sub(lambda one: bytes([int(one[1], 16)]), os.fsencode(text))
    return os.fsdecode(raw)


def is_git_data(name: str) -> bool:
    """Whether a name is git's own folder on any file system: in any case, with any decoration."""
    plain = _IGNORED.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return plain.partition(":")[0].rstrip(". ") in _GIT


def _escaped(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode())
