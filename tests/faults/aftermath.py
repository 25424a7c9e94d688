"""What is looked at after a fault: the log beside ledger and branch, and the objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.commands import open_ledger
from wf_tui.git.control.control import Control, open_control
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from tests.unit.scheduler.arena import Arena

__all__ = ["control_of", "violations"]


def control_of(arena: Arena) -> Control:
    """Return the private repository of the arena's run."""
    return open_control(arena.place.paths.run(arena.run))


def violations(arena: Arena) -> set[str]:
    """Return the codes of what `wf verify` finds; every object of the run has to be there."""
    control = control_of(arena)
    control.git("fsck", "--strict", "--connectivity-only")
    with open_ledger(arena.place) as ledger:
        return {one.code for one in verify_run(ledger.db, arena.run, control).violations}
