"""The user's own keys: `[keys]` of the configuration, an action's id and the keys it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.registry import ACTIONS
from wf_tui.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CheckedKeys", "check"]

_TEXTUAL_NAMES: Final = {
    "!": "exclamation_mark",
    "@": "at",
    "#": "number_sign",
    "/": "slash",
    "?": "question_mark",
    "+": "plus",
    "-": "minus",
}
"""How Textual calls the keys of the registry that are no letters."""


@dataclass(frozen=True)
class CheckedKeys:
    """The keys that can be used, and a sentence for each that cannot."""

    keys: Mapping[str, str]
    """By the id of an action; several keys have commas between them, as Textual takes them."""
    problems: tuple[str, ...]


def check(wanted: Mapping[str, str]) -> CheckedKeys:
    """Check the user's keys: an id has to exist, and a key may be only one action's.

    An action whose wanted keys cannot be used keeps its own ones.
    """
    known = {action.id: action for action in ACTIONS}
    problems = [_unknown(name) for name in wanted if name not in known]
    asked = {name: keys for name, keys in wanted.items() if name in known}
    used: dict[str, str] = {}
    # A key is free when its action asks for other ones, so that two keys can be swapped.
    for action in ACTIONS:
        if action.id not in asked:
            used |= {_textual_name(key): action.id for key in action.keys}
    good: dict[str, str] = {}
    for name, text in asked.items():
        keys = [_textual_name(part.strip()) for part in text.split(",") if part.strip()]
        problem = _problem(name, keys, used)
        if problem:
            problems.append(problem)
            keys = [_textual_name(key) for key in known[name].keys]
        else:
            good[name] = text
        used |= dict.fromkeys(keys, name)
    return CheckedKeys(good, tuple(problems))


def _problem(name: str, keys: list[str], used: Mapping[str, str]) -> str:
    if not keys:
        return f"keys: {name} has no key"
    for key in keys:
        if key in used:
            return f"keys: {key} for {name} is the key of {used[key]}; it stays with that"
    return ""


def _unknown(name: str) -> str:
    best = nearest(name, [action.id for action in ACTIONS])
    return f"keys: unknown action {name!r}" + (f" (did you mean {best!r}?)" if best else "")


def _textual_name(key: str) -> str:
    return _TEXTUAL_NAMES.get(key, key)
