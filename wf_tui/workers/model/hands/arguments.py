"""The arguments of a call, read by the schema of its tool; a model may send anything.

What is meant beyond doubt is taken: `"10"` for 10, `"true"` for true, null for what may be left
out. Everything else is an error that names the argument.
"""

import difflib
from collections.abc import Mapping
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.tools import Tool

__all__ = ["Arguments"]

_MOST_DIGITS: Final = 20


class Arguments:
    """The arguments of one call."""

    def __init__(self, tool: Tool, given: object) -> None:
        """Check what is given; raises `CallError`."""
        if not isinstance(given, dict):
            raise CallError(f"the arguments of {tool.name} must be a JSON object")
        self._known = _table(tool.parameters["properties"])
        self._given = {key: value for key, value in given.items() if value is not None}
        required = tool.parameters["required"]
        for key in self._given:
            if key not in self._known:
                raise CallError(_unknown(tool.name, str(key), self._known))
        for key in required if isinstance(required, list) else ():
            if key not in self._given:
                raise CallError(f"{tool.name} needs the argument `{key}`")

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self._given.get(key, default)
        if not isinstance(value, str):
            raise CallError(f"the argument `{key}` must be a text")
        return value

    def flag(self, key: str) -> bool:
        """Return a yes or no; no if it is left out."""
        value = self._given.get(key, False)
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise CallError(f"the argument `{key}` must be true or false")
        return value

    def number(self, key: str, default: int) -> int:
        """Return a whole number, within what the schema says."""
        value = self._given.get(key, default)
        if isinstance(value, str) and value.strip().isdecimal() and len(value) < _MOST_DIGITS:
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise CallError(f"the argument `{key}` must be a whole number")
        schema = _table(self._known[key])
        least, most = schema.get("minimum"), schema.get("maximum")
        if isinstance(least, int) and value < least:
            raise CallError(f"the argument `{key}` must be at least {least}")
        return min(value, most) if isinstance(most, int) else value


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _unknown(tool: str, key: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(key[:100], known, 1)
    meant = f"did you mean `{near[0]}`? It" if near else "it"
    return f"{tool} has no argument `{key[:100]}`; {meant} has {', '.join(known)}"
