"""The structured answer of a task with `result: json`: summary, files, verdict; of a judge a pick.

An answer that cannot be read is no failure: its text stays, and its verdict is `unsure`.
"""

from __future__ import annotations

import json
import re
from typing import Final

from wf_tui.values import frozen

__all__ = [
    "FORMAT",
    "ITEMS_FORMAT",
    "JUDGE_FORMAT",
    "StructuredResult",
    "last_block",
    "read_structured",
]

FORMAT: Final = (
    'End with one fenced block, ```json, of this form: {"summary": "what you found or did", '
    '"files": ["path", ...], "verdict": "pass" | "fail" | "unsure"}'
)
"""What the worker of such a task is asked for."""
ITEMS_FORMAT: Final = (
    "End with one fenced block, ```json, that is an array with one entry for each item: a text, or "
    "an object whose values are texts. What comes after is done once for each entry."
)
"""What the worker of a task is asked for whose answer is a list that others are made of."""
JUDGE_FORMAT: Final = (
    f'{FORMAT[:-1]}, "pick": "task id"}}. Under `pick` name the one task whose work is to be '
    "taken, as it is called in the data; leave `pick` out where none of them is good enough."
)
"""What a judge is asked for, beside that."""

_BLOCK: Final = re.compile(
    r"^[ \t]*```json[ \t]*\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL
)
_VERDICTS: Final = frozenset({"pass", "fail", "unsure"})
_UNSURE: Final = "unsure"
_MOST_FILES: Final = 1000
_LONGEST_PICK: Final = 1000


@frozen
class StructuredResult:
    """What dependants get of such an answer beside its text."""

    summary: str
    files: tuple[str, ...] = ()
    verdict: str = _UNSURE
    pick: str | None = None
    """The task that a judge names, as it wrote it: it may be none of the run."""


def last_block(text: str) -> str:
    """Return the fenced block by which an answer is read, as it stands there; "" for none."""
    found = [match.group() for match in _BLOCK.finditer(text)]
    return found[-1] if found else ""


def read_structured(text: str) -> StructuredResult:
    """Return what an answer says in its last fenced `json` block, or as a whole; never raises."""
    blocks = _BLOCK.findall(text)
    try:
        stored = json.loads(blocks[-1] if blocks else text)
    except (ValueError, RecursionError):
        return StructuredResult(text)
    if not isinstance(stored, dict):
        return StructuredResult(text)
    names = ("summary", "files", "verdict", "pick")
    summary, files, verdict, pick = (stored.get(name) for name in names)
    found = [name for name in files if isinstance(name, str)] if isinstance(files, list) else []
    return StructuredResult(
        summary=summary if isinstance(summary, str) else text,
        files=tuple(found[:_MOST_FILES]),
        verdict=verdict if isinstance(verdict, str) and verdict in _VERDICTS else _UNSURE,
        pick=_picked(pick),
    )


def _picked(named: object) -> str | None:
    """Return the task that an answer names; what cannot be a task's name counts as none."""
    if not isinstance(named, str) or len(named) > _LONGEST_PICK:
        return None
    return named.strip() or None
