"""`wf run --headless`, as a person or a script runs it."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

GOOD = """
goal: two files
defaults: {backoff_secs: 0}
phases:
- name: write
  parallel: true
  tasks:
  - {id: one, run: 'echo 1 > one.txt', mode: read_write, file_scope: [one.txt]}
  - {id: two, run: 'echo 2 > two.txt; printf "\\e[31mred\\e[0m\\tend\\n"', mode: read_write,
     file_scope: [two.txt], gate: 'echo the gate; test -s two.txt', gate_on: attempt}
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


def test_a_run_whose_tasks_are_all_done_exits_with_0(cli: CliHarness) -> None:
    """Its events are told line by line, then counts and branch; the work is on the branch."""
    done = cli.wf("run", cli.plan(GOOD), "--headless")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert "two files" in lines[0]
    assert any("✓ one merged" in line for line in lines)
    *_, ended, counts, _, _, first, second = lines
    assert ended.endswith("completed")
    assert counts.startswith("3/3 done")
    # What the last task has put together is the result of the run.
    assert (first, second) == ("  1", "  2")
    run = ended.split()[0]
    assert git(cli.repo, "show", f"wf/{run}:one.txt", f"wf/{run}:two.txt") == "1\n2\n"


def test_the_checkout_is_not_touched(cli: CliHarness) -> None:
    """Nothing appears in the user's folder, and the branch stays."""
    cli.wf("run", cli.plan(GOOD), "--headless")
    assert git(cli.repo, "status", "--porcelain") == ""
    assert git(cli.repo, "worktree", "list").count("\n") == 1
    assert git(cli.repo, "branch", "--show-current") == "main\n"


def test_as_json_it_prints_events_and_then_the_status(cli: CliHarness) -> None:
    """Every line is an object; numbers are gap-free; the last one is `wf status --json`."""
    done = cli.wf("run", cli.plan(GOOD), "--headless", "--json")
    *events, status = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["kind"] == "run_created"
    assert "run_ended" in {event["kind"] for event in events}
    assert status["run"]["state"] == "completed"
    assert status == cli.json("status")
    assert {task["reason"]["kind"] for task in status["tasks"]} == {"merged", "answered"}


def test_a_run_with_anything_not_done_exits_with_1(cli: CliHarness) -> None:
    """The summary names what is blocked, why, and the command that helps."""
    done = cli.wf("run", cli.plan(BAD), "--headless")
    assert done.returncode == 1
    assert "◆ bad      failed: exit 3  -> wf retry bad" in done.stdout
    assert "outside its scope: b.txt  -> wf accept outside" in done.stdout
    assert cli.wf("status").returncode == 1


def test_what_nobody_can_do_is_named_at_the_end(cli: CliHarness) -> None:
    """Nothing is blocked, and yet it cannot go on: the reason stands below the counts."""
    plan = "{goal: g, phases: [{name: p, tasks: [{id: a, run: 'true', worker: shell-7}]}]}"
    done = cli.wf("run", cli.plan(plan), "--headless")
    assert done.returncode == 1
    assert "a  no worker shell-7 that can do it" in done.stdout.splitlines()[-1]


def test_an_aborted_run_exits_with_4(cli: CliHarness) -> None:
    """A phase whose policy is `abort` ends the run, and what runs with it."""
    done = cli.wf("run", cli.plan(ABORTS), "--headless")
    assert done.returncode == 4
    assert "aborted" in done.stdout


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_stops_the_run_and_is_the_exit_status(
    cli: CliHarness, number: signal.Signals, status: int
) -> None:
    """What ran goes back into the queue; the run is paused, not lost."""
    running = cli.start("run", cli.plan(WAITS), "--headless")
    assert running.stdout is not None
    with running, running.stdout as lines:
        assert any("● long running" in line for line in lines)
        running.send_signal(number)
        lines.read()
    assert running.returncode == status
    assert cli.json("status")["run"]["state"] == "paused"
    assert cli.json("status")["tasks"][0]["state"] == "pending"


def test_a_reader_that_leaves_does_not_stop_the_run(cli: CliHarness) -> None:
    """`wf run --headless | head -1`: the run goes on, and nothing complains."""
    running = cli.start("run", cli.plan(GOOD), "--headless")
    assert running.stdout is not None
    assert running.stderr is not None
    with running, running.stderr:
        running.stdout.readline()
        running.stdout.close()
        complaints = [line for line in running.stderr if "changes_not_kept" not in line]
    assert "Traceback" not in "".join(complaints)
    assert cli.json("status")["run"]["state"] == "completed"


