"""The loop: placement, retries, policies, people who step in, and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.scheduler.arena import Arena
from wf_tui.config import Timing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wf_tui.ledger.model.rows import EventRow


def running(task: str) -> Callable[[EventRow], bool]:
    """Return a test for the event that says that a task's program runs."""
    return lambda event: event.kind == "attempt_started" and event.task == task


def put(path: Path) -> bool:
    """Make an empty file."""
    path.touch()
    return True


def parallel(*tasks: str, before: str = "", policy: str = "") -> str:
    """Return a plan of one parallel phase."""
    lines = "\n".join(f"  - {{{task}}}" for task in tasks)
    head = f"goal: g\n{before}\ndefaults: {{backoff_secs: 0, max_attempts: 1}}\n"
    return f"{head}phases:\n- name: p\n  parallel: true\n{policy}  tasks:\n{lines}\n"


def test_parallel_tasks_overlap(arena: Arena, tmp_path: Path) -> None:
    """Tasks of a parallel phase run at the same time: each waits for the other."""
    meet = "touch {0}/{1}; until test -e {0}/{2}; do :; done"
    plan = parallel(
        f'id: a, run: "{meet.format(tmp_path, "a", "b")}"',
        f'id: b, run: "{meet.format(tmp_path, "b", "a")}"',
    )
    assert arena.play(plan) == "completed"


def test_jobs_cap(arena: Arena, tmp_path: Path) -> None:
    """With one job no two tasks run at once."""
    lock = f"mkdir {tmp_path}/l && rmdir {tmp_path}/l"
    plan = parallel(*(f'id: t{n}, run: "{lock}"' for n in range(4)))
    assert arena.play(plan, jobs=1) == "completed"


def test_failure_is_retried_elsewhere(arena: Arena, tmp_path: Path) -> None:
    """A failed task is tried again, by another worker, and the reason is in the ledger."""
    command = f"test -e {tmp_path}/once || {{ touch {tmp_path}/once; exit 1; }}"
    plan = parallel(f'id: t, run: "{command}", max_attempts: 2')
    assert arena.play(plan) == "completed"
    first, second = arena.attempts("t")
    assert (first.outcome, second.outcome) == ("failed", "succeeded")
    assert first.worker != second.worker


def test_conflict_is_retried_on_the_new_base(arena: Arena, tmp_path: Path) -> None:
    """Of two edits that conflict the second is made again on what the first left."""
    read = f"cp shared.txt {tmp_path}/$WF_TASK; touch {tmp_path}/r-$WF_TASK"
    meet = f"until test -e {tmp_path}/r-a -a -e {tmp_path}/r-b; do :; done"
    edit = f"(cat {tmp_path}/$WF_TASK; echo $WF_TASK) > shared.txt"
    fields = f'run: "{read}; {meet}; {edit}", mode: read_write, file_scope: [shared.txt]'
    plan = parallel(f"id: a, {fields}", f"id: b, {fields}", before="scopes: race")
    assert arena.play(plan) == "completed"
    assert sorted(arena.merged("shared.txt").split()[3:]) == ["a", "b"]
    assert len(arena.events("conflict_found")) == 1
    assert arena.task("a").tries == arena.task("b").tries == 0


def test_second_conflict_blocks(arena: Arena, tmp_path: Path) -> None:
    """A task whose work conflicts twice is blocked, with the marked merge in its kept tree."""
    command = f"cp shared.txt {tmp_path}/seen; echo mine > shared.txt; sh {tmp_path}/spoil"
    spoil = tmp_path / "spoil"
    control = arena.place.paths.run(arena.run).control
    spoil.write_text(
        f"export GIT_DIR={control} GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x "
        "GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x; unset GIT_WORK_TREE\n"
        f"head=$(git rev-parse refs/heads/{arena.branch})\n"
        "blob=$(date +%s%N | git hash-object -w --stdin)\n"
        "tree=$(printf '100644 blob %s\\tshared.txt\\n' $blob | git mktree)\n"
        f"git update-ref refs/heads/{arena.branch} $(git commit-tree -p $head -m x $tree)\n"
    )
    plan = parallel(f'id: t, run: "{command}", mode: read_write', before="scopes: race")
    assert arena.play(plan) == "partial"
    task = arena.task("t")
    assert (task.kind, task.detail["paths"]) == ("conflict", ["shared.txt"])
    (kept,) = arena.place.paths.run(arena.run).trees.iterdir()
    assert "<<<<<<<" in (kept / "shared.txt").read_text()


