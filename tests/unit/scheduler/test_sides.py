"""Taking a side of a conflict: whose version is merged, once, whatever happens on the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.plans import WRITES, conflicting_plan
from tests.support.run_harness import accept_and_lead, kept_tree
from tests.support.schedulers import ACCEPT_POINTS, wait_until_killed
from wf_tui.conflict_choices import OpenPath, read_conflict
from wf_tui.git.control.control import open_control
from wf_tui.git.merge.integrate import find_conflict
from wf_tui.git.refs import attempt_ref
from wf_tui.ledger.model.accept_choices import NO_CHOICES
from wf_tui.ledger.model.found_conflict import FoundConflict
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.rules.moves import ACCEPT
from wf_tui.plan.choices import Mode
from wf_tui.project import open_ledger, open_reads

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.model.rows import TaskRow

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("legal")]

BINARY = 'printf "{0}\\000" > shared.txt; echo {0} > of-{0}'


def accept(harness: RunHarness, **sides: list[str]) -> str:
    """Accept `t` as the command does, without a scheduler; return why not, or ""."""
    with open_ledger(harness.project) as ledger:
        paths = harness.project.paths.run(harness.run)
        found = read_conflict(ledger.db, harness.run, "t", paths)
        assert found is not None
        choices = found.choose(NO_CHOICES, sides.get("ours", []), sides.get("theirs", []))
        if why := found.left(choices):
            return why
        ledger.move(harness.run, ACCEPT, ["t"], choices=choices)
    return ""


def settled(harness: RunHarness, **sides: list[str]) -> TaskRow:
    """Accept `t`, lead the run to its end, and return what became of the task."""
    assert accept(harness, **sides) == ""
    harness.lead()
    return harness.task("t")


def test_nothing_is_accepted_by_itself(harness: RunHarness) -> None:
    """A binary file has no marks; it is refused all the same, with its name and the ways out."""
    harness.play(conflicting_plan(harness, write=BINARY))
    why = accept(harness)
    assert "nobody has resolved shared.txt (binary)" in why
    assert "wf accept t --ours PATH or --theirs PATH" in why
    assert (accept_and_lead(harness).kind, harness.task("t").tries) == ("conflict", 0)


def test_the_board_offers_what_is_open(harness: RunHarness) -> None:
    """Each path with git's word for it, until all are edited: then there is nothing to choose."""
    harness.play(conflicting_plan(harness, write=BINARY))
    assert open_paths(harness) == (OpenPath("shared.txt", ("binary",), settled=False),)
    (kept_tree(harness) / "shared.txt").write_text("both\n")
    assert open_paths(harness) == ()


def open_paths(harness: RunHarness) -> tuple[OpenPath, ...]:
    """Return what `A` asks of."""
    with open_reads(harness.project) as db:
        found = read_conflict(db, harness.run, "t", harness.project.paths.run(harness.run))
        assert found is not None
        return found.paths()


@pytest.mark.parametrize(("side", "version"), [("ours", "1\0"), ("theirs", "mine\0")])
def test_a_side_is_merged(harness: RunHarness, side: str, version: str) -> None:
    """The version of the side is on the branch, with all else that the task did."""
    harness.play(conflicting_plan(harness, write=BINARY))
    assert settled(harness, **{side: ["shared.txt"]}).kind == "merged"
    assert (harness.merged("shared.txt"), harness.merged("of-mine")) == (version, "mine")


def test_ours_of_all_changes_nothing(harness: RunHarness) -> None:
    """Where the branch has all that was taken there is nothing to merge."""
    harness.play(conflicting_plan(harness))
    assert settled(harness, ours=["."]).kind == "no_changes"
    assert harness.merged("shared.txt") == "1"


def test_a_named_file_counts_although_it_was_edited(harness: RunHarness) -> None:
    """What lay in the tree stays under the ref of the attempt; other edits are merged."""
    harness.play(conflicting_plan(harness))
    (kept_tree(harness) / "shared.txt").write_text("by hand\n")
    (kept_tree(harness) / "note.txt").write_text("too\n")
    assert settled(harness, theirs=["shared.txt"]).kind == "merged"
    assert (harness.merged("shared.txt"), harness.merged("note.txt")) == ("mine", "too")
    control = open_control(harness.project.paths.run(harness.run))
    ref = attempt_ref("t", harness.attempts("t")[-1].epoch)
    left = control.git("cat-file", "-p", f"{ref}:shared.txt").text
    assert left == "by hand"


