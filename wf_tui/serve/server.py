"""The server: a page with a terminal in it, and a socket for each tab."""

from __future__ import annotations

import asyncio
import logging
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import WSCloseCode, web
from textual_serve.server import Server, to_int

from wf_tui.serve.access import HEADERS, LOOPBACK, Access
from wf_tui.serve.tab import Tab

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

__all__ = ["BoardServer"]

MOST_TABS: Final = 8
"""Each of them is a process of 60 MB."""
_LARGEST_SIDE: Final = 1000
"""Cells of a terminal, either way."""
_LONGEST: Final = 2**20
"""Bytes of one message of a browser: a paste."""
_STATIC: Final[Mapping[str, str]] = {
    "xterm.css": "text/css",
    "textual.js": "text/javascript",
    "RobotoMono-VariableFont_wght.ttf": "font/ttf",
    "RobotoMono-Italic-VariableFont_wght.ttf": "font/ttf",
}
"""What of textual-serve's own files the page needs, and no other is served."""
_PAGE: Final = ("page.html", "page.css", "page.js")


class BoardServer(Server):
    """textual-serve's server with a door: it checks nothing itself, and its page loads a font.

    `words` start the board of a tab, in the environment `environ`. All runs on one event loop.
    """

    def __init__(
        self, access: Access, title: str, words: Sequence[str], environ: Mapping[str, str]
    ) -> None:
        super().__init__("", host=LOOPBACK, port=access.port, title=title)
        self.access = access
        self._words = words
        self._environ = environ
        self._tabs: set[Tab] = set()
        folder = files("wf_tui.serve").joinpath("templates")
        self._page = {name: folder.joinpath(name).read_text("utf-8") for name in _PAGE}

    async def serve_on(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        """Answer on a socket that is bound already, until cancelled; then no tab is left."""
        # Without the access log: it would hold the token.
        runner = web.AppRunner(await self._make_app(), access_log=None, handle_signals=False)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            ready()
            await asyncio.Event().wait()
        finally:
            await asyncio.gather(*(tab.stop() for tab in list(self._tabs)))
            await runner.cleanup()

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._door])
        app.add_routes(
            [
                web.get("/{token}/", self.handle_page),
                web.get("/{token}/page.css", self.handle_page),
                web.get("/{token}/page.js", self.handle_page),
                web.get("/{token}/ws", self.handle_websocket),
                web.get("/{token}/static/{name}", self.handle_static),
            ]
        )
        return app

    @web.middleware
    async def _door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer nobody whom `access` does not let in; every answer has the headers."""
        hosts = request.headers.getall("Host", [])
        origins = request.headers.getall("Origin", [])
        if not self.access.lets_in(request.path, hosts, origins):
            return web.Response(status=404, text="not found\n", headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            refusal.headers.update(HEADERS)
            raise
        # Those of a socket went out with its first bytes.
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def handle_page(self, request: web.Request) -> web.Response:
        """Give the page, its style or its few lines of script."""
        name = request.path.rpartition("/")[2] or _PAGE[0]
        kind = {"css": "text/css", "js": "text/javascript"}.get(name.rpartition(".")[2])
        text = self._page[name].replace("{{SOCKET}}", self.access.socket_address)
        return web.Response(text=text, content_type=kind or "text/html")

    async def handle_static(self, request: web.Request) -> web.StreamResponse:
        """Give one of textual-serve's own files."""
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        folder = {"css": "css", "javascript": "js", "ttf": "fonts"}[_STATIC[name].partition("/")[2]]
        path = Path(self.statics_path) / folder / name
        return web.FileResponse(path, headers={"Content-Type": _STATIC[name]})

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Give a tab a board of its own, for as long as both are there."""
        websocket = web.WebSocketResponse(heartbeat=15, max_msg_size=_LONGEST)
        websocket.headers.update(HEADERS)
        await websocket.prepare(request)
        if len(self._tabs) >= MOST_TABS:
            message = f"{MOST_TABS} tabs are open".encode()
            await websocket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=message)
            return websocket
        tab = Tab(
            self._words,
            self._environ,
            write_bytes=websocket.send_bytes,
            close=websocket.close,
            downloads=self.download_manager,
        )
        self._tabs.add(tab)
        try:
            await tab.start(_side(request, "width", 80), _side(request, "height", 24))
            await self._process_messages(websocket, tab)
        except (ValueError, TypeError, LookupError, AttributeError, AssertionError, OSError):
            logging.getLogger(__name__).warning("a tab said what no page of ours says")
        finally:
            await tab.stop()
            self._tabs.discard(tab)
            await websocket.close()
        return websocket


def _side(request: web.Request, name: str, usual: int) -> int:
    """Return how wide or high the terminal of the page is, in cells."""
    return min(max(1, to_int(request.query.get(name, ""), usual)), _LARGEST_SIDE)
