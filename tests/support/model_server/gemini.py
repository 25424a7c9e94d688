"""Google's generateContent, which the gemini program speaks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

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
    "promptTokenCount": INPUT,
    "cachedContentTokenCount": CACHED,
    "candidatesTokenCount": OUTPUT,
    "totalTokenCount": INPUT + OUTPUT,
}
_MODEL = re.compile(r"/models/([^/:]+):")


def read(body: Json, path: str) -> Conversation:
    """Say what a request says; the model and whether to stream are in its path."""
    named = _MODEL.search(path)
    groups = (group.get("functionDeclarations", []) for group in body.get("tools") or [])
    return Conversation(
        model=named[1] if named else "",
        stream=":streamGenerateContent" in path,
        tools=tuple(Tool(tool["name"], _schema(tool)) for group in groups for tool in group),
        entries=tuple(entry for content in body.get("contents", []) for entry in _entries(content)),
        system=_text((body.get("systemInstruction") or {}).get("parts", [])),
    )


def _schema(tool: Json) -> Json:
    schema: Json = tool.get("parametersJsonSchema") or tool.get("parameters") or {}
    return schema


def _text(parts: list[Json]) -> str:
    return "\n".join(part.get("text", "") for part in parts)


def _entries(content: Json) -> Iterator[Entry]:
    for part in content.get("parts", []):
        if "functionCall" in part:
            yield ToolCall(part["functionCall"]["name"], part["functionCall"].get("args") or {})
        elif "functionResponse" in part:
            yield Result(json.dumps(part["functionResponse"].get("response")))
        elif part.get("text") and content.get("role", "user") == "user":
            yield Prompt(part["text"])


def _chunk(parts: list[Json], model: str, *, finish: bool) -> Json:
    candidate: Json = {"index": 0, "content": {"role": "model", "parts": parts}}
    if not finish:
        return {"candidates": [candidate], "modelVersion": model}
    ended = {**candidate, "finishReason": "STOP"}
    return {"candidates": [ended], "usageMetadata": _USAGE, "modelVersion": model}


def _calls(answer: Answer, ids: str) -> list[Json]:
    return [
        {"functionCall": {"id": f"call_{ids}_{index}", "name": call.name, "args": call.arguments}}
        for index, call in enumerate(answer.calls)
    ]


def whole(answer: Answer, model: str, ids: str) -> Json:
    """Return the answer in one piece."""
    said = [{"text": answer.text}] if answer.text else []
    return _chunk(said + _calls(answer, ids), model, finish=True)


def stream(answer: Answer, model: str, ids: str) -> Stream:
    """Return the answer in pieces."""

    def piece(parts: list[Json], *, finish: bool = False) -> bytes:
        return b"data: " + json.dumps(_chunk(parts, model, finish=finish)).encode() + b"\r\n\r\n"

    return Stream(
        text=(piece([{"text": answer.text}]),) if answer.text else (),
        calls=tuple(piece([call]) for call in _calls(answer, ids)),
        end=(piece([], finish=True),),
    )
