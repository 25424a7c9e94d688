"""Which scopes are held at one instant, and which of them a new one meets (RULES 4.3).

Written apart from the planner's: a scope is cut at its first glob, and two overlap when one of the
folders in front lies in the other. Held scopes are kept by each folder above them, so that a claim
costs the depth of its paths however many are held.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["HeldScopes", "folder"]

Folder = tuple[str, ...]
_GLOB = frozenset("*?[{")


def folder(scope: str, *, fold_case: bool) -> Folder:
    """Return the names in front of a scope's first glob; an empty tuple is the whole tree.

    With `fold_case` names that such a file system takes for one are one here, too, also where they
    differ in how an accent is written (NFC or NFD).
    """
    text = scope.strip()
    # Twice, as folding the case may leave a text that is not in normal form any more.
    if fold_case:
        text = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    names: list[str] = []
    for name in text.split("/"):
        if _GLOB & set(name):
            break
        if name not in {"", "."}:
            names.append(name)
    return tuple(names)


@dataclass
class _Workspace:
    """The scopes that are held in one kind of workspace: who holds one here, who below."""

    at: defaultdict[Folder, list[str]] = field(default_factory=lambda: defaultdict(list))
    below: defaultdict[Folder, list[str]] = field(default_factory=lambda: defaultdict(list))

    def take(self, task: str, place: Folder) -> None:
        self.at[place].append(task)
        for end in range(len(place) + 1):
            self.below[place[:end]].append(task)

    def drop(self, task: str, place: Folder) -> None:
        _remove(self.at, place, task)
        for end in range(len(place) + 1):
            _remove(self.below, place[:end], task)

    def meets(self, place: Folder) -> Iterator[str]:
        for end in range(len(place)):
            yield from self.at.get(place[:end], ())
        yield from self.below.get(place, ())


def _remove(holders: defaultdict[Folder, list[str]], place: Folder, task: str) -> None:
    holders[place].remove(task)
    if not holders[place]:
        del holders[place]


@dataclass
class HeldScopes:
    """All scopes that open attempts of writing tasks hold now.

    `race` and `fold_case` are facts of the run: whether tasks in worktrees may overlap, and whether
    its file system tells `A` from `a`.
    """

    race: bool = False
    fold_case: bool = False
    _spaces: dict[str, _Workspace] = field(default_factory=lambda: defaultdict(_Workspace))
    _places: dict[str, tuple[str, list[Folder]]] = field(default_factory=dict)

    def holder(
        self,
        task: str,
        isolation: str,
        scope: Sequence[str],
        *,
        by_hand: bool,
        beside: Collection[str] = (),
    ) -> str | None:
        """Return another task that holds what this one may not share; None where none does.

        Its rivals (`beside`) are in nobody's way: one of them is merged.

        Work that a person accepts is finished already: in a tree of its own it disturbs nobody.
        """
        # Tasks in the user's own checkout may never overlap; those in worktrees may in a race.
        everywhere = not self.race and not by_hand
        kinds = [kind for kind in self._spaces if everywhere or kind == isolation == "shared"]
        places = self._folders(isolation, scope)
        found = (other for kind in kinds for p in places for other in self._spaces[kind].meets(p))
        return next((it for it in found if it != task and it not in beside), None)

    def take(self, task: str, isolation: str, scope: Sequence[str]) -> None:
        """Let an attempt hold a scope until `drop`; what its task held before is let go."""
        self.drop(task)
        places = self._folders(isolation, scope)
        self._places[task] = (isolation, places)
        for place in places:
            self._spaces[isolation].take(task, place)

    def drop(self, task: str) -> None:
        """Let go of what the attempt of a task held, if anything."""
        isolation, places = self._places.pop(task, ("", []))
        for place in places:
            self._spaces[isolation].drop(task, place)

    def _folders(self, isolation: str, scope: Sequence[str]) -> list[Folder]:
        """Return the folders that count: no scope is all that is shared, and nothing of a tree."""
        if not scope:
            return [()] if isolation == "shared" else []
        return [folder(one, fold_case=self.fold_case) for one in scope]
