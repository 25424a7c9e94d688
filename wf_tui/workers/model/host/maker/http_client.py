"""The one HTTP client of the host, and answers that are no stream although one was asked for."""

import ssl
from collections.abc import AsyncIterator
from typing import Final, cast

import httpx2

__all__ = ["NoStreamError", "open_client"]

_SILENCE: Final = 600.0
"""Seconds between two pieces of an answer, for a model may think for minutes."""
_CONNECT: Final = 20.0
_LIMITS: Final = httpx2.Limits(max_connections=1000, max_keepalive_connections=200)
"""The client's own limits would let a hundred conversations wait for each other."""
_HERE: Final = ("all://127.0.0.1", "all://[::1]", "all://localhost")
"""A server on this machine, which no proxy would reach."""
_NO_STREAM: Final = ("application/json", "text/html")
_REDIRECT: Final = 300
_ERROR: Final = 400
_LONGEST: Final = 100_000
"""Bytes of such an answer that are looked at."""
_LONGEST_ERROR: Final = 1 << 20
"""Bytes of the body of an error; what follows is not read."""
_LONGEST_LINE: Final = 32 << 20
"""Bytes of a line of a stream: its reader keeps all of it until its end."""


class NoStreamError(Exception):
    """An answer of no error that is no stream: one in its body, a page for people, a redirect."""

    def __init__(self, status: int, content_type: str, body: bytes) -> None:
        self.is_elsewhere = status >= _REDIRECT
        super().__init__(
            f"answered that it is at another address (status {status})"
            if self.is_elsewhere
            else f"answered with {content_type} where a stream was asked for"
        )
        self.status = status
        self.is_page = content_type == "text/html"
        self.body = body[:_LONGEST].decode("utf-8", "replace")


def open_client(
    silence: float = _SILENCE, trust: ssl.SSLContext | None = None
) -> httpx2.AsyncClient:
    """Return the client that all conversations share; closed by whoever opened it.

    `silence` is in seconds, between two pieces of an answer, and before the first one. `trust`
    are the certificates that count; None: those of this machine, which takes 30 ms to read.

    It goes through a proxy that the user's environment names, and obeys SSL_CERT_FILE; it follows
    no redirect: that would carry the key to an address that nobody has configured.
    """
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(silence, connect=_CONNECT, pool=None),
        limits=_LIMITS,
        mounts=dict.fromkeys(_HERE),
        verify=trust or httpx2.create_ssl_context(),
        follow_redirects=False,
        event_hooks={"response": [_bound, _refuse_no_stream]},
    )


class _BoundStream(httpx2.AsyncByteStream):
    """What comes of an answer, as far as it cannot fill the memory."""

    def __init__(self, stream: httpx2.AsyncByteStream, *, is_error: bool) -> None:
        self._stream = stream
        self._is_error = is_error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = line = 0
        async for chunk in self._stream:
            yield chunk
            total += len(chunk)
            if self._is_error and total > _LONGEST_ERROR:
                return
            line = line + len(chunk) if b"\n" not in chunk else len(chunk) - chunk.rindex(b"\n")
            if line > _LONGEST_LINE:
                raise httpx2.RemoteProtocolError("a line of its answer had no end")

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    stream = cast("httpx2.AsyncByteStream", response.stream)
    response.stream = _BoundStream(stream, is_error=response.status_code >= _ERROR)


async def _refuse_no_stream(response: httpx2.Response) -> None:
    """Raise for an answer that a reader of streams would take for one that ended at once."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_elsewhere = _REDIRECT <= response.status_code < _ERROR
    if is_elsewhere or (response.status_code < _ERROR and content_type in _NO_STREAM):
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _LONGEST:
                break
        raise NoStreamError(response.status_code, content_type, bytes(body))
