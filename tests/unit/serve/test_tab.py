"""The process of a tab: it ends with its tab, also where it does not want to."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

from textual_serve.download_manager import DownloadManager

from wf_tui.serve import tab as tabs

if TYPE_CHECKING:
    import pytest

_DEAF = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "sys.stdout.write('__GANGLION__\\nD\\0\\0\\0\\2up'); sys.stdout.flush(); time.sleep(600)"
)
"""A board that draws, and then hears nothing: neither its tab nor a signal."""


async def test_a_board_that_does_not_leave_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some seconds after its tab has gone, with all that it has started."""
    assert tabs.PATIENCE == 3.0
    monkeypatch.setattr(tabs, "PATIENCE", 0.05)
    drawn: list[bytes] = []
    seen = asyncio.Event()

    async def draw(data: bytes) -> None:
        drawn.append(data)
        seen.set()

    tab = tabs.Tab(
        [sys.executable, "-c", _DEAF],
        os.environ,
        write_bytes=draw,
        close=asyncio.Event().wait,
        downloads=DownloadManager(),
    )
    await tab.start(80, 24)
    async with asyncio.timeout(60):
        await seen.wait()
        process = tab._process
        assert process is not None
        await tab.stop()
    assert (drawn, process.returncode) == ([b"up"], -signal.SIGKILL)
