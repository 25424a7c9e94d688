"""How long the work of an agent takes to be merged, once the agent has said that it is done."""

from __future__ import annotations

import json
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.cycles import Bare
from tests.bench.figures import Figure, Section, against
from tests.support.run_harness import RunHarness
from wf_tui.config import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["SECTION"]

_JOBS: Final = 8
_AGENT: Final = """
echo '{"ev": "session", "id": "one"}'
echo '{"ev": "tool_start", "id": "1", "name": "write", "kind": "edit"}'
echo "$WF_TASK" > "$WF_TASK.txt"
echo '{"ev": "tool_end", "id": "1", "status": "completed"}'
date +%s.%N > "$STAMPS/$WF_TASK"
echo '{"ev": "verdict", "ok": true, "text": "done"}'
"""
"""An agent of one's own, which notes when it says its last word."""


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    count = 6 if quick else 40
    harness = _harness(folder)
    bare = Bare(harness, "bare")
    floor = [bare.do(f"floor-{number}.txt") for number in range(count)]
    alone = _waits(harness, count, jobs=1)
    yield against("verdict to merged, 1 agent", "ms", alone, floor)
    harness.run += "-more"
    beside = _waits(harness, count, jobs=_JOBS)
    note = f"the longest {max(beside):.0f} ms: merges take turns"
    yield Figure(
        f"verdict to merged, {_JOBS} agents", median(beside), "ms", median(floor), note=note
    )


def _harness(folder: Path) -> RunHarness:
    stamps = folder / "stamps"
    stamps.mkdir()
    profile = partial(Profile, kind="agent", preset="jsonl", command=("sh", "-c", _AGENT))
    agent = profile(env={"STAMPS": str(stamps)}, seats=_JOBS)
    return RunHarness(folder, profiles={"agent": agent})


def _waits(harness: RunHarness, count: int, jobs: int) -> list[float]:
    """Lead a run of agents; return the milliseconds from last word to merged of each task."""
    tasks = [
        {"id": f"t{number}", "prompt": "Write a file.", "mode": "read_write"}
        for number in range(count)
    ]
    phase = {"name": "all", "parallel": True, "tasks": tasks}
    plan = {"goal": "be measured", "phases": [phase], "max_concurrent": jobs}
    # JSON is YAML, too.
    assert harness.play(json.dumps(plan), jobs) == "completed"
    stamps = harness.folder / "stamps"
    return [
        (event.at - float((stamps / str(event.task)).read_text())) * 1000
        for event in harness.events("task_done")
    ]


SECTION: Final = Section(
    "verdict", "bare git plumbing for the same edit: no worktree, a merge, a moved ref", _measure
)
