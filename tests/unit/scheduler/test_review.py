"""A task with `review: true`: its work waits in its tree until a person accepts it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.plans import WRITES, parallel_plan
from tests.support.run_harness import accept_and_lead, kept_tree
from tests.support.schedulers import ACCEPT_POINTS, wait_until_killed
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.rules.moves import ACCEPT, RETRY
from wf_tui.plan.choices import Mode

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

pytestmark = pytest.mark.usefixtures("legal")


def reviewed(fields: str = "", *more: str) -> str:
    """Return a plan of a task whose work a person wants to see."""
    work = "mkdir -p src; echo in > src/a; echo said"
    return parallel_plan(f"id: t, run: '{work}', review: true, {WRITES}{fields}", *more)


def test_accepted_as_it_is(harness: RunHarness) -> None:
    """Nothing is merged before; then it is, with what its worker said, and its tree goes."""
    assert harness.play(reviewed()) == "partial"
    task = harness.task("t")
    assert (task.kind, task.note) == ("review", "its work is ready for review: 1 file changed")
    assert (task.detail["paths"], harness.attempts("t")[0].outcome) == (["src/a"], "succeeded")
    assert not harness.events("integrated")
    assert (kept_tree(harness) / "src/a").read_text() == "in\n"
    task = accept_and_lead(harness)
    assert (task.kind, task.result, harness.merged("src/a")) == ("merged", "said", "in")
    assert not list(harness.project.paths.run(harness.run).trees.iterdir())


def test_mended_by_the_person(harness: RunHarness) -> None:
    """What a person makes of it in its tree is what is merged."""
    harness.play(reviewed())
    (kept_tree(harness) / "src/a").write_text("better\n")
    assert (accept_and_lead(harness).kind, harness.merged("src/a")) == ("merged", "better")


def test_the_gate_runs_once(harness: RunHarness) -> None:
    """A review comes after the gate, which is not asked again; nor is the setup."""
    ran = harness.folder / "ran"
    harness.play(reviewed(f", gate: 'echo x >> {ran}'"))
    assert (accept_and_lead(harness).kind, ran.read_text()) == ("merged", "x\n")


def test_a_failed_gate_is_no_review(harness: RunHarness) -> None:
    """Only work that has passed its checks is shown."""
    harness.play(reviewed(", gate: 'false'"))
    assert harness.task("t").kind == "gate"


def test_out_of_the_scope_by_hand(harness: RunHarness) -> None:
    """The scope holds for a person's changes, too: it is to be reviewed again, with the reason."""
    harness.play(reviewed(", file_scope: [src]"))
    (kept_tree(harness) / "stray").write_text("x\n")
    task = accept_and_lead(harness)
    assert (task.kind, task.tries) == ("review", 0)
    assert task.note == "it changed 1 file outside its scope: stray"
    (kept_tree(harness) / "stray").unlink()
    assert accept_and_lead(harness).kind == "merged"


def test_a_task_that_reads(harness: RunHarness) -> None:
    """Its result is ready for review, and counts once it is accepted."""
    harness.play(parallel_plan("id: t, run: 'echo 42', review: true"))
    task = harness.task("t")
    assert (task.kind, task.note) == ("review", "its result is ready for review")
    task = accept_and_lead(harness)
    assert (task.kind, task.result) == ("answered", "42")


def test_nothing_was_changed(harness: RunHarness) -> None:
    """A person may still have wanted to know; then the task is done without a merge."""
    harness.play(parallel_plan(f"id: t, run: 'echo fine', review: true, {WRITES}"))
    assert harness.task("t").note == "its work is ready for review: 0 files changed"
    assert (accept_and_lead(harness).kind, harness.task("t").result) == ("no_changes", "fine")


def test_in_the_shared_tree(harness: RunHarness) -> None:
    """A person finds the work in a tree of its own, which nobody else works in."""
    shared = ", isolation: shared, file_scope: [src]"
    after = f"id: u, run: 'echo u > u', isolation: shared, {WRITES}"
    harness.play(reviewed(shared, f"{after}, file_scope: [u]"))
    trees = harness.project.paths.run(harness.run).trees
    number = harness.attempts("t")[0].tree
    assert (trees / str(number) / "src/a").read_text() == "in\n"
    assert accept_and_lead(harness).kind == "merged"
    assert (harness.merged("src/a"), harness.task("u").kind) == ("in", "merged")


def test_a_conflict_is_resolved_by_hand(harness: RunHarness) -> None:
    """Where the branch has moved on it is the person's to resolve, laid out in the tree."""
    harness.play(reviewed())
    more = NewTask(
        "more", "more", Spec(command="mkdir -p src; echo b > src/a"), mode=Mode.READ_WRITE
    )
    harness.act(lambda ledger: ledger.add(harness.run, more))
    harness.lead()
    assert accept_and_lead(harness).kind == "conflict"
    (kept_tree(harness) / "src/a").write_text("both\n")
    assert (accept_and_lead(harness).kind, harness.merged("src/a")) == ("merged", "both")


def test_sent_back(harness: RunHarness) -> None:
    """A retry lets a worker do it again; that is to be reviewed, too."""
    harness.play(reviewed())
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["t"]))
    assert harness.lead() == "partial"
    assert (harness.task("t").kind, harness.task("t").attempts) == ("review", 2)
    assert accept_and_lead(harness).kind == "merged"


def test_a_tree_that_is_gone(harness: RunHarness) -> None:
    """The work is in its commit, from which it is merged."""
    harness.play(reviewed())
    shutil.rmtree(kept_tree(harness))
    assert (accept_and_lead(harness).kind, harness.merged("src/a")) == ("merged", "in")


@pytest.mark.slow
@pytest.mark.parametrize("point", ACCEPT_POINTS)
def test_killed_while_it_takes_accepted_work(harness: RunHarness, point: str) -> None:
    """Kill -9 at any point of an accept: the next scheduler merges it, once (G5, G6)."""
    harness.play(reviewed())
    (kept_tree(harness) / "by-hand").write_text("x\n")
    harness.act(lambda ledger: ledger.move(harness.run, ACCEPT, ["t"]))
    harness.environ["WF_FAULT"] = f"{point}:1:kill"
    wait_until_killed(harness.detach())
    del harness.environ["WF_FAULT"]
    assert harness.lead() == "completed"
    assert (harness.task("t").kind, harness.merged("by-hand")) == ("merged", "x")
    assert [attempt.outcome for attempt in harness.attempts("t")] == ["succeeded", "succeeded"]


@pytest.mark.parametrize("point", ["finish.recorded", "finish.left"])
def test_killed_after_it_was_held(harness: RunHarness, point: str) -> None:
    """The tree of a review is there after the death of the scheduler, and nobody has taken it."""
    harness.start(reviewed())
    harness.environ["WF_FAULT"] = f"{point}:1:kill"
    wait_until_killed(harness.detach())
    del harness.environ["WF_FAULT"]
    assert harness.lead() == "partial"
    assert (kept_tree(harness) / "src/a").read_text() == "in\n"
    assert harness.task("t").kind == "review"
    assert accept_and_lead(harness).kind == "merged"
