"""What a task costs beside its program: `true` through a whole run, and bare."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Aim, Figure, Section, against, by_turns
from tests.bench.runs import make_run, plan_of
from tests.support.run_harness import RunHarness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.plan.models import Plan

__all__ = ["JOBS", "SECTION", "bare"]

JOBS: Final = 8


@dataclass(frozen=True)
class _Cost:
    """Milliseconds."""

    wall: float
    own: float
    """Processor time of this process."""
    children: float
    """Processor time of all that it started."""


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    count, rounds = (8, 1) if quick else (200, 5)
    harness = RunHarness(folder)
    plan = plan_of([{"id": f"t{number}", "prompt": "", "run": "true"} for number in range(count)])
    creating: list[float] = []
    floor, whole = by_turns(
        rounds,
        partial(_cost, partial(bare, count, "true")),
        partial(_cost, partial(_whole, harness, plan, creating)),
    )
    yield from _figures(count, floor, whole, creating)


def _figures(
    count: int, bare: list[_Cost], whole: list[_Cost], creating: list[float]
) -> Iterator[Figure]:
    walls = [cost.wall / count for cost in whole]
    floors = [cost.wall / count for cost in bare]
    over = median(walls) - median(floors)
    yield against(
        f"{count} tasks of true, {JOBS} jobs: wall a task",
        "ms",
        walls,
        floors,
        note=f"{over:.1f} ms more; making the run was {median(creating):.0f} ms of the whole",
        aim=Aim.TRUE,
    )
    for name, part in (("this process", "own"), ("all it started", "children")):
        values = [getattr(cost, part) / count for cost in whole]
        yield against(
            f"CPU of {name} a task", "ms", values, [getattr(cost, part) / count for cost in bare]
        )


def _cost(work: Callable[[], None]) -> _Cost:
    wall, own, children = time.perf_counter(), time.process_time(), _children()
    work()
    return _Cost(
        (time.perf_counter() - wall) * 1000,
        (time.process_time() - own) * 1000,
        (_children() - children) * 1000,
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bare(count: int, *words: str) -> None:
    """Run a program so many times, as many at a time as there are jobs."""

    async def all_of_them() -> None:
        seats = asyncio.Semaphore(JOBS)

        async def one() -> None:
            async with seats:
                process = await asyncio.create_subprocess_exec(
                    *words, stdout=asyncio.subprocess.DEVNULL
                )
                assert await process.wait() == 0

        await asyncio.gather(*(one() for _ in range(count)))

    asyncio.run(all_of_them())


def _whole(harness: RunHarness, plan: Plan, creating: list[float]) -> None:
    begun = time.perf_counter()
    make_run(harness, plan, JOBS)
    creating.append((time.perf_counter() - begun) * 1000)
    assert harness.lead() == "completed"


SECTION: Final = Section(
    "spawn", "asyncio.create_subprocess_exec of the same programs, as many at a time", _measure
)
