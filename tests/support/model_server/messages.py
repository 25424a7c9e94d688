"""Anthropic's messages, which claude speaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.model_server.chat import text_of
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

_READ = {
    "input_tokens": INPUT - CACHED,
    "cache_read_input_tokens": CACHED,
    "cache_creation_input_tokens": 0,
}


def read(body: Json, _path: str) -> Conversation:
    """Say what a request says; the session is in what the client calls its user."""
    tools = (tool for tool in body.get("tools") or [] if "input_schema" in tool)
    return Conversation(
        model=body.get("model", ""),
        stream=bool(body.get("stream")),
        tools=tuple(Tool(tool["name"], tool["input_schema"]) for tool in tools),
        entries=tuple(entry for message in body.get("messages", []) for entry in _entries(message)),
        system=text_of(body.get("system")),
        session=_session((body.get("metadata") or {}).get("user_id")),
    )


def _session(user: str | None) -> str | None:
    try:
        named = json.loads(user or "")
    except ValueError:
        return user
    return named.get("session_id") if isinstance(named, dict) else user


def _entries(message: Json) -> Iterator[Entry]:
    content = message["content"]
    parts: list[Json] = [{"type": "text", "text": content}] if isinstance(content, str) else content
    for part in parts:
        if part["type"] == "text" and message["role"] == "user":
            yield Prompt(part["text"])
        elif part["type"] == "tool_use":
            yield ToolCall(part["name"], part["input"])
        elif part["type"] == "tool_result":
            yield Result(text_of(part.get("content")))


def _blocks(answer: Answer, ids: str) -> list[Json]:
    said = [{"type": "text", "text": answer.text}] if answer.text else []
    return said + [
        {
            "type": "tool_use",
            "id": f"toolu_{ids}_{index}",
            "name": call.name,
            "input": call.arguments,
        }
        for index, call in enumerate(answer.calls)
    ]


def whole(answer: Answer, model: str, ids: str) -> Json:
    """Return the answer in one piece."""
    return {
        "id": f"msg_{ids}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": _blocks(answer, ids),
        "stop_reason": "tool_use" if answer.calls else "end_turn",
        "stop_sequence": None,
        "usage": {**_READ, "output_tokens": OUTPUT},
    }


def stream(answer: Answer, model: str, ids: str) -> Stream:
    """Return the answer in pieces."""

    def piece(kind: str, **fields: object) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()

    begun = whole(Answer(), model, ids) | {
        "stop_reason": None,
        "usage": {**_READ, "output_tokens": 1},
    }
    text = [piece("message_start", message=begun)]
    calls: list[bytes] = []
    for index, block in enumerate(_blocks(answer, ids)):
        if block["type"] == "text":
            empty: Json = {**block, "text": ""}
            delta: Json = {"type": "text_delta", "text": block["text"]}
        else:
            empty = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        pieces = [
            piece("content_block_start", index=index, content_block=empty),
            piece("content_block_delta", index=index, delta=delta),
            piece("content_block_stop", index=index),
        ]
        (text if block["type"] == "text" else calls).extend(pieces)
    ended = {"stop_reason": "tool_use" if answer.calls else "end_turn", "stop_sequence": None}
    end = (
        piece("message_delta", delta=ended, usage={**_READ, "output_tokens": OUTPUT}),
        piece("message_stop"),
    )
    return Stream(text=tuple(text), calls=tuple(calls), end=end)
