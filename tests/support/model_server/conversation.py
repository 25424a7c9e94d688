"""What a request to a model says, whichever of the four protocols it came by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Answer",
    "Conversation",
    "Entry",
    "Json",
    "Prompt",
    "Result",
    "Stream",
    "Tool",
    "ToolCall",
]

Json: TypeAlias = dict[str, Any]
"""An object of a request or an answer: its shape is the protocol's, read by one module each."""

_FOLDER = re.compile(
    r"(?:working directory|working dir|cwd|workspace|directory)\W{1,80}?(/[^\s<>\"'`,;)\\]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Tool:
    """A tool that the agent offers: its name, and the JSON schema of its arguments."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Prompt:
    """Text of the user's side: the prompt, and whatever the agent adds in its name."""

    text: str


@dataclass(frozen=True)
class ToolCall:
    """A tool that the model wants to be used."""

    name: str
    arguments: Json


@dataclass(frozen=True)
class Result:
    """What came of a tool call."""

    text: str


Entry: TypeAlias = Prompt | ToolCall | Result


@dataclass(frozen=True)
class Conversation:
    """A request: all that was said up to now, and what the model may use.

    `session` is what the agent itself calls the session, where it says so; `system` is its system
    prompt. `stream` says whether the answer is to come in pieces.
    """

    model: str
    stream: bool
    tools: tuple[Tool, ...]
    entries: tuple[Entry, ...]
    system: str = ""
    session: str | None = None

    @property
    def prompts(self) -> tuple[str, ...]:
        """What the user's side has said, oldest first."""
        return tuple(entry.text for entry in self.entries if isinstance(entry, Prompt))

    @property
    def results(self) -> tuple[str, ...]:
        """What the tools have said, oldest first."""
        return tuple(entry.text for entry in self.entries if isinstance(entry, Result))

    @property
    def folder(self) -> str | None:
        """The working directory, which agents tell their models in prose."""
        for text in (self.system, *self.prompts):
            if found := _FOLDER.search(text):
                return found[1].rstrip("./") or "/"
        return None


@dataclass(frozen=True)
class Answer:
    """What the model says: a text, then the tools that it wants to be used."""

    text: str = ""
    calls: tuple[ToolCall, ...] = field(default=())


@dataclass(frozen=True)
class Stream:
    """An answer in pieces, cut where faults cut: in its text, before its calls, before its end.

    Each piece is a whole event of the protocol, with the empty line after it.
    """

    text: tuple[bytes, ...]
    calls: tuple[bytes, ...]
    end: tuple[bytes, ...]
