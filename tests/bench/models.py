"""Many models at once, all waiting for a slow answer: memory, the first tool call, the loop's lag.

The floor is an interpreter each, with the same library and one tool. Memory is that of all
processes but the one that stands for the scheduler, with shared pages in part (PSS).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Figure, Section, percentile
from tests.support.session_probe import SessionProbe
from wf_tui.profiles.resolved import Resolved
from wf_tui.workers.line.grammar import ToolEnd
from wf_tui.workers.model.host_link import HOST_FILE, HostLink
from wf_tui.workers.model.model_worker import ModelWorker
from wf_tui.workers.protocol import Job, Limits
from wf_tui.workers.shim.launcher import Launcher

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SECTION"]

_SIZES: Final = (8, 32, 128)
_MOST_INTERPRETERS: Final = 32
_ROOT: Final = str(Path(__file__).parents[2])
_LOOK: Final = 0.005
_ENVIRON: Final = {"PATH": os.environ["PATH"], "PYTHONPATH": _ROOT}
_INTERPRETER: Final = """
import asyncio, sys
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

async def write_file(path: str, content: str) -> str:
    open(path, "w").write(content)
    print("done", flush=True)
    return "done"

provider = OpenAIProvider(base_url=sys.argv[1] + "/v1", api_key="k")
agent = Agent(OpenAIChatModel("m", provider=provider), tools=[write_file])
asyncio.run(agent.run("scenario: waits " + sys.argv[2] + ".txt"))
"""


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    for size in (2,) if quick else _SIZES:
        (folder / str(size)).mkdir()
        with _server() as url:
            memory, first, lag = asyncio.run(_models(folder / str(size), url, size))
        alone: tuple[float, float] | None = None
        if size <= _MOST_INTERPRETERS:
            with _server() as url:
                alone = _interpreters(folder, url, size)
        floors = (None, None) if alone is None else alone
        yield Figure(f"{size} models: memory", memory, "MiB", floors[0])
        yield Figure(f"{size} models: each had a tool call", first, "s", floors[1])
        yield Figure(f"{size} models: loop lag p99", lag, "ms")


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """Give the URL of a server of its own: its threads would count for the loop's lag here."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.model_server"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        yield server.stdout.readline().strip()
        server.kill()


async def _models(folder: Path, url: str, size: int) -> tuple[float, float, float]:
    """Return memory (MiB), seconds to the last first tool call, and the loop's lag (ms, p99)."""
    async with Launcher() as launcher, HostLink(folder / HOST_FILE, _ENVIRON) as link:
        worker = ModelWorker(launcher, link)
        lags: list[float] = []
        watching = asyncio.create_task(_watch(lags))
        begun = time.perf_counter()
        sessions = [SessionProbe() for _ in range(size)]
        running = [
            asyncio.create_task(worker.run(_job(folder, url, number), session))
            for number, session in enumerate(sessions)
        ]
        for session in sessions:
            await session.said.first(ToolEnd)
        first = time.perf_counter() - begun
        assert link.pid is not None
        memory = await asyncio.to_thread(_memory, launcher.parent_pid, link.pid)
        watching.cancel()
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return memory, first, 1000 * percentile(lags, 99)


def _job(folder: Path, url: str, number: int) -> Job:
    """Return a job whose model writes a file, and then thinks for ever."""
    attempt, tree = folder / f"attempt-{number}", folder / f"tree-{number}"
    attempt.mkdir()
    tree.mkdir()
    prompt = attempt / "prompt.md"
    prompt.write_text(f"scenario: waits {number}.txt")
    base_url = f"{url}/v1"
    return Job(
        run="r",
        task=str(number),
        epoch=1,
        worker=f"m-{number}",
        tree=tree,
        folder=attempt,
        command=None,
        prompt=prompt.read_text(),
        environment={"PATH": os.environ["PATH"]},
        limits=Limits(),
        mark=str(attempt),
        prompt_file=prompt,
        profile=Resolved("m", "model", "m", model="m", base_url=base_url, ask="never"),
    )


async def _watch(lags: list[float]) -> None:
    """Note by how much longer than it should each sleep takes."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(_LOOK)
        lags.append(time.perf_counter() - begun - _LOOK)


def _interpreters(folder: Path, url: str, size: int) -> tuple[float, float]:
    """Return memory and seconds of as many interpreters, started at once."""
    begun = time.perf_counter()
    with contextlib.ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", _INTERPRETER, url, str(number)],
                    cwd=folder,
                    stdout=subprocess.PIPE,
                )
            )
            for number in range(size)
        ]
        for one in started:
            assert one.stdout
            one.stdout.readline()
        seconds = time.perf_counter() - begun
        memory = _memory(*(one.pid for one in started))
        for one in started:
            one.kill()
    return memory, seconds


def _memory(*pids: int) -> float:
    """Return the memory (MiB, PSS) of processes and of all below them."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text("utf-8").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    waiting, total = list(pids), 0
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, ())
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
            total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return total / 1024


SECTION: Final = Section("models", "an interpreter each", _measure)
