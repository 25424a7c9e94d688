"""The structured answer of a task with `result: json`: summary, files and a verdict.

An answer that cannot be read is no failure: its text stays, and its verdict is `unsure`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

__all__ = ["FORMAT", "StructuredResult", "read_structured"]

FORMAT: Final = (
    'End with one fenced block, ```json, of this form: {"summary": "what you found or did", '
    '"files": ["path", ...], "verdict": "pass" | "fail" | "unsure"}'
)
"""What the worker of such a task is asked for."""

_BLOCK: Final = re.compile(
    r"^[ \t]*```json[ \t]*\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL
)
_VERDICTS: Final = frozenset({"pass", "fail", "unsure"})
_UNSURE: Final = "unsure"
_MOST_FILES: Final = 1000


@dataclass(frozen=True)
class StructuredResult:
    """What dependants get of such an answer beside its text."""

    summary: str
    files: tuple[str, ...] = ()
    verdict: str = _UNSURE


def read_structured(text: str) -> StructuredResult:
    """Return what an answer says in its last fenced `json` block, or as a whole; never raises."""
    blocks = _BLOCK.findall(text)
    try:
        stored = json.loads(blocks[-1] if blocks else text)
    except (ValueError, RecursionError):
        return StructuredResult(text)
    if not isinstance(stored, dict):
        return StructuredResult(text)
    summary, files, verdict = (stored.get(name) for name in ("summary", "files", "verdict"))
    names = [name for name in files if isinstance(name, str)] if isinstance(files, list) else []
    return StructuredResult(
        summary=summary if isinstance(summary, str) else text,
        files=tuple(names[:_MOST_FILES]),
        verdict=verdict if isinstance(verdict, str) and verdict in _VERDICTS else _UNSURE,
    )
