"""`wf clean`: the worktrees of all runs of a repository, and the removal of the safe ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import print_json, print_line, project_at
from wf_tui.cli.options import json_option, repo_option
from wf_tui.disk_space import folder_size, shown_size
from wf_tui.errors import EnvironmentalError
from wf_tui.git.control.control import open_control
from wf_tui.git.erase import erase
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.remove import TreeClass, remove_ended
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.trees import live_trees, needed_trees
from wf_tui.ledger.stores import store_of
from wf_tui.project import open_ledger
from wf_tui.scheduler.control import scheduler_alive
from wf_tui.text import clean as safe
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.project import Project

__all__ = ["clean"]

_TRASH: Final = "trash"
_WHY: Final = {
    TreeClass.LIVE: "an attempt works in it",
    TreeClass.DIRTY: "it holds work that is nowhere else",
    TreeClass.FOREIGN: "wf did not make it",
}


@dataclass(frozen=True)
class _Worktree:
    """A worktree, or what is left of one in the trash."""

    run: str
    path: Path
    kind: str
    size: int
    removed: bool
    reason: str
    """Why it stays; nothing where it may go."""

    def as_json(self) -> dict[str, object]:
        """Return what the text shows."""
        return {
            "run": self.run,
            "tree": self.path.name,
            "class": self.kind,
            "size": self.size,
            "path": str(self.path),
            "removable": not self.reason,
            "removed": self.removed,
            "reason": self.reason,
        }


@click.command
@click.option("--apply", is_flag=True, help="Remove those that are safe to remove.")
@click.option("--run", metavar="RUN", help="A whole run that is over, with all that is left of it.")
@click.option("--older", metavar="AGE", help="All runs that ended so long ago: 30d, 12h, 2w.")
@repo_option
@json_option
def clean(
    *, apply: bool, run: str | None, older: str | None, repo: Path | None, as_json: bool
) -> None:
    """List the worktrees of all runs of this repository, with their class and size.

    Safe to remove are those whose content is merged, harvested or clean, and which no attempt,
    process or blocked task needs. Without --apply nothing is removed.

    With --run or --older whole runs that are over are listed, with what is on no branch of yours.
    One with work in a worktree that is nowhere else stays.
    """
    if run or older:
        from wf_tui.cli.clean_runs import clean_runs  # noqa: PLC0415 - only where runs are asked for

        clean_runs(project_at(repo), run=run, older=older, apply=apply, as_json=as_json)
        return
    # All of them first: columns are as wide as the longest, and nothing is printed half way.
    found = list(_worktrees(project_at(repo), apply=apply))
    if as_json:
        print_json([one.as_json() for one in found])
        return
    for line in _worktree_lines(found, apply=apply):
        print_line(line)


def _worktrees(project: Project, *, apply: bool) -> Iterator[_Worktree]:
    if not store_of(project.paths).exists():
        return
    with open_ledger(project) as ledger:
        rows, gone = reads.runs(ledger.db), reads.removed_runs(ledger.db)
        for row in rows:
            yield from _worktrees_of(project, ledger, row, apply=apply)
    # What lies beside the runs without being one is listed, and left: wf did not make it.
    known = {project.paths.run(row.id).root for row in rows}
    removed = {project.paths.run(name).root for name in gone}
    folder = project.paths.run("x").root.parent
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path in removed:  # a crash came before the end of its removal
            gone_now = apply and erase(os.fsencode(path))
            size = folder_size(path)
            yield _Worktree(path.name, path, _TRASH, size, removed=gone_now, reason="")
        elif path not in known:
            yield _foreign_tree(path.name, path, "no run of the ledger has it")


def _worktrees_of(
    project: Project, ledger: Ledger, row: RunRow, *, apply: bool
) -> Iterator[_Worktree]:
    """Judge the worktrees of one run, and with `apply` remove those that are safe to remove.

    Then the lock of its scheduler is held meanwhile: one that began to lead the run in between
    could give a worktree to an attempt just before it goes.
    """
    paths = project.paths.run(row.id)
    if not paths.trees.is_dir():
        return
    try:
        pool = Pool(open_control(paths), paths)
    except EnvironmentalError as error:
        # Nothing but the run's repository knows what is saved.
        yield from (
            _foreign_tree(row.id, path, error.message) for path in sorted(paths.trees.iterdir())
        )
        return
    if not apply:
        yield from _judge(ledger, row.id, pool, led=scheduler_alive(ledger.db, row.id), dry=True)
        return
    with store_of(project.paths).without_leader(row.id) as free:
        yield from _judge(ledger, row.id, pool, led=not free, dry=not free)


def _judge(ledger: Ledger, run: str, pool: Pool, *, led: bool, dry: bool) -> Iterator[_Worktree]:
    """Yield the worktrees of one run, and what is left in its trash; removed unless it is `dry`."""
    kept = "a scheduler leads the run" if led else ""
    # Measured first: a tree that is removed has no size any more.
    sizes = {path: folder_size(path) for path in pool.paths.trees.iterdir()}
    live, keep = live_trees(ledger.db, run), needed_trees(ledger.db, run)
    for tree in remove_ended(pool, live=live, keep=keep, dry=dry):
        # Recorded after the removal: a crash in between leaves a tree on record, never one unknown.
        if tree.removed:
            ledger.tree_gone(run, str(tree.path))
        kind, size = tree.tree_class.value, sizes.get(tree.path, 0)
        reason = _WHY.get(tree.tree_class, tree.reason) or kept
        if tree.lost:
            reason = f"{reason}: {tree.lost}"
        yield _Worktree(run, tree.path, kind, size, removed=tree.removed, reason=reason)
    for path in sorted(pool.paths.trash.iterdir()):
        size = folder_size(path)
        gone = not dry and erase(os.fsencode(path))
        reason = kept
        if not gone and not dry:
            reason = "it cannot be removed"
        yield _Worktree(run, path, _TRASH, size, removed=gone, reason=reason)


def _foreign_tree(run: str, path: Path, reason: str) -> _Worktree:
    kind = TreeClass.FOREIGN.value
    return _Worktree(run, path, kind, folder_size(path), removed=False, reason=reason)


def _worktree_lines(found: Sequence[_Worktree], *, apply: bool) -> Iterator[str]:
    if not found:
        yield "no worktrees"
        return
    names = [(safe(one.run, limit=40), safe(one.path.name, limit=40)) for one in found]
    runs = max(len(run) for run, _ in names)
    trees = max(len(tree) for _, tree in names)
    for one, (run, tree) in zip(found, names, strict=True):
        size = shown_size(one.size)
        outcome = "removed" if one.removed else one.reason or "can be removed"
        yield f"{run:<{runs}}  {tree:<{trees}}  {one.kind:<9}  {size:>8}  {outcome}"
    if apply:
        verb, chosen = "removed", [one for one in found if one.removed]
    else:
        verb, chosen = "can be removed with --apply", [one for one in found if not one.reason]
    total = shown_size(sum(one.size for one in found))
    part = shown_size(sum(one.size for one in chosen))
    yield f"{plural(len(found), 'worktree')}, {total}; {len(chosen)} {verb}, {part}"