def test_stall_in_the_foreground_is_partial(arena: Arena) -> None:
    """Nobody can help a headless run on: it says what blocks it, and ends."""
    plan = parallel('id: a, run: "false"')
    assert arena.play(plan) == "partial"
    (stalled,) = arena.events("run_stalled")
    assert stalled.data["roots"] == ["a"]


def test_person_helps_a_stalled_run_on(arena: Arena, tmp_path: Path) -> None:
    """A stalled run goes on when a person retries what blocks it."""
    flag = tmp_path / "flag"
    arena.start(parallel(f'id: a, run: "test -e {flag}"'))
    arena.when(
        lambda event: event.kind == "run_stalled",
        lambda ledger: (put(flag), ledger.retry(arena.run, "a")),
    )
    assert arena.lead(foreground=False) == "completed"
    assert [event.actor.partition(":")[0] for event in arena.events("task_retried")] == ["user"]


def test_release_stops_and_runs_again(arena: Arena, tmp_path: Path) -> None:
    """A released task's program is stopped, its attempt is cancelled, the task runs again."""
    command = f"test -e {tmp_path}/again && exit 0; touch {tmp_path}/again; sleep 60"
    arena.start(parallel(f'id: a, run: "{command}"'))
    arena.when(running("a"), lambda ledger: ledger.release(arena.run, "a"))
    assert arena.lead() == "completed"
    assert [attempt.outcome for attempt in arena.attempts("a")] == ["cancelled", "succeeded"]


def test_cancelled_work_is_harvested(arena: Arena) -> None:
    """What a cancelled attempt had written is kept under its ref."""
    arena.start(parallel('id: a, run: "echo x > x.txt; echo up; sleep 60", mode: read_write'))
    arena.when(
        lambda event: event.kind == "task_progress",
        lambda ledger: ledger.cancel(arena.run, "a"),
    )
    assert arena.lead() == "partial"
    (attempt,) = arena.attempts("a")
    assert (attempt.outcome, arena.task("a").kind) == ("cancelled", "cancelled")
    assert attempt.ref
    assert arena.events("harvested")[0].data["files"] == 1


def test_stop_now_and_resume(arena: Arena, tmp_path: Path) -> None:
    """`stop --now` takes work back and ends the scheduler; another one goes on."""
    command = f"test -e {tmp_path}/again && exit 0; touch {tmp_path}/again; sleep 60"
    arena.start(parallel(f'id: a, run: "{command}"'))
    arena.when(running("a"), lambda ledger: ledger.stop(arena.run, now=True))
    assert arena.lead() == "paused"
    arena.act(lambda ledger: ledger.resume(arena.run))
    assert arena.lead() == "completed"


def test_drain(arena: Arena, tmp_path: Path) -> None:
    """`stop` lets running work end, starts nothing new, and ends the scheduler."""
    gate = tmp_path / "gate"
    arena.start(
        parallel(f'id: a, run: "until test -e {gate}; do :; done"', "id: b, run: ls"), jobs=1
    )
    arena.when(running("a"), lambda ledger: (ledger.stop(arena.run), put(gate)))
    assert arena.lead() == "paused"
    assert (arena.task("a").state, arena.task("b").state) == ("done", "pending")


def test_abort_policy(arena: Arena) -> None:
    """With `on_failure: abort` a failure stops its siblings and the rest of the run."""
    plan = parallel('id: a, run: "false"', 'id: b, run: "sleep 60"', policy="  on_failure: abort\n")
    assert arena.play(plan) == "aborted"
    assert (arena.task("a").kind, arena.task("b").kind) == ("failed", "cancelled")


