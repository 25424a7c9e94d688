"""The worktree of a task that a person may go into."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wf_tui import locks
from wf_tui.errors import RefusedError
from wf_tui.git.control.control import open_control
from wf_tui.git.worktrees.local_files import LocalFiles
from wf_tui.git.worktrees.pool import Pool
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.ledger.model.worktree_setup import worktree_setup_of
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.trees import holds_tree, waits_in_tree, was_kept, work_of
from wf_tui.paths import FIRST_OPENED_TREE
from wf_tui.renewed_conflict import renew_conflict
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths

__all__ = ["KeptTree", "kept_tree", "open_tree"]


@dataclass(frozen=True)
class KeptTree:
    """A worktree that a person may go into, as it was when it was looked for.

    A move on its task may take it away at any time, so it is asked for anew each time.
    """

    run: str
    task: str
    path: Path
    kind: BlockedKind | None
    """What the task is blocked by, if it is."""
    paths: tuple[str, ...]
    """What its block is about: the files that do not merge, or lie outside its scope ..."""
    about: str
    """What these are, as the words before their names."""
    worker: str
    """Who works in it now, or ""."""
    work: str | None = None
    """The commit of the attempt that left it."""

    @property
    def number(self) -> int:
        """Its number in the pool of its run."""
        return int(self.path.name)

    @property
    def files(self) -> list[str]:
        """Those of the paths that are files in it; no link and no name leads out of it."""
        found = []
        top = self.path.resolve()
        for path in self.paths:
            file = self.path / path
            # A worker may have made a link there, which an editor would follow to the user's files.
            if file.is_file() and file.resolve().is_relative_to(top):
                found.append(path)
        return found

    @property
    def to_accept(self) -> bool:
        """Whether what is in it can be accepted."""
        facts = self.kind.facts if self.kind is not None else None
        return facts is not None and (facts.keeps_tree or facts.can_mend)


def open_tree(ledger: Ledger, run: str, name: str, paths: RunPaths) -> KeptTree:
    """Return where the work of a task lies; where it has a commit alone, it is laid out first.

    A conflict that nobody has touched is merged anew where the branch has moved since.
    Of what has failed the worktree belongs to its person from then on: it is kept, and accepted as
    it is. Blocks for as long as git needs for all files of a commit. Raises as `kept_tree` does,
    and `GitError` where no worktree can be made.
    """
    with locks.held(paths.opening_lock):
        _open(ledger, run, name, paths)
        return kept_tree(ledger.db, run, name, paths)


def _open(ledger: Ledger, run: str, name: str, paths: RunPaths) -> None:
    with ledger.db.snapshot():
        task = reads.task(ledger.db, run, name)
        attempts = reads.attempts(ledger.db, run, task.id)
    last = attempts[-1] if attempts else None
    if last is None or last.open or task.block is None:
        return
    if task.kind is BlockedKind.CONFLICT:
        renew_conflict(ledger, task, last, paths)
    if not task.block.can_mend:
        return
    if waits_in_tree(task) and (paths.trees / str(last.tree)).is_dir():
        return
    number = FIRST_OPENED_TREE + last.number
    theirs = last.tree == str(number) and (paths.trees / str(number)).is_dir()
    if theirs or was_kept(ledger.db, last):
        ledger.tree_opened(run, task.id, last.epoch, str(last.tree))
    elif (commit := work_of(task)) and last.base:
        pool = _pool_of(ledger, run, paths)
        # Not recorded yet, so nobody is in it: what a crash has left under its number is made anew.
        tree = pool.check_out_work(last.base, commit, number=number)
        try:
            ledger.tree_opened(run, task.id, last.epoch, str(tree.number))
        except RefusedError:
            pool.discard(tree)
            raise


def _pool_of(ledger: Ledger, run: str, paths: RunPaths) -> Pool:
    """Return a pool of the worktrees that persons open; the others belong to that of the leader."""
    setup = worktree_setup_of(ledger.db, run)
    top = Path(setup.checkout) if setup.checkout else None
    return Pool(open_control(paths), paths, LocalFiles(top, setup.link, setup.copy).lay_out)


def kept_tree(db: Database, run: str, name: str, paths: RunPaths) -> KeptTree:
    """Return where the work of a task lies; raises `RefusedError` where it has no worktree now.

    `paths` are those of the run.
    """
    with db.snapshot():
        task = reads.task(db, run, name)
        attempts = [one for one in reads.attempts(db, run, task.id) if one.tree]
        last = attempts[-1] if attempts else None
        held = last is not None and (holds_tree(task, last) or was_kept(db, last))
    # The ledger says that there is one; a person may have removed it, or put a link in its place.
    path = paths.trees / str(last.tree if last else None)
    if last is None or not held or path.is_symlink() or not path.is_dir():
        raise _no_tree(task, last)
    kind = task.kind if isinstance(task.kind, BlockedKind) else None
    worker = last.worker if last.open else ""
    # The paths of a block that keeps no tree are of other files than those in this one.
    block = task.block if task.block and task.block.keeps_tree else None
    names = task.detail.get("paths") if block else None
    named = tuple(names) if isinstance(names, list | tuple) else ()
    return KeptTree(
        run, task.id, path, kind, named, block.paths if block else "", worker, last.commit_id
    )


def _no_tree(task: TaskRow, last: AttemptRow | None) -> RefusedError:
    name = clean(shlex.quote(task.id))
    saved = f"what it changed: wf diff {name}"
    if last is None:
        saved = f"see why: wf show {name}"
    elif task.state is TaskState.BLOCKED:
        saved += f"; another try: wf retry {name}"
    return RefusedError(f"task {task.id!r} has no worktree now", saved)
