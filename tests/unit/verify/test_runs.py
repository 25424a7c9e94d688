"""Real runs by a real scheduler, and their branch: clean, until somebody tampers with it."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support.forged_ledger import UNRECORDED_MERGE, forge
from tests.support.plans import parallel_plan
from tests.support.run_harness import attempt_started
from tests.support.schedulers import kill_scheduler
from wf_tui.git.control.control import open_control
from wf_tui.ledger.rules.moves import CANCEL, RELEASE
from wf_tui.project import open_reads
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.verify.verdict import Verdict

WRITE = "mode: read_write"


def verdict(harness: RunHarness) -> Verdict:
    """Check the run as `wf verify` does."""
    with open_reads(harness.project) as db:
        control = open_control(harness.project.paths.run(harness.run))
        return verify_run(db, harness.run, control)


def texts(harness: RunHarness) -> list[str]:
    """Return the codes and sentences of all violations."""
    return [f"{one.code}: {one.text}" for one in verdict(harness).violations]


def test_conflict_retry_and_gate(harness: RunHarness, tmp_path: Path) -> None:
    """A conflict that is retried, a failure that is, and a gate that fails leave a clean log."""
    read = f"cp shared.txt {tmp_path}/$WF_TASK; touch {tmp_path}/r-$WF_TASK"
    meet = f"until test -e {tmp_path}/r-a -a -e {tmp_path}/r-b; do :; done"
    write = f"(cat {tmp_path}/$WF_TASK; echo $WF_TASK) > shared.txt"
    edit = f'run: "{read}; {meet}; {write}"'
    once = f"test -e {tmp_path}/once || {{ touch {tmp_path}/once; exit 1; }}"
    plan = parallel_plan(
        f"id: a, {edit}, {WRITE}, file_scope: [shared.txt]",
        f"id: b, {edit}, {WRITE}, file_scope: [shared.txt]",
        f'id: c, run: "{once}", max_attempts: 2',
        f'id: d, run: "echo d > d", {WRITE}, gate: "false"',
        f'id: e, run: "echo e > elsewhere", {WRITE}, file_scope: [src]',
        before="scopes: race",
    )
    assert harness.play(plan, jobs=5) == "partial"
    assert harness.task("e").kind == "scope"
    assert harness.events("conflict_found")
    assert texts(harness) == []


def test_killed_scheduler(harness: RunHarness, tmp_path: Path) -> None:
    """A scheduler that is killed, and what a person did meanwhile, leave a clean log."""
    again = f"test -e {tmp_path}/again || {{ touch {tmp_path}/again; sleep 60; }}; echo x > x"
    first = f'id: a, run: "{again}", {WRITE}, max_attempts: 2'
    harness.start(parallel_plan(first, 'id: b, run: "sleep 60"'))
    pid = harness.detach()
    harness.wait_for(attempt_started("a"))
    harness.wait_for(attempt_started("b"))
    kill_scheduler(harness, pid)
    harness.act(lambda ledger: ledger.move(harness.run, CANCEL, ["b"]))
    assert texts(harness) == []
    assert harness.lead() == "partial"
    assert (harness.task("a").kind, harness.task("b").kind) == ("merged", "cancelled")
    assert texts(harness) == []


def test_release_and_abort(harness: RunHarness) -> None:
    """Work that is taken back, and a run that is aborted, leave a clean log."""
    harness.start(parallel_plan('id: a, run: "sleep 60"', "id: b, run: ls"), jobs=1)
    harness.when(attempt_started("a"), lambda ledger: ledger.move(harness.run, RELEASE, ["a"]))
    harness.when(
        lambda event: event.kind == "attempt_ended", lambda ledger: ledger.abort(harness.run)
    )
    assert harness.lead() == "aborted"
    assert texts(harness) == []


def test_merge_that_was_not_recorded(harness: RunHarness) -> None:
    """A merge that happened just before a crash goes on from where the ledger had been."""
    harness.start(parallel_plan(f'id: a, run: "echo x > x.txt", {WRITE}'))
    assert harness.lead() == "completed"
    merged = next(event.seq for event in harness.events("integrated"))
    back = (
        f"DELETE FROM event WHERE seq >= {merged}",
        f"UPDATE run SET seq = {merged - 1}, exported = NULL, ended_at = NULL, merges = 0",
        *UNRECORDED_MERGE,
        "UPDATE task SET worker = last_worker",
        "UPDATE worker SET task = NULL, epoch = NULL",
        "UPDATE worker SET task = 'a', epoch = 1 WHERE name = (SELECT worker FROM task)",
    )
    for statement in back:
        harness.act(partial(forge, statement))
    assert texts(harness) == []
    assert harness.lead() == "completed"
    assert texts(harness) == []


@pytest.fixture
def shared(harness: RunHarness) -> RunHarness:
    """Give a run of two writers in the shared tree that is over."""
    fields = f"{WRITE}, isolation: shared"
    plan = parallel_plan(
        f'id: a, run: "echo a > a", file_scope: [a], {fields}',
        f'id: b, run: "echo b > b", file_scope: [b], {fields}',
    )
    assert harness.play(plan) == "completed"
    return harness


def test_shared_writers(shared: RunHarness) -> None:
    """Two writers in the shared tree leave a clean log and two merges."""
    seen = verdict(shared)
    assert (seen.ok, seen.branch_seen, len(shared.events("integrated"))) == (True, True, 2)


def test_branch_that_somebody_moved(shared: RunHarness) -> None:
    """A commit that no event tells of, and one that is gone, are found."""
    control = open_control(shared.project.paths.run(shared.run))
    head = control.head()
    assert control.move(control.ref, control.base, head)
    assert texts(shared) == ["branch: 2 merges are not in the branch"]
    control.git("update-ref", "-d", control.ref)
    assert texts(shared) == ["branch: the integration branch is gone"]
    who = {
        f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    tree = control.tree_of(head)
    more = control.git("commit-tree", "-p", head, "-m", "x", tree, variables=who).text
    assert control.move(control.ref, more, control.zero)
    assert texts(shared) == ["branch: 1 commits that no event tells of"]
    other = control.git("commit-tree", "-p", control.base, "-m", "x", tree, variables=who).text
    assert control.move(control.ref, other, more)
    assert texts(shared)[0].startswith("branch: merge 1 is")


def test_merge_of_other_work(shared: RunHarness) -> None:
    """A merge has to hold the very commit that its attempt had left."""
    forge = "UPDATE event SET data = json_set(data, '$.commit', 'c0ffee') WHERE kind = 'harvested'"
    shared.act(lambda ledger: ledger.db.execute(forge))
    assert "does not hold its attempt's commit c0ffee" in texts(shared)[0]


def test_run_without_its_repository(shared: RunHarness) -> None:
    """Where the run's folder is gone, the log is checked all the same, and the report says so."""
    assert os.path.lexists(shared.project.paths.run(shared.run).control)
    with open_reads(shared.project) as db:
        seen = verify_run(db, shared.run, None)
    assert (seen.ok, next(seen.lines()).endswith("so merges were not compared")) == (True, True)
