"""The palette: every action, every task and Textual's own commands, by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.markup import escape

from wf_tui.board.actions.action import Context
from wf_tui.board.actions.names import title_of
from wf_tui.board.actions.registry import ACTIONS, Group
from wf_tui.board.name_search import find, find_scattered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.command import Hits
    from textual.types import IgnoreReturnCallbackType

    from wf_tui.board.actions.action import Action
    from wf_tui.board.host import ActionHost

    Command = tuple[Content, IgnoreReturnCallbackType, str, str]

__all__ = ["ActionsProvider"]

_MOST_TASKS: Final = 30
"""Tasks that are offered at most; another letter finds the others."""
_MOST_NEEDS: Final = 10
"""Tasks that need the person, which are offered while nothing is typed."""
_COMMANDS_FIRST: Final = 0.05
"""What a command scores more than a task that fits as well."""
_ORDER: Final = (Group.TASK, Group.RUN, Group.LOOK, Group.APP, Group.MOVE)
"""Groups of actions as they are offered while nothing is typed."""


class ActionsProvider(Provider):
    """Finds commands and tasks; an action that is not possible now says why.

    It is the only provider: Textual's own one scores by another rule, and hits of both would stand
    in no order.
    """

    async def startup(self) -> None:
        """Take all names once, so that a search makes cards only of what it finds.

        Textual calls it each time the palette is opened, and `search` at each key.
        """
        picture = self._host.picture
        self._tasks: list[tuple[str, str]] = []
        for task in picture.cards:
            row = picture.row(task)
            self._tasks.append((f"{row.title} {row.id}".strip().casefold(), row.id))
        self._commands: dict[str, Command] = {}
        self._names: list[tuple[str, str]] = []
        self._impossible: set[str] = set()
        for action in sorted(self.offered(), key=lambda action: _ORDER.index(action.group)):
            self._commands[action.id] = self.command_of(action)
            self._names.append((f"{action.title} {action.id}".casefold(), action.id))
        system = self.app.get_system_commands(self.screen)
        for title, text, callback, _ in sorted(system, key=lambda command: command.title):
            self._commands[title] = (Content(title), callback, title, escape(text))
            self._names.append((title.casefold(), title))

    def offered(self) -> Iterable[Action]:
        """Return the actions that are in it: those of a run, which plan and start have none of."""
        beside = ({Context.PLAN}, {Context.START})
        return [action for action in ACTIONS if action.contexts not in beside]

    @property
    def _host(self) -> ActionHost:
        return cast("ActionHost", self.app)

    async def discover(self) -> Hits:
        """Offer, while nothing is typed, what can be done now, then tasks, then the rest."""
        possible = [name for name in self._commands if name not in self._impossible]
        for name in possible:
            yield DiscoveryHit(*self._commands[name])
        needs = self._host.picture.needs[:_MOST_NEEDS]
        for task in needs:
            yield DiscoveryHit(*self.task_command(task))
        for name in self._commands:
            if name in self._impossible:
                yield DiscoveryHit(*self._commands[name])

    async def search(self, query: str) -> Hits:
        """Offer what the words are in, the names that begin with them first."""
        for look in (find, find_scattered):
            commands = look(query, self._names, len(self._names))
            tasks = look(query, self._tasks, _MOST_TASKS)
            for score, name in commands:
                first = 0.0 if name in self._impossible else _COMMANDS_FIRST
                yield Hit(score + first, *self._commands[name])
            for score, name in tasks:
                yield Hit(score, *self.task_command(name))
            # Scattered letters fit far too much to stand below what was really meant.
            if commands or tasks:
                return

    def task_command(self, task: str) -> Command:
        """Return how a task is offered: by its title, with where it is; choosing it opens it."""
        card = self._host.picture.card(task)
        title = title_of(self._host.picture, task)
        where = card.kind or card.state.replace("_", " ")
        shown = Content.assemble(title, (f"  {where}", "dim"))
        return shown, partial(self._host.open_card, task), card.id, ""

    def command_of(self, action: Action) -> Command:
        """Return how an action is offered; one that is not possible now says why not."""
        host = self._host
        why_not = self._elsewhere(action) or host.why_not(action.id)
        if why_not:
            self._impossible.add(action.id)
        keys = host.keys_of(action.id)
        shown = Content.assemble(
            (action.title, "dim" if why_not else ""), (f"  {keys}" if keys else "", "bold")
        )
        text = f"not now: {why_not}" if why_not else action.help
        return shown, partial(host.perform, action.id), action.title, escape(text)

    def _elsewhere(self, action: Action) -> str:
        """Return where else an action is done, if not on this screen or on the board; else ""."""
        if action.contexts & {self._host.context, Context.BOARD}:
            return ""
        return f"only in {' or '.join(sorted(action.contexts))}"
