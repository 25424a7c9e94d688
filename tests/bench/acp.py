"""What the driver of an ACP agent costs beside the agent: time to its session, CPU, memory."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Figure, Section, against, by_turns
from tests.support.acp_harness import AGENT, AcpHarness
from wf_tui.workers.line.grammar import Message, SessionStarted
from wf_tui.workers.protocol import Started
from wf_tui.workers.shim.launcher import Launcher

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SECTION"]

_OPENING: Final = (
    ("initialize", {"protocolVersion": 1, "clientCapabilities": {}}),
    ("session/new", {"cwd": "/", "mcpServers": []}),
)
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    numbers = iter(range(1000))

    used: list[tuple[float, float]] = []

    def drive() -> float:
        place = folder / str(next(numbers))
        place.mkdir()
        seconds, *costs = asyncio.run(_drive(place))
        used.append((costs[0], costs[1]))
        return seconds

    rounds = 1 if quick else 7
    driven, alone = by_turns(rounds, drive, partial(_alone, folder))
    yield against("a session of a small agent", "ms", driven, alone)
    yield Figure("its driver: CPU", median(cpu for cpu, _ in used), "ms")
    yield Figure("its driver: memory (PSS)", median(memory for _, memory in used), "MiB")


async def _drive(folder: Path) -> tuple[float, float, float]:
    """Return how long a session took (ms), and what its driver has used: CPU (ms), memory (MiB)."""
    async with Launcher() as launcher:
        harness = AcpHarness(launcher, folder)
        begun = time.perf_counter()
        running = asyncio.create_task(harness.run(harness.job([["say", "I wait."], ["wait"]])))
        await harness.session.said.first(SessionStarted)
        seconds = time.perf_counter() - begun
        started = await harness.session.noted.first(Started)
        await harness.session.said.first(Message)
        cpu, memory = _used(started.pid)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    return 1000 * seconds, cpu, memory


def _alone(folder: Path) -> float:
    """Return in how many ms the agent has a session for who speaks with it without a driver."""
    script = folder / "script.json"
    script.write_text("{}", "utf-8")
    begun = time.perf_counter()
    with subprocess.Popen(
        [*AGENT, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as agent:
        assert agent.stdin
        assert agent.stdout
        for number, (method, params) in enumerate(_OPENING):
            message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            agent.stdin.write(json.dumps(message) + "\n")
            agent.stdin.flush()
            agent.stdout.readline()
        seconds = time.perf_counter() - begun
        agent.stdin.close()
    return 1000 * seconds


def _used(pid: int) -> tuple[float, float]:
    """Return the CPU (ms) and the memory (MiB, shared pages in part) of a process."""
    process = Path(f"/proc/{pid}")
    fields = (process / "stat").read_text("utf-8").rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / _TICKS
    rollup = (process / "smaps_rollup").read_text("utf-8").splitlines()
    sizes = [line.split() for line in rollup if line.startswith("Pss:")]
    return 1000 * cpu, int(sizes[0][1]) / 1024


SECTION: Final = Section("acp", "the agent without a driver", _measure)
