"""What a person may choose from as they answer a worker's question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.ledger.model.json_text import compact_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Option", "read_options", "write_options"]


@dataclass(frozen=True)
class Option:
    """One answer that the worker offers."""

    id: str
    name: str
    kind: str = ""
    """What it means for wf: `allow_once`, `allow_always`, `reject_once`, `reject_always` or ""."""

    def fields(self) -> Mapping[str, str]:
        """Return it as tables, events and JSON have it."""
        return {"id": self.id, "name": self.name, "kind": self.kind}


def read_options(text: str) -> tuple[Option, ...]:
    """Return the options of a column; raises `TypeError` or `ValueError`."""
    if text == "[]":
        return ()
    stored = json.loads(text)
    return tuple(Option(**option) for option in stored)


def write_options(options: Sequence[Option]) -> str:
    """Return the text of a column that holds options; raises `UsageError`."""
    return compact_json([option.fields() for option in options])
