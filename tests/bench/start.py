"""How long a person waits for a command that only shows something."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Aim, Figure, Goal, Of, Section, against, by_turns
from tests.bench.runs import make_run, plan_of
from tests.support.run_harness import RunHarness

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SECTION"]

_TASKS: Final = 20


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    harness = RunHarness(folder)
    tasks = [{"id": f"t{number}", "prompt": "", "run": "true"} for number in range(_TASKS)]
    make_run(harness, plan_of(tasks), jobs=4)
    wf = str(Path(sys.executable).with_name("wf"))
    bare, shown, told = by_turns(
        1 if quick else 10,
        partial(_start, harness, sys.executable, "-c", "pass"),
        partial(_start, harness, wf, "--help"),
        partial(_start, harness, wf, "status"),
    )
    yield against("wf --help", "ms", shown, bare, aim=Aim.HELP)
    yield against(f"wf status, {_TASKS} tasks", "ms", told, bare, aim=Aim.STATUS)
    for words in (("--help",), ("status",)):
        loaded = _loaded(harness, *words)
        none = Goal(most=0, of=Of.VALUE)
        yield Figure(f"wf {words[0]}: modules of Textual", loaded, "modules", goal=none)


def _loaded(harness: RunHarness, *words: str) -> int:
    """Return how many modules of Textual a command loads."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "wf_tui", *words],
        cwd=harness.repo,
        env=harness.environ,
        check=True,
        capture_output=True,
        text=True,
    )
    return sum("| " in line and "textual" in line for line in done.stderr.splitlines())


def _start(harness: RunHarness, *words: str) -> float:
    """Return the milliseconds from the start to the end of a command in the repository."""
    begun = time.perf_counter()
    subprocess.run(words, cwd=harness.repo, env=harness.environ, check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1000


SECTION: Final = Section("start", "python -c pass", _measure)
