"""The host of the models: sessions that are opened over its control socket, and its end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.model_session import AT_ONCE, spec_at
from tests.support.scripted_maker import HANG, Maker, Raw, chat, text
from wf_tui.workers.model.host.control import serve
from wf_tui.workers.model.host.main import clear_environment
from wf_tui.workers.model.session_spec import SessionSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DONE = chat(text("Done."))


class Opened:
    """The scheduler's ends of one session."""

    def __init__(self, control: socket.socket, spec: bytes) -> None:
        self.line, its_line = socket.socketpair()
        self.hands, its_hands = socket.socketpair()
        handle = os.memfd_create("spec")
        os.write(handle, spec)
        handles = [its_line.fileno(), its_hands.fileno(), handle]
        socket.send_fds(control, [b'{"open": "s1"}'], handles)
        os.close(handle)
        its_line.close()
        its_hands.close()

    def close(self) -> None:
        """Let go of it."""
        self.line.close()
        self.hands.close()

    def said(self) -> list[dict[str, Any]]:
        """Return what it says, up to its end."""
        with self.line.makefile("rb") as file:
            return [json.loads(line) for line in file]

    async def verdict(self) -> dict[str, Any]:
        """Return its verdict, when it has ended."""
        said = await asyncio.to_thread(self.said)
        self.close()
        assert said[-1]["ev"] == "verdict"
        return said[-1]


@asynccontextmanager
async def host() -> AsyncIterator[socket.socket]:
    """Run a host in this loop, and give the scheduler's end of its control socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        serving = asyncio.create_task(serve(theirs, AT_ONCE))
        assert json.loads(await asyncio.to_thread(ours.recv, 100)) == {"ready": True}
        yield ours
        ours.close()
        await serving


async def test_sessions_do_not_feel_each_other() -> None:
    """What is no spec, a spec of nonsense, a maker that hangs: the others have their end."""
    async with Maker(DONE) as server, Maker(Raw((HANG,))) as hangs, host() as control:
        good, stuck = (spec_at(one).to_json().encode() for one in (server, hangs))
        waits = Opened(control, stuck)
        socket.send_fds(control, [b"?"], [waits.line.fileno()])
        control.send(b'{"open": "s1"}')
        nonsense = json.dumps({**json.loads(good), "base_url": "nowhere"}).encode()
        for bad in (b"", b"[]", b"{}", b"\xff", nonsense):
            verdict = await Opened(control, bad).verdict()
            assert (verdict["ok"], verdict["kind"]) == (False, "config")
        assert (await Opened(control, good).verdict())["ok"]
        waits.close()


async def test_many_sessions_are_open_at_once() -> None:
    """Sessions that wait for their models keep none from being opened and served."""
    async with Maker(Raw((HANG,))) as hangs, Maker(DONE) as server, host() as control:
        waiting = [Opened(control, spec_at(hangs).to_json().encode()) for _ in range(20)]
        assert (await Opened(control, spec_at(server).to_json().encode()).verdict())["ok"]
        for one in waiting:
            one.close()


def test_a_spec_is_read_as_it_was_written() -> None:
    """The file between scheduler and host loses nothing; the key is in no text of the spec."""
    spec = SessionSpec(
        "s1", "m", "http://x/v1", "Go.", key="secret", allow=("make *",), writes=False
    )
    assert SessionSpec.from_json(spec.to_json()) == spec
    assert "secret" not in repr(spec)


def test_the_host_obeys_no_makers_variables() -> None:
    """Of the environment only what says how the network is reached is left, and no telemetry."""
    environ = {
        "PATH": "/bin",
        "https_proxy": "http://proxy",
        "OPENAI_BASE_URL": "http://elsewhere",
        "OPENAI_API_KEY": "secret",
        "LOGFIRE_TOKEN": "secret",
    }
    clear_environment(environ)
    assert environ.pop("OTEL_SDK_DISABLED") == "true"
    assert {"PATH", "https_proxy"} <= environ.keys()
    assert "secret" not in environ.values()
    assert "OPENAI_BASE_URL" not in environ


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="its spec is an anonymous file")
def test_the_host_ends_with_its_control_socket() -> None:
    """As a process it opens sessions, and is gone within a second of its scheduler."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, socket.create_server(("127.0.0.1", 0)) as silent:
        host = subprocess.Popen(
            [sys.executable, "-P", "-m", "wf_tui.workers.model.host", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={"PATH": os.environ["PATH"], "OPENAI_BASE_URL": "http://127.0.0.1:9"},
        )
        theirs.close()
        assert json.loads(ours.recv(100)) == {"ready": True}
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        opened = Opened(ours, SessionSpec("s1", "m", url, "Go.").to_json().encode())
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(4).startswith(b"POST")
            ours.close()
            assert host.wait(5) == 0
        assert [one["ev"] for one in opened.said()] == ["session", "other"]
        opened.close()
