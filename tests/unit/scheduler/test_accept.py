"""What a person accepts: out of the scope, or resolved by hand; nothing of theirs is ever lost."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.plans import WRITES, conflicting_plan, parallel_plan
from tests.support.run_harness import accept_and_lead, kept_tree, touch
from tests.support.schedulers import ACCEPT_POINTS, wait_until_killed
from wf_tui.git.control.control import open_control
from wf_tui.kept_worktree import open_tree
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.rules.moves import ACCEPT, EDIT, MOVES, RETRY
from wf_tui.plan.choices import Mode
from wf_tui.project import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.model.rows import EventRow

pytestmark = pytest.mark.usefixtures("legal")


def outside(fields: str = "") -> str:
    """Return a plan of a task that leaves its scope."""
    work = "mkdir src; echo in > src/a; echo out > other.txt; echo said"
    return parallel_plan(f"id: t, run: '{work}', file_scope: [src], {WRITES}{fields}")


def test_outside_the_scope(harness: RunHarness) -> None:
    """Work outside its scope that a person accepts is merged, with what its worker said."""
    assert harness.play(outside()) == "partial"
    task = accept_and_lead(harness)
    assert (task.kind, task.result, task.tries) == ("merged", "said", 0)
    assert harness.merged("other.txt") == "out"
    assert harness.attempts("t")[-1].profile == "user"
    assert not list(harness.project.paths.run(harness.run).trees.iterdir())


def test_resolved_by_hand(harness: RunHarness) -> None:
    """What a person makes of a conflict is merged on the head that the work had met."""
    assert harness.play(conflicting_plan(harness)) == "partial"
    tree = kept_tree(harness)
    assert "<<<<<<<" in (tree / "shared.txt").read_text()
    (tree / "shared.txt").write_text("both\n")
    (tree / "note.txt").write_text("by hand\n")
    assert accept_and_lead(harness).kind == "merged"
    assert (harness.merged("shared.txt"), harness.merged("note.txt")) == ("both", "by hand")
    assert not tree.exists()


def test_marks_that_are_left(harness: RunHarness) -> None:
    """A file in which conflict marks still stand is named; the tree waits for more."""
    harness.play(conflicting_plan(harness))
    task = accept_and_lead(harness)
    assert (task.kind, task.note) == ("conflict", "nobody has resolved shared.txt (content)")
    assert (task.detail["paths"], task.tries) == (["shared.txt"], 0)
    text = (kept_tree(harness) / "shared.txt").read_text()
    (kept_tree(harness) / "shared.txt").write_text(text + "half done\n")
    assert accept_and_lead(harness).note == "nobody has resolved shared.txt (conflict markers)"
    (kept_tree(harness) / "shared.txt").write_text("both\n")
    assert accept_and_lead(harness).kind == "merged"
    assert harness.merged("shared.txt") == "both"


def test_gate_of_accepted_work(harness: RunHarness) -> None:
    """A gate that fails gives the work back, uncounted, with the tail; it can be mended there."""
    harness.play(outside(", gate: 'cat other.txt; grep fixed other.txt'"))
    task = accept_and_lead(harness)
    assert (task.kind, task.note, task.tries) == ("scope", "the gate failed: exit 1", 0)
    assert (task.detail["tail"], task.detail["paths"]) == ("out", ["other.txt"])
    (kept_tree(harness) / "other.txt").write_text("fixed\n")
    assert accept_and_lead(harness).kind == "merged"
    assert harness.merged("other.txt") == "fixed"


def test_deliverable_of_accepted_work(harness: RunHarness) -> None:
    """A file that is missing gives the work back, too, not to a worker."""
    harness.play(outside(", deliverables: [src/b], max_attempts: 3"))
    task = accept_and_lead(harness)
    assert (task.kind, task.note) == ("scope", "missing or empty: src/b")
    (kept_tree(harness) / "src/b").write_text("b\n")
    assert accept_and_lead(harness).kind == "merged"


def test_conflict_over_what_was_resolved(harness: RunHarness) -> None:
    """A resolution that conflicts again has the new merge laid over it, and is resolved again."""
    harness.play(conflicting_plan(harness))
    (kept_tree(harness) / "shared.txt").write_text("both\n")
    more = NewTask("more", "more", Spec(command="echo late > shared.txt"), mode=Mode.READ_WRITE)
    harness.act(lambda ledger: ledger.add(harness.run, more))
    harness.lead()
    task = accept_and_lead(harness)
    text = (kept_tree(harness) / "shared.txt").read_text()
    assert (task.kind, harness.task("more").kind) == ("conflict", "merged")
    assert ("late\n" in text, "both\n" in text, "<<<<<<<" in text) == (True, True, True)
    (kept_tree(harness) / "shared.txt").write_text("all\n")
    assert accept_and_lead(harness).kind == "merged"
    assert harness.merged("shared.txt") == "all"


def test_a_conflict_is_renewed_as_it_is_opened(harness: RunHarness) -> None:
    """Where the branch has moved, its person resolves what meets now; their edits stay."""
    harness.play(conflicting_plan(harness))
    paths = harness.project.paths.run(harness.run)

    def opened() -> str:
        with open_ledger(harness.project) as ledger:
            return (open_tree(ledger, harness.run, "t", paths).path / "shared.txt").read_text()

    before = opened()
    more = NewTask("more", "more", Spec(command="echo late > shared.txt"), mode=Mode.READ_WRITE)
    harness.act(lambda ledger: ledger.add(harness.run, more))
    harness.lead()
    renewed = opened()
    assert ("late\n" in before, "late\n" in renewed, "<<<<<<<" in renewed) == (False, True, True)
    (kept_tree(harness) / "shared.txt").write_text("all\n")
    again = replace(more, id="again", spec=Spec(command="echo later > shared.txt"))
    harness.act(lambda ledger: ledger.add(harness.run, again))
    harness.lead()
    assert opened() == "all\n"


def test_what_was_renewed_is_merged(harness: RunHarness) -> None:
    """It is of the new head: resolved, it merges at once."""
    harness.play(conflicting_plan(harness))
    more = NewTask("more", "more", Spec(command="echo late > shared.txt"), mode=Mode.READ_WRITE)
    harness.act(lambda ledger: ledger.add(harness.run, more))
    harness.lead()
    with open_ledger(harness.project) as ledger:
        open_tree(ledger, harness.run, "t", harness.project.paths.run(harness.run))
    (kept_tree(harness) / "shared.txt").write_text("all\n")
    assert accept_and_lead(harness).kind == "merged"
    assert harness.merged("shared.txt") == "all"


def test_first_conflict_of_accepted_work(harness: RunHarness) -> None:
    """Accepted work that does not merge is never begun anew by a worker."""
    harness.play(parallel_plan("id: t, run: 'echo mine > shared.txt', file_scope: [x], " + WRITES))
    more = NewTask("more", "more", Spec(command="echo late > shared.txt"), mode=Mode.READ_WRITE)
    harness.act(lambda ledger: ledger.add(harness.run, more))
    harness.lead()
    assert (accept_and_lead(harness).kind, harness.task("t").attempts) == ("conflict", 2)
    (kept_tree(harness) / "shared.txt").write_text("both\n")
    assert accept_and_lead(harness).kind == "merged"


def test_conflict_in_the_shared_tree(harness: RunHarness) -> None:
    """A writer of the shared tree has its conflict laid out in a tree of its own."""
    shared = ", isolation: shared, file_scope: [shared.txt]"
    harness.play(conflicting_plan(harness, more=shared))
    (kept_tree(harness) / "shared.txt").write_text("both\n")
    assert accept_and_lead(harness).kind == "merged"
    assert harness.merged("shared.txt") == "both"


@pytest.mark.slow
@pytest.mark.parametrize("point", ACCEPT_POINTS)
def test_killed_while_it_takes_accepted_work(harness: RunHarness, point: str) -> None:
    """Wherever the scheduler is killed, the next one merges what was accepted, once."""
    harness.play(outside(", gate: 'test -e other.txt'"))
    (kept_tree(harness) / "by-hand").write_text("x\n")
    harness.act(lambda ledger: ledger.move(harness.run, ACCEPT, ["t"]))
    harness.environ["WF_FAULT"] = f"{point}:1:kill"
    wait_until_killed(harness.detach())
    del harness.environ["WF_FAULT"]
    assert harness.lead() == "completed"
    assert (harness.task("t").kind, harness.merged("by-hand")) == ("merged", "x")
    assert [attempt.outcome for attempt in harness.attempts("t")] == ["failed", "succeeded"]


@pytest.mark.slow
@pytest.mark.parametrize("point", ["integrate.begun", "integrate.conflict"])
def test_killed_in_the_conflict(harness: RunHarness, point: str) -> None:
    """A scheduler killed over a second conflict leaves it to the next one to lay it out."""
    harness.start(conflicting_plan(harness))
    harness.environ["WF_FAULT"] = f"{point}:{5 if point == 'integrate.begun' else 3}:kill"
    wait_until_killed(harness.detach())
    del harness.environ["WF_FAULT"]
    assert harness.lead() == "partial"
    (kept_tree(harness) / "shared.txt").write_text("both\n")
    assert accept_and_lead(harness).kind == "merged"


def checking(event: EventRow) -> bool:
    """Tell whether what a person has accepted is being checked."""
    return event.kind == "task_step" and (event.epoch, event.data["step"]) == (2, "checking")


def saved(harness: RunHarness, name: str) -> list[str]:
    """Return a file as each ref has it that keeps work of the run."""
    control = open_control(harness.project.paths.run(harness.run))
    refs = control.git("for-each-ref", "--format=%(refname)", "refs/wf/").text.split()
    found = [control.git("cat-file", "-p", f"{ref}:{name}", ok=(0, 128)) for ref in refs]
    return [one.text for one in found if one.status == 0]


@pytest.mark.parametrize("act", ["cancel", "hold", "skip", "release"])
def test_taken_back_while_it_is_checked(harness: RunHarness, act: str) -> None:
    """What a person had made is kept under a ref, whatever they then do with the task."""
    harness.play(outside(", gate: 'sleep $(cat wait)'"))
    assert harness.task("t").kind == "scope"
    (kept_tree(harness) / "other.txt").write_text("by hand\n")
    (kept_tree(harness) / "wait").write_text("60")
    harness.when(checking, lambda ledger: ledger.move(harness.run, MOVES[act], ["t"]))
    task = accept_and_lead(harness)
    assert task.kind in {"cancelled", "hold", "skipped", "scope"}
    assert not task.scope_waived or act != "release"
    assert "by hand" in saved(harness, "other.txt")
    assert harness.attempts("t")[1].outcome == "cancelled"


def test_stopping_sees_accepted_work_through(harness: RunHarness, tmp_path: Path) -> None:
    """A run that is stopped at once does not give a person's work to a worker; nor does a pause."""
    harness.play(outside(f", gate: 'until test -e {tmp_path}/go; do sleep 0.02; done'"))
    harness.when(
        checking, lambda ledger: (ledger.stop(harness.run, now=True), touch(tmp_path / "go"))
    )
    task = accept_and_lead(harness)
    assert (task.kind, harness.attempts("t")[-1].outcome) == ("merged", "succeeded")


