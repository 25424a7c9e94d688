"""The distribution's own Chromium, without a window: what a page looks like in a browser."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import shutil
import subprocess
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

__all__ = ["Page", "Pixels", "chromium", "open_page", "screenshot"]

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
_BINARY: Final = 2
"""The kind of the frames that have what a board draws."""
_CHANNELS: Final = {2: 3, 6: 4}
_SEQUENCE: Final = re.compile(r"\x1b(\[[0-9;?<>=$ ]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\\\)|.)")


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

    @property
    def colours(self) -> int:
        """How many colours there are."""
        return len({row[at : at + 3] for row in self.rows for at in range(0, len(row), 3)})

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


@dataclass
class Page:
    """A tab, driven by the protocol of the developer tools."""

    socket: aiohttp.ClientWebSocketResponse
    drawn: str = ""
    """What the page was sent through its own sockets, without escape sequences."""
    asked: list[str] = field(default_factory=list)
    """The addresses that it asked for."""
    _last: int = 0

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """Ask the browser for something, and return what it answers."""
        self._last += 1
        await self.socket.send_json({"id": self._last, "method": method, "params": params})
        while True:
            found = await self._next()
            if found.get("id") == self._last:
                assert "error" not in found, found
                answer: dict[str, Any] = found["result"]
                return answer

    async def until(self, condition: Callable[[Page], bool], why: str) -> None:
        """Wait until something has come of it."""
        try:
            async with asyncio.timeout(60):
                while not condition(self):
                    await self._next()
        except TimeoutError:
            pytest.fail(f"{why}; drawn: {self.drawn[-2000:]!r}")

    async def press(self, key: str) -> None:
        """Press a key that types one character, on what has the focus in the page."""
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def pixels(self) -> Pixels:
        """Return what is painted now."""
        shot = await self.call("Page.captureScreenshot", format="png")
        return read_png(base64.b64decode(shot["data"]))

    async def _next(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self.socket.receive_str())
        params = found.get("params", {})
        frame = params.get("response", {})
        if found.get("method") == "Network.webSocketFrameReceived" and frame["opcode"] == _BINARY:
            data = base64.b64decode(frame["payloadData"])
            self.drawn += _SEQUENCE.sub("", data.decode("utf-8", "replace"))
        elif found.get("method") == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        return found


@contextlib.asynccontextmanager
async def open_page(url: str, folder: Path) -> AsyncIterator[Page]:
    """Start a browser and open a page in it; `folder` has its profile."""
    profile = folder / "profile"
    browser = await asyncio.create_subprocess_exec(
        *(chromium(), *flags(profile), "--remote-debugging-port=0", "--window-size=1100,800"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert browser.stderr is not None
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            said = b""
            while not (listening := re.search(rb"listening on ws://([\d.:]+)/", said)):
                assert not browser.stderr.at_eof(), said
                said = await browser.stderr.readline()
            async with session.get(f"http://{listening[1].decode()}/json") as answer:
                targets = await answer.json()
        address = next(one["webSocketDebuggerUrl"] for one in targets if one["type"] == "page")
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(address, max_msg_size=0) as socket,
        ):
            page = Page(socket)
            await page.call("Network.enable")
            await page.call("Page.enable")
            # As a window in front; without one no key reaches the page.
            await page.call("Emulation.setFocusEmulationEnabled", enabled=True)
            await page.call("Page.navigate", url=url)
            yield page
    finally:
        with contextlib.suppress(ProcessLookupError):
            browser.kill()
        await browser.communicate()


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
