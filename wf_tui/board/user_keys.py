"""The user's own keys: `[keys]` of the configuration, an action's id and the keys it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.keys import _character_to_key

from wf_tui.board.actions.registry import ACTIONS, Context
from wf_tui.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.board.actions.action import Action

__all__ = ["CheckedKeys", "check", "textual_name"]


_RENAMED: Final = {"task.hold_or_release": "task.hold"}
"""What an action was called before; who has bound it keeps the key."""


@dataclass(frozen=True)
class CheckedKeys:
    """The keys that can be used, and a sentence for each that cannot."""

    keys: Mapping[str, str]
    """By the id of an action; several keys have commas between them, as Textual takes them."""
    problems: tuple[str, ...]


def check(wanted: Mapping[str, str]) -> CheckedKeys:
    """Check the user's keys: an id has to exist, and a key may be only one action's in a context.

    `wanted` has the keys of an action with commas between them, by the id of the action. An action
    whose wanted keys cannot be used keeps its own ones. The application checks once, when it is
    mounted: an unusable key is no reason not to show the board.
    """
    known = {action.id: action for action in ACTIONS}
    wanted = {_RENAMED.get(name, name): keys for name, keys in wanted.items()}
    problems = []
    for name in wanted:
        if name not in known:
            similar = nearest(name, list(known))
            hint = f" (did you mean {similar!r}?)" if similar else ""
            problems.append(f"keys: unknown action {name!r}{hint}")
    asked = {name: keys for name, keys in wanted.items() if name in known}
    used = _Used()
    # A key is free when its action asks for other ones, so that two keys can be swapped.
    for action in ACTIONS:
        if action.id not in asked:
            used.take(action, [textual_name(key) for key in action.keys])
    good: dict[str, str] = {}
    for name, text in asked.items():
        action = known[name]
        keys = [textual_name(part.strip()) for part in text.split(",") if part.strip()]
        clash = used.clash(action, keys)
        if not keys:
            problems.append(f"keys: {name} has no key")
        elif clash:
            problems.append(f"keys: {clash}; it stays with that")
        if not keys or clash:
            keys = [textual_name(key) for key in action.keys]
        else:
            good[name] = text
        used.take(action, keys)
    return CheckedKeys(good, tuple(problems))


class _Used:
    """Which keys are taken, in each context: on another screen the same key may be another's."""

    def __init__(self) -> None:
        self._by: dict[tuple[Context, str], str] = {}

    def take(self, action: Action, keys: Iterable[str]) -> None:
        """Note that these keys are those of an action, wherever it works."""
        self._by |= {(context, key): action.id for context in action.contexts for key in keys}

    def clash(self, action: Action, keys: Iterable[str]) -> str:
        """Return what one of these keys is already, and where; "" where none is anything."""
        for key in keys:
            for context in Context:
                other = self._by.get((context, key))
                if context in action.contexts and other is not None:
                    return f"{key} for {action.id} is the key of {other} ({context})"
        return ""


def textual_name(key: str) -> str:
    """Return what Textual calls a key: that of a sign is a word."""
    return _character_to_key(key) if len(key) == 1 else key
