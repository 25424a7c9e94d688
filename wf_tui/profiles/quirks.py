"""How one maker's interface differs from OpenAI's chat completions, as a run stores it.

It comes from `[presets.NAME.model.quirks]`, where each field is explained, and goes on to the host
of the models. Of the standard library alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Literal

from wf_tui.values import field, frozen

__all__ = ["Quirks", "window_of"]


@frozen
class Quirks:
    """What has to be known of a maker's interface."""

    api: Literal["chat", "responses"] = "chat"
    thinking_field: str = ""
    sends_thinking: Literal["auto", "field", "tags", "never"] = "auto"
    needs_thinking: bool = False
    think_tags: bool = False
    tool_choice: bool = True
    strict: bool = True
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    max_output_tokens: int = 0
    extra_body: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    efforts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    effort_models: tuple[str, ...] = ("*",)
    default_effort: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    finish_reasons: Mapping[str, str] = field(default_factory=dict)

    def body(self, model: str, effort: str = "") -> dict[str, object]:
        """Return the fields of its own that a request to a model gets.

        `effort` is what the profile says; a word that this maker does not know adds nothing.
        """
        known = any(fnmatchcase(model.lower(), pattern) for pattern in self.effort_models)
        more = self.efforts.get(effort or self.default_effort, {}) if known else {}
        return _merged(self.extra_body, more)


def _merged(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Return two sets of fields as one; of objects with the same name the fields of both."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[name] = {**old, **value}
        else:
            merged[name] = value
    return merged


def window_of(context_tokens: Mapping[str, int], model: str) -> int:
    """Return how many tokens fit into a model's window by the first pattern; 0: not known."""
    name = model.lower()
    for pattern, tokens in context_tokens.items():
        if fnmatchcase(name, pattern.lower()):
            return tokens
    return 0