def test_logs_are_what_the_attempt_printed_made_safe(cli: CliHarness) -> None:
    """Escape sequences are gone, tabs are spaces, the gate's output follows."""
    cli.wf("run", cli.plan(GOOD), "--headless")
    assert cli.wf("logs", "two").stdout == "red    end\n[wf: the gate]\nthe gate\n"
    assert cli.wf("logs", "look").stdout == "1\n2\n"
    assert cli.wf("logs", "look", "--follow").stdout == "1\n2\n"
    entries = [json.loads(line) for line in cli.wf("logs", "look", "--json").stdout.splitlines()]
    assert "".join(entry["text"] for entry in entries) == "1\n2\n"
    assert {entry["kind"] for entry in entries} == {"out"}


def test_each_attempt_has_its_log(cli: CliHarness) -> None:
    """`--attempt` takes one of those that were; another is an unknown name."""
    cli.wf("run", cli.plan(BAD), "--headless")
    assert cli.wf("logs", "bad", "--attempt", "1").stdout == "why\n"
    wrong = cli.wf("logs", "bad", "--attempt", "9")
    assert wrong.returncode == 2
    assert wrong.stderr == "wf: unknown attempt '9'\n    there are: 1, 2\n"


def test_diff_is_a_patch_of_that_attempt_alone(cli: CliHarness) -> None:
    """Piped into git it applies; `--stat` has a line for the file; a reader has none."""
    cli.wf("run", cli.plan(GOOD), "--headless")
    patch = cli.wf("diff", "two").stdout
    assert "one.txt" not in patch
    (cli.root / "two.patch").write_text(patch)
    git(cli.repo, "apply", str(cli.root / "two.patch"))
    assert (cli.repo / "two.txt").read_text() == "2\n"
    assert "two.txt | 1 +" in cli.wf("diff", "two", "--stat").stdout
    assert "has left no changes" in cli.wf("diff", "look").stderr


def test_diff_of_work_that_was_held_back_shows_it(cli: CliHarness) -> None:
    """What was outside its scope is harvested and can be looked at."""
    cli.wf("run", cli.plan(BAD), "--headless")
    assert "+++ b/b.txt" in cli.wf("diff", "outside").stdout


ATTEMPT = (
    "epoch worker profile outcome cause exit_code signal base ref commit started_at ended_at "
    "worktree log usage left_running ignored"
)


def test_show_lists_the_attempts(cli: CliHarness) -> None:
    """Each has the promised fields, and the log lies where it says."""
    cli.wf("run", cli.plan(BAD), "--headless")
    attempts = cli.json("show", "bad")["attempt_list"]
    assert all(set(ATTEMPT.split()) <= attempt.keys() for attempt in attempts)
    assert [attempt["exit_code"] for attempt in attempts] == [3, 3]
    assert attempts[0]["log"].endswith("log.jsonl")
    assert attempts[0]["worktree"] is None
    assert cli.json("show", "outside")["attempt_list"][0]["worktree"] is not None
    assert "attempt 2  shell-" in cli.wf("show", "bad").stdout


def test_the_log_of_a_progress_bar(cli: CliHarness) -> None:
    """`wf logs` prints what each line came to, however often it was written over."""
    script = r"for n in 10 50 100; do printf '%s%%\r' $n; done; printf 'all\r\n'"
    plan = f"goal: g\nphases:\n- name: p\n  tasks:\n  - id: t\n    run: |\n      {script}\n"
    assert cli.wf("run", cli.plan(plan), "--headless").returncode == 0
    assert cli.wf("logs", "t").stdout == "all\n"


ASKS = r"""
goal: asks
phases:
- name: p
  tasks:
  - id: ask
    run: |
      printf '{"ev":"question","id":"1","text":"Deploy?"}\n' >&3
      IFS= read -r answer <&3
"""


def test_a_run_that_asks_nobody(cli: CliHarness) -> None:
    """With `--no-questions` what a worker asks is at once as if its time were over."""
    done = cli.wf("run", cli.plan(ASKS), "--headless", "--no-questions")
    assert done.returncode == 1, done.stderr
    assert "asks: Deploy?" in done.stdout
    assert "question: Deploy?  -> wf answer ask" in done.stdout
