"""How much of a model's window a conversation fills, and how it is made shorter.

Pure. Tokens are counted by the maker with each answer; what came since is estimated by how many
characters a token of this conversation had.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

__all__ = ["Window", "cut_results", "split_for_summary", "transcript"]

_CHARACTERS: Final = 3.0
"""Of a token, as long as nothing is known: code has more tokens than prose."""
_FEWEST, _MOST = 1.5, 6.0
_RESERVE: Final = 0.1
_MOST_RESERVE: Final = 32_000
"""Tokens that are kept for the answer, of the window's at most a tenth."""
_KEPT_LATER: Final = 0.25
"""The share of the window that stays as it was said where the rest is summarised."""
_KEPT_LAST: Final = 0.6
"""The share that the last answer, with what came of its calls, may have to stay so."""
_KEPT_RESULTS: Final = 4
"""Answers of the model whose results are never cut: those that it works with."""
_SHORT: Final = 300
_LONGEST_RESULT: Final = 2000
"""Characters of a result in a transcript that is to be summarised."""


@dataclass
class Window:
    """What is known of how full it is."""

    tokens: int
    """How many fit; 0: not known, so nothing is too long before its maker says so."""
    answer: int = 0
    """How many an answer may have, where that is said in each request."""
    per_token: float = _CHARACTERS
    counted: int = 0
    """Tokens of the messages that the maker has counted."""
    counted_messages: int = 0

    @property
    def limit(self) -> int:
        """How many tokens a request may have, so that an answer has room."""
        reserve = max(self.answer, min(int(self.tokens * _RESERVE), _MOST_RESERVE))
        return max(0, self.tokens - reserve)

    def count(self, messages: Sequence[ModelMessage], tokens: int) -> None:
        """Take note of how many tokens the maker has counted for these messages."""
        if tokens > 0:
            ratio = characters(messages) / tokens
            self.per_token = min(max(ratio, _FEWEST), _MOST)
            self.counted, self.counted_messages = tokens, len(messages)

    def forget(self) -> None:
        """Take note that the messages are others now."""
        self.counted = self.counted_messages = 0

    def size(self, messages: Sequence[ModelMessage]) -> int:
        """Return how many tokens the messages have, as far as is known."""
        rest = characters(messages[self.counted_messages :])
        return self.counted + int(rest / self.per_token)

    def is_over(self, messages: Sequence[ModelMessage]) -> bool:
        """Whether they would not fit any more."""
        return bool(self.tokens) and self.size(messages) > self.limit


def characters(messages: Iterable[ModelMessage]) -> int:
    """Return how many characters of text a model is sent by these messages."""
    return sum(len(_content(part)) for message in messages for part in message.parts)


def _content(part: object) -> str:
    if isinstance(part, ToolCallPart):
        return part.tool_name + part.args_as_json_str()
    content = getattr(part, "content", "")
    return content if isinstance(content, str) else json.dumps(content, default=str)


def cut_results(messages: Sequence[ModelMessage]) -> list[ModelMessage]:
    """Return the messages with each long result of a tool as one line, but for the last ones."""
    answers = [n for n, one in enumerate(messages) if isinstance(one, ModelResponse)]
    kept = answers[-_KEPT_RESULTS] if len(answers) >= _KEPT_RESULTS else 0
    return [_cut(one) if n < kept else one for n, one in enumerate(messages)]


def _cut(message: ModelMessage) -> ModelMessage:
    if not isinstance(message, ModelRequest):
        return message
    return replace(message, parts=[_cut_part(part) for part in message.parts])


def _cut_part(part: ModelRequestPart) -> ModelRequestPart:
    if not isinstance(part, ToolReturnPart):
        return part
    line = _line(_content(part))
    return ToolReturnPart(part.tool_name, line, tool_call_id=part.tool_call_id)


def _line(text: str) -> str:
    if len(text) <= _SHORT:
        return text
    first = text.partition("\n")[0][:_SHORT]
    return f"{first} [cut: it had {len(text)} characters; call the tool again to see them]"


def split_for_summary(
    messages: Sequence[ModelMessage], window: Window
) -> tuple[list[ModelMessage], list[ModelMessage]]:
    """Return the older messages, which are to be summarised, and those that stay as they are.

    The later ones begin with an answer of the model, so that no call loses its result. Without an
    older answer there is nothing to be gained, and the first list is empty.
    """
    whole = (window.limit or window.size(messages)) * window.per_token
    split, later_size = len(messages), 0
    for number in range(len(messages) - 1, -1, -1):
        later_size += characters(messages[number : number + 1])
        # Of the last step more is kept: it is what the model works with.
        share = _KEPT_LAST if split == len(messages) else _KEPT_LATER
        if later_size > share * whole:
            break
        if isinstance(messages[number], ModelResponse):
            split = number
    older, later = list(messages[:split]), list(messages[split:])
    if not any(isinstance(one, ModelResponse) for one in older):
        return [], list(messages)
    return older, later


def transcript(messages: Iterable[ModelMessage], longest: int) -> str:
    """Return what was said as text; of one that is too long the beginning and the end."""
    text = "\n".join(line for message in messages for line in _lines(message))
    if len(text) <= longest:
        return text
    head = longest // 4
    return f"{text[:head]}\n[... left out ...]\n{text[-(longest - head) :]}"


def _lines(message: ModelMessage) -> Iterable[str]:
    for part in message.parts:
        if isinstance(part, UserPromptPart):
            yield f"TASK: {_content(part)}"
        elif isinstance(part, TextPart):
            yield f"YOU: {part.content}"
        elif isinstance(part, ToolCallPart):
            yield f"YOU CALL: {part.tool_name} {part.args_as_json_str()[:_LONGEST_RESULT]}"
        elif isinstance(part, ToolReturnPart):
            yield f"RESULT: {_content(part)[:_LONGEST_RESULT]}"
        elif not isinstance(part, ThinkingPart):
            yield _content(part)