def test_accepted_in_a_paused_run(harness: RunHarness) -> None:
    """Nothing new is claimed, but what a person has accepted is merged."""
    harness.play(outside())
    harness.act(lambda ledger: (ledger.move(harness.run, ACCEPT, ["t"]), ledger.stop(harness.run)))
    harness.lead()
    assert (harness.task("t").kind, harness.merged("other.txt")) == ("merged", "out")


@pytest.mark.parametrize("kind", ["scope", "conflict"])
def test_a_tree_that_is_gone(harness: RunHarness, kind: str) -> None:
    """Harvested work is taken from its commit; a merge nobody has saved can only be made again."""
    harness.play(
        outside(", gate: test -e other.txt") if kind == "scope" else conflicting_plan(harness)
    )
    shutil.rmtree(kept_tree(harness))
    task = accept_and_lead(harness)
    if kind == "scope":
        assert (task.kind, harness.merged("other.txt")) == ("merged", "out")
    else:
        assert (task.kind, task.note) == ("conflict", "its worktree is gone: retry the task")


def test_what_nobody_waits_for_any_more(harness: RunHarness) -> None:
    """A tree in which a person had begun is saved and removed when the task is done without it."""
    harness.play(conflicting_plan(harness))
    tree = kept_tree(harness)
    (tree / "shared.txt").write_text("half\n")
    harness.act(
        lambda ledger: ledger.move(
            harness.run, EDIT, ["t"], fields={"command": "echo anew > shared.txt"}
        )
    )
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["t"]))
    assert harness.lead() == "completed"
    assert not tree.exists()
    assert "half" in saved(harness, "shared.txt")


def test_retry_knows_of_the_conflict(harness: RunHarness) -> None:
    """A conflict that is retried by hand has its paths in a file, and the words in its prompt."""
    harness.play(conflicting_plan(harness))
    harness.act(
        lambda ledger: ledger.move(
            harness.run, EDIT, ["t"], fields={"command": "cat $WF_CONFLICTS"}
        )
    )
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["t"]))
    assert harness.lead() == "completed"
    assert "shared.txt" in str(harness.task("t").result)
    folder = harness.project.paths.run(harness.run).attempt("t", 3)
    assert "it does not merge: shared.txt" in (folder / "prompt.md").read_text()
