"""What a person chose as they accepted held-back work: one column of its task, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.json_text import compact_json
from wf_tui.values import field, field_names, frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NO_CHOICES", "Choices", "read_choices", "write_choices"]


@frozen
class Choices:
    """How a person wants held-back work to be taken; each field is an option of `wf accept`.

    Made by the command or the board, stored with the claim (`ledger.rules.accept`), and obeyed by
    `scheduler.attempts.accepted`: it stays with the task, so that a crash cannot lose it. A field
    that is a list holds paths as git names them.
    """

    ours: Mapping[str, str] = field(default_factory=dict)
    """Paths in conflict of which the version of the run's branch is taken, each with what tells the
    versions that met there from any others: the choice counts where the same ones meet again."""
    theirs: Mapping[str, str] = field(default_factory=dict)
    """Those of which the version of the task is taken."""
    left: str = ""
    """A ref of what an attempt left beside its harvest: the work is what is there."""

    unfiltered: tuple[str, ...] = ()
    """Paths that are committed as they lie there, although the user's git has a filter for them; a
    folder is all below."""

    def allows(self, path: str) -> bool:
        """Whether a file may be committed without its filter; names are taken literally."""
        return any(
            path == named or path.startswith(named.rstrip("/") + "/") for named in self.unfiltered
        )

    @property
    def about_conflict(self) -> bool:
        """Whether they choose between the sides of a conflict."""
        return bool(self.ours or self.theirs)

    def after(self, before: Choices) -> Choices:
        """Return these with the sides that were chosen `before`; of a path the last one counts.

        They count on where the same versions meet, however often the work comes back.
        """
        named = self.ours.keys() | self.theirs.keys()
        ours = {path: met for path, met in before.ours.items() if path not in named}
        theirs = {path: met for path, met in before.theirs.items() if path not in named}
        return replace(self, ours={**ours, **self.ours}, theirs={**theirs, **self.theirs})

    def stored(self) -> dict[str, object]:
        """Return what was chosen, by name, for the column; nothing of what was not."""
        return {name: value for name in _FIELDS if (value := getattr(self, name))}

    def named(self) -> dict[str, object]:
        """Return what was chosen as the person named it, for the event log."""
        return {
            name: value if isinstance(value, str) else list(value)
            for name, value in self.stored().items()
            if isinstance(value, str | tuple | dict)
        }


NO_CHOICES: Final = Choices()
_FIELDS: Final = field_names(Choices)


def read_choices(text: str) -> Choices:
    """Return what a column holds; raises `TypeError` or `ValueError`."""
    if text == "{}":  # nearly all, and parsing costs ten times as much
        return NO_CHOICES
    stored = json.loads(text)
    values: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in stored.items()}
    return Choices(**values)


def write_choices(choices: Choices) -> str:
    """Return the text of a column; raises `UsageError` where a store could not take it."""
    return compact_json(choices.stored())
