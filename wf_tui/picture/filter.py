"""The filter of the board: words, `state:`, `worker:`, `phase:`, `kind:`, and the quick filters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.errors import nearest
from wf_tui.ledger.model.states import BlockedKind, DoneKind, PendingReason, TaskState
from wf_tui.picture.card import needs_you, worker_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.queries.reasons import Reason

__all__ = ["KEYS", "QUICK", "Filter", "parse"]

KEYS: Final = ("state", "worker", "phase", "kind")
QUICK: Final[Mapping[str, str]] = {
    "!": "only blocked",
    "@": "only mine to answer",
    "#": "only running",
}
_KINDS: Final = (*map(str, BlockedKind), *map(str, DoneKind), *map(str, PendingReason))
# The closing quote may be missing: a person who is typing has not come to it yet.
_TERM: Final = re.compile(r'(?:(?P<key>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*))\s*')


@dataclass(frozen=True)
class Filter:
    """What a card has to have to be shown: every word, and one value of each key.

    Case and `-` or `_` make no difference, and parts of words do: `kind:fail` finds `failed`.
    """

    words: tuple[str, ...] = ()
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quick: str = ""
    """One of the quick filters, or ""."""
    problem: str = ""
    """What is wrong with the text, as a sentence; the rest of it filters all the same."""
    text: str = ""
    """What was typed, not safe to draw."""

    @property
    def active(self) -> bool:
        """Whether it keeps anything out."""
        return bool(self.words or self.terms or self.quick)

    @property
    def by_reason(self) -> bool:
        """Whether it looks at why a pending card is pending, which changes without the card."""
        return bool(self.words) or "kind" in self.terms

    def matches(self, row: TaskRow, reason: Callable[[], Reason]) -> bool:
        """Whether a card is shown; its reason is asked for only where nothing else decides.

        `reason` computes why the card is where it is. The reason of a pending card changes without
        an event, so who filters by it has to ask again as time goes by: see `by_reason`.
        """
        if self.quick and not _QUICK_TESTS[self.quick](row):
            return False
        for key, values in self.terms.items():
            if key == "kind":
                continue
            text = _TEXTS[key](row).casefold().replace("-", "_")
            if not any(value in text for value in values):
                return False
        # Last what may need the reason of a pending card, which costs more than all the rest.
        if "kind" in self.terms:
            kind = reason().kind if row.state is TaskState.PENDING else row.kind or ""
            if not any(value in kind for value in self.terms["kind"]):
                return False
        if not self.words:
            return True
        # Lines, so that no word is found across two of them.
        text = f"{row.id}\n{row.title}\n{worker_name(row)}\n{row.note}".casefold()
        missing = [word for word in self.words if word not in text]
        if not missing:
            return True
        why = reason().text.casefold()
        return all(word in why for word in missing)


def parse(text: str, quick: str = "") -> Filter:
    """Return the filter of what a person typed; what is wrong with it is in `problem`.

    It is called at each key, so a half-typed text has to give a filter too: the first thing that is
    wrong is told, and what is right already filters.
    """
    words: list[str] = []
    terms: dict[str, list[str]] = {}
    problem = ""
    for found in _TERM.finditer(text.strip()):
        key = (found["key"] or "").lower()
        value = (found["quoted"] or found["plain"] or "").strip()
        if key and key not in KEYS:
            near = nearest(key, KEYS)
            meant = f"; did you mean {near}:?" if near else ""
            there = ", ".join(f"{name}:" for name in KEYS)
            problem = problem or f"unknown filter {key}; there are {there}{meant}"
        elif not value:
            continue
        elif not key:
            words.append(value.casefold())
        elif wrong := _value_problem(key, value):
            problem = problem or wrong
        else:
            terms.setdefault(key, []).append(value.casefold().replace("-", "_"))
    chosen = {key: tuple(many) for key, many in terms.items()}
    return Filter(tuple(words), chosen, quick, problem, text.strip())


def _value_problem(key: str, value: str) -> str:
    """Return what is wrong with the value of a key that has a closed set of them."""
    known = {"state": tuple(map(str, TaskState)), "kind": _KINDS}.get(key)
    word = value.casefold().replace("-", "_")
    if known is None or any(word in name for name in known):
        return ""
    near = nearest(word, known)
    meant = f"; did you mean {near}?" if near else f"; there are {', '.join(known)}"
    return f"unknown {key} {value}{meant}"


_TEXTS: Final[Mapping[str, Callable[[TaskRow], str]]] = {
    "state": lambda row: row.state.value,
    "worker": lambda row: f"{worker_name(row)}\n{row.pinned}",
    "phase": lambda row: row.phase,
}
_QUICK_TESTS: Final[Mapping[str, Callable[[TaskRow], bool]]] = {
    "!": lambda row: row.state is TaskState.BLOCKED,
    "@": needs_you,
    "#": lambda row: row.state is TaskState.IN_PROGRESS,
}
