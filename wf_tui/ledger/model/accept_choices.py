"""What a person chose as they accepted held-back work: one column of its task, as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from wf_tui.ledger.model.json_text import compact_json

__all__ = ["NO_CHOICES", "Choices", "read_choices", "write_choices"]


@dataclass(frozen=True)
class Choices:
    """How a person wants held-back work to be taken; each field is an option of `wf accept`.

    Made by the command or the board, stored with the claim (`ledger.rules.accept`), and obeyed by
    `scheduler.attempts.accepted`: it stays with the task, so that a crash cannot lose it. A field
    that is a list holds paths as git names them.
    """

    ours: tuple[str, ...] = ()
    """Paths in conflict of which the version of the run's branch is taken; a folder is all below,
    `.` is all."""
    theirs: tuple[str, ...] = ()
    """Paths in conflict of which the version of the task is taken."""

    @property
    def about_conflict(self) -> bool:
        """Whether they choose between the sides of a conflict."""
        return bool(self.ours or self.theirs)

    def given(self) -> dict[str, object]:
        """Return what was chosen, by name, for JSON; nothing of what was not."""
        named = {name: getattr(self, name) for name in _FIELDS}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in named.items()
            if value
        }


NO_CHOICES: Final = Choices()
_FIELDS: Final = tuple(Choices.__dataclass_fields__)


def read_choices(text: str) -> Choices:
    """Return what a column holds; raises `TypeError` or `ValueError`."""
    if text == "{}":  # nearly all, and parsing costs ten times as much
        return NO_CHOICES
    stored = json.loads(text)
    values = {n: tuple(v) if isinstance(v, list) else v for n, v in stored.items()}
    return Choices(**values)


def write_choices(choices: Choices) -> str:
    """Return the text of a column; raises `UsageError` where a store could not take it."""
    return compact_json(choices.given())
