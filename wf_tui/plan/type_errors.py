"""What a person is told about a value of the wrong type: the plan's words, not the library's."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.errors import nearest
from wf_tui.plan import models
from wf_tui.plan.document import Document, Path
from wf_tui.plan.report import PARSE_ERROR, Problem, quoted
from wf_tui.plan.tree.specs import Strategy

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Suggestions", "explain", "explain_word", "instead", "parse_problem", "show_value"]

_MOST_SEARCHES = 100

# The fields of the plan that are enums; a new one has to be named here, too, or its error fails.
_WORDS: Final[dict[str, type[StrEnum]]] = {
    "mode": models.Mode,
    "isolation": models.Isolation,
    "on_failure": models.OnFailure,
    "agent_type": models.AgentType,
    "scopes": models.Scopes,
    "checkpoint": models.Checkpoint,
    "gate_on": models.GateOn,
    "on_timeout": models.OnTimeout,
    "pick": models.Pick,
    "strategy": Strategy,
}
_WANTED: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "a table of keys",
    "dict_type": "a table of names and values",
}
_SECONDS: Final = frozenset(
    {"timeout_secs", "backoff_secs", "stall_after", "max_seconds", "question_timeout"}
)
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")
_TIME: Final = re.compile(
    r"(\d+(?:\.\d+)?)\s*([smhd])(?:ec|in|our|ay)?(?:ond|ute)?s?", re.IGNORECASE
)
_EXAMPLES: Final = {
    "phases": "write a list: `- name: NAME` begins each phase",
    "tasks": "write a list: `- id: NAME` begins each task",
}
_YES_NO: Final = {"yes": "true", "on": "true", "true": "true", "1": "true"}


def parse_problem(document: Document, error: "ErrorDetails") -> Problem:
    """Return the problem that an error of pydantic stands for, at its place.

    Its own message is used only for a kind of error that no type of a plan makes today: it speaks
    of Python's types, and quotes the value in full.
    """
    path: Path = error["loc"]
    message, hint = explain(error["type"], str(path[-1]) if path else "", error)
    return document.problem(PARSE_ERROR, path, message, hint)


def explain(kind: str, key: str, error: "ErrorDetails") -> tuple[str, str]:
    """Return what is wrong and what to write instead."""
    value = error["input"]
    if kind == "missing":
        return f"the key `{key}` is missing", f"add `{key}`"
    if kind == "enum":
        return explain_word(key, value)
    name = value_name(error["loc"])
    if kind in _WANTED:
        return f"{name} must be {_WANTED[kind]}, not {show_value(value)}", instead(kind, value, key)
    limits = error.get("ctx", {})
    for bound, words in (("ge", "at least"), ("le", "at most")):
        if bound in limits:
            limit = limits[bound]
            if isinstance(limit, float):
                limit = f"{limit:,.15g}"
            return f"{name} must be {words} {limit}, not {show_value(value)}", ""
    if kind == "value_error":
        shell = "write `shell: bash`, or a list such as [bash, -l, -eo, pipefail, -c]"
        hint = shell if key == "shell" else "name a path inside the tree"
        return f"{name} {limits.get('error')}", hint
    return f"{name}: {error['msg']}", ""


def value_name(path: Sequence[str | int]) -> str:
    """Name a value by its key, or an item by the key of its list."""
    name = next(part for part in reversed(path) if isinstance(part, str))
    return f"`{name}`" if path[-1] == name else f"each item of `{name}`"


def explain_word(key: str, value: object) -> tuple[str, str]:
    """Return which words a field may have, and the nearest to the one that it has."""
    words = [word.value for word in _WORDS[key]]
    message = f"`{key}` must be {', '.join(words[:-1])} or {words[-1]}, not {show_value(value)}"
    if not isinstance(value, str):
        return message, ""
    accepted = dict.fromkeys(words) | (models.AGENT_TYPE_WORDS if key == "agent_type" else {})
    near = nearest(value, accepted)
    if near is None:
        return message, ""
    # Near an older word its newest spelling is proposed, the only one that the message lists.
    return message, f"did you mean `{accepted[near] or near}`?"


def show_value(value: object) -> str:
    """Return a value as a person wrote it, or what kind of thing it is."""
    if value is None:
        return "null"
    if isinstance(value, bool):  # which is an int, too
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, list):
        return "a list"
    return "a table of keys" if isinstance(value, dict) else "a date or time"


def instead(kind: str, value: object, key: str = "") -> str:
    """Return how to write a value of the wanted kind, if the value there shows what was meant."""
    if value is None:
        return "leave the key out to have its default"
    if kind == "string_type" and not isinstance(value, list | dict):
        return "put it in quotes"
    if kind == "bool_type" and isinstance(value, str):
        return f"write {_YES_NO.get(value.strip().lower(), 'false')}, without quotes"
    if kind in {"int_type", "float_type"} and isinstance(value, str):
        return _number_instead(value, key)
    if kind == "int_type" and isinstance(value, float):
        return "write it without a fraction"
    if kind == "tuple_type" and isinstance(value, str):
        return f"write [{quoted(value)}]"
    if key in _EXAMPLES and isinstance(value, dict):
        return _EXAMPLES[key]
    return ""


def _number_instead(value: str, key: str) -> str:
    """Return how to write a number that is a text: without its quotes, or a time in seconds."""
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return "write the number without quotes"
    time = _TIME.fullmatch(text)
    if key not in _SECONDS or time is None:
        return ""
    return f"in seconds: {float(time[1]) * _UNITS[time[2].lower()]:g}"


class Suggestions:
    """The names that exist, to suggest the nearest of them.

    One for each set of names and plan. It answers a hundred times only: a search compares a word
    with all names, and a plan of ten thousand tasks may have as many wrong ones.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._left = _MOST_SEARCHES

    def hint(self, name: str) -> str:
        """Return the question whether the nearest name is meant, or "" where none is near."""
        if self._left == 0:
            return ""
        self._left -= 1
        best = nearest(name, self.names)
        return f"did you mean {quoted(best)}?" if best else ""
