"""What a person may choose from as they answer a worker's question."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.json_text import compact_json
from wf_tui.values import field_names, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "ALLOW_ALWAYS",
    "ALLOW_ONCE",
    "NO_DETAIL",
    "REJECT_ALWAYS",
    "REJECT_ONCE",
    "Option",
    "QuestionDetail",
    "chosen_option",
    "read_options",
    "write_options",
]


@frozen
class Option:
    """One answer that the worker offers."""

    id: str
    name: str
    kind: str = ""
    """What it means for wf: `allow_once`, `allow_always`, `reject_once`, `reject_always` or ""."""

    @property
    def allows(self) -> bool:
        """Whether the worker may then do what it asks about."""
        return self.kind.startswith("allow")

    @property
    def rejects(self) -> bool:
        """Whether it then may not."""
        return self.kind.startswith("reject")

    def fields(self) -> Mapping[str, str]:
        """Return it as tables, events and JSON have it."""
        return {"id": self.id, "name": self.name, "kind": self.kind}


@frozen
class QuestionDetail:
    """What a question is about, in parts that a person reads one by one; "" is not known."""

    command: str = ""
    """What would be done, to the letter."""
    reason: str = ""
    """Why its worker wants it, in its own words."""
    rule: str = ""
    """Which rule keeps it from doing so without a person."""

    def fields(self) -> Mapping[str, str]:
        """Return it as the ledger, events and JSON have it: without what is empty."""
        return {name: text for name, text in self.__dict__.items() if text}

    @classmethod
    def read(cls, stored: Mapping[str, object]) -> QuestionDetail:
        """Return what `fields` stored; of a later version's, what this one knows."""
        names = field_names(cls)
        return cls(**{name: str(text) for name, text in stored.items() if name in names})


NO_DETAIL: Final = QuestionDetail()
ALLOW_ONCE: Final = "allow_once"
ALLOW_ALWAYS: Final = "allow_always"
REJECT_ONCE: Final = "reject_once"
REJECT_ALWAYS: Final = "reject_always"
_WORDS: Final = {"allow": ALLOW_ONCE, "reject": REJECT_ONCE}


def chosen_option(options: Sequence[Option], word: str) -> Option | None:
    """Return what a person's word chooses: an id, a number from 1, a name, `allow` or `reject`."""
    by_id = [option for option in options if option.id == word]
    by_number = [option for place, option in enumerate(options, 1) if str(place) == word]
    by_name = [option for option in options if option.name.casefold() == word.casefold()]
    by_kind = [option for option in options if option.kind == _WORDS.get(word, word)]
    return next(iter([*by_id, *by_number, *by_name, *by_kind]), None)


def read_options(text: str) -> tuple[Option, ...]:
    """Return the options of a column; raises `TypeError` or `ValueError`."""
    if text == "[]":
        return ()
    stored = json.loads(text)
    return tuple(Option(**option) for option in stored)


def write_options(options: Sequence[Option]) -> str:
    """Return the text of a column that holds options; raises `UsageError`."""
    return compact_json([option.fields() for option in options])
