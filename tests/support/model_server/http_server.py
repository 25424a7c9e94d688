"""HTTP/1.1 as the makers speak it: whole answers, streams, and what cuts them."""

from __future__ import annotations

import itertools
import json
import socket
import struct
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeAlias

from tests.support.model_server import chat, gemini, messages, responses
from tests.support.model_server.conversation import Answer, Conversation
from tests.support.model_server.faults import Cut, Fault, HowCut
from tests.support.model_server.tokens import INPUT

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from types import ModuleType

    from tests.support.model_server.conversation import Json

__all__ = ["Handler", "HttpServer", "Reply"]

Reply: TypeAlias = Answer | Fault | Cut

PROTOCOLS: Final[tuple[tuple[str, ModuleType], ...]] = (
    ("/chat/completions", chat),
    ("/responses", responses),
    ("/messages", messages),
    (":streamGenerateContent", gemini),
    (":generateContent", gemini),
)
"""The end of a path, and who reads what is posted there."""

_KEY_HEADERS: Final = ("x-api-key", "x-goog-api-key", "authorization")
_SESSION_HEADERS: Final = ("x-claude-code-session-id", "session_id", "session-id", "x-session-id")
_PAGE: Final = b"<!doctype html><title>Welcome</title><h1>It works!</h1>\n"
_NONSENSE: Final = (b"data: {this is no JSON\n\n", b"data: \x00\xff\xfe]\n\n")


class Model(Protocol):
    """What decides on the requests."""

    closed: threading.Event

    def reply(
        self, path: str, key: str, named: str | None, conversation: Conversation
    ) -> tuple[Answer, Reply]:
        """Return the answer that a request would have, and the reply that it gets."""
        ...


class HttpServer(ThreadingHTTPServer):
    """A thread for each connection; none of them keeps a test from ending."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: agents go away in the middle of an answer, and are made to."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    model: ClassVar[Model]
    answered: ClassVar[itertools.count[int]] = itertools.count(1)
    protocol_version = "HTTP/1.1"
    timeout = 300

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has
        """Print nothing."""

    def do_HEAD(self) -> None:
        """Agents ask whether there is somebody."""
        self._send(200, b"")

    def do_GET(self) -> None:
        """List one model."""
        models = [{"id": "scripted", "object": "model", "type": "model"}]
        self._send_json(200, {"object": "list", "data": models, "has_more": False})

    def do_POST(self) -> None:
        """Answer as a model."""
        body: Json = json.loads(
            self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"
        )
        path = self.path.partition("?")[0]
        protocol = next((module for end, module in PROTOCOLS if path.endswith(end)), None)
        if path.endswith("/count_tokens"):
            self._send_json(200, {"input_tokens": INPUT})
        elif protocol is None:
            self._send_json(404, {"error": {"message": f"unknown path {path}"}})
        else:
            conversation = protocol.read(body, path)
            answer, reply = self.model.reply(path, self._key(), self._session(), conversation)
            self._reply(protocol, conversation, answer, reply)

    def _key(self) -> str:
        values = (self.headers.get(name) for name in _KEY_HEADERS)
        return next((value for value in values if value), "").removeprefix("Bearer ")

    def _session(self) -> str | None:
        values = (self.headers.get(name) for name in _SESSION_HEADERS)
        return next((value for value in values if value), None)

    def _reply(
        self, protocol: ModuleType, conversation: Conversation, answer: Answer, reply: Reply
    ) -> None:
        ids = f"{next(self.answered):04d}"
        if isinstance(reply, Fault):
            self._send(reply.status, reply.payload, "application/json", reply.headers)
        elif isinstance(reply, Cut) and reply.how is HowCut.HTML:
            self._send(200, _PAGE, "text/html")
        elif isinstance(reply, Cut) and reply.how is HowCut.EMPTY:
            self._whole(protocol, conversation, Answer(), ids)
        elif isinstance(reply, Cut) and (conversation.stream or reply.how is HowCut.HANG):
            self._cut(protocol.stream(answer, conversation.model, ids).text, reply.how)
        elif isinstance(reply, Cut) and reply.how is HowCut.NONSENSE:
            self._send(200, b"{this is no JSON", "application/json")
        elif isinstance(reply, Cut) and reply.how is HowCut.DROP:
            self._reset()
        else:
            self._whole(protocol, conversation, answer, ids)

    def _whole(
        self, protocol: ModuleType, conversation: Conversation, answer: Answer, ids: str
    ) -> None:
        if not conversation.stream:
            self._send_json(200, protocol.whole(answer, conversation.model, ids))
            return
        stream = protocol.stream(answer, conversation.model, ids)
        self._begin()
        for piece in (*stream.text, *stream.calls, *stream.end):
            self._piece(piece)
        self._piece(b"")

    def _cut(self, pieces: tuple[bytes, ...], how: HowCut) -> None:
        """Begin an answer, and leave it as it is said."""
        self._begin()
        if how is HowCut.HANG:
            self._wait_for_the_end()
            return
        for piece in _NONSENSE if how is HowCut.NONSENSE else pieces:
            self._piece(piece)
        if how is HowCut.DROP:
            self._reset()
        else:
            self._piece(b"")

    def _wait_for_the_end(self) -> None:
        """Wait until the client has gone, or the server is closed."""
        self.connection.settimeout(0.1)
        self.close_connection = True
        while not self.model.closed.is_set():
            with suppress(TimeoutError):
                if not self.connection.recv(1):
                    return

    def _reset(self) -> None:
        """Cut the connection as a machine does that is switched off."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _piece(self, piece: bytes) -> None:
        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.flush()

    def _send_json(self, status: int, body: Json) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(
        self,
        status: int,
        body: bytes,
        kind: str = "text/plain",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
