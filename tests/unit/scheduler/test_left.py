"""What an attempt leaves beside its harvest: kept, told of, and never a success by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.git.runner import git
from wf_tui.ledger.model.states import BlockedKind

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
