"""The socket to the host: calls down, answers up, one JSON object a line."""

import json
import re
import socket
from dataclasses import dataclass
from typing import Final

__all__ = ["Answer", "Wire"]

LONGEST: Final = 4 * 1024 * 1024
"""Bytes of a line, in both directions."""
_CHUNK: Final = 64 * 1024
_NUMBER: Final = re.compile(rb'"call"\s*:\s*(\d{1,15})\b')
_HEAD: Final = 4096
"""Bytes of a line that is too long in which the number of its call is looked for."""


@dataclass(frozen=True)
class Answer:
    """What a call came to."""

    text: str
    is_error: bool = False
    exit_code: int | None = None
    """That of a command; 128 and the number of the signal that ended it."""


class Wire:
    """The hands' end of the socket. Sending waits until the host has room."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._unread = bytearray()
        self._skipping = False
        """Whether the rest of a line that was too long is still to come."""

    def fileno(self) -> int:
        """Return the descriptor, for a poll."""
        return self._socket.fileno()

    def hello(self) -> None:
        """Say that the hands are there."""
        self._send({"hands": 1})

    def answer(self, call: int, answer: Answer) -> None:
        """Say what a call came to; raises `OSError` where the host is gone."""
        # A name that is no text would be half a character, which no request to a model can have.
        text = answer.text.encode("utf-8", "backslashreplace").decode()
        said: dict[str, object] = {"call": call, "error" if answer.is_error else "ok": text}
        if answer.exit_code is not None:
            said["exit_code"] = answer.exit_code
        self._send(said)

    def receive(self) -> list[dict[str, object]] | None:
        """Return the messages that have come, None at the end; called when there is some to read.

        A line that is no JSON object is left out. One that is too long is `{"call": N}` alone.
        """
        try:
            received = self._socket.recv(_CHUNK)
        except ConnectionError:
            return None
        if not received:
            return None
        *lines, rest = (self._unread + received).split(b"\n")
        if self._skipping and lines:
            del lines[0]
            self._skipping = False
        messages = [found for line in lines if (found := _message(line)) is not None]
        if self._skipping:
            rest = bytearray()
        elif len(rest) > LONGEST:
            self._skipping = True
            if number := _NUMBER.search(rest[:_HEAD]):
                messages.append({"call": int(number[1]), "too_long": True})
            rest = bytearray()
        self._unread = rest
        return messages

    def _send(self, message: dict[str, object]) -> None:
        self._socket.sendall(json.dumps(message).encode() + b"\n")


def _message(line: bytearray) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
