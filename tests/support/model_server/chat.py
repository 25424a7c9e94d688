"""OpenAI's chat completions, which most agents and makers speak."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.model_server.conversation import (
    Answer,
    Conversation,
    Entry,
    Json,
    Prompt,
    Result,
    Stream,
    Tool,
    ToolCall,
)
from tests.support.model_server.tokens import CACHED, INPUT, OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["read", "stream", "whole"]

_USAGE = {
    "prompt_tokens": INPUT,
    "completion_tokens": OUTPUT,
    "total_tokens": INPUT + OUTPUT,
    "prompt_tokens_details": {"cached_tokens": CACHED},
}


def read(body: Json, _path: str) -> Conversation:
    """Say what a request says."""
    messages = body.get("messages", [])
    tools = (tool["function"] for tool in body.get("tools") or [] if "function" in tool)
    return Conversation(
        model=body.get("model", ""),
        stream=bool(body.get("stream")),
        tools=tuple(Tool(tool["name"], tool.get("parameters") or {}) for tool in tools),
        entries=tuple(entry for message in messages for entry in _entries(message)),
        system="\n".join(
            text_of(m["content"]) for m in messages if m["role"] in {"system", "developer"}
        ),
        session=body.get("prompt_cache_key"),
    )


def text_of(content: Any) -> str:
    """Return the text of a message, which is one string or a list of parts."""
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content or ""


def _entries(message: Json) -> Iterator[Entry]:
    if message["role"] == "user":
        yield Prompt(text_of(message["content"]))
    elif message["role"] == "tool":
        yield Result(text_of(message["content"]))
    for call in message.get("tool_calls") or []:
        function = call["function"]
        yield ToolCall(function["name"], json.loads(function["arguments"] or "{}"))


def _calls(answer: Answer, ids: str) -> list[Json]:
    return [
        {
            "index": index,
            "id": f"call_{ids}_{index}",
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
        }
        for index, call in enumerate(answer.calls)
    ]


def whole(answer: Answer, model: str, ids: str) -> Json:
    """Return the answer in one piece."""
    message: Json = {"role": "assistant", "content": answer.text or None}
    if answer.calls:
        message["tool_calls"] = _calls(answer, ids)
    reason = "tool_calls" if answer.calls else "stop"
    return {
        "id": f"chatcmpl-{ids}",
        "object": "chat.completion",
        "created": 1764200000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": _USAGE,
    }


def stream(answer: Answer, model: str, ids: str) -> Stream:
    """Return the answer in pieces."""

    def piece(delta: Json, finish: str | None = None, **more: Any) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        head = {"id": f"chatcmpl-{ids}", "object": "chat.completion.chunk", "created": 1764200000}
        chunk = {**head, "model": model, "choices": choices, **more}
        return b"data: " + json.dumps(chunk).encode() + b"\n\n"

    words = answer.text.split(" ") if answer.text else []
    texts = [word if not index else f" {word}" for index, word in enumerate(words)]
    return Stream(
        text=(piece({"role": "assistant", "content": ""}), *(piece({"content": t}) for t in texts)),
        calls=tuple(piece({"tool_calls": [call]}) for call in _calls(answer, ids)),
        end=(
            piece({}, "tool_calls" if answer.calls else "stop", usage=_USAGE),
            b"data: [DONE]\n\n",
        ),
    )
