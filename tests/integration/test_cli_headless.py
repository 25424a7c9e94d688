"""`wf run --headless`, as a person or a script runs it."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.desk import git

if TYPE_CHECKING:
    from tests.desk import Desk

GOOD = """
goal: two files
defaults: {backoff_secs: 0}
phases:
- name: write
  parallel: true
  tasks:
  - {id: one, run: 'echo 1 > one.txt', mode: read_write, file_scope: [one.txt]}
  - {id: two, run: 'echo 2 > two.txt; printf "\\e[31mred\\e[0m\\tend\\n"', mode: read_write,
     file_scope: [two.txt], gate: 'echo the gate; test -s two.txt'}
- name: read
  depends_on: [write]
  tasks: [{id: look, run: 'cat one.txt two.txt', depends_on_results: [one]}]
"""
BAD = """
goal: fails
defaults: {backoff_secs: 0, max_attempts: 2}
phases:
- name: p
  parallel: true
  tasks:
  - {id: bad, run: 'echo why; exit 3'}
  - {id: outside, run: 'echo x > b.txt', mode: read_write, file_scope: [a.txt]}
"""
ABORTS = """
goal: aborts
phases:
- name: p
  parallel: true
  on_failure: abort
  tasks:
  - {id: bad, run: 'exit 3', max_attempts: 1}
  - {id: long, run: 'sleep 60'}
"""
WAITS = "{goal: waits, phases: [{name: p, tasks: [{id: long, run: 'echo up; sleep 60'}]}]}"


def test_a_run_whose_tasks_are_all_done_exits_with_0(desk: Desk) -> None:
    """Its events are told line by line, then counts and branch; the work is on the branch."""
    done = desk.wf("run", desk.plan(GOOD), "--headless")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert "two files" in lines[0]
    assert any("✓ one merged" in line for line in lines)
    assert lines[-2].endswith("completed")
    assert lines[-1].startswith("3/3 done")
    run = lines[-2].split()[0]
    assert git(desk.repo, "show", f"wf/{run}:one.txt", f"wf/{run}:two.txt") == "1\n2\n"


def test_the_checkout_is_not_touched(desk: Desk) -> None:
    """Nothing appears in the user's folder, and the branch stays."""
    desk.wf("run", desk.plan(GOOD), "--headless")
    assert git(desk.repo, "status", "--porcelain") == ""
    assert git(desk.repo, "worktree", "list").count("\n") == 1
    assert git(desk.repo, "branch", "--show-current") == "main\n"


def test_as_json_it_prints_events_and_then_the_status(desk: Desk) -> None:
    """Every line is an object; numbers are gap-free; the last one is `wf status --json`."""
    done = desk.wf("run", desk.plan(GOOD), "--headless", "--json")
    *events, status = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["kind"] == "run_created"
    assert "run_ended" in {event["kind"] for event in events}
    assert status["run"]["state"] == "completed"
    assert status == desk.json("status")
    assert {task["reason"]["kind"] for task in status["tasks"]} == {"merged", "answered"}


def test_a_run_with_anything_not_done_exits_with_1(desk: Desk) -> None:
    """The summary names what is blocked, why, and the command that helps."""
    done = desk.wf("run", desk.plan(BAD), "--headless")
    assert done.returncode == 1
    assert "▌ bad      failed: exit 3  -> wf retry bad" in done.stdout
    assert "outside its scope: b.txt  -> wf accept outside" in done.stdout
    assert desk.wf("status").returncode == 1


def test_what_nobody_can_do_is_named_at_the_end(desk: Desk) -> None:
    """Nothing is blocked, and yet it cannot go on: the reason stands below the counts."""
    plan = "{goal: g, phases: [{name: p, tasks: [{id: a, run: 'true', worker: nobody}]}]}"
    done = desk.wf("run", desk.plan(plan), "--headless")
    assert done.returncode == 1
    assert "a  no worker nobody that can do it" in done.stdout.splitlines()[-1]


