"""Clocks that are set, machines that sleep, steps that hang: no live claim is lost by them."""

from __future__ import annotations

import os
import re
import shutil
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.support.plans import parallel_plan
from tests.support.run_harness import RunHarness, attempt_started
from tests.support.waiting import until
from wf_tui.cli.root import wf
from wf_tui.clock import SystemClock
from wf_tui.config import Timing
from wf_tui.project import open_reads
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOUR = 3600.0
SILENT = 'id: a, run: "until test -e {flag}; do sleep 0.05; done; echo x > a.txt", mode: read_write'


class SetClock(SystemClock):
    """The machine's clocks, which a test can set."""

    wall = 0.0
    alone = 0.0
    """How far the monotonic clock is ahead: seconds in which this machine stood still."""

    def now(self) -> float:
        """Return UTC seconds, as they were set."""
        return super().now() + self.wall

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return super().monotonic() + self.alone


def beats(harness: RunHarness) -> None:
    """Wait until the scheduler has renewed the leases twice, or given the task up."""
    seen: set[float | None] = set()

    def is_enough() -> bool:
        seen.add(harness.task("a").lease_until)
        return len(seen) == 3 or None in seen

    until(is_enough, "two leases were renewed")


def violations(harness: RunHarness) -> list[str]:
    """Return what the independent checker finds."""
    with open_reads(harness.project) as db:
        return [one.text for one in verify_run(db, harness.run, None).violations]


def after(harness: RunHarness, change: Callable[[], object], flag: Path) -> None:
    """Change a clock while the task runs, let the scheduler look twice, and let it end."""
    harness.wait_for(attempt_started("a"))
    change()
    beats(harness)
    flag.touch()


def play(harness: RunHarness, change: Callable[[], object], flag: Path) -> str:
    """Run one task, on whose way a clock is changed."""
    harness.start(parallel_plan(SILENT.format(flag=flag)))
    person = threading.Thread(target=after, args=(harness, change, flag))
    person.start()
    state = harness.lead()
    person.join()
    return state


def test_a_machine_that_stood_still(tmp_path: Path) -> None:
    """An hour in which nobody could say anything is no silence: the attempt goes on."""
    harness = RunHarness(tmp_path, Timing(grace=0.5, heartbeat=0.1))
    harness.clock = clock = SetClock()
    assert play(harness, partial(setattr, clock, "alone", HOUR), tmp_path / "flag") == "completed"
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["succeeded"]


@pytest.mark.parametrize("jump", [3 * HOUR, -3 * HOUR, 10 * 365 * 24 * HOUR])
def test_a_clock_that_is_set_while_a_program_runs(tmp_path: Path, jump: float) -> None:
    """Nothing is reclaimed, the log is in order and without a violation."""
    harness = RunHarness(tmp_path, Timing(grace=0.5, heartbeat=0.1))
    harness.clock = clock = SetClock()
    assert play(harness, partial(setattr, clock, "wall", jump), tmp_path / "flag") == "completed"
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["succeeded"]
    assert violations(harness) == []


def test_a_clock_set_forwards_ends_a_back_off(tmp_path: Path) -> None:
    """A scheduler that sleeps until then notices at once."""
    harness = RunHarness(tmp_path)
    harness.clock = clock = SetClock()
    flag = tmp_path / "flag"
    fields = "max_attempts: 2, backoff_secs: 300"
    harness.start(parallel_plan(f'id: a, run: "test -e {flag}", {fields}'))

    def set_clock(_: object) -> None:
        flag.touch()
        clock.wall = HOUR

    harness.when(lambda event: event.kind == "task_released", set_clock)
    assert harness.lead() == "completed"
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["failed", "succeeded"]


@pytest.mark.parametrize("offset", ["10800", "-10800", "315360000"])
def test_a_clock_that_is_set_between_run_and_look(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch, offset: str
) -> None:
    """Views of a run show no time that is less than none, and none of them breaks."""
    harness.play(parallel_plan('id: a, run: "true"', 'id: b, run: "false"'))
    for name, value in {**harness.environ, "WF_CLOCK_OFFSET": offset}.items():
        monkeypatch.setenv(name, value)
    for words in ("status", "runs", "workers", "events", "show a", "show b", "verify"):
        told = CliRunner().invoke(wf, [*words.split(), "--repo", str(harness.repo)])
        assert told.exit_code == (words == "status"), told.output
        assert not re.search(r"(?<![\w-])-\d", told.output), told.output


def hang(folder: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a git first that hangs, once, when its arguments have these words."""
    git = shutil.which("git")
    hanging = f'case "$*" in {words}) rm {folder}/hang 2>/dev/null && exec sleep 60;; esac'
    (folder / "git").write_text(f'#!/bin/sh\n{hanging}\nexec {git} "$@"\n')
    (folder / "git").chmod(0o755)
    (folder / "hang").touch()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


@pytest.mark.parametrize("words", ["*write-tree*", "*diff-tree*", "*hash-object*"])
def test_git_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """An own step has a deadline: git is stopped, that counts, and the task is tried again."""
    harness = RunHarness(tmp_path, Timing(grace=0.5, step_deadline=0.5))
    fields = "mode: read_write, max_attempts: 2"
    harness.start(parallel_plan(f'id: a, run: "echo x > a.txt", {fields}'))
    hang(tmp_path, words, monkeypatch)
    assert harness.lead() == "completed"
    first, second = harness.attempts("a")
    assert (first.outcome, first.cause) == ("timed_out", "deadline")
    assert "took longer than 0.5 s" in first.note
    assert second.outcome == "succeeded"
    assert violations(harness) == []
