"""Work that has failed, opened by a person in a worktree, mended there and accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.plans import WRITES, parallel_plan
from tests.support.run_harness import accept_and_lead
from wf_tui.errors import RefusedError
from wf_tui.kept_worktree import open_tree
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.rules.moves import ACCEPT, CANCEL, RETRY
from wf_tui.paths import FIRST_OPENED_TREE
from wf_tui.plan.choices import Mode
from wf_tui.project import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness

pytestmark = pytest.mark.usefixtures("legal")


def gated(fields: str = "") -> str:
    """Return a plan of a task whose gate fails on what it makes."""
    gate = "gate: 'grep fixed a.txt', max_attempts: 1, file_scope: [a.txt]"
    return parallel_plan(f"id: t, run: 'echo broken > a.txt', {gate}, {WRITES}{fields}")


def opened(harness: RunHarness) -> Path:
    """Open the worktree of `t` as `wf shell` does."""
    with open_ledger(harness.project) as ledger:
        return open_tree(ledger, harness.run, "t", harness.project.paths.run(harness.run)).path


def test_a_failed_gate_is_mended_in_its_worktree(harness: RunHarness) -> None:
    """Its worktree is gone; opened, it has the work, is kept, and what is in it is merged."""
    assert harness.play(gated()) == "partial"
    assert list(harness.project.paths.run(harness.run).trees.iterdir()) == []
    tree = opened(harness)
    assert (tree / "a.txt").read_text() == "broken\n"
    assert int(tree.name) > FIRST_OPENED_TREE
    (tree / "a.txt").write_text("fixed\n")
    assert opened(harness) == tree
    assert (tree / "a.txt").read_text() == "fixed\n", "it is not laid out anew"
    task = accept_and_lead(harness)
    assert (task.kind, task.attempts) == ("merged", 2)
    assert str(task.last_worker).startswith("user:")
    assert harness.merged("a.txt") == "fixed"


def test_what_fails_again_waits_for_the_person(harness: RunHarness) -> None:
    """It comes back as what it fails by now, with the edits, and no worker begins it anew."""
    harness.play(gated(", deliverables: [b.txt]").replace("[a.txt]", "[a.txt, b.txt]"))
    tree = opened(harness)
    task = accept_and_lead(harness)
    assert (task.kind, task.detail["paths"]) == (BlockedKind.DELIVERABLE, ["b.txt"])
    (tree / "b.txt").write_text("b\n")
    task = accept_and_lead(harness)
    assert (task.kind, task.tries, task.attempts) == (BlockedKind.GATE, 1, 3)
    (tree / "a.txt").write_text("fixed\n")
    (tree / "c.txt").write_text("c\n")
    task = accept_and_lead(harness)
    assert (task.kind, task.detail["paths"]) == (BlockedKind.SCOPE, ["c.txt"])
    assert opened(harness) == tree
    assert accept_and_lead(harness).kind == "merged"
    assert (harness.merged("a.txt"), harness.merged("b.txt")) == ("fixed", "b")


def test_it_is_accepted_without_being_opened(harness: RunHarness) -> None:
    """What has failed for another reason than its work is checked once more, and merged."""
    ready = harness.repo / "ready"
    harness.play(
        parallel_plan(
            f"id: t, run: 'echo a > a.txt', gate: 'test -e {ready}', max_attempts: 1, {WRITES}"
        )
    )
    task = accept_and_lead(harness)
    assert (task.kind, task.tries, task.attempts) == (BlockedKind.GATE, 1, 2)
    ready.touch()
    assert accept_and_lead(harness).kind == "merged"
    assert harness.merged("a.txt") == "a"


def test_it_is_merged_with_the_branch(harness: RunHarness) -> None:
    """What others have merged since meets it as all work: a conflict is the person's."""
    harness.play(gated())
    tree = opened(harness)
    more = NewTask("more", "more", Spec(command="echo late > a.txt"), mode=Mode.READ_WRITE)
    harness.act(lambda ledger: ledger.add(harness.run, more))
    harness.lead()
    (tree / "a.txt").write_text("fixed\n")
    task = accept_and_lead(harness)
    assert (task.kind, task.attempts) == (BlockedKind.CONFLICT, 2)
    assert "<<<<<<<" in (tree / "a.txt").read_text()
    (tree / "a.txt").write_text("fixed\n")
    assert accept_and_lead(harness).kind == "merged"


def test_a_failed_merge_gate_is_the_persons(harness: RunHarness) -> None:
    """A gate that fails on the merge with others gives the work back, the first time, too."""
    gate = "gate: 'grep -q fixed a.txt && ! test -e more', max_attempts: 1"
    harness.play(parallel_plan(f"id: t, run: 'echo broken > a.txt', {gate}, {WRITES}"))
    tree = opened(harness)
    (tree / "a.txt").write_text("fixed\n")
    more = NewTask("more", "more", Spec(command="touch more"), mode=Mode.READ_WRITE)
    harness.act(lambda ledger: ledger.add(harness.run, more))
    harness.lead()
    task = accept_and_lead(harness)
    assert (task.kind, task.attempts) == (BlockedKind.GATE, 2)
    assert (tree / "a.txt").read_text() == "fixed\n"


def test_what_left_nothing_cannot_be_accepted(harness: RunHarness) -> None:
    """Without a commit there is nothing to open or to accept; the refusal says what helps."""
    harness.play(parallel_plan(f"id: t, run: 'exit 3', max_attempts: 1, {WRITES}"))
    with pytest.raises(RefusedError, match="has no worktree now"):
        opened(harness)
    with open_ledger(harness.project) as ledger:
        (made,) = ledger.move(harness.run, ACCEPT, ["t"])
    assert (made.changed, "has left no changes" in made.reason) == (False, True)


def test_a_cancelled_task_is_taken_after_all(harness: RunHarness) -> None:
    """It keeps the work of its last attempt, and its worktree is saved where it is retried."""
    harness.play(gated())
    harness.act(lambda ledger: ledger.move(harness.run, CANCEL, ["t"]))
    tree = opened(harness)
    (tree / "a.txt").write_text("fixed\n")
    assert accept_and_lead(harness).kind == "merged"


def test_a_retry_leaves_it(harness: RunHarness) -> None:
    """A worker that tries again is in another worktree; what was mended is saved or kept."""
    harness.play(gated())
    tree = opened(harness)
    (tree / "a.txt").write_text("mine\n")
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["t"]))
    harness.lead()
    assert harness.task("t").kind == BlockedKind.GATE
    assert not tree.exists() or (tree / "a.txt").read_text() == "mine\n"
