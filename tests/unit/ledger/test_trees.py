"""Which worktree is whose, whatever the clock says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.ledger_harness import BAD, RUN
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.trees import stale_trees, was_kept
from wf_tui.ledger.rules.moves import SKIP

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.ledger.ledger import Fence

HOUR = 3600.0


def _in_tree(drive: LedgerHarness, task: str, tree: str) -> Fence:
    fence = drive.expect_claim(task)
    assert drive.ledger.prepared(fence, base="b0", tree=tree)
    return fence


def test_the_last_one_in_a_tree_is_the_one_that_came_last(drive: LedgerHarness) -> None:
    """A tree that was kept after another attempt is known, though the clock was set back."""
    drive.make("a", "b")
    drive.done(_in_tree(drive, "a", "1"))
    drive.clock.move(-HOUR)
    fence = _in_tree(drive, "b", "1")
    drive.bring(fence, Step.CHECKING)
    drive.ledger.block(fence, replace(BAD, cause="scope"), BlockedKind.SCOPE)
    assert stale_trees(drive.db, RUN) == set()
    drive.mine.move(RUN, SKIP, ["b"])
    assert stale_trees(drive.db, RUN) == {1}


def test_a_tree_that_was_kept_since(drive: LedgerHarness) -> None:
    """What was kept during an attempt is its work, though the clock was set back meanwhile."""
    drive.make("a")
    drive.ledger.tree_gone(RUN, "/trees/1", kept="full")
    fence = _in_tree(drive, "a", "1")
    attempt = reads.attempts(drive.db, RUN, "a")[-1]
    assert not was_kept(drive.db, attempt)
    drive.clock.move(-HOUR)
    drive.fail(fence)
    drive.ledger.tree_gone(RUN, "/trees/1", kept="its work could not be harvested")
    assert was_kept(drive.db, attempt)
