"""The part of the application that knows keys: the user's own, and which of them work now."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from textual.keys import format_key

from wf_tui.board import user_keys
from wf_tui.board.actions.action import Context
from wf_tui.board.actions.footers import footer_actions
from wf_tui.board.actions.registry import by_id
from wf_tui.board.frame.footer import FooterKey
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.board.screens.with_pane import WithPane
from wf_tui.board.terminal.app import TerminalApp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import Binding

    from wf_tui.board.actions.action import Action

__all__ = ["KeyApp"]


class KeyApp(TerminalApp[int]):
    """Answers for footer, help, inbox and palette which key does what.

    Footer and inbox ask anew at each change of the picture, on the event loop, so nothing in here
    reads the ledger. `ActionApp` builds on it and answers `why_not`.
    """

    ascii: bool
    own_keys: Mapping[str, str] = MappingProxyType({})
    """The user's own keys, by the id of their action."""

    def why_not(self, name: str) -> str | None:
        """Return why an action can do nothing now, or None where it can."""
        raise NotImplementedError

    def use_own_keys(self, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """Take the `[keys]` of the configuration; return a sentence for each that cannot be used.

        The application calls it once, when it is mounted. An action whose keys cannot be used
        keeps those of the registry, so that no typing error leaves it without any.
        """
        checked = user_keys.check(wanted)
        self.own_keys = checked.keys
        self.set_keymap(dict(checked.keys))
        return checked.problems

    def keys_of(self, name: str) -> str:
        """Return the keys of an action as they are shown, the user's own where there are any."""
        return " ".join(self.own_key_list(by_id(name)))

    def keys_for(self, *names: str) -> list[FooterKey]:
        """Return keys and titles of these actions, and of each why it can do nothing now."""
        return [self.footer_key(by_id(name)) for name in names]

    @property
    def context(self) -> Context:
        """The context of the topmost screen of the run."""
        raise NotImplementedError

    def footer_keys(self) -> list[FooterKey]:
        """Return what the footer shows: the keys of the context of the topmost screen of the run.

        One key of each is enough there, and the first is the one that people learn.
        """
        screen = self.screen
        in_pane = isinstance(screen, WithPane) and screen.in_pane
        in_box = isinstance(screen, RunScreen) and screen.in_box
        context = Context.BOX if in_box else self.context
        width, in_diff = self.size.width, self.in_diff
        shown = footer_actions(context, width, in_pane=in_pane, in_diff=in_diff)
        return [self.footer_key(action) for action in shown]

    @property
    def in_list(self) -> bool:
        """Whether the topmost screen has all tasks in one list."""
        return isinstance(self.screen, RunScreen) and self.screen.in_list

    @property
    def in_diff(self) -> bool:
        """Whether the keys are for a diff in the detail pane."""
        return isinstance(self.screen, WithPane) and self.screen.in_diff

    def footer_key(self, action: Action) -> FooterKey:
        """Return an action as the footer shows it, by what it would do now."""
        title = self.title_now(action)
        key = self.first_key(action)
        why_not = self.why_not(action.id) or ""
        return FooterKey(action.id, key, title.lower(), why_not, len(action.widest))

    def title_now(self, action: Action) -> str:
        """Return what an action is called for the tasks that it would work on now."""
        raise NotImplementedError

    def own_key_list(self, action: Action) -> list[str]:
        """Return the keys of an action, the user's own where there are any."""
        own = self.own_keys.get(action.id)
        return [key.strip() for key in own.split(",")] if own else list(action.keys)

    def first_key(self, action: Action) -> str:
        """Return the first key of an action as it is shown, the user's own where there is one.

        An action without keys has its title there.
        """
        keys = self.own_key_list(action)
        if not keys:
            return action.title
        shown = format_key(keys[0])
        return shown if shown.isascii() or not self.ascii else keys[0]

    def active_keys(self) -> dict[str, str]:
        """Return the keys that work on this screen, by the id of their action.

        They are as `get_key_display` has them; several of one action have a space between them.
        """
        keys: dict[str, list[str]] = {}
        for found in self.screen.active_bindings.values():
            # Bindings without an id are Textual's own, or belong to a dialog.
            if found.binding.id:
                keys.setdefault(found.binding.id, []).append(self.get_key_display(found.binding))
        return {name: " ".join(dict.fromkeys(shown)) for name, shown in keys.items()}

    def get_key_display(self, binding: Binding) -> str:
        """Return how a key is shown: by its name where its sign is not ASCII but has to be."""
        shown = super().get_key_display(binding)
        if self.ascii and not shown.isascii():
            return binding.key
        return shown
