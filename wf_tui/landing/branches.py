"""The branches of the user that a run may land in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.git.refs import BRANCHES
from wf_tui.git.repository import ANY_OWNER
from wf_tui.git.runner import git
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.project import Project

__all__ = ["Branch", "landable_branches"]


@dataclass(frozen=True)
class Branch:
    """One branch; its name is git's and not cleaned, the subject of its last commit is."""

    name: str
    subject: str


def landable_branches(project: Project, run: RunRow) -> tuple[Branch, ...]:
    """Return all branches but that of the run, what was committed to last first; on any thread."""
    form = "--format=%(refname)%00%(subject)%00%(symref)"
    words = ("for-each-ref", "--sort=-committerdate", form, BRANCHES)
    lines = git(*words, git_dir=project.common_dir, settings=ANY_OWNER).text.split("\n")
    found = [line.split("\0") for line in lines if line]
    return tuple(
        Branch(ref.removeprefix(BRANCHES), clean(subject, limit=80))
        for ref, subject, symbolic in found
        if ref != run.ref and not symbolic
    )
