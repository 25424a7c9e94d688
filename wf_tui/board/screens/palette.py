"""The palette: every action and every task, by name."""

from __future__ import annotations

import re
from functools import partial
from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.markup import escape

from wf_tui.board.actions.registry import ACTIONS, Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.command import Hits

    from wf_tui.board.actions.action import Action
    from wf_tui.board.host import ActionHost

__all__ = ["ActionsProvider", "find", "scattered"]

_MOST: Final = 30
"""Tasks that are offered at most; another letter finds the others."""
_START, _WORD, _INSIDE, _SCATTERED = 0.9, 0.7, 0.5, 0.2
_ACTION_FIRST: Final = 0.05
_OFFERED: Final = (Group.TASK, Group.RUN, Group.LOOK, Group.APP, Group.MOVE)


class ActionsProvider(Provider):
    """Finds actions and tasks; an action that is not possible now says why."""

    async def startup(self) -> None:
        """Take the names of all tasks once: a search then makes cards only of what it finds."""
        picture = self._app.picture
        rows = map(picture.row, picture.cards)
        self._tasks = [(f"{row.id} {row.title}".casefold(), row.id) for row in rows]
        self._offers = [(f"{a.title} {a.id}".casefold(), a.id) for a in ACTIONS]
        self._known = {action.id: action for action in ACTIONS}

    @property
    def _app(self) -> ActionHost:
        return cast("ActionHost", self.app)

    async def discover(self) -> Hits:
        """Offer every action while nothing is typed."""
        for action in sorted(ACTIONS, key=lambda action: _OFFERED.index(action.group)):
            yield DiscoveryHit(*self._action(action))

    async def search(self, query: str) -> Hits:
        """Offer what the words are in, the names that begin with them first."""
        for look in (find, scattered):
            actions = look(query, self._offers, len(ACTIONS))
            tasks = look(query, self._tasks, _MOST)
            for score, name in actions:
                yield Hit(score + _ACTION_FIRST, *self._action(self._known[name]))
            for score, name in tasks:
                yield self._task(score, name)
            if actions or tasks:
                return

    def _task(self, score: float, name: str) -> Hit:
        card = self._app.picture.card(name)
        shown = Content(f"{card.id}  {card.title}  ({card.state.replace('_', ' ')})")
        return Hit(score, shown, partial(self._app.open_card, name), card.id)

    def _action(self, action: Action) -> tuple[Content, partial[None], str, str]:
        app = self._app
        why_not = app.why_not(action.id)
        keys = app.keys_of(action.id)
        shown = Content.assemble(
            (action.title, "dim" if why_not else ""), (f"  {keys}" if keys else "", "bold")
        )
        text = f"not now: {why_not}" if why_not else action.help
        return shown, partial(app.perform, action.id), action.title, escape(text)


def find(query: str, names: Sequence[tuple[str, str]], most: int) -> list[tuple[float, str]]:
    """Return the things whose names have all words, with scores from 0 to 1, best first.

    Nothing but `in` for each name, so that 10,000 of them cost milliseconds.
    """
    words = query.casefold().split()
    if not words:
        return []
    found = [(_score(words[0], name), key) for name, key in names if all(w in name for w in words)]
    return nlargest(most, found, key=lambda pair: pair[0])


def scattered(query: str, names: Sequence[tuple[str, str]], most: int) -> list[tuple[float, str]]:
    """Return the things whose names have the letters in their order, not far apart."""
    letters = re.compile("[^\n]{0,12}?".join(map(re.escape, "".join(query.casefold().split()))))
    found = ((_SCATTERED, key) for name, key in names if letters.search(name))
    return list(islice(found, most))


def _score(word: str, name: str) -> float:
    place = name.find(word)
    if place == 0:
        return _START
    return _INSIDE if name[place - 1].isalnum() else _WORD
