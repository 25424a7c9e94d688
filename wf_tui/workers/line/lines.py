"""Splits a stream of bytes into lines, none of which can fill the memory.

Standard library only: the drivers under the shim use it for the streams of their agents, too.
"""

__all__ = ["MOST_BYTES", "LineSplitter"]

MOST_BYTES = 4 << 20
"""The longest line; a longer one is passed over up to its end."""


class LineSplitter:
    """Takes chunks and gives back the lines that they complete, at a constant cost per byte."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.too_long = False
        """Whether the line that has begun is passed over."""
        self.begun = bytearray()

    def add(self, chunk: bytes) -> list[bytes | None]:
        """Return the lines that this chunk ends, without their ends; None for one too long."""
        *ends, rest = chunk.split(b"\n")
        # Only the first may have begun in a chunk before.
        lines = [self.ended(end) for end in ends[:1]]
        lines += [end if len(end) <= self.most else None for end in ends[1:]]
        self.keep(rest)
        return lines

    def end(self) -> list[bytes | None]:
        """Return the line that the stream ended within, if it did."""
        return [self.ended(b"")] if self.begun or self.too_long else []

    def ended(self, end: bytes) -> bytes | None:
        """Return the line that `end` is the end of."""
        self.keep(end)
        line = None if self.too_long else bytes(self.begun)
        self.begun.clear()
        self.too_long = False
        return line

    def keep(self, part: bytes) -> None:
        """Keep a part of a line, unless that is too long."""
        if not self.too_long:
            self.begun += part
            if len(self.begun) > self.most:
                self.begun.clear()
                self.too_long = True
