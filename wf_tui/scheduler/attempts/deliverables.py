"""Whether the files that a plan asks for are delivered: in the tree that is merged, not on a disk.

A file that git ignores lies in a worktree that is thrown away, so that nobody would ever see it.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final

from wf_tui.git.path_bytes import decode_path, encode_path
from wf_tui.ledger.model.states import BlockedKind, Cause
from wf_tui.scheduler.attempts.endings import Fault
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.git.control.control import Control
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.attempts.workspace import Workspace

__all__ = ["missing_deliverables"]

_NAMED: Final = 5
_NAME: Final = 200


def missing_deliverables(claim: Claim, workspace: Workspace, commit: str | None) -> Fault | None:
    """Refuse work without a file that the plan asks for; says why one that is there does not count.

    `commit` is the harvested work, None where nothing has changed since the base. It asks git, so
    that it belongs into a thread.
    """
    names = claim.task.spec.deliverables
    if not names:
        return None
    worktree = workspace.tree.worktree
    delivered = _files_with_content(worktree.control, commit or workspace.tree.base, names)
    missing = [name for name in names if name not in delivered]
    if not missing:
        return None
    on_disk = [name for name in missing if worktree.kind(encode_path(name)) == stat.S_IFREG]
    reasons = []
    if not claim.task.writes and on_disk:
        reasons.append(f"the task only reads, so that nothing is kept of {_listed(on_disk)}")
    elif on_disk:
        rules = worktree.ignoring_rules([encode_path(name) for name in on_disk])
        reasons += [
            f"git ignores {clean(path, limit=_NAME)} ({rule}), so that it is not delivered; "
            "`git add -f` in the task takes it all the same"
            for path, rule in list(rules.items())[:_NAMED]
        ]
        on_disk = [name for name in on_disk if encode_path(name) in rules]
    others = [name for name in missing if name not in on_disk]
    if others:
        reasons.insert(0, f"missing or empty: {_listed(others)}")
    return Fault(
        BlockedKind.DELIVERABLE, Cause.DELIVERABLE, "; ".join(reasons), {"paths": missing[:200]}
    )


def _files_with_content(control: Control, commit: str, names: Collection[str]) -> frozenset[str]:
    """Return those of the names that are files of a commit and not empty; a link is no file."""
    words = ("ls-tree", "-l", "-z", "--full-tree", commit, "--")
    found = set()
    for record in control.git(*words, *map(encode_path, names)).records:
        about, path = record.split(b"\t", 1)
        mode, _type, _oid, size = about.split()
        if mode.startswith(b"100") and size not in {b"0", b"-"}:
            found.add(decode_path(path))
    return frozenset(found)


def _listed(names: Collection[str]) -> str:
    return listed(names, _NAMED, limit=_NAME)