def test_the_gate_sees_what_was_chosen(harness: RunHarness) -> None:
    """It runs in a tree with the version of the side; what fails comes back with the choice."""
    gate = ", gate: 'test ! -e bad && grep -q mine shared.txt'"
    harness.play(conflicting_plan(harness, more=gate))
    (kept_tree(harness) / "bad").write_text("x\n")
    task = settled(harness, theirs=["shared.txt"])
    assert (task.kind, task.note) == ("conflict", "the gate failed: exit 1")
    assert (kept_tree(harness) / "shared.txt").read_text() == "mine\n"
    (kept_tree(harness) / "bad").unlink()
    assert settled(harness).kind == "merged"
    assert harness.merged("shared.txt") == "mine"


def another(harness: RunHarness, command: str) -> None:
    """Let one more task work, whose change is merged."""
    more = NewTask("more", "more", Spec(command=command), mode=Mode.READ_WRITE)
    harness.act(lambda ledger: ledger.add(harness.run, more))
    harness.lead()


def test_on_a_newer_head_a_choice_counts_on(harness: RunHarness) -> None:
    """Others have changed other files since: the side is merged with those."""
    harness.play(conflicting_plan(harness, write=BINARY))
    another(harness, "echo late > other.txt")
    assert settled(harness, theirs=["."]).kind == "merged"
    assert (harness.merged("shared.txt"), harness.merged("other.txt")) == ("mine\0", "late")


def test_another_version_is_another_conflict(harness: RunHarness) -> None:
    """Somebody has changed the very file since: the choice was about another one."""
    harness.play(conflicting_plan(harness, write=BINARY))
    another(harness, 'printf "late\\000" > shared.txt')
    assert settled(harness, theirs=["shared.txt"]).kind == "conflict"
    assert harness.merged("shared.txt") == "late\0"
    assert "nobody has resolved shared.txt" in accept(harness)
    assert settled(harness, theirs=["shared.txt"]).kind == "merged"
    assert harness.merged("shared.txt") == "mine\0"


def test_what_an_earlier_version_laid_out(harness: RunHarness) -> None:
    """It noted the head alone, and its marks name commits: they are marks all the same."""
    harness.play(conflicting_plan(harness))
    found = FoundConflict.of(harness.task("t").detail)
    assert found is not None
    control = open_control(harness.project.paths.run(harness.run))
    conflict = find_conflict(control, found.base, found.head, found.commit)
    assert conflict is not None
    marked = control.git("cat-file", "blob", f"{conflict.tree}:shared.txt").stdout
    (kept_tree(harness) / "shared.txt").write_bytes(marked)
    older = json.dumps({"paths": ["shared.txt"], "head": found.head})
    with open_ledger(harness.project) as ledger, ledger.db.transaction(harness.run):
        ledger.db.execute("UPDATE task SET detail = :older WHERE id = 't'", {"older": older})
    assert "nobody has resolved shared.txt (content)" in accept(harness)
    (kept_tree(harness) / "shared.txt").write_bytes(marked + b"more\n")
    assert "nobody has resolved shared.txt (conflict markers)" in accept(harness)
    assert settled(harness, theirs=["shared.txt"]).kind == "merged"
    assert harness.merged("shared.txt") == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("point", ACCEPT_POINTS)
def test_a_choice_outlives_a_kill(harness: RunHarness, point: str) -> None:
    """Wherever the scheduler is killed, the next one merges the side that was chosen, once."""
    gate = ", gate: 'grep -q mine shared.txt'"
    harness.play(conflicting_plan(harness, write=BINARY, more=gate))
    assert accept(harness, theirs=["."]) == ""
    harness.environ["WF_FAULT"] = f"{point}:1:kill"
    wait_until_killed(harness.detach())
    del harness.environ["WF_FAULT"]
    assert harness.lead() == "completed"
    assert (harness.task("t").kind, harness.merged("shared.txt")) == ("merged", "mine\0")
    assert [one.outcome for one in harness.attempts("t")] == ["failed", "failed", "succeeded"]


def test_names_that_clash_by_case_may_stay(harness: RunHarness) -> None:
    """Who works where they are two files accepts them; the reason is told before."""
    plan = f"""
goal: g
phases:
- name: p
  tasks: [{{id: t, run: 'echo 1 > Name; echo 2 > name', {WRITES}, max_attempts: 1}}]
"""
    harness.play(plan)
    task = harness.task("t")
    assert (task.kind, "differ only by case" in task.note) == ("conflict", True)
    assert settled(harness).kind == "merged"
    assert (harness.merged("Name"), harness.merged("name")) == ("1", "2")
