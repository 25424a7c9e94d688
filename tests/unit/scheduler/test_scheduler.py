"""The loop: placement, retries, policies, people who step in, and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.plans import parallel_plan
from tests.support.run_harness import RunHarness, attempt_started, touch
from wf_tui.config import Timing
from wf_tui.ledger.rules.moves import CANCEL, RELEASE, RETRY

if TYPE_CHECKING:
    from pathlib import Path


def test_parallel_tasks_overlap(harness: RunHarness, tmp_path: Path) -> None:
    """Tasks of a parallel phase run at the same time: each waits for the other."""
    meet = "touch {0}/{1}; until test -e {0}/{2}; do :; done"
    plan = parallel_plan(
        f'id: a, run: "{meet.format(tmp_path, "a", "b")}"',
        f'id: b, run: "{meet.format(tmp_path, "b", "a")}"',
    )
    assert harness.play(plan) == "completed"


def test_jobs_cap(harness: RunHarness, tmp_path: Path) -> None:
    """With one job no two tasks run at once."""
    lock = f"mkdir {tmp_path}/l && rmdir {tmp_path}/l"
    plan = parallel_plan(*(f'id: t{n}, run: "{lock}"' for n in range(4)))
    assert harness.play(plan, jobs=1) == "completed"


def test_failure_is_retried_elsewhere(harness: RunHarness, tmp_path: Path) -> None:
    """A failed task is tried again, by another worker, and the reason is in the ledger."""
    command = f"test -e {tmp_path}/once || {{ touch {tmp_path}/once; exit 1; }}"
    plan = parallel_plan(f'id: t, run: "{command}", max_attempts: 2')
    assert harness.play(plan) == "completed"
    first, second = harness.attempts("t")
    assert (first.outcome, second.outcome) == ("failed", "succeeded")
    assert first.worker != second.worker


def test_conflict_is_retried_on_the_new_base(harness: RunHarness, tmp_path: Path) -> None:
    """Of two edits that conflict the second is made again on what the first left."""
    read = f"cp shared.txt {tmp_path}/$WF_TASK; touch {tmp_path}/r-$WF_TASK"
    meet = f"until test -e {tmp_path}/r-a -a -e {tmp_path}/r-b; do :; done"
    edit = f"(cat {tmp_path}/$WF_TASK; echo $WF_TASK) > shared.txt"
    fields = f'run: "{read}; {meet}; {edit}", mode: read_write, file_scope: [shared.txt]'
    plan = parallel_plan(f"id: a, {fields}", f"id: b, {fields}", before="scopes: race")
    assert harness.play(plan) == "completed"
    assert sorted(harness.merged("shared.txt").split()[3:]) == ["a", "b"]
    assert len(harness.events("conflict_found")) == 1
    assert harness.task("a").tries == harness.task("b").tries == 0


def test_second_conflict_blocks(harness: RunHarness, tmp_path: Path) -> None:
    """A task whose work conflicts twice is blocked, with the marked merge in its kept tree."""
    command = f"cp shared.txt {tmp_path}/seen; echo mine > shared.txt; sh {tmp_path}/spoil"
    spoil = tmp_path / "spoil"
    control = harness.project.paths.run(harness.run).control
    spoil.write_text(
        f"export GIT_DIR={control} GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x "
        "GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x; unset GIT_WORK_TREE\n"
        f"head=$(git rev-parse refs/heads/{harness.branch})\n"
        "blob=$(date +%s%N | git hash-object -w --stdin)\n"
        "tree=$(printf '100644 blob %s\\tshared.txt\\n' $blob | git mktree)\n"
        f"git update-ref refs/heads/{harness.branch} $(git commit-tree -p $head -m x $tree)\n"
    )
    plan = parallel_plan(f'id: t, run: "{command}", mode: read_write', before="scopes: race")
    assert harness.play(plan) == "partial"
    task = harness.task("t")
    assert (task.kind, task.detail["paths"]) == ("conflict", ["shared.txt"])
    assert task.detail["with"] == ["x"]
    (kept,) = harness.project.paths.run(harness.run).trees.iterdir()
    assert "<<<<<<<" in (kept / "shared.txt").read_text()


def test_stall_in_the_foreground_is_partial(harness: RunHarness) -> None:
    """Nobody can help a headless run on: it says what blocks it, and ends."""
    plan = parallel_plan('id: a, run: "false"')
    assert harness.play(plan) == "partial"
    (stalled,) = harness.events("run_stalled")
    assert stalled.data["roots"] == ["a"]


def test_person_helps_a_stalled_run_on(harness: RunHarness, tmp_path: Path) -> None:
    """A stalled run goes on when a person retries what blocks it."""
    flag = tmp_path / "flag"
    harness.start(parallel_plan(f'id: a, run: "test -e {flag}"'))
    harness.when(
        lambda event: event.kind == "run_stalled",
        lambda ledger: (touch(flag), ledger.move(harness.run, RETRY, ["a"])),
    )
    assert harness.lead(foreground=False) == "completed"
    assert [event.actor.partition(":")[0] for event in harness.events("task_retried")] == ["user"]


def test_release_stops_and_runs_again(harness: RunHarness, tmp_path: Path) -> None:
    """A released task's program is stopped, its attempt is cancelled, the task runs again."""
    command = f"test -e {tmp_path}/again && exit 0; touch {tmp_path}/again; sleep 60"
    harness.start(parallel_plan(f'id: a, run: "{command}"'))
    harness.when(attempt_started("a"), lambda ledger: ledger.move(harness.run, RELEASE, ["a"]))
    assert harness.lead() == "completed"
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["cancelled", "succeeded"]


