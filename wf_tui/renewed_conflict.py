"""A conflict that waits for its person, merged anew with where the branch is by now."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from wf_tui.git.control.control import open_control
from wf_tui.git.harvest.harvest import HarvestRefusedError
from wf_tui.git.merge.integrate import find_conflict
from wf_tui.git.merge.layout import brought_by, lay_out
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.tree import Tree
from wf_tui.ledger.model.found_conflict import FoundConflict
from wf_tui.ledger.queries import reads
from wf_tui.scheduler.integrator import MOST_PATHS, described

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow, Detail, TaskRow
    from wf_tui.paths import RunPaths

__all__ = ["renew_conflict"]


def renew_conflict(ledger: Ledger, task: TaskRow, last: AttemptRow, paths: RunPaths) -> None:
    """Lay a conflict out anew where its branch has moved, before its person goes into it.

    Else what they resolve would conflict again as they accept it. A worktree in which anything was
    changed stays as it is, and so does one whose work would merge by now. `last` is the attempt
    that has the worktree, `paths` are those of the run. Blocks; raises `RefusedError` where the
    task has moved on, and a `GitError`.
    """
    found, head = FoundConflict.of(task.detail), reads.run_row(ledger.db, task.run).head
    if found is None or last.tree is None or head == found.head:
        return
    control = open_control(paths)
    conflict = find_conflict(control, found.base, head, found.commit)
    tree = Tree.at(control, paths, int(last.tree), found.head)
    if conflict is None or not tree.worktree.is_folder():
        return
    content = lay_out(control, conflict, task.id)
    with suppress(HarvestRefusedError):  # who accepts it is told of that
        renewed = Pool(control, paths).renew_conflict(tree, found.laid_out, conflict, content)
        if renewed is not None:
            others = brought_by(control, conflict)
            new = described(control, task, conflict, content, others)
            met: Detail = {"paths": list(conflict.paths[:MOST_PATHS]), **new.detail}
            detail: Detail = {**task.detail, **met}
            ledger.tree_opened(task.run, task.id, last.epoch, last.tree, detail)
