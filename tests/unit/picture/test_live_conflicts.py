"""Open attempts that have changed the same file, as their trees are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.run_harness import RunHarness
from wf_tui.git.control.control import open_control
from wf_tui.git.worktrees.pool import Pool
from wf_tui.ledger.ledger import Fence
from wf_tui.picture.graph.live_conflicts import LiveConflicts, find_live_conflicts
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from pathlib import Path

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
    assert found == LiveConflicts((("a", "b", ("both.py",)),), 0)
    assert found.lines("b") == ("both.py: a and b",)
    assert [tree.worktree.index.read_bytes() for tree in trees] == before
