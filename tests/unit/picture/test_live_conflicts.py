"""Open attempts that have changed the same file, as their trees are now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.run_harness import RunHarness
from wf_tui.errors import GitError
from wf_tui.git.control.attempt_commits import commit_tree
from wf_tui.git.control.control import open_control
from wf_tui.git.worktrees.pool import Pool
from wf_tui.ledger.ledger import Fence
from wf_tui.picture.graph.live_conflicts import (
    Clash,
    LiveConflicts,
    MergeTrials,
    find_live_conflicts,
)
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.git.control.control import Control
    from wf_tui.ledger.ledger import Ledger

PLAN = """
goal: g
max_concurrent: 2
phases:
- name: p
  parallel: true
  tasks:
  - {id: a, mode: read_write, run: "true"}
  - {id: b, mode: read_write, run: "true"}
"""


def test_two_attempts_that_change_one_file_are_told_of(tmp_path: Path) -> None:
    """Both trees are looked at by the index of the host, and neither is touched."""
    harness = RunHarness(tmp_path)
    run = harness.start(PLAN)
    paths = harness.project.paths.run(run.id)
    pool = Pool(open_control(paths), paths)
    trees = [pool.acquire(run.base) for _ in "ab"]

    def begin(ledger: Ledger) -> None:
        for seat, tree in zip(("shell-1", "shell-2"), trees, strict=True):
            claim = ledger.claim(run.id, seat)
            assert claim is not None
            fence = Fence(run.id, claim.task.id, claim.epoch, claim.worker)
            ledger.prepared(fence, base=run.base, tree=str(tree.number))

    harness.act(begin)
    for tree in trees:
        (tree.path / "both.py").write_text("x = 1\n")
    (trees[0].path / "mine.py").write_text("y = 1\n")
    before = [tree.worktree.index.read_bytes() for tree in trees]
    with open_reads(harness.project) as db:
        found = find_live_conflicts(db, run.id, paths)
    assert found == LiveConflicts((Clash("a", "b", ("both.py",)),))
    assert found.lines("b") == ("a \u00d7 b   both.py   both change it",)
    assert [tree.worktree.index.read_bytes() for tree in trees] == before


def commit_of(control: Control, base: str, name: str, text: str) -> str:
    """Return a commit of one file on another commit; no ref has it."""
    blob = control.git("hash-object", "-w", "--stdin", stdin=text.encode()).text
    tree = control.git("mktree", stdin=f"100644 blob {blob}\t{name}\n".encode()).text
    return commit_tree(control, tree, (base,), b"work", when=1.0)


def test_work_that_waits_is_merged_for_real_and_once(tmp_path: Path) -> None:
    """With the branch and with what else waits; of the same two commits nothing is asked twice."""
    control = make_control_of(tmp_path)
    one = commit_of(control, control.base, "shared.txt", "1\n")
    two = commit_of(control, control.base, "shared.txt", "2\n")
    trials = MergeTrials()
    assert trials.conflicts(control, control.base, one) == ()
    assert trials.conflicts(control, one, two) == ("shared.txt",)
    trials.end_round()
    gone = replace(control, git_dir=tmp_path / "nowhere")
    assert trials.conflicts(gone, one, two) == ("shared.txt",)
    trials.end_round()
    with pytest.raises(GitError):
        trials.conflicts(gone, control.base, one)


def make_control_of(folder: Path) -> Control:
    """Return the repository of a run."""
    harness = RunHarness(folder)
    return open_control(harness.project.paths.run(harness.start(PLAN).id))


def test_what_cannot_be_looked_at_is_said() -> None:
    """Trees on other hosts, and what there was no time for; those of the selected task first."""
    clashes = (Clash("a", "b", ("x",)), Clash("c", "", ("y", "z"), tried=True))
    found = LiveConflicts(clashes, elsewhere=2, unseen=1)
    assert found.lines("c") == (
        "c \u00d7 the branch   y, z   does not merge",
        "a \u00d7 b   x   both change it",
        "2 trees on other hosts: not looked at from here",
        "1 not looked at in this round",
    )
    assert found.as_json() == {
        "pairs": [
            {"tasks": ["a", "b"], "paths": ["x"], "tried": False},
            {"tasks": ["c", None], "paths": ["y", "z"], "tried": True},
        ],
        "other_hosts": 2,
        "not_looked_at": 1,
    }
