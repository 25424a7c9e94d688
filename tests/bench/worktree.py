"""What a worktree costs a task: git alone, and through the scheduler, beside bare plumbing."""

from __future__ import annotations

import itertools
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.bench.cycles import Bare, Plain, Pooled
from tests.bench.figures import Aim, Figure, Goal, Section, against, by_turns
from tests.bench.runs import make_run, plan_of
from tests.support.run_harness import RunHarness

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SECTION"]

_FOLDERS: Final = 50
_JOBS: Final = 8
_ATTEMPTS: Final = {100: Aim.ATTEMPT_100, 5_000: Aim.ATTEMPT_5000}
_CYCLES: Final = {100: Aim.CYCLE_100, 5_000: Aim.CYCLE_5000}
_LARGE: Final = 5_000
"""From so many files on, the worktree costs more than the start of git's programs."""
_DURABLE: Final = ("-c", "core.fsync=objects,reference", "-c", "core.fsyncMethod=batch")
"""How wf writes objects and refs; git's own default leaves loose objects to the page cache."""


@dataclass(frozen=True)
class _Size:
    files: tuple[int, ...]
    cycles: int
    tasks: int


_FULL: Final = _Size((100, 5_000), 20, 24)
_QUICK: Final = _Size((20,), 3, 10)


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    size = _QUICK if quick else _FULL
    for files in size.files:
        yield from _at(folder / str(files), files, size)


def _at(folder: Path, files: int, size: _Size) -> Iterator[Figure]:
    """Measure one repository of so many files."""
    folder.mkdir()
    harness = RunHarness(folder)
    names = _grow(harness, files)
    cycles = (
        Pooled(harness),
        Plain(harness, _DURABLE),
        Bare(harness, "bare"),
        Bare(harness, "durable", _DURABLE),
    )
    first, *_ = (cycle.do(names[0]) for cycle in cycles)
    edits = itertools.cycle(names[1:])
    whole, plain, floor, safe = by_turns(
        size.cycles, *(partial(_next, cycle, edits) for cycle in cycles)
    )
    what = f"{files:,} files: git layer, over plain git in a worktree used again"
    note = "both sync every object and ref to the disk"
    yield against(what, "ms", whole, plain, note=note, aim=_CYCLES.get(files))
    pooled = cycles[0]
    with _counted_processes() as started:
        pooled.do(names[1])
    note = "those that are kept from one to the next are not started again"
    aim = Aim.CYCLE_PROCESSES if files == _LARGE else None
    yield Figure(f"{files:,} files: processes of git", len(started), "1", note=note, aim=aim)
    goal = Goal(most=1.7) if files >= _LARGE else Goal()
    note = f"the first one, with a new tree, {first:.0f} ms"
    yield against(f"{files:,} files: git layer", "ms", whole, floor, goal, note)
    note = "the floor with every object and ref synced to the disk, as wf does"
    yield against(f"{files:,} files: plumbing, synced", "ms", safe, floor, note=note)
    yield from _through_scheduler(harness, names, files, size, floor)
    pooled.close()


@contextmanager
def _counted_processes() -> Iterator[list[object]]:
    """Note each process of git that is started within."""
    started: list[object] = []
    real = subprocess.Popen.__init__

    def noting(self: subprocess.Popen[bytes], *words: Any, **named: Any) -> None:
        if Path(str(words[0][0])).name == "git":
            started.append(words)
        real(self, *words, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", noting)
        yield started


def _next(cycle: Pooled | Plain | Bare, edits: Iterator[str]) -> float:
    return cycle.do(next(edits))


def _grow(harness: RunHarness, files: int) -> list[str]:
    """Commit so many files of about 1 KiB; return their names."""
    names = [f"d{number % _FOLDERS}/f{number}.txt" for number in range(files)]
    for number in range(min(files, _FOLDERS)):
        (harness.repo / f"d{number}").mkdir()
    for number, name in enumerate(names):
        harness.write(name, f"file {number} of the sample\n" * 40)
    harness.git("add", "-A")
    harness.git("commit", "-q", "-m", "files")
    harness.git("gc", "-q")
    return names


def _through_scheduler(
    harness: RunHarness, names: list[str], files: int, size: _Size, floor: list[float]
) -> Iterator[Figure]:
    """Measure whole attempts: claim, tree, program, harvest, checks, merge, and the ledger."""
    alone = _run(harness, names, size.tasks, jobs=1)
    gaps = [later - earlier for earlier, later in itertools.pairwise(alone)]
    note = "median time between two tasks done, the program `echo` included"
    yield against(f"{files:,} files: whole attempt, 1 job", "ms", gaps, floor, note=note)
    done = _run(harness, names, size.tasks, jobs=_JOBS)
    each = (done[-1] - done[_JOBS - 1]) / max(1, len(done) - _JOBS)
    note = f"time per task after the first {_JOBS}, real merges"
    what = f"{files:,} files: whole attempt, {_JOBS} jobs"
    yield Figure(what, each, "ms", median(floor), note=note, aim=_ATTEMPTS.get(files))


def _run(harness: RunHarness, names: list[str], count: int, jobs: int) -> list[float]:
    """Lead a run of edits; return the milliseconds at which its tasks were done."""
    tasks = [
        {
            "id": f"t{number}",
            "prompt": "",
            "run": f"echo {number} >> {name}",
            "mode": "read_write",
            "file_scope": [name],
        }
        for number, name in enumerate(itertools.islice(itertools.cycle(names), count))
    ]
    make_run(harness, plan_of(tasks), jobs)
    assert harness.lead() == "completed"
    return [event.at * 1000 for event in harness.events("task_done")]


SECTION: Final = Section(
    "worktree",
    "bare git plumbing for the same edit: a temporary index, no worktree, a merge, a moved ref",
    _measure,
)
