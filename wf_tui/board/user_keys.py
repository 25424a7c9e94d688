"""The user's own keys: `[keys]` of the configuration, an action's id and the keys it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.keys import _character_to_key

from wf_tui.board.actions.registry import ACTIONS
from wf_tui.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CheckedKeys", "check", "textual_name"]


@dataclass(frozen=True)
class CheckedKeys:
    """The keys that can be used, and a sentence for each that cannot."""

    keys: Mapping[str, str]
    """By the id of an action; several keys have commas between them, as Textual takes them."""
    problems: tuple[str, ...]


def check(wanted: Mapping[str, str]) -> CheckedKeys:
    """Check the user's keys: an id has to exist, and a key may be only one action's.

    `wanted` has the keys of an action with commas between them, by the id of the action. An action
    whose wanted keys cannot be used keeps its own ones. The application checks once, when it is
    mounted: an unusable key is no reason not to show the board.
    """
    known = {action.id: action for action in ACTIONS}
    problems = []
    for name in wanted:
        if name not in known:
            similar = nearest(name, list(known))
            hint = f" (did you mean {similar!r}?)" if similar else ""
            problems.append(f"keys: unknown action {name!r}{hint}")
    asked = {name: keys for name, keys in wanted.items() if name in known}
    used: dict[str, str] = {}
    # A key is free when its action asks for other ones, so that two keys can be swapped.
    for action in ACTIONS:
        if action.id not in asked:
            used |= {textual_name(key): action.id for key in action.keys}
    good: dict[str, str] = {}
    for name, text in asked.items():
        keys = [textual_name(part.strip()) for part in text.split(",") if part.strip()]
        taken = next((key for key in keys if key in used), None)
        if not keys:
            problems.append(f"keys: {name} has no key")
        elif taken is not None:
            problems.append(
                f"keys: {taken} for {name} is the key of {used[taken]}; it stays with that"
            )
        if not keys or taken is not None:
            keys = [textual_name(key) for key in known[name].keys]
        else:
            good[name] = text
        used |= dict.fromkeys(keys, name)
    return CheckedKeys(good, tuple(problems))


def textual_name(key: str) -> str:
    """Return what Textual calls a key: that of a sign is a word."""
    return _character_to_key(key) if len(key) == 1 else key
