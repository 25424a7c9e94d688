"""The distribution's own Chromium, without a window: what a page looks like in a browser."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Pixels", "chromium", "screenshot"]

_FLAGS: Final = (
    *(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--disable-dev-shm-usage",
    ),
    *("--no-first-run", "--disable-background-networking", "--force-prefers-reduced-motion"),
)
_CHANNELS: Final = {2: 3, 6: 4}


def chromium() -> str:
    """Return the program, or skip the test."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is missing")
    return program


def flags(profile: Path) -> tuple[str, ...]:
    """Return what it is started with, so that two of them share nothing."""
    return (*_FLAGS, f"--user-data-dir={profile}")


@dataclass(frozen=True)
class Pixels:
    """A picture: rows of pixels, each red, green and blue."""

    width: int
    height: int
    rows: tuple[bytes, ...]

    def count(self, colour: str) -> int:
        """Return how many pixels have exactly this colour, `#rrggbb`."""
        wanted = bytes.fromhex(colour.removeprefix("#"))
        return sum(row[at : at + 3] == wanted for row in self.rows for at in range(0, len(row), 3))


def screenshot(url: str, folder: Path, *, size: tuple[int, int] = (1100, 900)) -> Pixels:
    """Open a page and return what is painted of it."""
    target = folder / "page.png"
    words = (f"--window-size={size[0]},{size[1]}", f"--screenshot={target}", url)
    subprocess.run(
        [chromium(), *flags(folder / "profile"), *words],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return read_png(target.read_bytes())


def read_png(data: bytes) -> Pixels:
    """Read a picture of 8 bits a channel, as Chromium writes them."""
    chunks = dict(_chunks(data))
    width, height = (int.from_bytes(chunks[b"IHDR"][at : at + 4]) for at in (0, 4))
    depth = _CHANNELS[chunks[b"IHDR"][9]]
    raw, before, rows = zlib.decompress(chunks[b"IDAT"]), bytes(width * depth), []
    for y in range(height):
        start = y * (width * depth + 1)
        line = bytearray(raw[start + 1 : start + 1 + width * depth])
        _unfilter(raw[start], line, before, depth)
        before = bytes(line)
        rows.append(bytes(before[at + c] for at in range(0, len(before), depth) for c in range(3)))
    return Pixels(width, height, tuple(rows))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a file; the parts of the picture itself as one."""
    at, image = 8, b""
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            image += body
        else:
            yield kind, body
        at += length + 12
    yield b"IDAT", image


def _unfilter(kind: int, line: bytearray, before: bytes, depth: int) -> None:
    """Take back the filter of one line, in place: section 9 of the PNG specification."""
    for at in range(len(line)):
        left = line[at - depth] if at >= depth else 0
        up = before[at]
        corner = before[at - depth] if at >= depth else 0
        match kind:
            case 1:
                guess = left
            case 2:
                guess = up
            case 3:
                guess = (left + up) // 2
            case 4:
                guess = _paeth(left, up, corner)
            case _:
                return
        line[at] = (line[at] + guess) & 0xFF


def _paeth(left: int, up: int, corner: int) -> int:
    near = left + up - corner
    return min((left, up, corner), key=lambda one: abs(near - one))
