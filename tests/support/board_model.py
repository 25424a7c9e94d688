"""The rules of selection and acts in a few lines; nothing of the board is used to state them.

A test tells the model what the person did, what became of the run, and what the board then showed;
the model says what the board was allowed to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["GUARD", "BoardModel", "Seen"]

GUARD: Final = 0.6
"""Seconds that a person has to see what a task has become before a key acts on it."""
_MOST_UNASKED: Final = 10


@dataclass(frozen=True)
class Seen:
    """What a board has: looked up after each event."""

    selected: str | None
    marks: frozenset[str]
    looks: Mapping[str, tuple[str, str | None]]
    """State and kind of each task, as the board was told."""
    frame: frozenset[str]
    """The tasks that have a line of their own: not folded away, filtered or in a similar card."""


@dataclass
class BoardModel:
    """Follows a board, and fails where it breaks a rule. Times are seconds of any one clock."""

    now: Seen
    begun: bool = False
    """Whether a person has pressed or clicked anything."""
    _unseen: set[str] = field(default_factory=set)
    """What has become another in a way that no frame has shown yet."""
    _since: dict[str, float] = field(default_factory=dict)
    """When a frame showed the last such change of a task."""

    def __post_init__(self) -> None:
        if self.now.selected is not None:
            self._unseen.add(self.now.selected)

    def by_person(self, seen: Seen) -> None:
        """Take note of a key or click: what is selected and marked may be others now."""
        self._look(seen)
        self.begun = True

    def by_itself(self, seen: Seen) -> None:
        """Take note of what no key has done: the run, the time, the size of the terminal."""
        before, after = self.now.selected, seen.selected
        if self.begun and before is not None:
            assert after == before, f"selected was {before}, is {after}"
        assert seen.marks <= self.now.marks, "something was marked by itself"
        if after is not None and after != before:
            self._unseen.add(after)
        self._look(seen)

    def _look(self, seen: Seen) -> None:
        """Note which of the tasks that a key would have acted on look other than before."""
        watched = {*self.now.marks, self.now.selected} & {*seen.marks, seen.selected}
        old, new = self.now.looks, seen.looks
        self._unseen |= {t for t in watched if t is not None and old.get(t) != new.get(t)}
        self.now = seen

    def drawn(self, at: float) -> None:
        """Take note of a frame that shows all that has come until now."""
        self._since |= dict.fromkeys(self._unseen, at)
        self._unseen.clear()

    def may_act(self, tasks: Collection[str], pressed: float) -> bool:
        """Whether a key that was pressed then can have meant these tasks as they are."""
        ripe = (pressed >= self._since.get(task, -inf) + GUARD for task in tasks)
        return self._unseen.isdisjoint(tasks) and all(ripe)

    def acted(
        self, tasks: Collection[str], pressed: float, *, asked: str, meant: Collection[str] = ()
    ) -> None:
        """Judge an act: for which tasks a key pressed then was taken, and after which question.

        `asked` is the title of the question that was agreed to, "" where there was none. `meant`
        are the tasks of the similar card under the cursor, or those that were dropped.
        """
        now = self.now
        allowed: set[str | None] = {*meant} or {*now.marks} or {now.selected}
        assert {*tasks} <= allowed, f"{tasks} are neither marked nor selected"
        assert self.may_act(tasks, pressed), f"{tasks} were not seen for {GUARD} s"
        hidden = {task for task in tasks if task not in now.frame and task != now.selected}
        if hidden or len(tasks) > _MOST_UNASKED:
            named = len(tasks) == 1 or str(len(tasks)) in asked.split()
            assert asked, f"{hidden} are in no frame"
            assert named, f"{asked!r} does not say how many"
