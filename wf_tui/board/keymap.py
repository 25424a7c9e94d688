"""The user's own keys: `[keys]` of the configuration, an action's id and the keys it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.registry import ACTIONS
from wf_tui.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.board.actions.action import Action

__all__ = ["Taken", "read"]

_SIGNS: Final = {
    "!": "exclamation_mark",
    "@": "at",
    "#": "number_sign",
    "/": "slash",
    "?": "question_mark",
    "+": "plus",
    "-": "minus",
}


@dataclass(frozen=True)
class Taken:
    """The keys that can be used, and a sentence for each that cannot."""

    keys: Mapping[str, str]
    problems: tuple[str, ...]


def read(wanted: Mapping[str, str]) -> Taken:
    """Check the user's keys: an id has to exist, and a key may be only one action's."""
    known = {action.id: action for action in ACTIONS}
    problems = [_unknown(name) for name in wanted if name not in known]
    asked = {name: keys for name, keys in wanted.items() if name in known}
    used: dict[str, str] = {}
    for action in ACTIONS:
        if action.id not in asked:
            used |= dict.fromkeys(map(_key, action.keys), action.id)
    good: dict[str, str] = {}
    for name, keys in asked.items():
        fault = _fault(known[name], _split(keys), used)
        if fault:
            problems.append(fault)
            used |= dict.fromkeys(map(_key, known[name].keys), name)
        else:
            good[name] = keys
            used |= dict.fromkeys(_split(keys), name)
    return Taken(good, tuple(problems))


def _fault(action: Action, keys: list[str], used: Mapping[str, str]) -> str:
    if not keys:
        return f"keys: {action.id} has no key"
    for key in keys:
        if key in used:
            return f"keys: {key} for {action.id} is the key of {used[key]}; it stays with that"
    return ""


def _unknown(name: str) -> str:
    best = nearest(name, [action.id for action in ACTIONS])
    return f"keys: unknown action {name!r}" + (f" (did you mean {best!r}?)" if best else "")


def _split(keys: str) -> list[str]:
    return [_key(key) for part in keys.split(",") if (key := part.strip())]


def _key(name: str) -> str:
    return _SIGNS.get(name, name)
