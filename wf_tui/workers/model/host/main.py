"""The host's process: hides its memory, clears its environment, then serves until its end."""

import asyncio
import os
import socket
from collections.abc import MutableMapping, Sequence
from typing import Final, NoReturn

from wf_tui.processes import hide_memory

__all__ = ["clear_environment", "main"]

_KEPT: Final = frozenset({
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
})  # fmt: skip
"""Of the user's environment: how the network is reached, and nothing of any maker.

A client takes addresses, organisations and headers from variables like OPENAI_BASE_URL without a
word, and a key of one maker would go to another.
"""
_TELEMETRY_OFF: Final = {
    "OTEL_SDK_DISABLED": "true",
    "LOGFIRE_SEND_TO_LOGFIRE": "false",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "DO_NOT_TRACK": "1",
}


def main(argv: Sequence[str]) -> NoReturn:
    """Serve on the control socket whose descriptor is the argument; ends when that is closed."""
    hide_memory()
    clear_environment(os.environ)
    # Here: what it imports reads the environment.
    from wf_tui.workers.model.host.control import serve  # noqa: PLC0415 - see above

    control = socket.socket(fileno=int(argv[0]))
    control.set_inheritable(False)

    async def until_the_end() -> NoReturn:
        await serve(control)
        # Not by the loop's own end, which waits for whatever hangs.
        os._exit(0)

    asyncio.run(until_the_end())


def clear_environment(environ: MutableMapping[str, str]) -> None:
    """Leave in an environment only what the host is to obey."""
    for name in list(environ):
        if name.upper() not in _KEPT:
            del environ[name]
    environ.update(_TELEMETRY_OFF)
