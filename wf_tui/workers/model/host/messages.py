"""What was said, as pydantic-ai has it and as the history keeps it.

An entry is `{"message": ...}`, one message of pydantic-ai as JSON. `"summary": [1, 3]` in it is the
first of three that stand, all together, for what came before them.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pydantic import ValidationError
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from wf_tui.workers.line.fields import sound_text
from wf_tui.workers.model.history import INTERRUPTED

__all__ = ["entry_of", "read_history", "result_of", "sound_answer", "told"]


def told(text: str) -> ModelRequest:
    """Return what somebody says to the model."""
    return ModelRequest(parts=[UserPromptPart(content=sound_text(text))])


def result_of(call: ToolCallPart, text: str, *, failed: bool = False) -> ModelRequest:
    """Return what a tool says to the model."""
    part = ToolReturnPart(call.tool_name, sound_text(text), tool_call_id=call.tool_call_id)
    if failed:
        part = replace(part, outcome="failed")
    return ModelRequest(parts=[part])


def sound_answer(response: ModelResponse) -> ModelResponse:
    """Return an answer without halves of characters: a stream may cut one, and no request has it.

    Two halves that came one after the other are a character again.
    """
    return replace(response, parts=[_sound(part) for part in response.parts])


def _sound(part: ModelResponsePart) -> ModelResponsePart:
    if isinstance(part, TextPart | ThinkingPart):
        return replace(part, content=sound_text(part.content))
    if isinstance(part, ToolCallPart) and isinstance(part.args, str):
        return replace(part, args=sound_text(part.args))
    return part


def entry_of(message: ModelMessage, summary: tuple[int, int] | None = None) -> str:
    """Return the entry of a message, as one line of JSON.

    `summary` is its place, from 1, in a conversation that is told anew, and that of the last one.
    """
    [value] = ModelMessagesTypeAdapter.dump_python([message], mode="json", exclude_defaults=True)
    # What tells the kinds apart is a default, too.
    value["kind"] = message.kind
    for part, known in zip(value["parts"], message.parts, strict=True):
        part["part_kind"] = known.part_kind
    entry = {"message": value, "summary": summary} if summary else {"message": value}
    return json.dumps(entry, separators=(",", ":"))


def read_history(entries: Iterable[dict[str, object]], provider: str) -> list[ModelMessage]:
    """Return a conversation that a model can go on with, from its entries, oldest first.

    What cannot be read is left out, and so is a result without its call; a call without its result
    gets one that says so. Thoughts that another maker had are left out: one would refuse their
    signatures, and another take them for its own.
    """
    messages: list[ModelMessage] = []
    for entry in entries:
        try:
            messages += ModelMessagesTypeAdapter.validate_python([entry.get("message")])
        except ValidationError:
            continue
    return list(_whole(_own_thoughts(one, provider) for one in messages))


def _own_thoughts(message: ModelMessage, provider: str) -> ModelMessage:
    if not isinstance(message, ModelResponse) or message.provider_name == provider:
        return message
    parts = [part for part in message.parts if not isinstance(part, ThinkingPart)]
    return replace(message, parts=parts)


def _whole(messages: Iterable[ModelMessage]) -> Iterator[ModelMessage]:
    """Iterate over messages in which each call has one result, behind its answer."""
    open_calls: dict[str, ToolCallPart] = {}
    for message in messages:
        if isinstance(message, ModelResponse):
            yield from _interrupted(open_calls)
            if not message.parts:
                continue
            open_calls = {part.tool_call_id: part for part in message.tool_calls}
            yield message
            continue
        results = [part for part in message.parts if isinstance(part, ToolReturnPart)]
        others = [part for part in message.parts if not isinstance(part, ToolReturnPart)]
        known = [part for part in results if open_calls.pop(part.tool_call_id, None)]
        if others:
            # Whoever speaks, the results come first.
            yield from _interrupted(open_calls)
        if known or others:
            yield replace(message, parts=[*known, *others])
    yield from _interrupted(open_calls)


def _interrupted(calls: dict[str, ToolCallPart]) -> Sequence[ModelMessage]:
    results = [result_of(call, INTERRUPTED, failed=True) for call in calls.values()]
    calls.clear()
    return results
