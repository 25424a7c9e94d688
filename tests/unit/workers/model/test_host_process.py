"""The host as a process: opened over its control socket, ended by its end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from wf_tui.workers.model.session_spec import SessionSpec


@pytest.mark.slow
def test_the_host_opens_a_session() -> None:
    """A datagram with line, hands and spec is a session, which ends with one verdict."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        host = subprocess.Popen(
            [sys.executable, "-P", "-m", "wf_tui.workers.model.host", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={"PATH": os.environ["PATH"]},
        )
        theirs.close()
        assert json.loads(ours.recv(100)) == {"ready": True}
        line, its_line = socket.socketpair()
        hands, its_hands = socket.socketpair()
        spec = os.memfd_create("spec")
        os.write(spec, SessionSpec("s1", "m", "http://127.0.0.1:9/v1", "Go.").to_json().encode())
        socket.send_fds(ours, [b'{"open": "s1"}'], [its_line.fileno(), its_hands.fileno(), spec])
        its_line.close()
        its_hands.close()
        os.close(spec)
        with line, hands:
            said = [json.loads(one) for one in line.makefile("rb")]
        assert said[0]["ev"] == "session"
        assert [one["ev"] for one in said].count("verdict") == 1
        ours.close()
        assert host.wait(5) == 0
