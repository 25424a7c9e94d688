"""Isolation (RULES 6.5): writers that share one tree, readers that share a snapshot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.support.plans import conflicting_plan, parallel_plan
from tests.support.run_harness import attempt_started
from tests.support.schedulers import kill_scheduler
from wf_tui.git.control.control import open_control
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.reasons import Reasons
from wf_tui.project import open_reads
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.ledger import Ledger


def shared(name: str, run: str, scope: str, more: str = "") -> str:
    """Return a task that writes in the shared tree."""
    where = f"mode: read_write, isolation: shared, file_scope: [{scope}]"
    return f"id: {name}, run: '{run}', {where}{more}"


def names(harness: RunHarness) -> list[str]:
    """Return what is on the branch beside what was there before."""
    every = harness.git("ls-tree", "-r", "--name-only", harness.branch).split()
    return [name for name in every if name not in {".gitignore", "shared.txt"}]


def meet(mine: str, other: str) -> str:
    """Return a command that writes a file and waits for another one in the same tree."""
    return f"mkdir -p {mine}; touch {mine}/f; until test -e {other}/f; do sleep 0.02; done"


def test_disjoint_writers_see_each_other(harness: RunHarness) -> None:
    """Two writers of the shared tree run side by side in it; each merges its own files alone."""
    plan = parallel_plan(shared("a", meet("a", "b"), "a"), shared("b", meet("b", "a"), "b"))
    assert harness.play(plan) == "completed"
    assert names(harness) == ["a/f", "b/f"]
    harvested = [event.data["files"] for event in harness.events("harvested")]
    assert harvested == [1, 1]


def test_overlapping_writers_never_meet(harness: RunHarness, tmp_path: Path) -> None:
    """In one tree an overlap waits, also where the plan lets worktrees race."""
    alone = f"mkdir {tmp_path}/alone; mkdir -p a; date +%N > a/$WF_TASK; rmdir {tmp_path}/alone"
    tasks = [shared(f"t{n}", alone, "a", ", max_attempts: 1") for n in range(3)]
    phases = "".join(f"- {{name: p{n}, tasks: [{{{task}}}]}}\n" for n, task in enumerate(tasks))
    assert harness.play(f"goal: g\nscopes: race\nphases:\n{phases}") == "completed"
    assert names(harness) == ["a/t0", "a/t1", "a/t2"]


def test_a_retry_finds_the_head(harness: RunHarness) -> None:
    """Its own attempt before has ended in the ledger, though that has not left the tree yet."""
    harness.environ["WF_FAULT"] = "finish.recorded:2:delay=1"
    plan = conflicting_plan(harness, more=", isolation: shared, file_scope: [shared.txt]")
    assert harness.play(plan) == "partial"
    first, second = (e for e in harness.events("attempt_started") if e.task == "t")
    assert first.data["base"] != second.data["base"]


def test_what_needs_a_newer_head_waits(harness: RunHarness, tmp_path: Path) -> None:
    """A writer that may count on a merge does not enter a tree that lacks it; none passes it by."""
    go = tmp_path / "go"
    hold = f"touch {tmp_path}/in; until test -e {go}; do sleep 0.02; done; mkdir -p a; touch a/f"
    quick = f"until test -e {tmp_path}/in; do sleep 0.02; done; touch new"
    plan = f"""
goal: g
defaults: {{max_attempts: 1}}
phases:
- name: long
  tasks: [{{{shared("long", hold, "a")}}}]
- name: quick
  tasks: [{{id: quick, run: "{quick}", mode: read_write}}]
- name: after
  depends_on: [quick]
  tasks: [{{{shared("after", "test -e new; mkdir b; cp new b/f", "b")}}}]
"""
    harness.start(plan)
    seen: list[str] = []

    def look(ledger: Ledger) -> None:
        reasons = Reasons.read(ledger.db, reads.run_row(ledger.db, harness.run), 0.0)
        seen.append(reasons.of(reads.task(ledger.db, harness.run, "after")).text)
        go.touch()

    harness.when(lambda event: event.kind == "task_done" and event.task == "quick", look)
    assert harness.lead() == "completed"
    assert names(harness) == ["a/f", "b/f", "new"]
    assert seen == ["waits for a newer workspace"]


def test_leftovers_do_not_reach_the_next(harness: RunHarness) -> None:
    """What a failed writer left in the shared tree is gone before it is tried again."""
    once = "mkdir -p a; echo $WF_ATTEMPT >> a/f; case $WF_ATTEMPT in *-1) exit 1;; esac"
    assert harness.play(parallel_plan(shared("t", once, "a", ", max_attempts: 2"))) == "completed"
    assert len(harness.merged("a/f").splitlines()) == 1


def test_outside_the_scope_in_the_shared_tree(harness: RunHarness) -> None:
    """What lies outside of every scope is merged by nobody, and is not lost."""
    plan = parallel_plan(shared("t", "mkdir a; touch a/f; echo stray > elsewhere", "a"))
    assert harness.play(plan) == "completed"
    assert names(harness) == ["a/f"]
    control = open_control(harness.project.paths.run(harness.run))
    refs = control.git("for-each-ref", "--format=%(refname)", "refs/wf/left/").text.split()
    assert [control.git("cat-file", "-p", f"{ref}:elsewhere").text for ref in refs] == ["stray"]


def test_readers_share_a_snapshot(harness: RunHarness) -> None:
    """Two readers meet in one tree; what they change there is told, and merged by nobody."""
    say = "touch $WF_TASK.txt; until test -e {}.txt; do sleep 0.02; done; pwd"
    plan = parallel_plan(f"id: a, run: '{say.format('b')}'", f"id: b, run: '{say.format('a')}'")
    assert harness.play(plan) == "completed"
    assert harness.task("a").result == harness.task("b").result
    assert harness.row().head == harness.row().base
    told = [e.data.get("snapshot_changed") for e in harness.events("harvested")]
    assert told == [["a.txt", "b.txt"]]


def test_killed_with_two_in_the_shared_tree(harness: RunHarness, tmp_path: Path) -> None:
    """The work of both is kept, each under its own ref, and both are done again."""
    pipe, flag = tmp_path / "pipe", tmp_path / "again"
    os.mkfifo(pipe)
    work = "mkdir -p {0}; echo x > {0}/f; test -e {1} || {{ exec 4> {2}; echo up >&4; sleep 60; }}"
    tasks = [shared(n, work.format(n, flag, pipe), n, ", max_attempts: 2") for n in "ab"]
    harness.start(parallel_plan(*tasks))
    pid = harness.detach()
    for task in "ab":
        harness.wait_for(attempt_started(task))
    with pipe.open() as reader:
        assert [reader.readline() for _ in "ab"] == ["up\n", "up\n"]
    kill_scheduler(harness, pid)
    flag.touch()
    assert harness.lead() == "completed"
    assert names(harness) == ["a/f", "b/f"]
    for task in "ab":
        lost, good = harness.attempts(task)
        assert (lost.outcome, lost.commit_id is None, good.outcome) == ("lost", False, "succeeded")
    with open_reads(harness.project) as db:
        control = open_control(harness.project.paths.run(harness.run))
        assert verify_run(db, harness.run, control).violations == ()
