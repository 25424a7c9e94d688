"""What an attempt left beside its work, as `wf show` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import FOLDER, shell
from wf_tui.ledger.model.events.attempt_events import LeftKept, WorkHarvested
from wf_tui.ledger.model.states import Step
from wf_tui.paths import RunPaths
from wf_tui.picture.task_picture import read_task
from wf_tui.picture.task_text import task_lines

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness

STASH = LeftKept(ref="refs/wf/left/a/1/stash-1", kind="stash", name="stash", commit="c1", files=1)
BRANCH = LeftKept(ref="refs/wf/left/a/1/branch-1", kind="branch", name="x", commit="c2", files=2)


def test_each_ref_is_listed_once(drive: LedgerHarness) -> None:
    """In JSON with all that is known of it, in words with what it was; told twice it is one."""
    fence = drive.make(shell("a")).expect_claim("a", step=Step.HARVESTING)
    drive.ledger.harvested(fence, WorkHarvested(), STASH)
    drive.ledger.harvested(fence, WorkHarvested(), STASH, BRANCH)
    picture = read_task(drive.db, drive.run(), "a", drive.clock.now(), RunPaths(FOLDER))
    assert picture.attempt_json(picture.attempts[0])["left"] == [STASH.data(), BRANCH.data()]
    lines = list(task_lines(picture, drive.clock.now()))
    assert "  left      stash (1 file): refs/wf/left/a/1/stash-1" in lines
    assert "  left      branch x (2 files): refs/wf/left/a/1/branch-1" in lines
