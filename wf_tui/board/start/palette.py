"""The palette of the start screen: what there is to begin with, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.markup import escape

from wf_tui.board.name_search import find, find_scattered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.command import Hits
    from textual.types import IgnoreReturnCallbackType

    from wf_tui.board.actions.action import Action

    Command = tuple[Content, IgnoreReturnCallbackType, str, str]

__all__ = ["StartProvider"]


class _Host(Protocol):
    """What the palette asks of the application."""

    def actions_here(self) -> Sequence[Action]:
        """Return all that can be done here."""

    def perform(self, name: str) -> None:
        """Do an action by its id."""

    def why_not(self, name: str) -> str | None:
        """Return why an action can do nothing now."""

    def keys_of(self, name: str) -> str:
        """Return the keys of an action as they are shown."""


class StartProvider(Provider):
    """Finds the actions of the start screen, and Textual's choice of a theme."""

    async def startup(self) -> None:
        """Take all names once."""
        here = cast("_Host", self.app).actions_here()
        self._commands = {action.title: self._command(action) for action in here}
        for title, text, callback, _ in self.app.get_system_commands(self.screen):
            if title == "Theme":
                self._commands[title] = (Content(title), callback, title, escape(text))

    async def discover(self) -> Hits:
        """Offer all."""
        for command in self._commands.values():
            yield DiscoveryHit(*command)

    async def search(self, query: str) -> Hits:
        """Offer what the words are in, else what has their letters."""
        names = [(title.casefold(), title) for title in self._commands]
        found = find(query, names, len(names)) or find_scattered(query, names, len(names))
        for score, title in found:
            yield Hit(score, *self._commands[title])

    def _command(self, action: Action) -> Command:
        host = cast("_Host", self.app)
        why_not = host.why_not(action.id)
        shown = Content.assemble(
            (action.title, "dim" if why_not else ""), (f"  {host.keys_of(action.id)}", "bold")
        )
        text = f"not now: {why_not}" if why_not else action.help

        def perform() -> None:
            host.perform(action.id)

        return shown, perform, action.title, escape(text)
