"""A task that merges the branch of the user: laid out, settled, and then a landing goes through."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.plans import WRITES, parallel_plan
from tests.support.run_harness import accept_and_lead, kept_tree
from wf_tui import commands
from wf_tui.errors import RefusedError
from wf_tui.landing.land import land
from wf_tui.landing.merge_task import merge_task
from wf_tui.landing.trial import LandingPlan, plan
from wf_tui.ledger.queries import reads
from wf_tui.project import open_ledger, open_reads

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.model.rows import TaskRow

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("legal")]


def planned(harness: RunHarness) -> LandingPlan:
    """Return what a landing in main would bring."""
    with open_reads(harness.project) as db:
        run = reads.run_row(db, harness.run)
        return plan(harness.project, db, run, harness.environ, into="main")


def add_merge(harness: RunHarness, monkeypatch: pytest.MonkeyPatch) -> TaskRow:
    """Add the task, without a scheduler of its own, lead the run, and return what became of it."""
    monkeypatch.setattr(commands, "_with_scheduler", lambda *given: given[3]())
    with open_ledger(harness.project) as ledger:
        run = reads.run_row(ledger.db, harness.run)
        new = merge_task(harness.project, ledger.db, run, planned(harness))
        added = commands.add(harness.project, ledger, harness.run, new, None)
        with pytest.raises(RefusedError, match="is there already"):
            merge_task(harness.project, ledger.db, run, planned(harness))
    harness.lead()
    return harness.task(added.id)


def in_conflict(harness: RunHarness, gate: str = "") -> None:
    """Run a task that changes the same line as somebody on main, who also adds a file."""
    before = f"gate: '{gate}'" if gate else ""
    harness.play(parallel_plan(f"id: t, run: 'echo run > shared.txt', {WRITES}", before=before))
    harness.write("shared.txt", "main\n")
    harness.write("other.txt", "other\n")
    harness.git("add", "-A")
    harness.git("commit", "-q", "-m", "on main")
    found = planned(harness).trial
    assert (found.landing, [(one.path, one.tasks) for one in found.conflicts]) == (
        *(None, [("shared.txt", ("t",))]),
    )


def test_a_person_settles_it_and_the_landing_goes_through(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The merge is laid out, its gate is asked of what was made of it, and main is merged then."""
    in_conflict(harness, gate="test ! -e other.txt -o -s shared.txt")
    task = add_merge(harness, monkeypatch)
    assert (task.title, task.kind) == (f"Merge main into wf/{harness.run}", "conflict")
    tree = kept_tree(harness)
    assert "<<<<<<< " in (tree / "shared.txt").read_text()
    assert (tree / "other.txt").read_text() == "other\n"
    (tree / "shared.txt").write_text("both\n")
    assert accept_and_lead(harness, task.id).kind == "merged"
    found = planned(harness)
    assert found.trial.landing is not None
    assert found.trial.landing.kind == "fast_forward"
    with open_ledger(harness.project) as ledger:
        run = reads.run_row(ledger.db, harness.run)
        land(harness.project, ledger, run, {**os.environ, **harness.environ}, into="main")
    assert (harness.repo / "shared.txt").read_text() == "both\n"
    assert (harness.repo / "other.txt").read_text() == "other\n"


def test_ours_of_all_is_a_merge_too(harness: RunHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing of main is taken git still has to know that both have met."""
    harness.play(parallel_plan(f"id: t, run: 'echo run > shared.txt', {WRITES}"))
    harness.write("shared.txt", "main\n")
    harness.git("commit", "-q", "-am", "on main")
    task = add_merge(harness, monkeypatch)
    (kept_tree(harness) / "shared.txt").write_text("run\n")
    assert accept_and_lead(harness, task.id).kind == "merged"
    assert harness.git("merge-base", "main", harness.branch) == harness.git("rev-parse", "main")
    found = planned(harness).trial.landing
    assert found is not None
    assert found.kind == "fast_forward"


def test_a_worker_settles_it(harness: RunHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its program leaves without marks is merged, with main as a parent."""
    in_conflict(harness)
    monkeypatch.setattr("wf_tui.landing.merge_task._LEAVES_IT", "echo both > shared.txt")
    task = add_merge(harness, monkeypatch)
    assert (task.kind, task.attempts) == ("merged", 1)
    assert harness.merged("shared.txt") == "both"
    assert planned(harness).trial.landing is not None


def test_marks_are_never_merged_whatever_blocked_it(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that failed leaves the marks; accepted as it is, it comes back."""
    in_conflict(harness)
    monkeypatch.setattr("wf_tui.landing.merge_task._LEAVES_IT", "touch here; exit 1")
    task = add_merge(harness, monkeypatch)
    assert task.kind == "failed"
    back = accept_and_lead(harness, task.id)
    assert (back.kind, "nobody has resolved shared.txt" in back.note) == ("failed", True)
