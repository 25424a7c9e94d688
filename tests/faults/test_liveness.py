"""Signs of life and their absence: each kind of silence has an end, an event and a rule."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.audit import audit, look_at
from tests.support.plans import parallel_plan
from tests.support.run_harness import RunHarness
from wf_tui.board.detail.attempts import read_attempts
from wf_tui.board.detail.document import Source
from wf_tui.clock import SystemClock
from wf_tui.config import Timing
from wf_tui.ledger.rules.moves import RELEASE

if TYPE_CHECKING:
    from pathlib import Path

AGAIN = "max_attempts: 2"


def once(folder: Path, command: str) -> str:
    """Return a command that is done the first time, and never again."""
    return f"test -e {folder}/once && exit; touch {folder}/once; {command}"


def test_a_frozen_program_has_stalled(tmp_path: Path) -> None:
    """Its shim says that it is there, it says nothing: it is killed, and tried again."""
    harness = RunHarness(tmp_path, Timing(grace=0.2))
    before = look_at(harness.repo)
    command = once(tmp_path, "kill -STOP $$")
    plan = parallel_plan(f'id: a, run: "{command}", stall_after: 0.5, {AGAIN}')
    assert harness.play(plan) == "completed"
    first, second = harness.attempts("a")
    assert (first.outcome, first.cause, first.signal) == ("timed_out", "stall", None)
    assert (first.epoch, second.epoch, second.outcome) == (1, 2, "succeeded")
    assert [event.data["cause"] for event in harness.events("task_released")] == ["stall"]
    assert audit(harness, before) == []


def test_a_killed_program_says_which_signal_it_was(harness: RunHarness) -> None:
    """Kill -9 of a program is a failure with its reason."""
    harness.play(parallel_plan('id: a, run: "kill -9 $$"'))
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, attempt.cause, attempt.signal) == ("failed", "signal", 9)
    assert harness.task("a").note == "killed by signal 9 (SIGKILL)"


def test_a_killed_parent_of_shims_costs_nothing(harness: RunHarness) -> None:
    """What runs ends as it would have, and what comes next gets a new parent."""
    before = look_at(harness.repo)
    parent = "$(cut -d' ' -f4 /proc/$PPID/stat)"
    plan = parallel_plan(
        f'id: a, run: "kill -9 {parent}; echo a > a.txt", mode: read_write',
        'id: b, run: "echo b > b.txt", mode: read_write',
    )
    assert harness.play(plan, jobs=1) == "completed"
    assert [len(harness.attempts(name)) for name in "ab"] == [1, 1]
    assert (harness.merged("a.txt"), harness.merged("b.txt")) == ("a", "b")
    assert audit(harness, before) == []


def test_claimed_but_not_started(tmp_path: Path) -> None:
    """An attempt whose program does not start in time has failed, and is tried again."""
    harness = RunHarness(tmp_path, Timing(start_deadline=0.3))
    harness.environ["WF_FAULT"] = "prepare.recorded:1:delay=1"
    plan = parallel_plan('id: a, run: "true", mode: read_write, max_attempts: 9')
    assert harness.play(plan) == "completed"
    first, *_, last = harness.attempts("a")
    assert (first.outcome, first.cause) == ("timed_out", "start")
    assert last.outcome == "succeeded"


@pytest.mark.slow
def test_a_gate_that_never_starts(tmp_path: Path) -> None:
    """With a frozen parent of shims nothing can start: it is given up, and another one made."""
    harness = RunHarness(tmp_path, Timing(grace=0.1, start_deadline=3.0), deaf_after=0.1)
    freeze = once(tmp_path, "kill -STOP $(cut -d' ' -f4 /proc/$PPID/stat)")
    fields = f'mode: read_write, gate: "true", {AGAIN}'
    plan = parallel_plan(f'id: a, run: "echo x > a.txt; {freeze}", {fields}')
    assert harness.play(plan) == "completed"
    first, second = harness.attempts("a")
    assert (first.outcome, first.cause) == ("timed_out", "start")
    assert first.note.startswith("its gate did not start within")
    assert second.outcome == "succeeded"


def test_an_own_step_that_takes_too_long_says_so(tmp_path: Path) -> None:
    """Where no git hangs there is nothing to kill: it is told, once, and no lease is renewed."""
    harness = RunHarness(tmp_path, Timing(step_deadline=0.3, heartbeat=0.1))
    harness.environ["WF_FAULT"] = "harvest.begun:1:delay=1.5"
    assert (
        harness.play(parallel_plan('id: a, run: "echo x > x.txt", mode: read_write')) == "completed"
    )
    (told,) = harness.events("task_progress")
    assert "wf did not finish this step" in str(told.data["text"])


def test_a_late_result_is_kept_and_does_not_count(harness: RunHarness) -> None:
    """Taken from its worker when its work was judged already: it is kept under its ref."""
    before = look_at(harness.repo)
    harness.environ["WF_FAULT"] = "check.ended:1:delay=1"
    harness.start(parallel_plan('id: a, run: "echo $WF_ATTEMPT > a.txt", mode: read_write'))
    harness.when(
        lambda event: event.kind == "harvested",
        lambda ledger: ledger.move(harness.run, RELEASE, ["a"]),
    )
    assert harness.lead() == "completed"
    late, good = harness.attempts("a")
    assert (late.outcome, good.outcome) == ("cancelled", "succeeded")
    assert late.ref is not None
    assert late.ref != good.ref
    assert harness.merged("a.txt").endswith("-2")
    assert shown(harness) == ["cancelled", "succeeded"]
    assert audit(harness, before) == []


def shown(harness: RunHarness) -> list[str]:
    """Return the outcomes of the attempts of `a` as `wf show` has them, and the board as well."""
    words = [sys.executable, "-m", "wf_tui", "show", "a", "--json"]
    environ = {**harness.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run(words, cwd=harness.repo, env=environ, check=True, capture_output=True)
    outcomes = [attempt["outcome"] for attempt in json.loads(told.stdout)["attempt_list"]]
    document = read_attempts(Source(harness.project, harness.run, "a", None, SystemClock()))
    text = "\n".join(line.text for line in document.laid_out(120))
    assert all(outcome in text for outcome in outcomes)
    return outcomes
