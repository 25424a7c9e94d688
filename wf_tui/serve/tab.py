"""The board of one tab: a process of its own, between the browser's socket and Textual."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Final

from textual_serve.app_service import AppService

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from textual_serve.download_manager import DownloadManager

__all__ = ["Tab"]

PATIENCE: Final = 3.0
"""Seconds that a board has to leave once its tab has gone; then its process group is killed."""
_LARGEST: Final = 64 * 2**20
"""Bytes of one packet of a board; more is no board."""
_TERMINAL: Final = {
    "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
    "TEXTUAL_COLOR_SYSTEM": "truecolor",
    "TERM_PROGRAM": "textual",
}


class Tab(AppService):
    """Starts a board without a shell and carries what is drawn and typed, until either side ends.

    `start`, `send_bytes`, `set_terminal_size`, `focus` and `blur` are textual-serve's own; called
    on the server's event loop, as all of it.
    """

    def __init__(
        self,
        words: Sequence[str],
        environ: Mapping[str, str],
        *,
        write_bytes: Callable[[bytes], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
        downloads: DownloadManager,
    ) -> None:
        async def leave_out(_text: str) -> None:
            """Say nothing else to the page: a board opens no address and offers no file."""

        async def close_socket() -> None:
            await close()

        super().__init__(
            "",
            write_bytes=write_bytes,
            write_str=leave_out,
            close=close_socket,
            download_manager=downloads,
        )
        self._words = words
        self._environ = environ

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        size = {"COLUMNS": str(width), "ROWS": str(height), "LINES": str(height)}
        self._process = process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**self._environ, **_TERMINAL, **size},
            # A group of its own, so that all of it can be killed.
            start_new_session=True,
        )
        assert process.stdin is not None  # noqa: S101 - for the type: it is a pipe
        self._stdin = process.stdin
        return process

    async def run(self) -> None:
        """Carry what the board draws to the browser, until the board ends."""
        process = self._process
        assert process is not None  # noqa: S101 - for the type: `start` has made it
        assert process.stdout is not None  # noqa: S101 - same
        try:
            await process.stdout.readuntil(b"__GANGLION__\n")
            while True:
                head = await process.stdout.readexactly(5)
                size = int.from_bytes(head[1:], "big")
                if size > _LARGEST:
                    break
                payload = await process.stdout.readexactly(size)
                if head[:1] == b"D":
                    await self.on_data(payload)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # one of the two sides has gone
        finally:
            await self.remote_close()

    async def stop(self) -> None:
        """Have the board leave, and kill it where it does not."""
        process, task = self._process, self._task
        self._task = None
        if process is None or task is None:
            return
        with contextlib.suppress(ConnectionError):
            await self.send_meta({"type": "quit"})
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
