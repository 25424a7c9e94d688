"""What a person is told about a value of the wrong type: the plan's words, not the library's."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.errors import nearest
from wf_tui.plan import models
from wf_tui.plan.document import Document, Path
from wf_tui.plan.report import PARSE_ERROR, Problem, quoted

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Suggestions", "parse_problem"]

_MOST_SEARCHES = 100

_WORDS: Final[dict[str, type[StrEnum]]] = {
    "mode": models.Mode,
    "isolation": models.Isolation,
    "on_failure": models.OnFailure,
    "agent_type": models.AgentType,
    "scopes": models.Scopes,
    "checkpoint": models.Checkpoint,
}
_WANTED: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "a table of keys",
}
_YES_NO: Final = {"yes": "true", "on": "true", "true": "true", "1": "true"}


def parse_problem(document: Document, error: "ErrorDetails") -> Problem:
    """Return the problem that an error of pydantic stands for, at its place."""
    path: Path = error["loc"]
    message, hint = _explained(error["type"], str(path[-1]) if path else "", error)
    return document.problem(PARSE_ERROR, path, message, hint)


def _explained(kind: str, key: str, error: "ErrorDetails") -> tuple[str, str]:
    """Return what is wrong and what to write instead."""
    value = error["input"]
    if kind == "missing":
        return f"the key `{key}` is missing", f"add `{key}`"
    if kind == "enum":
        return _wrong_word(key, value)
    if kind in _WANTED:
        wanted = _WANTED[kind]
        return f"{_what(error['loc'])} must be {wanted}, not {_shown(value)}", _instead(kind, value)
    limits = error.get("ctx", {})
    for name, words in (("ge", "at least"), ("le", "at most")):
        if name in limits:
            limit = f"{limits[name]:,.15g}" if isinstance(limits[name], float) else limits[name]
            return f"{_what(error['loc'])} must be {words} {limit}, not {_shown(value)}", ""
    if kind == "value_error":
        return f"{_what(error['loc'])} {limits.get('error')}", "name a path inside the tree"
    return f"{_what(error['loc'])}: {error['msg']}", ""


def _what(path: Sequence[str | int]) -> str:
    """Name a value by its key, or an item by the key of its list."""
    name = next(part for part in reversed(path) if isinstance(part, str))
    return f"`{name}`" if path[-1] == name else f"each item of `{name}`"


def _wrong_word(key: str, value: object) -> tuple[str, str]:
    words = [word.value for word in _WORDS[key]]
    message = f"`{key}` must be {', '.join(words[:-1])} or {words[-1]}, not {_shown(value)}"
    if not isinstance(value, str):
        return message, ""
    accepted = dict.fromkeys(words) | (models.AGENT_TYPE_WORDS if key == "agent_type" else {})
    near = nearest(value, accepted)
    return message, f"did you mean `{accepted[near] or near}`?" if near else ""


def _shown(value: object) -> str:
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


def _instead(kind: str, value: object) -> str:
    if value is None:
        return "leave the key out to have its default"
    if kind == "string_type" and not isinstance(value, list | dict):
        return "put it in quotes"
    if kind == "bool_type" and isinstance(value, str):
        return f"write {_YES_NO.get(value.strip().lower(), 'false')}, without quotes"
    if kind in {"int_type", "float_type"} and isinstance(value, str):
        return "write the number without quotes"
    if kind == "int_type" and isinstance(value, float):
        return "write it without a fraction"
    if kind == "tuple_type" and isinstance(value, str):
        return f"write [{quoted(value)}]"
    return ""


class Suggestions:
    """The names that exist, to suggest the nearest; only so often, since each look is slow."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._left = _MOST_SEARCHES

    def hint(self, name: str) -> str:
        """Return the question whether the nearest name is meant, or nothing."""
        self._left -= 1
        best = nearest(name, self.names) if self._left >= 0 else None
        return f"did you mean {quoted(best)}?" if best else ""
