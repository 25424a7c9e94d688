"""The life of the one host: started when it is wanted, ended behind its sessions, named for all."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from wf_tui.processes import is_running
from wf_tui.workers.model.host_link import HostLink, end_left_host
from wf_tui.workers.model.host_process import HostError, HostProcess

pytestmark = pytest.mark.slow
ENVIRON = {"PATH": os.environ["PATH"], "DEEPSEEK_API_KEY": "sk-of-the-scheduler", "NO_PROXY": "*"}


def names(file: Path) -> int:
    """Return the process that the file names."""
    return int(json.loads(file.read_bytes())["pid"])


async def killed(link: HostLink) -> str:
    """Kill the host within a session, and return what the link says of another try."""
    async with link.session({"sk-1": "KEY"}) as host:
        os.kill(host.pid, signal.SIGKILL)
        assert await host.gone(20.0)
        assert link.died(host, {}) == link.died(host, {})
        return link.died(host, {})


async def test_sessions_share_a_host(tmp_path: Path) -> None:
    """The first one starts it, the second one has it; behind the last it ends, after a while."""
    file = tmp_path / "host.json"
    async with HostLink(file, ENVIRON, idle=0.0) as link:
        assert not file.exists()
        async with link.session({}) as one, link.session({}) as other:
            assert one is other
            assert names(file) == one.pid
        await one.ended
        assert link.pid is None
        async with link.session({}) as anew:
            assert names(file) == anew.pid != one.pid
    assert not is_running(anew.pid)
    assert not file.exists()


async def test_no_key_of_the_scheduler_is_in_a_host(tmp_path: Path) -> None:
    """Its environment is built: what a key's variable holds goes in the file of a session alone."""
    async with HostLink(tmp_path / "host.json", ENVIRON) as link, link.session({}) as host:
        for name in ("environ", "cmdline"):
            content = await asyncio.to_thread(Path(f"/proc/{host.pid}/{name}").read_bytes)
            assert b"sk-of-the-scheduler" not in content


async def test_the_third_death_in_ten_minutes_is_refused(tmp_path: Path) -> None:
    """Twice another host may do better; then a person has to look, and has three tries more."""
    async with HostLink(tmp_path / "host.json", ENVIRON) as link:
        assert [await killed(link) for _ in range(2)] == ["", ""]
        assert "it died 3 times" in await killed(link)
        assert await killed(link) == ""


async def test_a_host_that_is_not_ready_in_time(tmp_path: Path) -> None:
    """It is ended, and counted as one that died."""
    async with HostLink(tmp_path / "host.json", ENVIRON, ready_in=0.0) as link:
        for words in ("not ready within", "not ready within", "died 3 times"):
            with pytest.raises(HostError, match=words):
                async with link.session({}):
                    raise AssertionError
            assert link.pid is None


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
