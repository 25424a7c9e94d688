"""`[presets.NAME.model]`: how one maker serves its models, for workers that talk to them directly.

Nothing of it is in code: models, their windows, and the ways in which an interface that is called
compatible with OpenAI's is not.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from wf_tui.config.values import Count, Table, Words

__all__ = ["ErrorKind", "Quirks", "Serving"]

ErrorKind = Literal[
    "task", "rate_limit", "quota", "auth", "config", "server", "network", "truncated", "context"
]
"""What an error of a maker is, in the words of `FailureKind`."""
Kinds = Mapping[str, ErrorKind]
Body = Mapping[str, JsonValue]


class Quirks(Table):
    """How this interface differs from OpenAI's chat completions; none of it by itself."""

    api: Literal["chat", "responses"] = "chat"
    """Which of OpenAI's two interfaces it is."""
    thinking_field: str = ""
    """Where the thoughts of an answer are; none: `reasoning_content` or `reasoning`, if any."""
    sends_thinking: Literal["auto", "field", "tags", "never"] = "auto"
    """How thoughts go back with what follows: as they came, in their field, in the text, not."""
    needs_thinking: bool = False
    """Whether it refuses a turn with tools that has no thoughts; an empty field will do."""
    think_tags: bool = False
    """Whether thoughts may come as `<think>...</think>` within the text."""
    tool_choice: bool = True
    """Whether it knows the field of that name."""
    strict: bool = True
    """Whether it knows that field of a tool."""
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    max_output_tokens: Annotated[int, Field(ge=0, le=2**53)] = 0
    """How long one answer may be, where its own default is too short; 0: not said."""
    extra_body: Body = Field(default_factory=dict)
    """Fields of its own in each request."""
    headers: Annotated[Mapping[str, str], Field(max_length=50)] = Field(default_factory=dict)
    efforts: Mapping[str, Body] = Field(default_factory=dict)
    """What each word for how much it thinks adds to a request."""
    effort_models: Words = ("*",)
    """Patterns of the models that take such a word; others get none."""
    default_effort: str = ""
    """The word for profiles that say none; none: what it does by itself."""
    codes: Kinds = Field(default_factory=dict)
    """What the code or type in the body of an error means; it goes before the status."""
    statuses: Kinds = Field(default_factory=dict)
    """What a status means here, where it is not what it means with others."""
    finish_reasons: Kinds = Field(default_factory=dict)
    """What it means that an answer ended so; the ordinary ones need not be here."""


class Serving(Table):
    """How a maker serves its models; where and by which keys the preset says."""

    model: str = ""
    """The model of profiles that name none."""
    context_tokens: Mapping[str, Count] = Field(default_factory=dict)
    """How much fits into the window of a model, by patterns of its name; the first one counts.

    Of a model that is not here it is known only when its maker refuses.
    """
    quirks: Quirks = Quirks()
    rss: Count = 8
    """MiB that one attempt takes while it waits for its model."""
