"""The exported history, read by GitPython: a reader that knows nothing of wf."""

from __future__ import annotations

from typing import TYPE_CHECKING

import git

from tests.support.plans import parallel_plan

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

WRITE = "mode: read_write"


def test_commits_tell_where_they_come_from(harness: RunHarness) -> None:
    """Each task is a commit by its worker, with trailers that name run, task and attempt."""
    harness.play(parallel_plan(f'id: "a b", title: Add it, run: "echo x > x.txt", {WRITE}'))
    with git.Repo(harness.repo) as repo:
        commit = repo.heads[harness.branch].commit
        assert commit.summary == "Add it"
        assert (str(commit.author.name)[:6], commit.committer.name) == ("shell-", "wf")
        assert commit.trailers_dict == {
            "Wf-Run": [harness.run],
            "Wf-Task": ["a b"],
            "Wf-Attempt": ["1"],
        }


def test_history_is_whole(harness: RunHarness) -> None:
    """Every task's commit is reachable from the branch, and nothing of the checkout changed."""
    plan = parallel_plan(*(f'id: t{n}, run: "echo {n} > {n}.txt", {WRITE}' for n in range(4)))
    harness.play(plan)
    with git.Repo(harness.repo) as repo:
        found = repo.iter_commits(harness.branch)
        tasks = {name for commit in found for name in commit.trailers_dict.get("Wf-Task", [])}
        assert tasks == {"t0", "t1", "t2", "t3"}
        names = str(repo.git.ls_tree("--name-only", harness.branch)).split()
        assert names == [".gitignore", "0.txt", "1.txt", "2.txt", "3.txt", "shared.txt"]
        assert not repo.is_dirty(untracked_files=True)
