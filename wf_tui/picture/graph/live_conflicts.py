"""Pairs of open attempts that have changed the same file, as their trees are now."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from wf_tui.errors import WfError
from wf_tui.git.control.control import open_control
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.runner import git_limit
from wf_tui.ledger.model.rows import AttemptRow, decode, select
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.git.control.control import Control
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths

__all__ = ["LiveConflicts", "find_live_conflicts"]

_MOST: Final = 20
"""Trees that are looked at in one round."""
_SECONDS: Final = 1.0
"""For all of them."""
_PATH: Final = 200
_PATHS: Final = 3


@dataclass(frozen=True)
class LiveConflicts:
    """What one round has found; all words are safe to draw."""

    pairs: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Two tasks, and the files that both have changed."""
    unseen: int = 0
    """Trees that were not looked at: too many, too slow, or on other hosts."""

    def lines(self, first: str | None) -> tuple[str, ...]:
        """Return a line for each pair, those of one task first."""
        pairs = sorted(self.pairs, key=lambda pair: first not in pair[:2])
        return tuple(
            f"{', '.join(paths[:_PATHS])}: {clean(one)} and {clean(other)}"
            for one, other, paths in pairs
        )


def find_live_conflicts(db: Database, run_id: str, paths: RunPaths) -> LiveConflicts:
    """Look at the trees of open attempts, on any thread; nothing is written.

    Names alone are compared, by the index that the host keeps of each tree: within a second, and
    of twenty trees at the most.
    """
    rows = db.execute(
        select(AttemptRow, "WHERE run = :run AND open = 1 AND writes = 1 ORDER BY task"),
        {"run": run_id},
    )
    attempts = [decode(AttemptRow, row) for row in rows]
    here = [one for one in attempts if one.tree and not one.host]
    changed: dict[str, frozenset[str]] = {}
    deadline = time.monotonic() + _SECONDS
    try:
        control = open_control(paths)
    except WfError:
        return LiveConflicts(unseen=len(attempts))
    for one in here[:_MOST]:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            with git_limit(left):
                changed[one.task] = _changed(control, paths, str(one.tree))
        except (WfError, OSError):
            continue  # its tree is just being made, or removed
    return LiveConflicts(tuple(_pairs(changed)), len(attempts) - len(changed))


def _changed(control: Control, paths: RunPaths, tree: str) -> frozenset[str]:
    worktree = WorktreeFiles(control, paths.trees / tree, paths.indexes / tree, paths.gits / tree)
    found = worktree.git("ls-files", "-z", "-m", "-o", "--exclude-standard").records
    return frozenset(clean(os.fsdecode(name), limit=_PATH) for name in found)


def _pairs(changed: dict[str, frozenset[str]]) -> Sequence[tuple[str, str, tuple[str, ...]]]:
    return [
        (one, other, tuple(sorted(both)))
        for one, other in combinations(sorted(changed), 2)
        if (both := changed[one] & changed[other])
    ]
