"""A maker of models that answers what a test says, byte for byte: HTTP on loopback, in one loop."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from tests.support.model_server.faults import Fault

__all__ = ["HANG", "Maker", "Raw", "call", "chat", "failed", "refused", "text", "thought"]

Json = dict[str, Any]

HANG: Final = b"\0hang"
"""Among the pieces of an answer: nothing comes from here on."""


@dataclass(frozen=True)
class Raw:
    """One answer: its pieces are sent one by one."""

    pieces: tuple[bytes, ...]
    status: int = 200
    content_type: str = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    """Whether its end is said; else the connection is dropped behind the last piece."""


def text(words: str) -> Json:
    """Return a delta with words for the user."""
    return {"content": words}


def thought(words: str, name: str = "reasoning_content") -> Json:
    """Return a delta with thoughts, in a field of this name."""
    return {name: words}


def call(name: str, args: Json | str, number: int = 0) -> Json:
    """Return a delta with the call of a tool; a text for arguments is sent as it is."""
    arguments = args if isinstance(args, str) else json.dumps(args)
    function = {"name": name, "arguments": arguments}
    one = {"index": number, "id": f"call_{number}", "type": "function", "function": function}
    return {"tool_calls": [one]}


def chat(*deltas: Json, finish: str | None = "", usage: tuple[int, int] = (100, 10)) -> Raw:
    """Return a stream of chat completions; `finish`: the reason, None: the stream ends without."""
    chunks: list[Json] = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    if finish is not None:
        has_call = any("tool_calls" in delta for delta in deltas)
        reason = finish or ("tool_calls" if has_call else "stop")
        chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        tokens = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
        chunks.append({"choices": [], "usage": {**tokens, "total_tokens": sum(usage)}})
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1764200000, "model": "m"}
    return Raw(
        (
            *(_event({**head, **chunk}) for chunk in chunks),
            b"data: [DONE]\n\n" if finish is not None else b"",
        )
    )


def _event(chunk: Json) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def failed(fault: Fault) -> Raw:
    """Return the answer that a fault of the model server is."""
    return Raw((fault.payload,), fault.status, "application/json", fault.headers)


def refused(status: int, body: Json | str, **headers: str) -> Raw:
    """Return an answer that is an error; names of headers have `_` for `-`."""
    payload = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if isinstance(body, str) else "application/json"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Raw((payload.encode(),), status, kind, named)


class Maker:
    """Gives its answers in turn, the last one for ever; remembers what it was asked."""

    def __init__(self, *answers: Raw, decide: Callable[[Json], Raw] | None = None) -> None:
        self._answers = list(answers)
        self._decide = decide
        self.bodies: list[Json] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._serving: list[asyncio.Task[None]] = []
        self.asked = asyncio.Event()
        """Set with each request."""

    async def __aenter__(self) -> Self:
        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.append(writer)
            self._serving.append(asyncio.create_task(self._serve(reader, writer)))

        self._server = await asyncio.start_server(begin, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._serving, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where it listens, with the path that makers have."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                request, *lines = head.decode().split("\r\n")
                named = (line.split(": ", 1) for line in lines if line)
                headers = {name.lower(): value for name, value in named}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.paths.append(request.split()[1])
                self.headers.append(headers)
                self.bodies.append(json.loads(body))
                self.asked.set()
                if not await self._answer(writer, self._next(self.bodies[-1])):
                    break
        writer.close()

    def _next(self, body: Json) -> Raw:
        if self._decide is not None:
            return self._decide(body)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    async def _answer(self, writer: asyncio.StreamWriter, answer: Raw) -> bool:
        """Send an answer; return whether the connection can be used again."""
        headers = {
            "Content-Type": answer.content_type,
            "Transfer-Encoding": "chunked",
            **answer.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {answer.status} X\r\n{lines}\r\n".encode())
        for piece in filter(None, answer.pieces):
            if piece == HANG:
                await writer.wait_closed()
                return False
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await writer.drain()
        if answer.whole:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        return answer.whole


def messages_of(body: Json) -> list[Json]:
    """Return the messages of a request without those above the conversation."""
    return [one for one in body["messages"] if one["role"] not in {"system", "developer"}]
