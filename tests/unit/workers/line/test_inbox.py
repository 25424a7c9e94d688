"""What comes up a line is read as it is asked for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import pytest

from wf_tui.workers.line.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Iterator

Ends = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Yield both ends of a line, neither of which blocks."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        yield ours, theirs


async def test_what_comes_is_received(ends: Ends) -> None:
    """In its order, however it falls to the asking, up to the end of the line."""
    ours, theirs = ends
    inbox = Inbox(ours)
    theirs.send(b"before")
    assert await inbox.receive() == b"before"
    waiting = asyncio.create_task(inbox.receive())
    await asyncio.sleep(0)
    empty = inbox.is_empty
    theirs.send(b"while")
    assert await waiting == b"while"
    assert (empty, inbox.is_empty) == (True, False)
    theirs.close()
    assert [await inbox.receive(), await inbox.receive()] == [b"", b""]
    inbox.close()


async def test_what_nobody_asks_for_stays_in_the_socket(ends: Ends) -> None:
    """So a program that floods has to wait, and the loop has nothing to do with it meanwhile."""
    ours, theirs = ends
    inbox = Inbox(ours)
    theirs.send(b"x")
    assert await inbox.receive() == b"x"
    with contextlib.suppress(BlockingIOError):
        for _ in range(10_000):
            theirs.send(b"y" * 4096)
            await asyncio.sleep(0)
    assert not asyncio.get_running_loop().remove_reader(ours)
    assert await inbox.receive() == b"y" * (1 << 16)
    inbox.close()


async def test_a_broken_line_is_at_its_end(ends: Ends) -> None:
    """One whose program was killed before it took what was sent down."""
    ours, theirs = ends
    ours.send(b"answer")
    theirs.close()
    inbox = Inbox(ours)
    assert await inbox.receive() == b""
    inbox.close()
