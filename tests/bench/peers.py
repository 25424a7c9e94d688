"""The layered graph beside the programs that others use for such graphs, all in the same run.

They come from their public packages, each in an environment that is thrown away; what is absent,
or takes too long, is told with the reason. Each run is a process from start to end, and begins
with nothing done; what it printed is compared with what it should have.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from math import nan
from typing import TYPE_CHECKING, Final

from tests.bench.environments import Absent, on_path, set_up
from tests.bench.figures import Aim, Figure, Section, against, by_turns
from tests.bench.graph import wf_run
from tests.bench.layered import (
    layered,
    write_luigi,
    write_makefile,
    write_ninja,
    write_plan,
    write_prefect,
    write_snakefile,
)
from tests.bench.spawn import JOBS
from tests.support.run_harness import RunHarness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.bench.layered import Node

__all__ = ["SECTION"]


@dataclass(frozen=True)
class _Peer:
    """A program that runs a graph, and how it is got and asked to."""

    name: str
    write: Callable[[Path, Sequence[Node]], Path]
    words: tuple[str, ...]
    """Its command, in the folder of what was written."""
    packages: tuple[str, ...] = ()
    """What is installed for it; nothing for one of the PATH."""
    or_path: bool = False
    """Whether the one of the PATH serves where that is not installed."""
    environ: Mapping[str, str] | None = None
    aim: Aim | None = None
    slow: bool = False
    """Whether it runs fewer times."""


_PEERS: Final = (
    _Peer(
        "ninja",
        write_ninja,
        ("ninja", f"-j{JOBS}"),
        ("ninja",),
        or_path=True,
        aim=Aim.GRAPH_NINJA,
    ),
    _Peer("make", write_makefile, ("make", f"-j{JOBS}")),
    _Peer(
        "snakemake",
        write_snakefile,
        ("snakemake", f"-c{JOBS}", "--quiet", "all"),
        ("snakemake",),
        aim=Aim.GRAPH_SNAKEMAKE,
        slow=True,
    ),
    _Peer(
        "luigi",
        write_luigi,
        ("luigi", "--module", "words", "Every", "--local-scheduler", "--workers", str(JOBS)),
        ("luigi", "setuptools<81"),
        environ={"PYTHONPATH": "."},
        aim=Aim.GRAPH_LUIGI,
        slow=True,
    ),
    _Peer(
        "prefect",
        write_prefect,
        ("python", "flow.py"),
        # Prefect 3.8 does not load with a newer one.
        ("prefect", "fastapi<0.120"),
        environ={
            "PREFECT_HOME": "prefect",
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        },
        slow=True,
    ),
)


@dataclass(frozen=True)
class _Size:
    tasks: int
    rounds: int
    slow_rounds: int
    deadline: float
    """Seconds for one run of a peer."""


_FULL: Final = _Size(1_000, 3, 1, 180)
_QUICK: Final = _Size(20, 1, 1, 20)


class _Runner:
    """Runs one peer, and remembers why it cannot be run."""

    def __init__(self, peer: _Peer, folder: Path, nodes: Sequence[Node], deadline: float) -> None:
        self.peer = peer
        self.absent = self.version = ""
        self._folder, self._nodes, self._deadline = folder, nodes, deadline
        self._program = ""

    def set_up(self, *, quick: bool) -> None:
        """Install it, or find it."""
        name = self.peer.words[0]
        try:
            if self.peer.packages:
                made = set_up(self._folder / "environment", self.peer.packages, quick=quick)
                self._program, self.version = made.program(name), made.version
            else:
                self._program = on_path(name)
        except Absent as absent:
            self._program = shutil.which(name) or "" if self.peer.or_path else ""
            self.absent = "" if self._program else str(absent)

    def run(self) -> float:
        """Run it once; return the seconds it took, nan where it could not."""
        work = self._folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self.peer.write(work, self._nodes)
        begun = time.perf_counter()
        if not self.absent:
            self.absent = self._faults(work)
        return nan if self.absent else time.perf_counter() - begun

    def _faults(self, work: Path) -> str:
        """Run it in a folder; return why that cannot be counted, "" where it can."""
        # A home of its own: it finds no settings, and leaves nothing behind.
        environ = {"PATH": os.environ["PATH"], "HOME": str(work), **(self.peer.environ or {})}
        try:
            done = subprocess.run(
                [self._program, *self.peer.words[1:]],
                cwd=work,
                env=environ,
                check=False,
                capture_output=True,
                text=True,
                timeout=self._deadline,
            )
        except subprocess.TimeoutExpired:
            return f"not through within {self._deadline:g} s"
        made = sum((work / node.name).exists() for node in self._nodes)
        if done.returncode or made < len(self._nodes):
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or [""]
            return f"failed with {done.returncode}, {made} tasks done: {last[0][:100]}"
        return ""


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    size = _QUICK if quick else _FULL
    nodes = layered(size.tasks)
    harness = RunHarness(folder)
    plan = write_plan(folder, nodes)
    runners = [_Runner(peer, folder / peer.name, nodes, size.deadline) for peer in _PEERS]
    for runner in runners:
        runner.set_up(quick=quick)
    for slow, rounds in ((False, size.rounds), (True, size.slow_rounds)):
        some = [runner for runner in runners if runner.peer.slow is slow]
        yield from _beside(some, partial(wf_run, harness, plan), rounds)


def _beside(runners: Sequence[_Runner], wf: Callable[[], float], rounds: int) -> Iterator[Figure]:
    """Run some peers and wf in turns."""
    taken = by_turns(rounds, wf, *(runner.run for runner in runners))
    ours = taken[0]
    for runner, theirs in zip(runners, taken[1:], strict=True):
        yield _figure(runner, ours, theirs)


def _figure(runner: _Runner, ours: Sequence[float], theirs: Sequence[float]) -> Figure:
    """Return wf over a quick peer, or a slow peer over wf: so that more than 1x is the slower."""
    peer = runner.peer
    name = " ".join(filter(None, (peer.name, runner.version)))
    what = f"{name}, over wf" if peer.slow else f"wf, over {name}"
    if runner.absent:
        return Figure(what, nan, "s", note=f"absent: {runner.absent}", aim=peer.aim)
    values, floors = (theirs, ours) if peer.slow else (ours, theirs)
    return against(what, "s", values, floors, aim=peer.aim)


SECTION: Final = Section(
    "peers", "what stands behind `over`, for the same graph of `echo`, from start to end", _measure
)
