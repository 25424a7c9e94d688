"""The lines that mark a conflict in a text: `<<<<<<< OURS`, `=======` and `>>>>>>> THEIRS`."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

__all__ = ["has_marks", "label_marks", "marks_of"]

# As long as the attribute `conflict-marker-size` says, seven characters where it says nothing.
_MARK: Final = re.compile(rb"^(?:[<>|]+ [^\r\n]*|=+)(?=\r?$)", re.MULTILINE)
_LABELLED: Final = rb"^([<>|]+) (%s)(?=:|\r?$)"


def marks_of(merged: bytes, versions: Iterable[bytes]) -> frozenset[bytes]:
    """Return the lines of a merged text that mark its conflicts.

    Lines that one of the versions has itself are no marks: a heading may be underlined like one.
    """
    own = {line for version in versions for line in _MARK.findall(version)}
    return frozenset(_MARK.findall(merged)) - own


def has_marks(text: bytes, marks: Collection[bytes]) -> bool:
    """Whether one of these lines still stands in a text."""
    return bool(marks) and any(line in marks for line in _MARK.findall(text))


def label_marks(merged: bytes, labels: Mapping[str, str]) -> bytes:
    """Return a merged text whose marks have labels for people in place of names of commits."""
    names = b"|".join(re.escape(name.encode()) for name in labels)
    pattern = re.compile(_LABELLED % names, re.MULTILINE)

    def labelled(found: re.Match[bytes]) -> bytes:
        return found[1] + b" " + labels[found[2].decode()].encode("utf-8", "replace")

    return pattern.sub(labelled, merged)