def test_abort_by_hand(arena: Arena) -> None:
    """`abort` cancels what runs and what waits; the run is aborted when nothing is open."""
    arena.start(parallel('id: a, run: "sleep 60"', "id: b, run: ls"), jobs=1)
    arena.when(running("a"), lambda ledger: ledger.abort(arena.run))
    assert arena.lead() == "aborted"
    assert (arena.task("a").kind, arena.task("b").kind) == ("cancelled", "cancelled")


def test_silence_is_a_stall(tmp_path: Path) -> None:
    """A program that is silent for too long is stopped, and that counts as a failure."""
    arena = Arena(tmp_path, Timing(grace=0.2, stall_after=0.4))
    assert arena.play(parallel('id: a, run: "sleep 60"')) == "partial"
    (attempt,) = arena.attempts("a")
    assert (attempt.outcome, attempt.cause) == ("timed_out", "stall")


def test_shared_writers_do_not_see_each_other(arena: Arena, tmp_path: Path) -> None:
    """Two writers in the shared tree are merged one by one, each with its own files alone."""
    meet = "echo $WF_TASK > $WF_TASK.txt; touch {0}/{1}; until test -e {0}/{2}; do :; done"
    fields = "mode: read_write, isolation: shared"
    plan = parallel(
        f'id: a, run: "{meet.format(tmp_path, "a", "b")}", file_scope: [a.txt], {fields}',
        f'id: b, run: "{meet.format(tmp_path, "b", "a")}", file_scope: [b.txt], {fields}',
    )
    assert arena.play(plan) == "completed"
    assert (arena.merged("a.txt"), arena.merged("b.txt")) == ("a", "b")


def test_readers_share_a_snapshot(arena: Arena, tmp_path: Path) -> None:
    """Read-only tasks on the same commit look at the same tree."""
    meet = "pwd; touch {0}/{1}; until test -e {0}/{2}; do :; done"
    plan = parallel(
        f'id: a, run: "{meet.format(tmp_path, "a", "b")}"',
        f'id: b, run: "{meet.format(tmp_path, "b", "a")}"',
    )
    arena.play(plan)
    assert arena.task("a").result == arena.task("b").result


def test_prompt_without_worker(arena: Arena) -> None:
    """A task with only a prompt and no worker for it stalls the run, and says so."""
    assert arena.play(parallel("id: a, prompt: think")) == "partial"
    assert arena.task("a").state == "pending"


def test_user_works_on_while_a_run_goes_on(arena: Arena, tmp_path: Path) -> None:
    """Commits, another branch and a dirty file of the user change nothing in the run."""
    gate = tmp_path / "gate"
    command = f"until test -e {gate}; do :; done; echo x > x.txt"
    arena.start(parallel(f'id: a, run: "{command}", mode: read_write'))

    def work(_: object) -> None:
        arena.git("checkout", "-q", "-b", "mine")
        arena.write("shared.txt", "mine\n")
        arena.git("commit", "-qam", "mine")
        arena.write("shared.txt", "dirty\n")
        gate.touch()

    arena.when(running("a"), work)
    assert arena.lead() == "completed"
    assert arena.merged("shared.txt") == "one\ntwo\nthree"
    assert (arena.repo / "shared.txt").read_text() == "dirty\n"
    assert arena.git("rev-parse", "--abbrev-ref", "HEAD") == "mine"


def test_checked_out_branch_is_not_moved(arena: Arena) -> None:
    """An export waits while somebody has the branch checked out; nothing is overwritten."""
    arena.start(parallel('id: a, run: "echo x > x.txt", mode: read_write'))
    arena.git("checkout", "-q", "-b", arena.branch)
    assert arena.lead() == "completed"
    assert arena.events("export_pending")
    assert arena.git("rev-parse", arena.branch) == arena.row().base
