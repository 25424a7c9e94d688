"""What an attempt leaves beside its harvest: kept, told of, and never a success by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.post_mortem import violations
from wf_tui import commands
from wf_tui.errors import UnknownNameError
from wf_tui.git.runner import git
from wf_tui.ledger.model.accept_choices import Choices
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.project import open_ledger

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

COMMIT = "git add -A; git -c user.name=w -c user.email=w commit -qm w"
NESTED = f"git init -q; echo w > new; {COMMIT}"
BRANCH = "git checkout -qb feature; echo w > new; git add -A; git commit -qm w; git checkout -q -"


def one(command: str, more: str = "") -> str:
    """Return a plan of one writing task."""
    fields = f"id: t, mode: read_write, backoff_secs: 0, max_attempts: 1{more}"
    return f"goal: g\nphases:\n- name: p\n  tasks:\n  - {{{fields}, run: '{command}'}}\n"


def test_nothing_but_a_branch_is_not_done(harness: RunHarness) -> None:
    """It is blocked by what it left, which has a ref, an event, and its tree."""
    assert harness.play(one(BRANCH)) == "partial"
    task, (event,) = harness.task("t"), harness.events("left_kept")
    assert (task.kind, task.detail["why"], task.detail["paths"]) == (
        BlockedKind.SCOPE,
        "left",
        [event.data["ref"]],
    )
    assert (event.data["kind"], event.data["name"], event.data["files"]) == ("branch", "feature", 1)
    assert "branch feature" in task.note
    assert [path.name for path in harness.paths.trees.iterdir()] == ["1"]


def test_a_branch_beside_the_work_is_kept_too(harness: RunHarness) -> None:
    """The work is merged, the card says what else there is, and no tree is needed for it."""
    assert harness.play(one(f"{BRANCH}; echo x > done")) == "completed"
    task, (event,) = harness.task("t"), harness.events("left_kept")
    assert (task.kind, task.note) == ("merged", "+1 -0; left branch feature")
    commit = git("rev-parse", str(event.data["ref"]), git_dir=harness.paths.control).text
    assert event.data["commit"] == commit
    assert list(harness.paths.trees.iterdir()) == []


@pytest.mark.parametrize("ending", ["exit 1", "kill -9 $$", "exec sleep 60"])
def test_an_attempt_that_fails_leaves_it_too(harness: RunHarness, ending: str) -> None:
    """Whatever ends it: what it had committed has a ref."""
    harness.play(one(f"{BRANCH}; {ending}", ", timeout_secs: 2"))
    assert harness.task("t").kind == "failed"
    assert [event.data["name"] for event in harness.events("left_kept")] == ["feature"]


def test_what_was_refused_blocks_and_stays(harness: RunHarness) -> None:
    """A nested repository is in no commit: its task is blocked at once, and its tree is there."""
    assert harness.play(one(f"mkdir app; cd app; {NESTED}").replace("attempts: 1", "attempts: 3"))
    task = harness.task("t")
    assert (task.kind, task.detail["why"], task.detail["paths"]) == ("scope", "refused", ["app"])
    assert len(harness.attempts("t")) == 1
    assert (harness.paths.trees / "1/app/new").read_text() == "w\n"


def test_work_with_a_kept_rest_says_so(harness: RunHarness) -> None:
    """Merged is what can be; the tree with the rest is named on the task and in the log."""
    assert harness.play(one(f"echo x > done; mkdir x.log; cd x.log; {NESTED}")) == "completed"
    task = harness.task("t")
    assert task.note.startswith("+1 -0; its worktree is kept: commits in the repository x.log")
    assert (harness.paths.trees / "1/x.log/new").exists()
    assert "x.log" in str(harness.events("worktree_kept")[0].data["reason"])


def accept(harness: RunHarness, left: str = "") -> None:
    """Take what was held back, and lead the run to its end."""
    with open_ledger(harness.project) as ledger:
        (made,) = commands.accept(harness.project, ledger, harness.run, ["t"], Choices(left=left))
    assert made.changed, made.reason
    harness.lead()


@pytest.mark.parametrize(
    "command",
    [
        BRANCH,
        "echo w > new; git stash -qu",
        "echo w > new; git add new; git stash -q",
        f"{BRANCH}; exit 1",
    ],
)
def test_what_was_left_can_be_accepted(harness: RunHarness, command: str) -> None:
    """A person names its ref: it is checked and merged as other work is."""
    harness.play(one(command, ", gate: test -f new"))
    (event,) = harness.events("left_kept")
    accept(harness, str(event.data["ref"]))
    assert harness.task("t").kind == "merged"
    assert harness.merged("new") == "w"
    assert violations(harness) == set()


def test_it_is_checked_as_other_work_is(harness: RunHarness) -> None:
    """Outside its scope it goes back to the person, and nothing of it is merged."""
    harness.play(one(BRANCH, ", file_scope: [src]"))
    (event,) = harness.events("left_kept")
    accept(harness, str(event.data["ref"]))
    task = harness.task("t")
    assert (task.kind, "outside its scope: new" in task.note) == ("scope", True)
    assert violations(harness) == set()


def test_what_did_not_pass_is_taken_from_where_it_was_laid_out(harness: RunHarness) -> None:
    """A ref that was outside the scope is accepted as such: it is merged, not "no changes"."""
    harness.play(one(BRANCH, ", file_scope: [src]"))
    (event,) = harness.events("left_kept")
    accept(harness, str(event.data["ref"]))
    tree = harness.attempts("t")[-1].tree
    assert (harness.paths.trees / str(tree) / "new").read_text() == "w\n"
    accept(harness)
    assert (harness.task("t").kind, harness.merged("new")) == ("merged", "w")
    assert violations(harness) == set()


def test_without_a_ref_it_is_asked_for_again(harness: RunHarness) -> None:
    """Nothing lies in the tree: to accept that is no success, until a person puts it there."""
    harness.play(one(BRANCH))
    accept(harness)
    task = harness.task("t")
    assert (task.kind, task.detail["why"]) == ("scope", "left")
    (harness.paths.trees / "1/new").write_text("mine")
    accept(harness)
    assert harness.merged("new") == "mine"
    assert violations(harness) == set()


def test_an_unknown_ref_is_refused(harness: RunHarness) -> None:
    """Only what its own attempts left can be taken."""
    harness.play(one(BRANCH))
    with pytest.raises(UnknownNameError, match="unknown ref"):
        accept(harness, "refs/wf/base")


def test_the_rest_of_refused_work_is_accepted(harness: RunHarness) -> None:
    """What can be merged is; the nested repository stays in the tree, which is named."""
    harness.play(one(f"echo x > done; mkdir app; cd app; {NESTED}"))
    accept(harness)
    assert (harness.task("t").kind, harness.merged("done")) == ("merged", "x")
    assert (harness.paths.trees / "1/app/new").exists()
    assert "app (nested repository)" in harness.task("t").note
    assert violations(harness) == set()
