"""The one HTTP client of the host, and answers that are no stream although one was asked for."""

import ssl
from typing import Final

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
_ERROR: Final = 400
_LONGEST: Final = 100_000
"""Bytes of such an answer that are looked at."""


class NoStreamError(Exception):
    """An answer with status 200 that is no stream: an error in its body, or a page for people."""

    def __init__(self, status: int, content_type: str, body: bytes) -> None:
        super().__init__(f"answered with {content_type} where a stream was asked for")
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
        event_hooks={"response": [_refuse_no_stream]},
    )


async def _refuse_no_stream(response: httpx2.Response) -> None:
    """Raise for an answer that a reader of streams would take for one that ended at once."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status_code < _ERROR and content_type in _NO_STREAM:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _LONGEST:
                break
        raise NoStreamError(response.status_code, content_type, bytes(body))
