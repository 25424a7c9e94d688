"""The step `harvest`: what an attempt left becomes a commit under its own ref (RULES 6.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitError
from wf_tui.fault_injection import Point
from wf_tui.git.control.attempt_commits import commit_attempt, save_attempt_ref
from wf_tui.git.control.changed_files import changed_files
from wf_tui.git.control.diffs import file_changes
from wf_tui.git.harvest.filters import find_filtered
from wf_tui.git.harvest.harvest import HarvestRefusedError, Refused
from wf_tui.git.refs import left_refs
from wf_tui.ledger.model.events.attempt_events import LeftKept, WorkHarvested
from wf_tui.ledger.model.states import Step
from wf_tui.text import clean, listed
from wf_tui.values import frozen, replace
from wf_tui.workers.shim.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.clock import Clock
    from wf_tui.git.control.changed_files import Entry
    from wf_tui.git.control.control import Control
    from wf_tui.git.harvest.filters import Filtered
    from wf_tui.git.worktrees.left_work import LeftRef
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.profiles.run_profiles import RunProfiles
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.workspace import Workspace
    from wf_tui.scheduler.claim_record import ClaimRecord
    from wf_tui.scheduler.threads import Threads

__all__ = ["NOTHING", "Harvest", "Harvested"]

_NAMED: Final = 20
_SHOWN: Final = 3


@frozen
class Harvested:
    """What came out of a tree: its commit and ref, the changed files, what was not taken.

    `base` is the commit it started from. Without a commit there was nothing to keep, or `error`
    says why nothing could be.
    """

    base: str = ""
    commit: str | None = None
    ref: str | None = None
    entries: tuple[Entry, ...] = ()
    refused: tuple[Refused, ...] = ()
    filtered: tuple[Filtered, ...] = ()
    """What the user's git would have sent through a filter."""
    ignored: tuple[str, ...] = ()
    """What git ignores, so that it was not taken."""
    note: str = ""
    """What a person should know of how it was found."""
    error: str = ""
    """Why nothing could be taken."""
    left: tuple[LeftRef, ...] = ()
    """What it has committed, stashed or tagged beside that, each under a ref now."""
    unsaved: str = ""
    """What can be kept in its worktree alone, as a clause."""
    added: int | None = None
    """Lines; with `removed`, None where they were not counted."""
    removed: int | None = None

    @property
    def why_kept(self) -> str:
        """Why its worktree has to stay, as a clause; "" where all of it is saved."""
        refused = [one for one in self.refused if one.keeps_tree]
        names = [f"{clean(one.path, limit=200)} ({one.reason})" for one in refused]
        return listed([*names, *filter(None, [self.error, self.unsaved])], _SHOWN)

    @property
    def aside(self) -> str:
        """What a person should know of it that no merge brings, as a clause; "" for nothing."""
        names = [one.label for one in self.left]
        parts = [f"left {listed(names, _SHOWN)}"] if names else []
        parts += [f"its worktree is kept: {self.why_kept}"] if self.why_kept else []
        return "; ".join(parts)

    @property
    def left_events(self) -> tuple[LeftKept, ...]:
        """What the ledger is told of what was left."""
        return tuple(
            LeftKept(ref=one.ref, kind=one.kind, name=one.name, commit=one.commit, files=one.files)
            for one in self.left
        )

    @property
    def event(self) -> WorkHarvested:
        """What the ledger is told of it."""
        refused = tuple(f"{item.path}: {item.reason}" for item in self.refused[:_NAMED])
        return WorkHarvested(
            ref=self.ref,
            commit=self.commit,
            files=len(self.entries),
            added=self.added,
            removed=self.removed,
            ignored=len(self.ignored) or None,
            ignored_names=self.ignored[:_NAMED] or None,
            refused=refused or None,
            note=self.note or None,
            error=self.error or None,
        )

    def onto(self, ending: Ending) -> Ending:
        """Return the ending of an attempt with the commit that holds its work."""
        return replace(ending, ref=self.ref, commit=self.commit)


NOTHING: Final = Harvested()


