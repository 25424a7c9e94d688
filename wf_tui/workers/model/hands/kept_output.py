"""What is kept of the output of a program: its beginning and its end, whatever comes between."""

import re
from typing import Final

from wf_tui.text import last_state

__all__ = ["KeptOutput"]

_SEQUENCE: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])"
)


class KeptOutput:
    """Takes output of any length, and never holds more than twice what it keeps."""

    def __init__(self, head: int, tail: int) -> None:
        """Keep so many bytes of the beginning and of the end."""
        self._most_head, self._most_tail = head, tail
        self._head, self._tail = bytearray(), bytearray()
        self.total = 0
        """Bytes that have come."""

    def add(self, chunk: bytes) -> None:
        """Take what came next."""
        self.total += len(chunk)
        room = self._most_head - len(self._head)
        if room > 0:
            self._head += chunk[:room]
            chunk = chunk[room:]
        self._tail += chunk
        if len(self._tail) > 2 * self._most_tail:
            del self._tail[: -self._most_tail]

    def text(self) -> str:
        """Return what is kept as text, and in the middle how much was left out."""
        tail = self._tail[-self._most_tail :] if self._most_tail else bytearray()
        left_out = self.total - len(self._head) - len(tail)
        if not left_out:
            return _plain(bytes(self._head + tail))
        # Whole lines where there are some: half a line would be read as one.
        head, newline, cut = self._head.rpartition(b"\n")
        if newline and len(cut) < len(self._head) // 2:
            left_out += len(cut)
        else:
            head = self._head
        cut, newline, rest = tail.partition(b"\n")
        if newline and len(cut) < len(tail) // 2:
            left_out += len(cut) + 1
            tail = rest
        return f"{_plain(bytes(head))}\n[{left_out:,} bytes left out]\n{_plain(bytes(tail))}"


def _plain(raw: bytes) -> str:
    """Return output as a model reads it: without what only a terminal understands."""
    text = _SEQUENCE.sub("", raw.decode("utf-8", "replace"))
    return "\n".join(map(last_state, text.split("\n"))) if "\r" in text else text
