"""What a run's own repository holds that no branch of the user leads to: lost when the run goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.git.config_text import quoted
from wf_tui.git.refs import BASE, BRANCHES, OWN
from wf_tui.git.repository import ANY_OWNER
from wf_tui.git.runner import git

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.git.control.control import Control

__all__ = ["OnlyHere", "refs_only_here"]


@dataclass(frozen=True)
class OnlyHere:
    """A ref of `control.git` whose work is on no branch of the user."""

    ref: str
    commit: str
    """Its commit, or the tree where it is none."""


def refs_only_here(control: Control, common_dir: Path) -> tuple[OnlyHere, ...]:
    """Return the refs of a run that no branch of the user's repository leads to.

    `common_dir` is the git directory of that; where it is gone, nothing is on a branch of it. Three
    commands of git, all of which only read. Raises `GitError`.
    """
    words = ("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", OWN, control.ref)
    lines = (line.split(" ", 2) for line in control.git(*words).text.splitlines())
    found = [(oid, kind, ref) for oid, kind, ref in lines if ref != BASE]
    asked = [oid for oid, kind, _ in found if kind in {"commit", "tag"}]
    if not asked:
        return tuple(OnlyHere(ref, oid) for oid, _, ref in found)
    tips: list[str] = []
    variables = {}
    if common_dir.is_dir():
        heads = ("for-each-ref", "--format=%(objectname)", BRANCHES)
        tips = git(*heads, git_dir=common_dir, settings=ANY_OWNER).text.split()
        # Their commits came later than the run's own objects.
        variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = quoted(str(common_dir / "objects"))
    names = "".join([*(f"{oid}\n" for oid in asked), *(f"^{tip}\n" for tip in tips)])
    # The base is the user's own commit, whatever has become of the branch that had it.
    listed = ("rev-list", "--stdin", f"^{control.base}")
    missing = set(control.git(*listed, stdin=names.encode(), variables=variables).text.split())
    peeled = control.git(
        "cat-file",
        "--batch-check=%(objectname)",
        stdin="".join(f"{oid}^{{}}\n" for oid, _, _ in found).encode(),
    ).text.split("\n")
    return tuple(
        OnlyHere(ref, oid)
        for (oid, kind, ref), commit in zip(found, peeled, strict=True)
        if kind not in {"commit", "tag"} or commit in missing
    )
