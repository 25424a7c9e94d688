"""The conflict in the worktree of a task, for its person: what it is, and what is still open."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError
from wf_tui.git.control.control import open_control
from wf_tui.git.harvest.harvest import HarvestRefusedError
from wf_tui.git.merge.sides import choose
from wf_tui.git.worktrees.tree import Tree
from wf_tui.kept_worktree import kept_tree
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.queries import reads
from wf_tui.scheduler.chosen_sides import laid_out_conflict, with_sides
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.git.control.control import Control
    from wf_tui.git.merge.conflict import Conflict
    from wf_tui.ledger.model.accept_choices import Choices
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths
    from wf_tui.scheduler.chosen_sides import LaidOutConflict

__all__ = ["OpenConflict", "OpenPath", "read_conflict"]


@dataclass(frozen=True)
class OpenPath:
    """A path in conflict, with git's words for it, and whether it was edited or chosen before."""

    path: str
    kinds: tuple[str, ...]
    settled: bool


@dataclass(frozen=True)
class OpenConflict:
    """A conflict that waits for its person, as it was when it was looked for."""

    task: TaskRow
    laid_out: LaidOutConflict
    tree: Tree

    @property
    def conflict(self) -> Conflict:
        """What does not merge."""
        return self.laid_out.conflict

    def choose(self, choices: Choices, ours: Sequence[str], theirs: Sequence[str]) -> Choices:
        """Return `choices` with the sides that a person names.

        Raises `UsageError` for a path that is not in conflict, or is named for both sides.
        """
        return with_sides(choices, self.conflict, choose(self.conflict, ours, theirs))

    def left(self, choices: Choices) -> str:
        """Return why the conflict cannot be accepted with these choices yet; "" where it can.

        Those that were made before count on. It looks at the files as a harvest would. Blocks; what
        is wrong with the worktree itself is left to the one who accepts it.
        """
        content = self._content()
        every = choices.after(self.task.choices)
        found = content and self.laid_out.left(self._control, every, content)
        if not found:
            return ""
        name = clean(shlex.quote(self.task.id))
        return (
            f"task {self.task.id!r} cannot be accepted: {found} (take a side with "
            f"wf accept {name} --ours PATH or --theirs PATH, or edit it: wf shell {name})"
        )

    def paths(self) -> tuple[OpenPath, ...]:
        """Return each path that there is something to choose of; none where all is settled."""
        content = self._content()
        left = (
            self.laid_out.unresolved(self._control, self.task.choices, content) if content else ()
        )
        open_paths = {one.path for one in left}
        every = self.conflict.conflicted if open_paths else ()
        return tuple(
            OpenPath(one.path, one.kinds, settled=one.path not in open_paths)
            for one in every
            if one.needs_person
        )

    @property
    def _control(self) -> Control:
        return self.tree.worktree.control

    def _content(self) -> str:
        """Return the tree that a harvest would make; "" where there is none to be made."""
        try:
            return self.tree.peek().tree_oid
        except HarvestRefusedError:
            return ""


def read_conflict(db: Database, run: str, name: str, paths: RunPaths) -> OpenConflict | None:
    """Return the conflict of a task; None where it has none, or its worktree is gone.

    Asked outside of any transaction: git merges once more, to tell what met. `paths` are those of
    the run.
    """
    task = reads.task(db, run, name)
    if task.kind is not BlockedKind.CONFLICT:
        return None
    try:
        kept = kept_tree(db, run, name, paths)
    except RefusedError:
        return None  # the ledger says why
    control = open_control(paths)
    laid_out = laid_out_conflict(control, task, kept.work)
    if laid_out is None:
        return None
    return OpenConflict(
        task, laid_out, Tree.at(control, paths, kept.number, laid_out.conflict.head)
    )
