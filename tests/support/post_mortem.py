"""What is looked at after a fault: the log beside ledger and branch, and the objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.git.control.control import Control, open_control
from wf_tui.project import open_ledger
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

__all__ = ["control_of", "violations"]


def control_of(harness: RunHarness) -> Control:
    """Return the private repository of the harness's run."""
    return open_control(harness.project.paths.run(harness.run))


def violations(harness: RunHarness) -> set[str]:
    """Return the codes of what `wf verify` finds; every object of the run has to be there."""
    control = control_of(harness)
    control.git("fsck", "--strict", "--connectivity-only")
    with open_ledger(harness.project) as ledger:
        return {one.code for one in verify_run(ledger.db, harness.run, control).violations}
