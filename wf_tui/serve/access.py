"""Who may talk to the server: RULES 7.9. All of it is decided before a route sees the request."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HEADERS", "LOOPBACK", "Access"]

LOOPBACK: Final = "127.0.0.1"
_BYTES: Final = 32
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer says: nothing from elsewhere, the address to nobody, nothing kept.

Styles within the page are let through, since the terminal in it makes its own; a style can neither
read the page nor send anything under the rest of the policy.
"""


@dataclass(frozen=True)
class Access:
    """Lets in whoever has the token of this start, and comes from a page of this server.

    The token is in the path and never in a cookie: cookies of localhost are shared by all ports, so
    the web server of a worker would get it.
    """

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)

    @property
    def address(self) -> str:
        """The address of the page; whoever has it can act as the person who started the server."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"

    @property
    def socket_address(self) -> str:
        """The address of the socket that a tab opens."""
        return f"ws://{LOOPBACK}:{self.port}/{self.token}/ws"

    def lets_in(self, path: str, hosts: list[str], origins: list[str]) -> bool:
        """Whether a request is answered, by its path and all its `Host` and `Origin` headers.

        A name that only resolves to the loopback is a foreign host: behind it another site's page
        would speak. A browser names the origin of every socket and of what another site asks for.
        """
        named = path.removeprefix("/").partition("/")[0]
        # All three are looked at before the answer, and the token in constant time.
        knows = hmac.compare_digest(named.encode(), self.token.encode())
        here = hosts == [f"{LOOPBACK}:{self.port}"]
        own = all(origin == f"http://{LOOPBACK}:{self.port}" for origin in origins)
        return knows and here and own
