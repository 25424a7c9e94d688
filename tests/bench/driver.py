"""What the driver of an agent costs beside the agent: time, memory, and the reading of streams."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.bench.figures import Figure, Section, against, by_turns
from tests.support.agent_harness import DONE, AgentHarness
from tests.support.agent_streams import STREAMS, new_fold
from tests.support.session_probe import Events
from wf_tui.workers.line.grammar import Other, encode
from wf_tui.workers.protocol import Started, Success
from wf_tui.workers.shim.descendants import children_of, tree_below
from wf_tui.workers.shim.launcher import Launcher, Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.workers.protocol import Job

__all__ = ["SECTION"]

_WAITING: Final = "echo up; exec sleep 1000"
_MIB: Final = 1024
"""Of the KiB in which the kernel tells memory."""


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    count, waiting, repeats = (3, 2, 2) if quick else (40, 20, 60)
    bare, driven, first = asyncio.run(_attempts(folder / "attempts", count))
    yield against("an attempt whose agent ends at once, wall", "ms", driven, bare)
    yield against("start to the first event of the line", "ms", first, bare)
    alone, with_driver = asyncio.run(_memory(folder / "memory", waiting))
    yield Figure(f"{waiting} waiting: PSS of shim and driver each", with_driver, "MiB", alone)
    for name in ("claude.plan-edit", "codex.plan-edit", "opencode.plan-edit", "pi.plan-edit"):
        parsed, folded = by_turns(5, partial(_parse, name, repeats), partial(_fold, name, repeats))
        rate = f"{1e6 / min(folded):,.0f} lines a second of a core"
        what = f"a line of {name.partition('.')[0]}, CPU"
        yield against(what, "us", folded, parsed, note=rate)


async def _attempts(folder: Path, count: int) -> tuple[list[float], list[float], list[float]]:
    """Return ms of the bare program, of an attempt around it, and until its first event."""
    bare: list[float] = []
    driven: list[float] = []
    first: list[float] = []
    async with Launcher() as launcher:
        agents = AgentHarness(launcher, folder)
        job = agents.job(DONE)
        await agents.run(job)  # the shim parent loads the driver once
        for _ in range(count):
            begun = time.perf_counter()
            await launcher.run(_program(job), Events())
            bare.append((time.perf_counter() - begun) * 1000)
            agents.session.said.clear()
            begun = time.perf_counter()
            running = asyncio.create_task(agents.run(job))
            await agents.session.said.first(Other)
            first.append((time.perf_counter() - begun) * 1000)
            assert isinstance(await running, Success)
            driven.append((time.perf_counter() - begun) * 1000)
    return bare, driven, first


async def _memory(folder: Path, count: int) -> tuple[float, float]:
    """Return MiB of a waiting shim, and of one with its driver; the agents are not counted."""
    async with Launcher() as launcher:
        agents = AgentHarness(launcher, folder)
        started = Events()
        programs = [
            asyncio.create_task(launcher.run(_program(agents.job(_WAITING)), started))
            for _ in range(count)
        ]
        await started.first(Started, count)
        alone = _pss(launcher.parent_pid) / count
        await _stop(programs)
        running = []
        for n in range(count):
            # A folder for each, as attempts have: what a driver is told lies in a file there.
            own = folder / f"m{n}"
            own.mkdir(parents=True)
            job = replace(agents.job(_WAITING), mark=own.name, folder=own)
            running.append(asyncio.create_task(agents.run(job)))
        await agents.session.said.first(Other, 2 * count)
        with_driver = _pss(launcher.parent_pid) / count
        await _stop(running)
    return alone, with_driver


async def _stop(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _ours(parent: int) -> list[int]:
    """Return the shims and drivers below the shim parent, not what they run."""
    pids = tree_below(children_of(parent))
    return [pid for pid in pids if "python" in Path(f"/proc/{pid}/exe").readlink().name]


def _pss(parent: int) -> float:
    """Return the MiB of all shims and drivers, each with its share of what they have in common."""
    total = 0
    for pid in _ours(parent):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / _MIB


def _program(job: Job) -> Program:
    assert job.profile is not None
    return Program(
        argv=job.profile.argv,
        folder=job.tree,
        environment=job.environment,
        log=job.folder / "bare.jsonl",
        exit_file=job.folder / "bare.json",
        mark=job.mark,
    )


def _parse(name: str, repeats: int) -> float:
    """Return the microseconds of parsing a line as JSON."""
    lines = STREAMS[name].lines
    begun = time.process_time()
    for _ in range(repeats):
        for line in lines:
            json.loads(line)
    return (time.process_time() - begun) / repeats / len(lines) * 1e6


def _fold(name: str, repeats: int) -> float:
    """Return the microseconds of a line, up to what goes up the line of the attempt."""
    stream = STREAMS[name]
    begun = time.process_time()
    for _ in range(repeats):
        fold = new_fold(stream.parser)
        for line in stream.lines:
            for event in fold.lines([line]):
                encode(event)
    return (time.process_time() - begun) / repeats / len(stream.lines) * 1e6


SECTION: Final = Section("driver", "the program alone under its shim; json.loads", _measure)
