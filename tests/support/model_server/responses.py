"""OpenAI's responses, which codex speaks and nothing else."""

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
from tests.support.model_server.intents import CODE_RUNNER, FREEFORM
from tests.support.model_server.tokens import CACHED, INPUT, OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["read", "stream", "whole"]

_USAGE = {
    "input_tokens": INPUT,
    "input_tokens_details": {"cached_tokens": CACHED},
    "output_tokens": OUTPUT,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": INPUT + OUTPUT,
}


def read(body: Json, _path: str) -> Conversation:
    """Say what a request says."""
    given = body.get("input", [])
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    # codex declares the tools of models that it knows in an item, in groups.
    tools = list(body.get("tools") or [])
    for item in items:
        if item.get("type") == "additional_tools":
            tools += item["tools"]
    return Conversation(
        model=body.get("model", ""),
        stream=bool(body.get("stream")),
        tools=tuple(_tools(tools)),
        entries=tuple(entry for item in items for entry in _entries(item)),
        system=body.get("instructions") or "",
        session=body.get("prompt_cache_key"),
    )


def _tools(tools: list[Json]) -> Iterator[Tool]:
    for tool in tools:
        if tool["type"] == "function":
            yield Tool(tool["name"], tool.get("parameters") or {})
        elif tool["type"] == "custom":
            yield Tool(tool["name"], FREEFORM)
        elif tool["type"] == "namespace":
            yield from _tools(tool["tools"])


def _entries(item: Json) -> Iterator[Entry]:
    kind = item.get("type", "message")
    if kind == "message" and item["role"] == "user":
        yield Prompt(text_of(item["content"]))
    elif kind == "function_call":
        yield ToolCall(item["name"], json.loads(item["arguments"] or "{}"))
    elif kind == "custom_tool_call":
        yield ToolCall(item["name"], {"input": item["input"]})
    elif kind in {"function_call_output", "custom_tool_call_output"}:
        yield Result(text_of(item["output"]))


def _items(answer: Answer, ids: str) -> list[Json]:
    said: list[Json] = []
    if answer.text:
        content = [{"type": "output_text", "text": answer.text, "annotations": []}]
        said = [_message(ids, content, "completed")]
    return said + [_call(call, f"{ids}_{index}") for index, call in enumerate(answer.calls)]


def _call(call: ToolCall, ids: str) -> Json:
    known: Json = {"status": "completed", "call_id": f"call_{ids}", "name": call.name}
    if call.name == CODE_RUNNER:
        kind = {"id": f"ctc_{ids}", "type": "custom_tool_call"}
        return {**kind, **known, "input": call.arguments["input"]}
    kind = {"id": f"fc_{ids}", "type": "function_call"}
    return {**kind, **known, "arguments": json.dumps(call.arguments)}


def _message(ids: str, content: list[Json], status: str) -> Json:
    return {
        "id": f"msg_{ids}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content,
    }


def _response(ids: str, model: str, output: list[Json], status: str) -> Json:
    usage = _USAGE if status == "completed" else None
    return {
        "id": f"resp_{ids}",
        "object": "response",
        "created_at": 1764200000,
        "model": model,
        "status": status,
        "output": output,
        "usage": usage,
    }


def whole(answer: Answer, model: str, ids: str) -> Json:
    """Return the answer in one piece."""
    return _response(ids, model, _items(answer, ids), "completed")


def stream(answer: Answer, model: str, ids: str) -> Stream:
    """Return the answer in pieces; an item counts for codex when it is done, not before."""

    def piece(kind: str, **fields: object) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()

    items = _items(answer, ids)
    text = [piece("response.created", response=_response(ids, model, [], "in_progress"))]
    done = []
    for index, item in enumerate(items):
        if item["type"] == "message":
            text += [
                piece(
                    "response.output_item.added",
                    output_index=index,
                    item=_message(ids, [], "in_progress"),
                ),
                piece(
                    "response.output_text.delta",
                    item_id=item["id"],
                    output_index=index,
                    content_index=0,
                    delta=answer.text,
                ),
            ]
        else:
            text_of_call = "input" if "input" in item else "arguments"
            started = {**item, "status": "in_progress", text_of_call: ""}
            done.append(piece("response.output_item.added", output_index=index, item=started))
        done.append(piece("response.output_item.done", output_index=index, item=item))
    end = piece("response.completed", response=whole(answer, model, ids))
    return Stream(text=tuple(text), calls=tuple(done), end=(end,))