def test_cancelled_work_is_harvested(harness: RunHarness) -> None:
    """What a cancelled attempt had written is kept under its ref."""
    harness.start(
        parallel_plan('id: a, run: "echo x > x.txt; echo up; sleep 60", mode: read_write')
    )
    harness.when(
        lambda event: event.kind == "task_progress",
        lambda ledger: ledger.move(harness.run, CANCEL, ["a"]),
    )
    assert harness.lead() == "partial"
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, harness.task("a").kind) == ("cancelled", "cancelled")
    assert attempt.ref
    assert harness.events("harvested")[0].data["files"] == 1


def test_stop_now_and_resume(harness: RunHarness, tmp_path: Path) -> None:
    """`stop --now` takes work back and ends the scheduler; another one goes on."""
    command = f"test -e {tmp_path}/again && exit 0; touch {tmp_path}/again; sleep 60"
    harness.start(parallel_plan(f'id: a, run: "{command}"'))
    harness.when(attempt_started("a"), lambda ledger: ledger.stop(harness.run, now=True))
    assert harness.lead() == "paused"
    harness.act(lambda ledger: ledger.resume(harness.run))
    assert harness.lead() == "completed"


def test_drain(harness: RunHarness, tmp_path: Path) -> None:
    """`stop` lets running work end, starts nothing new, and ends the scheduler."""
    gate = tmp_path / "gate"
    harness.start(
        parallel_plan(f'id: a, run: "until test -e {gate}; do :; done"', "id: b, run: ls"), jobs=1
    )
    harness.when(attempt_started("a"), lambda ledger: (ledger.stop(harness.run), touch(gate)))
    assert harness.lead() == "paused"
    assert (harness.task("a").state, harness.task("b").state) == ("done", "pending")


def test_abort_policy(harness: RunHarness) -> None:
    """With `on_failure: abort` a failure stops its siblings and the rest of the run."""
    plan = parallel_plan(
        'id: a, run: "false"', 'id: b, run: "sleep 60"', policy="  on_failure: abort\n"
    )
    assert harness.play(plan) == "aborted"
    assert (harness.task("a").kind, harness.task("b").kind) == ("failed", "cancelled")


def test_abort_by_hand(harness: RunHarness) -> None:
    """`abort` cancels what runs and what waits; the run is aborted when nothing is open."""
    harness.start(parallel_plan('id: a, run: "sleep 60"', "id: b, run: ls"), jobs=1)
    harness.when(attempt_started("a"), lambda ledger: ledger.abort(harness.run))
    assert harness.lead() == "aborted"
    assert (harness.task("a").kind, harness.task("b").kind) == ("cancelled", "cancelled")


