"""A project that is a folder alone; loads no more of wf than a board does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.paths import repo_paths
from wf_tui.project import Project

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["project_in"]


def project_in(folder: Path) -> Project:
    """Return a place whose state lies in a folder; there is no repository in it."""
    common = folder / "repo" / ".git"
    return Project(common.parent, common, repo_paths(folder / "state", common, "repo"), {})
