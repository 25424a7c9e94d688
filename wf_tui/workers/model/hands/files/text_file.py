"""A file as text: its encoding and its line endings are kept when it is changed."""

import codecs
import os
from dataclasses import dataclass, replace
from typing import Final, Self

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.tree import Place

__all__ = ["MOST_BYTES", "TextFile", "encoding_of"]

MOST_BYTES: Final = 32 * 1024 * 1024
"""The largest file that is changed, or that is read in another way than line by line."""
_LOOK: Final = 8192
_ANY: Final = "surrogateescape"
"""Keeps bytes that are no UTF-8 as what no text has, and writes them as they were."""
_ASCII: Final = "\x7f"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class TextFile:
    r"""What is in a file, as text with `\n` alone where all of its lines end in `\r\n`."""

    text: str
    encoding: str = "utf-8"
    crlf: bool = False
    r"""Whether every line ends in `\r\n`."""
    is_broken: bool = False
    """Whether not all of it is UTF-8."""

    @classmethod
    def read(cls, place: Place) -> Self:
        """Return the text of a file. Raises `CallError`, also for one that is no text."""
        size = place.require_file().st_size
        if size > MOST_BYTES:
            raise CallError(
                f"{place.path} has {size:,} bytes, more than tools change; use run_command"
            )
        with os.fdopen(place.open(), "rb") as file:
            return cls.decoded(file.read(MOST_BYTES + 1), place.path)

    @classmethod
    def decoded(cls, raw: bytes, path: str) -> Self:
        """Return bytes as text. Raises `CallError` where they are none."""
        encoding = encoding_of(raw[:_LOOK])
        if encoding is None:
            raise CallError(f"{path} is a binary file, not text; use run_command to look at it")
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            if encoding.startswith("utf-16"):
                raise CallError(f"{path} is no valid UTF-16 text") from None
            return cls._broken(raw)
        crlf = text.count("\n") == text.count("\r\n") > 0
        return cls(text.replace("\r\n", "\n") if crlf else text, encoding, crlf)

    @classmethod
    def _broken(cls, raw: bytes) -> Self:
        """Return a text that is not all UTF-8: for the most part, or of an older encoding."""
        text, encoding = raw.decode("utf-8", _ANY), "utf-8"
        if not any(char > _ASCII and not _is_raw(char) for char in set(text)):
            text, encoding = raw.decode("latin-1"), "latin-1"
        crlf = text.count("\n") == text.count("\r\n") > 0
        return cls(text.replace("\r\n", "\n") if crlf else text, encoding, crlf, is_broken=True)

    def with_text(self, text: str) -> Self:
        """Return the same file with another text."""
        return replace(self, text=text)

    def encoded(self, path: str) -> bytes:
        """Return the bytes of the file. Raises `CallError` where its encoding has no such text."""
        text = self.text
        if self.crlf:
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        try:
            return text.encode(self.encoding, _ANY if self.is_broken else "strict")
        except UnicodeEncodeError as error:
            char = error.object[error.start]
            if "\ud800" <= char <= "\udfff":
                raise CallError("the text has half a character, which no file can have") from None
            raise CallError(
                f"{path} is not UTF-8 but {self.encoding}, which has no {char!r}"
            ) from None


def _is_raw(char: str) -> bool:
    """Whether it stands for a byte that is no UTF-8."""
    return "\udc80" <= char <= "\udcff"


def encoding_of(start: bytes) -> str | None:
    """Return the encoding that the first bytes of a file tell, None for a binary file.

    `utf-8` may turn out to be none, and is Latin-1 then, which has a character for each byte.
    """
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    return None if b"\0" in start else "utf-8"