def test_silence_is_a_stall(tmp_path: Path) -> None:
    """A command that is silent for longer than its plan allows is stopped, and that counts."""
    harness = RunHarness(tmp_path, Timing(grace=0.2))
    assert harness.play(parallel_plan('id: a, run: "sleep 15", stall_after: 0.4')) == "partial"
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, attempt.cause) == ("timed_out", "stall")
    assert attempt.note == "no output for 0.4 s, which is its stall_after"


def test_silence_of_a_command_is_no_stall(tmp_path: Path) -> None:
    """The settings' limit is for agents: a compiler may say nothing until it is through."""
    harness = RunHarness(tmp_path, Timing(grace=0.2, heartbeat=0.1, stall_after=0.2))
    assert harness.play(parallel_plan('id: a, run: "sleep 1", gate: "sleep 1"')) == "completed"


def test_a_task_may_be_silent_in_a_plan_that_forbids_it(tmp_path: Path) -> None:
    """`stall_after: 0` of a task takes off the limit that its plan sets."""
    harness = RunHarness(tmp_path, Timing(grace=0.2, heartbeat=0.1))
    plan = parallel_plan('id: a, run: "sleep 1", stall_after: 0', before="stall_after: 0.2")
    assert harness.play(plan) == "completed"


def test_shared_writers_do_not_see_each_other(harness: RunHarness, tmp_path: Path) -> None:
    """Two writers in the shared tree are merged one by one, each with its own files alone."""
    meet = "echo $WF_TASK > $WF_TASK.txt; touch {0}/{1}; until test -e {0}/{2}; do :; done"
    fields = "mode: read_write, isolation: shared"
    plan = parallel_plan(
        f'id: a, run: "{meet.format(tmp_path, "a", "b")}", file_scope: [a.txt], {fields}',
        f'id: b, run: "{meet.format(tmp_path, "b", "a")}", file_scope: [b.txt], {fields}',
    )
    assert harness.play(plan) == "completed"
    assert (harness.merged("a.txt"), harness.merged("b.txt")) == ("a", "b")


def test_readers_share_a_snapshot(harness: RunHarness, tmp_path: Path) -> None:
    """Read-only tasks on the same commit look at the same tree."""
    meet = "pwd; touch {0}/{1}; until test -e {0}/{2}; do :; done"
    plan = parallel_plan(
        f'id: a, run: "{meet.format(tmp_path, "a", "b")}"',
        f'id: b, run: "{meet.format(tmp_path, "b", "a")}"',
    )
    harness.play(plan)
    assert harness.task("a").result == harness.task("b").result


def test_prompt_without_worker(harness: RunHarness) -> None:
    """A task with only a prompt and no worker for it stalls the run, and says so."""
    assert harness.play(parallel_plan("id: a, prompt: think")) == "partial"
    assert harness.task("a").state == "pending"


def test_user_works_on_while_a_run_goes_on(harness: RunHarness, tmp_path: Path) -> None:
    """Commits, another branch and a dirty file of the user change nothing in the run."""
    gate = tmp_path / "gate"
    command = f"until test -e {gate}; do :; done; echo x > x.txt"
    harness.start(parallel_plan(f'id: a, run: "{command}", mode: read_write'))

    def work(_: object) -> None:
        harness.git("checkout", "-q", "-b", "mine")
        harness.write("shared.txt", "mine\n")
        harness.git("commit", "-qam", "mine")
        harness.write("shared.txt", "dirty\n")
        gate.touch()

    harness.when(attempt_started("a"), work)
    assert harness.lead() == "completed"
    assert harness.merged("shared.txt") == "one\ntwo\nthree"
    assert (harness.repo / "shared.txt").read_text() == "dirty\n"
    assert harness.git("rev-parse", "--abbrev-ref", "HEAD") == "mine"


def test_checked_out_branch_is_not_moved(harness: RunHarness) -> None:
    """An export waits while somebody has the branch checked out; nothing is overwritten."""
    harness.start(parallel_plan('id: a, run: "echo x > x.txt", mode: read_write'))
    harness.git("checkout", "-q", "-b", harness.branch)
    assert harness.lead() == "completed"
    assert harness.events("export_pending")
    assert harness.git("rev-parse", harness.branch) == harness.row().base
