"""Taking what an attempt left into a commit under its own ref (RULES 6.3), and telling of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.fault_injection import Point
from wf_tui.git.control.attempt_commits import commit_attempt, save_attempt_ref
from wf_tui.git.harvest.harvest import HarvestRefusedError
from wf_tui.ledger.model.events.attempt_events import WorkHarvested

if TYPE_CHECKING:
    from wf_tui.git.control.changed_files import Entry
    from wf_tui.git.harvest.harvest import Harvest, Refused
    from wf_tui.ledger.ledger import Fence, Ledger
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.scheduler.context import RunContext
    from wf_tui.scheduler.workspace import Workspace

__all__ = ["NOTHING", "Harvested", "harvest_attempt", "record_harvest"]

_NAMED: Final = 20


@dataclass(frozen=True)
class Harvested:
    """What came out of a tree: its commit and ref, the changed files, what was not taken."""

    base: str = ""
    commit: str | None = None
    ref: str | None = None
    entries: tuple[Entry, ...] = ()
    refused: tuple[Refused, ...] = ()
    ignored: int = 0
    error: str = ""
    """Why nothing could be taken."""

    @property
    def event(self) -> WorkHarvested:
        """What the ledger is told of it."""
        refused = tuple(f"{item.path}: {item.reason}" for item in self.refused[:_NAMED])
        return WorkHarvested(
            ref=self.ref,
            commit=self.commit,
            files=len(self.entries),
            ignored=self.ignored or None,
            refused=refused or None,
            error=self.error or None,
        )

    def onto(self, ending: Ending) -> Ending:
        """Return the ending of an attempt with the commit that holds its work."""
        return replace(ending, ref=self.ref, commit=self.commit)


NOTHING: Final = Harvested()


async def record_harvest(site: RunContext, fence: Fence, found: Harvested) -> None:
    """Tell the ledger what a harvest has found."""

    def record(ledger: Ledger) -> None:
        site.faults.reach(Point.HARVEST_REF)
        ledger.harvested(fence, found.event)

    await site.ledger(record)
    await site.reach(Point.HARVEST_RECORDED)


def harvest_attempt(site: RunContext, workspace: Workspace) -> Harvested:
    """Harvest a tree, commit what changed, and keep that under the attempt's ref; blocks."""
    tree = workspace.tree
    try:
        with tree.harvesting(workspace.shared_scope) as found:
            commit, ref = _save(site, workspace, found) if found.entries else (None, None)
    except HarvestRefusedError as error:
        return Harvested(base=tree.base, error=error.message)
    return Harvested(tree.base, commit, ref, found.entries, found.refused, found.ignored)


def _save(site: RunContext, workspace: Workspace, found: Harvest) -> tuple[str, str]:
    """Return the commit of a harvest and its ref."""
    claim, tree = workspace.claim, workspace.tree
    commit = commit_attempt(
        site.control,
        found.tree_oid,
        base=tree.base,
        task=claim.task.id,
        run=claim.run,
        epoch=claim.epoch,
        title=claim.task.title,
        worker=claim.worker,
        when=claim.at,
    )
    site.faults.reach(Point.HARVEST_COMMIT)
    ref = save_attempt_ref(site.control, commit, task=claim.task.id, epoch=claim.epoch)
    return commit, ref
