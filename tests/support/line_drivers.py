"""Drivers as the shim forks them, for tests of how they are started; stdlib only."""

import os
import signal
import sys
from pathlib import Path

from wf_tui.workers.line.grammar import Message, encode


def describe(_: list[str]) -> int:
    """Say on the line what this process is, and print its input."""
    handles = sorted((path.name for path in Path("/proc/self/fd").iterdir()), key=int)[:-1]
    role = "leader" if os.getsid(0) == os.getpid() else "member"
    text = f"{' '.join(handles)} | {role} | {Path.cwd()} | {os.environ['WF_ATTEMPT']}"
    os.write(3, encode(Message(text)))
    sys.stdout.write(f"{sys.stdin.read()}\n")
    return 7


def start_child(_: list[str]) -> None:
    """Start a program that looks for the line."""
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "test -e /proc/self/fd/3 || echo closed"], {})
    os.waitpid(pid, 0)


def fail(_: list[str]) -> None:
    """Raise something."""
    raise ValueError("no good")


def wait(_: list[str]) -> None:
    """Say that it is up, then wait for a signal."""
    os.write(3, encode(Message("up")))
    signal.pause()


def run_agent(argv: list[str]) -> None:
    """Start an agent in a process group of its own, say that it is up, and wait for it."""
    agent = os.posix_spawn("/bin/sh", ["sh", "-c", argv[1]], dict(os.environ), setpgroup=0)
    os.write(3, encode(Message("up")))
    os.waitpid(agent, 0)