@frozen
class Harvest:
    """Takes the work out of a tree, as attempts do at their end and recovery does for the dead."""

    control: Control
    threads: Threads
    clock: Clock
    step_deadline: float
    """Seconds that the step is given in the ledger."""
    profiles: RunProfiles
    """Whose keys no name that is told may hold."""

    async def run(self, active: ActiveClaim, workspace: Workspace) -> Harvested:
        """Take what an attempt left; also of one that failed or was stopped (RULES 6.3).

        Called when its processes are gone: what is written later is in no harvest.
        """
        if not active.claim.task.writes:
            return NOTHING
        if active.stopped is None:  # one that was stopped has lost its claim, and has no step
            by = self.clock.now() + self.step_deadline
            await active.record.step(Step.HARVESTING, by)
        await self.threads.reach(Point.HARVEST_BEGUN)
        found = await self.commit(workspace)
        await self.record(active.record, found)
        return found

    def _named(self, found: Harvested) -> Harvested:
        """Return it without the values of keys in the names of what is no file of the work."""
        redact = Redactor(dict(self.profiles.secret_forms)).whole
        return replace(
            found,
            refused=tuple(replace(one, path=redact(one.path)) for one in found.refused),
            ignored=tuple(map(redact, found.ignored)),
            left=tuple(replace(one, name=redact(one.name)) for one in found.left),
        )

    async def commit(self, workspace: Workspace) -> Harvested:
        """Keep what changed in a tree under the ref of its attempt, without telling the ledger.

        Two calls, since the work of a person is looked at between them. Done twice it makes the
        same commit and the same ref: all that goes into them is as it was at the claim.
        """
        return self._named(await self.threads.run(self._commit, workspace))

    async def taken(self, workspace: Workspace, commit: str, ref: str | None) -> Harvested:
        """Return what was harvested before a crash, with all that it is judged by."""

        def look() -> Harvested:
            tree = workspace.tree
            entries = changed_files(self.control, tree.base, commit)
            held = find_filtered(tree.worktree, tree.base, entries).held
            return Harvested(tree.base, commit, ref, entries, filtered=held)

        return await self.threads.run(look)

    async def record(self, record: ClaimRecord, found: Harvested) -> None:
        """Tell the ledger what was found; only now is it known to be safe."""
        await record.harvested(found.event, found.left_events)
        await self.threads.reach(Point.HARVEST_RECORDED)

    def of_commit(self, tree: Tree, left: AttemptRow, refused: Sequence[str]) -> Harvested:
        """Return what a dead scheduler's attempt had left when it was harvested; blocks.

        `tree` has it, `refused` is what the ledger was told of what could not be taken.
        """
        commit = left.commit_id or ""
        lost = tuple(Refused(*text.rpartition(": ")[::2]) for text in refused)
        entries = tuple(changed_files(self.control, tree.base, commit))
        held = find_filtered(tree.worktree, tree.base, entries).held
        return Harvested(tree.base, commit, left.ref, entries, lost, filtered=held)

    def _commit(self, workspace: Workspace) -> Harvested:
        tree, claim = workspace.tree, workspace.claim
        refs = left_refs(claim.task.id, claim.epoch)
        try:
            # The tree counts as safe only when the block, which makes the ref, has ended well.
            with tree.harvesting(workspace.shared_scope, refs=refs) as (found, left):
                # A merge is one also where it takes nothing of the other side.
                is_work = bool(found.entries or claim.task.spec.merges)
                commit, ref = self.save(workspace, found.tree_oid) if is_work else (None, None)
        except HarvestRefusedError as error:
            left = tree.keep_left(refs)
            kept = replace(NOTHING, left=left.refs, unsaved=left.unsaved)
            return replace(kept, base=tree.base, error=error.message)
        added, removed = self._lines(tree.base, commit)
        return Harvested(
            base=tree.base,
            commit=commit,
            ref=ref,
            entries=found.entries,
            refused=found.refused,
            filtered=found.filtered,
            ignored=found.ignored,
            note=found.note,
            left=left.refs,
            unsaved=left.unsaved,
            added=added,
            removed=removed,
        )

    def _lines(self, base: str, commit: str | None) -> tuple[int | None, int | None]:
        """Return how many lines the work adds and removes; binary files count nothing."""
        if commit is None:
            return 0, 0
        try:
            changes = file_changes(self.control, base, commit)
        except GitError:  # it is for people to see, and no reason to lose the work
            return None, None
        return sum(one.added or 0 for one in changes), sum(one.removed or 0 for one in changes)

    def save(self, workspace: Workspace, content: str) -> tuple[str, str]:
        """Return the commit of a git tree as the work of this attempt, and its ref.

        Blocks, and belongs into a thread. The same content makes the same commit and ref.
        """
        claim = workspace.claim
        commit = commit_attempt(
            self.control,
            content,
            base=workspace.tree.base,
            parents=(claim.task.spec.merges,) if claim.task.spec.merges else (),
            task=claim.task.id,
            run=claim.run,
            epoch=claim.epoch,
            title=claim.task.title,
            worker=claim.worker,
            when=claim.at,
        )
        self.threads.faults.reach(Point.HARVEST_COMMIT)
        ref = save_attempt_ref(self.control, commit, task=claim.task.id, epoch=claim.epoch)
        return commit, ref
