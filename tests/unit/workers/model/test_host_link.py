"""The life of the one host: started when it is wanted, ended behind its sessions, named for all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path

import pytest

from wf_tui.processes import is_running, process_ids
from wf_tui.workers.model.host_link import HostLink, end_left_host
from wf_tui.workers.model.host_process import HostError, HostProcess

ENVIRON = {"PATH": os.environ["PATH"], "DEEPSEEK_API_KEY": "sk-of-the-scheduler", "NO_PROXY": "*"}


def names(file: Path) -> int:
    """Return the process that the file names."""
    return int(json.loads(file.read_bytes())["pid"])


def _shown_of(pid: int) -> bytes:
    """Return what this user may see of a process: its command line, and as root its environment."""
    shown = Path(f"/proc/{pid}/cmdline").read_bytes()
    with contextlib.suppress(PermissionError):
        shown += Path(f"/proc/{pid}/environ").read_bytes()
    return shown


def _hosts() -> list[int]:
    """Return the hosts that this process has started and that run."""
    found = []
    for pid in filter(is_running, process_ids()):
        with contextlib.suppress(OSError):
            folder = Path(f"/proc/{pid}")
            parent = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and b"model.host" in (folder / "cmdline").read_bytes():
                found.append(pid)
    return found


@pytest.mark.slow
async def test_sessions_share_a_host(tmp_path: Path) -> None:
    """The first one starts it, the second one has it; behind the last it ends, after a while.

    Its environment is built: what holds a key of the scheduler's does not come along.
    """
    file = tmp_path / "host.json"
    async with HostLink(file, ENVIRON, idle=0.0) as link:
        assert not file.exists()
        async with link.session({}) as one, link.session({}) as other:
            assert one is other
            assert names(file) == one.pid
            assert b"sk-of-the-scheduler" not in await asyncio.to_thread(_shown_of, one.pid)
        await one.ended
        assert link.pid is None
        async with link.session({}) as anew:
            assert names(file) == anew.pid != one.pid
    assert not is_running(anew.pid)
    assert not file.exists()


@pytest.mark.slow
async def test_a_host_that_was_killed_is_replaced(tmp_path: Path) -> None:
    """All sessions that it takes along count its death once; the next one has another host."""
    file = tmp_path / "host.json"
    async with HostLink(file, ENVIRON) as link:
        async with link.session({}) as host:
            os.kill(host.pid, signal.SIGKILL)
            assert await host.gone(20.0)
            assert [link.died(host, {}) for _ in range(5)] == [""] * 5
        async with link.session({}) as anew:
            assert names(file) == anew.pid != host.pid


async def test_the_third_death_in_ten_minutes_is_refused(tmp_path: Path) -> None:
    """One that is not ready in time has died; a person has to look then, and has three tries more.

    Before that another host may do better.
    """
    async with HostLink(tmp_path / "host.json", ENVIRON, ready_in=0.0) as link:
        for words, refused in (("not ready", False), ("not ready", False), ("3 times", True)) * 2:
            with pytest.raises(HostError, match=words) as caught:
                async with link.session({}):
                    raise AssertionError
            assert (caught.value.refused, link.pid) == (refused, None)


async def test_a_host_that_hangs_is_killed(tmp_path: Path) -> None:
    """It says which sessions it has; one that takes none in time makes room for another."""
    host = await HostProcess.start(tmp_path / "host.json", ENVIRON, takes_in=0.0)
    await host.ready(60.0)

    async def hand_over() -> None:
        (ours, line), (other, hands) = socket.socketpair(), socket.socketpair()
        with ours, line, other, hands, tempfile.TemporaryFile() as spec:
            await host.open("s1", spec, line, hands)

    await hand_over()
    while host.untaken:
        await asyncio.wait([asyncio.create_task(asyncio.sleep(0))])
    assert not await host.gone(0)
    os.kill(host.pid, signal.SIGSTOP)
    await hand_over()
    assert await host.gone(20.0)
    assert "took no session" in host.last_words
    await host.close()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for its children in /proc")
async def test_who_starts_it_may_be_stopped(tmp_path: Path) -> None:
    """An attempt that is cancelled while its host starts leaves it to the next one."""
    file = tmp_path / "host.json"

    async def use(link: HostLink) -> int:
        async with link.session({}) as host:
            return host.pid

    async with HostLink(file, ENVIRON) as link:
        first = asyncio.create_task(use(link))
        for _ in range(5):  # up to the thread that starts it
            await asyncio.sleep(0)
        while not (started := _hosts()):
            pass
        first.cancel()
        await asyncio.wait([first])
        assert first.cancelled()
        pid = await use(link)
        assert names(file) == pid
        assert [pid] == started == await asyncio.to_thread(_hosts)
    assert not is_running(pid)


async def test_a_host_that_hangs_is_ended_by_the_next_scheduler(tmp_path: Path) -> None:
    """One that was left is killed by its file, and nobody else is: numbers are used again."""
    file = tmp_path / "host.json"
    host = await HostProcess.start(file, ENVIRON)
    os.kill(host.pid, signal.SIGSTOP)
    stored = file.read_text()
    assert await asyncio.to_thread(end_left_host, file)
    await asyncio.wait_for(host.ended, 20.0)
    assert not file.exists()
    file.write_text(stored.replace('"pid": ', '"pid": 1'))
    assert not end_left_host(file)
    await host.close()
