"""The filter of the board and of `wf status`: words, keys as in `kind:failed`, quick filters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from wf_tui.errors import nearest
from wf_tui.ledger.model.states import BlockedKind, DoneKind, PendingReason, TaskState
from wf_tui.picture.card import worker_name
from wf_tui.text import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.queries.reasons import Reason

__all__ = ["KEYS", "QUICK", "Filter", "FilterFacts", "parse"]

KEYS: Final = ("state", "worker", "phase", "kind", "lane", "model", "age")
QUICK: Final[Mapping[str, str]] = {
    "!": "only blocked",
    "@": "only mine to answer",
    "#": "only running",
}
_NAMED: Final = 4
"""Values of a key that are named where none is like what was typed."""
_KINDS: Final = (*map(str, BlockedKind), *map(str, DoneKind), *map(str, PendingReason))
# The closing quote may be missing: a person who is typing has not come to it yet.
_TERM: Final = re.compile(r'(?:(?P<key>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*))\s*')


_AGE: Final = re.compile(r"(?P<sign>[<>]?)=?(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>[smhd]?)")
_SECONDS: Final = {"": 60.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
"""A bare number is in minutes, as ages are mostly told."""


class FilterFacts(Protocol):
    """What a filter asks of a task beside its row, and only where nothing else decides."""

    @property
    def now(self) -> float:
        """The time by which ages are judged, in UTC seconds."""

    def reason(self, task: str) -> Reason:
        """Return why it is where it is."""

    def needs_you(self, row: TaskRow) -> bool:
        """Whether it needs a person, and is not put off."""

    def lane(self, row: TaskRow) -> str:
        """Return the lane of its seat; of a pending task, that which it waits for."""

    def model(self, row: TaskRow) -> str:
        """Return the model that works or worked on it."""

    def proof(self, task: str) -> str:
        """Return the line that matters of the end of its last attempt."""


@dataclass(frozen=True)
class Filter:
    """What a task has to have to be shown: every word, and one value of each key.

    Case and `-` or `_` make no difference, and parts of words do: `kind:fail` finds `failed`. Of
    `age:` every value counts: `age:>10m age:<2h`.
    """

    words: tuple[str, ...] = ()
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ages: tuple[Age, ...] = ()
    quick: str = ""
    """One of the quick filters, or ""."""
    problem: str = ""
    """What is wrong with the text, as a sentence; the rest of it filters all the same."""
    text: str = ""
    """What was typed, not safe to draw."""

    @property
    def active(self) -> bool:
        """Whether it keeps anything out."""
        return bool(self.words or self.terms or self.ages or self.quick)

    @property
    def by_reason(self) -> bool:
        """Whether it looks at why a pending task is pending, which changes without its row."""
        return bool(self.words) or not self.terms.keys().isdisjoint({"kind", "lane"})

    def matches(self, row: TaskRow, facts: FilterFacts) -> bool:
        """Whether a task is shown, judged now.

        Its reason is asked for only where nothing else decides, as it costs more than all the rest.
        """
        if self.quick and not _QUICK_TESTS[self.quick](row, facts):
            return False
        if not all(age.matches(facts.now - row.since) for age in self.ages):
            return False
        for key, text in _TEXTS.items():
            if key in self.terms and not _has_one_of(text(row, facts), self.terms[key]):
                return False
        return not self.words or self._has_words(row, facts)

    def _has_words(self, row: TaskRow, facts: FilterFacts) -> bool:
        # Lines, so that no word is found across two of them.
        texts = (row.id, row.title, worker_name(row), row.note, facts.proof(row.id))
        text = "\n".join(texts).casefold()
        missing = [word for word in self.words if word not in text]
        if not missing:
            return True
        why = facts.reason(row.id).text.casefold()
        return all(word in why for word in missing)


@dataclass(frozen=True)
class Age:
    """How long ago a task came into its state; as it was when somebody looked."""

    seconds: float
    younger: bool

    def matches(self, age: float) -> bool:
        """Whether a task of this age, in seconds, is meant."""
        return age < self.seconds if self.younger else age >= self.seconds


def _has_one_of(text: str, values: Sequence[str]) -> bool:
    folded = text.casefold().replace("-", "_")
    return any(value in folded for value in values)


def parse(text: str, quick: str = "") -> Filter:
    """Return the filter of what a person typed; what is wrong with it is in `problem`.

    It is called at each key, so a half-typed text has to give a filter too: the first thing that is
    wrong is told, and what is right already filters.
    """
    words: list[str] = []
    terms: dict[str, list[str]] = {}
    ages: list[Age] = []
    problem = ""
    for found in _TERM.finditer(text.strip()):
        key = (found["key"] or "").lower()
        value = (found["quoted"] or found["plain"] or "").strip()
        if key and key not in KEYS:
            near = nearest(key, KEYS)
            there = " ".join(f"{name}:" for name in KEYS)
            # It stands beside what is typed, in 80 cells: all only where none is like it.
            meant = f"did you mean {near}:?" if near else there
            problem = problem or f"unknown filter {key}; {meant}"
        elif not value:
            continue
        elif not key:
            words.append(value.casefold())
        elif wrong := _value_problem(key, value):
            problem = problem or wrong
        elif key == "age":
            ages.append(_age(value))
        else:
            terms.setdefault(key, []).append(value.casefold().replace("-", "_"))
    chosen = {key: tuple(many) for key, many in terms.items()}
    return Filter(tuple(words), chosen, tuple(ages), quick, problem, text.strip())


def _age(value: str) -> Age:
    """Return what `>10m` or `<2h` means; without a sign, that old or older."""
    found = _AGE.fullmatch(value.casefold())
    assert found is not None, "its value was checked"  # noqa: S101 - for the type
    seconds = float(found["number"]) * _SECONDS[found["unit"]]
    return Age(seconds, younger=found["sign"] == "<")


def _value_problem(key: str, value: str) -> str:
    """Return what is wrong with the value of a key that takes not just any."""
    if key == "age":
        good = _AGE.fullmatch(value.casefold())
        return "" if good else f"age:{value} is no age; for example age:>10m, age:<2h"
    known = {"state": tuple(map(str, TaskState)), "kind": _KINDS}.get(key)
    word = value.casefold().replace("-", "_")
    if known is None or any(word in name for name in known):
        return ""
    near = nearest(word, known)
    meant = f"; did you mean {near}?" if near else f"; {listed(known, _NAMED)}"
    return f"unknown {key} {value}{meant}"


def _kind(row: TaskRow, facts: FilterFacts) -> str:
    return facts.reason(row.id).kind if row.state is TaskState.PENDING else row.kind or ""


_TEXTS: Final[Mapping[str, Callable[[TaskRow, FilterFacts], str]]] = {
    "state": lambda row, _: row.state.value,
    "worker": lambda row, _: f"{worker_name(row)}\n{row.pinned}",
    "phase": lambda row, _: row.phase,
    "model": lambda row, facts: facts.model(row),
    # Last what may need the reason of a pending task.
    "lane": lambda row, facts: facts.lane(row),
    "kind": _kind,
}
_QUICK_TESTS: Final[Mapping[str, Callable[[TaskRow, FilterFacts], bool]]] = {
    "!": lambda row, _: row.state is TaskState.BLOCKED,
    "@": lambda row, facts: facts.needs_you(row),
    "#": lambda row, _: row.state is TaskState.IN_PROGRESS,
}
