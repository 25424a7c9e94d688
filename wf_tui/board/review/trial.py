"""Whether the work under review still merges: tried for real, without touching any branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.text_view.text_line import safe
from wf_tui.errors import WfError
from wf_tui.git.control.control import open_control
from wf_tui.git.merge.layout import titles_by_path
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.text import listed, plural

if TYPE_CHECKING:
    from wf_tui.git.control.control import Control
    from wf_tui.project import Project

__all__ = ["Trial", "merged", "try_merge"]

_NAMED: Final = 5


@dataclass(frozen=True)
class Trial:
    """What came of merging the work into the branch as it is now."""

    head: str
    """The commit of the branch that was tried."""
    sentence: str
    """Safe to draw."""
    clean: bool


def try_merge(project: Project, run: str, base: str, head: str, commit: str) -> Trial | None:
    """Merge work into the head of the branch, as objects only; None where that has not moved.

    Called on a thread, when a review opens and after each merge of the run.
    """
    if base == head:
        return None
    try:
        return merged(open_control(project.paths.run(run)), base, head, commit)
    except WfError as error:
        return Trial(head, f"cannot be tried: {safe(error.message)}", clean=False)


def merged(control: Control, base: str, head: str, commit: str) -> Trial:
    """Return what comes of merging a commit, made on `base`, into a head that has gone on since.

    `3 merges behind: merges cleanly`, or `conflicts with “Title”: path`. Raises a `WfError` where
    git cannot.
    """
    words = ("rev-list", "--count", "--first-parent", "--end-of-options", f"{base}..{head}")
    behind = f"{plural(int(control.git(*words).text), 'merge')} behind"
    found = merge_trees(control, head, commit)
    if found.clean:
        return Trial(head, f"{behind}: merges cleanly", clean=True)
    names = found.conflicts or tuple(path for note in found.notes for path in note.paths)
    titles = titles_by_path(control, base, head)
    others = dict.fromkeys(f"“{titles[name]}”" for name in names if titles.get(name))
    against = f" with {listed(tuple(others), _NAMED)}" if others else ""
    where = listed(names, _NAMED)
    return Trial(head, safe(f"{behind}: conflicts{against}: {where}"), clean=False)
