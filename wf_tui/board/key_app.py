"""The part of the application that knows keys: the user's own, and which of them work now."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from wf_tui.board import user_keys
from wf_tui.board.actions.registry import ACTIONS, Where, by_id
from wf_tui.board.terminal.app import TerminalApp
from wf_tui.board.widgets.footer import FooterKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import Binding

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
        own = self.own_keys.get(name)
        keys = own.split(",") if own else by_id(name).keys
        return " ".join(key.strip() for key in keys)

    def keys_for(self, *names: str) -> list[FooterKey]:
        """Return keys and titles of these actions, and of each why it can do nothing now."""
        return [
            FooterKey(name, self.keys_of(name), by_id(name).title, self.why_not(name) or "")
            for name in names
        ]

    def footer_keys(self, *, on_board: bool = False) -> list[FooterKey]:
        """Return what the footer shows; the keys that only look are shown on the board.

        On the board they are those that are bound where the focus is; on every other screen those
        of the registry that work on all of them.
        """
        shown = [action for action in ACTIONS if action.footer]
        if not on_board:
            return self.keys_for(*(a.id for a in shown if a.keys and a.where is not Where.BOARD))
        active = self.active_keys()
        footer = []
        for action in shown:
            if action.id not in active:
                continue
            # One key is enough for the footer, and the first is the one that people learn.
            key = active[action.id].split(" ", maxsplit=1)[0]
            if self.ascii and not key.isascii():
                key = action.keys[0]
            why_not = self.why_not(action.id) or ""
            footer.append(FooterKey(action.id, key, action.title, why_not))
        return footer

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