def test_an_aborted_run_exits_with_4(desk: Desk) -> None:
    """A phase whose policy is `abort` ends the run, and what runs with it."""
    done = desk.wf("run", desk.plan(ABORTS), "--headless")
    assert done.returncode == 4
    assert "aborted" in done.stdout


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_stops_the_run_and_is_the_exit_status(
    desk: Desk, number: signal.Signals, status: int
) -> None:
    """What ran goes back into the queue; the run is paused, not lost."""
    running = desk.start("run", desk.plan(WAITS), "--headless")
    assert running.stdout is not None
    with running, running.stdout as lines:
        assert any("● long running" in line for line in lines)
        running.send_signal(number)
        lines.read()
    assert running.returncode == status
    assert desk.json("status")["run"]["state"] == "paused"
    assert desk.json("status")["tasks"][0]["state"] == "pending"


def test_a_reader_that_leaves_does_not_stop_the_run(desk: Desk) -> None:
    """`wf run --headless | head -1`: the run goes on, and nothing complains."""
    running = desk.start("run", desk.plan(GOOD), "--headless")
    assert running.stdout is not None
    assert running.stderr is not None
    with running, running.stderr:
        running.stdout.readline()
        running.stdout.close()
        complaints = [line for line in running.stderr if "changes_not_kept" not in line]
    assert "Traceback" not in "".join(complaints)
    assert desk.json("status")["run"]["state"] == "completed"


def test_logs_are_what_the_attempt_printed_made_safe(desk: Desk) -> None:
    """Escape sequences are gone, tabs are spaces, the gate's output follows."""
    desk.wf("run", desk.plan(GOOD), "--headless")
    assert desk.wf("logs", "two").stdout == "red    end\n[wf: the gate]\nthe gate\n"
    assert desk.wf("logs", "look").stdout == "1\n2\n"
    assert desk.wf("logs", "look", "--follow").stdout == "1\n2\n"


def test_each_attempt_has_its_log(desk: Desk) -> None:
    """`--attempt` takes one of those that were; another is an unknown name."""
    desk.wf("run", desk.plan(BAD), "--headless")
    assert desk.wf("logs", "bad", "--attempt", "1").stdout == "why\n"
    wrong = desk.wf("logs", "bad", "--attempt", "9")
    assert wrong.returncode == 2
    assert wrong.stderr == "wf: unknown attempt '9'\n    there are: 1, 2\n"


def test_diff_is_a_patch_of_that_attempt_alone(desk: Desk) -> None:
    """Piped into git it applies; `--stat` has a line for the file; a reader has none."""
    desk.wf("run", desk.plan(GOOD), "--headless")
    patch = desk.wf("diff", "two").stdout
    assert "one.txt" not in patch
    (desk.root / "two.patch").write_text(patch)
    git(desk.repo, "apply", str(desk.root / "two.patch"))
    assert (desk.repo / "two.txt").read_text() == "2\n"
    assert "two.txt | 1 +" in desk.wf("diff", "two", "--stat").stdout
    assert "has left no changes" in desk.wf("diff", "look").stderr


def test_diff_of_work_that_was_held_back_shows_it(desk: Desk) -> None:
    """What was outside its scope is harvested and can be looked at."""
    desk.wf("run", desk.plan(BAD), "--headless")
    assert "+++ b/b.txt" in desk.wf("diff", "outside").stdout


ATTEMPT = (
    "epoch worker profile outcome cause exit_code signal base ref commit started_at ended_at "
    "worktree log usage"
)


def test_show_lists_the_attempts(desk: Desk) -> None:
    """Each has the promised fields, and the log lies where it says."""
    desk.wf("run", desk.plan(BAD), "--headless")
    attempts = desk.json("show", "bad")["attempt_list"]
    assert [list(attempt) for attempt in attempts] == [ATTEMPT.split()] * 2
    assert [attempt["exit_code"] for attempt in attempts] == [3, 3]
    assert attempts[0]["log"].endswith("log.jsonl")
    assert attempts[0]["worktree"] is None
    assert desk.json("show", "outside")["attempt_list"][0]["worktree"] is not None
    assert "attempt 2  shell-" in desk.wf("show", "bad").stdout
