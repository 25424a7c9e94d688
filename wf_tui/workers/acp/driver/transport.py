"""The agent's stdio as the transport that the official library wants, with bounded lines."""

import json
from collections import deque
from typing import Any, Final

from wf_tui.workers.acp.driver.agent_process import AgentProcess, write_all
from wf_tui.workers.line.fields import json_object
from wf_tui.workers.line.grammar import Other
from wf_tui.workers.line.lines import LineSplitter
from wf_tui.workers.line.port import LinePort

__all__ = ["StdioTransport"]

_RAW: Final = 1
"""Standard output of the driver: the shim keeps it as the raw stream, capped and redacted."""
_SHOWN: Final = 2000
"""Bytes of what is no message that are told."""


class StdioTransport:
    """JSON-RPC messages to and from one agent, one object a line.

    The library's own stdio has no limit for a line, and makes a task of each message: so here
    nothing is read as long as the scheduler has not taken what came before.
    """

    def __init__(self, agent: AgentProcess, port: LinePort) -> None:
        self._agent = agent
        self._port = port
        self._lines = LineSplitter()
        self._read: deque[bytes | None] = deque()
        self._is_over = False

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message; the library calls this."""
        await self._agent.write(json.dumps(message).encode() + b"\n")

    async def receive(self) -> dict[str, Any] | None:
        """Return the next message that is one; None at the end. The library calls this."""
        while True:
            await self._port.drained()
            while self._read:
                line = self._read.popleft()
                message = self._message(line)
                if message is not None:
                    return message
            if self._is_over:
                return None
            chunk = await self._agent.read()
            if chunk:
                write_all(_RAW, chunk)
                self._read.extend(self._lines.add(chunk))
            else:
                self._is_over = True
                self._read.extend(self._lines.end())

    async def close(self) -> None:
        """Do nothing: the process is ended by who has started it. The library calls this."""

    def _message(self, line: bytes | None) -> dict[str, Any] | None:
        """Return what a line says, if the library can read it; it dies of what it cannot."""
        if line is None:
            self._port.say(Other("long line", "a line of over 4 MiB was passed over"))
            return None
        message = json_object(line)
        if message is None:
            if line.strip():
                self._port.say(Other("text", line[:_SHOWN].decode("utf-8", "replace")))
            return None
        if not _is_sound(message):
            self._port.say(Other("no message", line[:_SHOWN].decode("utf-8", "replace")))
            return None
        return message


def _is_sound(message: dict[str, Any]) -> bool:
    method, number = message.get("method"), message.get("id")
    if isinstance(number, bool) or not isinstance(number, int | str | None):
        return False
    if method is None:
        error = message.get("error")
        return number is not None and isinstance(error, dict | None)
    return isinstance(method, str)
