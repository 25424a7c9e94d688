"""The `scheduler.log` of a run: its life, line by line, and nothing that a worker has written."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.support.crash_scenario import start
from tests.support.plans import WRITES, parallel_plan
from wf_tui.git.runner import git
from wf_tui.scheduler.run_log import RunLog, current_log
from wf_tui.scheduler.threads import Threads

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.run_harness import RunHarness

LINE = re.compile(
    r"\S+ \S+ (?P<level>[A-Z]+) [\w.]+: run (?P<run>\w+)(?P<where>[^:]*): (?P<text>.*)"
)


def lines(harness: RunHarness) -> list[re.Match[str]]:
    """Return the lines of the log of a run that a process of its own has led."""
    log = harness.project.paths.run(harness.run).scheduler_log.read_text()
    found = [LINE.fullmatch(line) for line in log.splitlines()]
    *life, last = found
    assert last is None, "the last line is what `wf scheduler` prints"
    assert None not in life, log
    return [line for line in life if line is not None]


def lead(harness: RunHarness) -> None:
    """Lead the run with a process of its own, to its end."""
    assert os.waitstatus_to_exitcode(os.waitpid(harness.detach(), 0)[1]) == 0


def test_the_life_of_a_healthy_run(harness: RunHarness) -> None:
    """Start, claim, each step with its duration, merge, export and end, in this order."""
    harness.start(parallel_plan(f"id: t, run: 'echo sesame > a.txt', gate: 'true', {WRITES}"))
    lead(harness)
    life = lines(harness)
    assert {(line["level"], line["run"]) for line in life} == {("INFO", harness.run)}
    texts = [re.sub(r"\d+\.\d{3} s|[0-9a-f]{40}|process \d+", "#", line["text"]) for line in life]
    said = [text for text in texts if not text.startswith(("git ", "exported", "kept"))]
    assert said == [
        "# asks for the lead",
        f"led by # on {os.uname().nodename}",
        "recovery took #",
        "claimed by shell-1",
        "prepare took #",
        "run took #",
        "harvest took #",
        "check took #",
        "merged as #",
        "integrate took #",
        "giving the tree back took #",
        "ended: completed",
    ]
    assert f"exported # to {harness.branch}" in texts


def test_each_line_of_an_attempt_names_it(harness: RunHarness) -> None:
    """What is said of an attempt has its task and its epoch, from the claim to the tree."""
    once = f"test -e {harness.folder}/once || {{ touch {harness.folder}/once; exit 1; }}"
    harness.start(parallel_plan(f'id: a, run: "{once}", max_attempts: 2', "id: b, run: ls"))
    lead(harness)
    claims = [line["where"] for line in lines(harness) if line["text"].startswith("claimed by")]
    ends = [line["where"] for line in lines(harness) if line["text"].startswith("giving the tree")]
    attempts = [" task a epoch 1", " task a epoch 2", " task b epoch 1"]
    assert sorted(claims) == sorted(ends) == attempts


def test_what_a_worker_writes_is_not_logged(harness: RunHarness) -> None:
    """Neither its output, nor its command, nor what is in the environment gets into the log."""
    harness.environ["MY_TOKEN"] = "sesame in the environment"  # noqa: S105 - is to be seen nowhere
    once = f"test -e {harness.folder}/once || {{ touch {harness.folder}/once; exit 1; }}"
    fields = f'run: "echo sesame; {once}", prompt: sesame, max_attempts: 2'
    harness.start(parallel_plan(f"id: a, {fields}"))
    lead(harness)
    assert "sesame" not in harness.project.paths.run(harness.run).scheduler_log.read_text()


def test_a_person_in_the_foreground_is_spared(harness: RunHarness) -> None:
    """Of a run that is led at a terminal the life goes to the log alone, and all of it."""
    harness.start(parallel_plan("id: a, run: ls"))
    with start(harness) as scheduler:
        printed, _ = scheduler.communicate(timeout=60)
    assert printed == "completed\n"
    log = harness.project.paths.run(harness.run).scheduler_log.read_text()
    assert log.splitlines()[-1].endswith(f"run {harness.run}: ended: completed")


async def test_git_that_takes_long_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A git command over 0.2 s is named, with its attempt, and one that is quick is not."""
    program = tmp_path / "git"
    program.write_text('#!/bin/sh\ntest "$1" = quick || sleep 0.25\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    current_log.set(RunLog("r", "t", 7))
    with ThreadPoolExecutor(1) as executor, caplog.at_level("INFO"):
        threads = Threads(executor, git_seconds=10.0)
        await threads.run(git, "quick")
        await threads.run(git, "slow")
    (record,) = caplog.records
    assert re.fullmatch(r"git slow took 0\.\d{3} s", record.getMessage())
    assert vars(record)["where"] == "run r task t epoch 7: "
