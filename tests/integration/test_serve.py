"""`wf serve`: the board in a real browser, and everybody else at its door."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.support.chromium import open_page
from tests.support.cli_harness import CliHarness, make_repository
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

pytestmark = pytest.mark.slow
PLAN = (
    "{goal: Serve, max_concurrent: 2, phases: [{name: p, tasks: ["
    "{id: one, title: Bake the bread, run: 'true'}, {id: two, title: Set the table, run: x}]}]}"
)


@dataclass
class Served:
    """A server at work."""

    process: asyncio.subprocess.Process
    address: str
    words: str
    """What it said besides."""

    @property
    def origin(self) -> str:
        """The address without its path."""
        return "/".join(self.address.split("/")[:3])

    @property
    def socket(self) -> str:
        """The address of the socket of a tab."""
        return self.address.replace("http:", "ws:") + "ws?width=100&height=30"

    def boards(self) -> list[int]:
        """Return the processes of its tabs."""
        return [pid for pid, words in _processes() if f"--parent\0{self.process.pid}\0" in words]


def _processes() -> list[tuple[int, str]]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append((int(folder.name), (folder / "cmdline").read_text()))
    return found


@contextlib.asynccontextmanager
async def served(folder: Path, *words: str) -> AsyncIterator[Served]:
    """Serve a paused run."""
    cli = CliHarness(folder, make_repository(folder / "repo"))
    cli.paused_run(PLAN)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "wf_tui", "serve", *words),
        cwd=cli.repo,
        env=cli.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            address = (await process.stdout.readline()).decode().strip()
            said = (await process.stderr.readline()).decode()
        yield Served(process, address, said)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_a_browser_shows_the_board_and_acts_on_it(tmp_path: Path) -> None:
    """Cards are seen, a key changes what is seen, and nothing comes from elsewhere."""
    async with served(tmp_path) as server, open_page(server.address, tmp_path) as page:
        assert "run commands as you" in server.words
        await page.until(lambda page: "Bake the bread" in page.drawn, "no card was drawn")
        before = len(page.drawn)
        await page.press("?")
        await page.until(
            lambda page: "Previous hunk" in page.drawn[before:], "the key changed nothing"
        )
        assert (await page.pixels()).colours > 20  # it is painted, and not only sent
        cookies = await page.call("Network.getAllCookies")
        assert cookies["cookies"] == []
        asked = [url for url in page.asked if url.startswith(("http", "ws"))]
        assert [url for url in asked if not url.startswith(server.origin)] == []


async def _status(url: str, headers: Mapping[str, str] | None = None) -> int:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
        return answer.status


async def _opens(url: str, headers: Mapping[str, str]) -> bool:
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(url, headers=headers) as socket:
                return (await socket.receive(timeout=60)).type is aiohttp.WSMsgType.BINARY
        except aiohttp.WSServerHandshakeError:
            return False


async def test_nobody_else_is_let_in(tmp_path: Path) -> None:
    """Not without the token, nor with that of another start, nor a foreign origin or host."""
    async with served(tmp_path) as server:
        own = {"Origin": server.origin}
        assert await _status(server.address) == 200
        assert await _status(f"{server.address}static/textual.js", own) == 200
        token = server.address.rstrip("/").rpartition("/")[2]
        for path in ("/", "/ws", f"/{'A' * len(token)}/", "/static/textual.js"):
            assert await _status(server.origin + path) == 404
        assert await _status(f"{server.address}static/../../server.py") == 404
        foreign = {"Origin": "http://evil.example"}
        other_port = {"Origin": "http://127.0.0.1:1"}
        assert await _status(server.address, {"Host": "evil.example"}) == 404
        assert await _status(server.address, foreign) == 404
        for headers in (foreign, other_port, {"Origin": "null"}, {**own, "Host": "evil.example"}):
            assert not await _opens(server.socket, headers)
        assert await _opens(server.socket, own)
        assert not await asyncio.to_thread(_places_with, token, server.process.pid, tmp_path)


def _places_with(token: str, server: int, folder: Path) -> list[Path]:
    """Return what another process of this machine can read, and has the token."""
    places = [Path(f"/proc/{server}/cmdline"), Path(f"/proc/{server}/environ")]
    places += [path for path in folder.rglob("*.log") if path.is_file()]
    return [path for path in places if token.encode() in path.read_bytes()]


@pytest.mark.parametrize("killed", [False, True])
async def test_a_board_ends_with_its_tab_and_with_its_server(
    tmp_path: Path, *, killed: bool
) -> None:
    """Each tab is a process of its own; a server that is killed leaves none either."""
    async with served(tmp_path) as server, aiohttp.ClientSession() as session:
        own = {"Origin": server.origin}
        first = await session.ws_connect(server.socket, headers=own)
        second = await session.ws_connect(server.socket, headers=own)
        await first.receive(timeout=60)
        await second.receive(timeout=60)
        boards = server.boards()
        assert len(boards) == 2
        if killed:
            server.process.send_signal(signal.SIGKILL)
        else:
            await first.close()
            await asyncio.to_thread(until, lambda: len(server.boards()) == 1, "one board is left")
            await second.close()
        gone = lambda: not any(os.path.exists(f"/proc/{pid}") for pid in boards)  # noqa: E731, PTH110
        await asyncio.to_thread(until, gone, "no board is left")


async def test_there_are_eight_tabs_at_the_most(tmp_path: Path) -> None:
    """The ninth is closed at once, and takes none of the others' place."""
    async with served(tmp_path) as server, aiohttp.ClientSession() as session:
        own = {"Origin": server.origin}
        tabs = [await session.ws_connect(server.socket, headers=own) for _ in range(8)]
        ninth = await session.ws_connect(server.socket, headers=own)
        answer = await ninth.receive(timeout=60)
        assert (answer.type, answer.data) == (aiohttp.WSMsgType.CLOSE, 1013)
        assert len(server.boards()) == 8
        for tab in tabs:
            await tab.close()


async def test_a_view_only_looks(tmp_path: Path) -> None:
    """With --view no key changes the run, and each says why."""
    async with served(tmp_path, "--view") as server, open_page(server.address, tmp_path) as page:
        assert "see this run" in server.words
        await page.until(lambda page: "Bake the bread" in page.drawn, "no card was drawn")
        await page.press("p")
        await page.until(lambda page: "only looks" in page.drawn, "nothing was refused")
