"""The project of a listed repository, for what is done with its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.picture.runs.listed_run import ListedRepository

__all__ = ["project_of"]


def project_of(one: ListedRepository, environ: Mapping[str, str]) -> Project:
    """Return what commands on a repository work with; it may be gone, while its runs are not."""
    root = one.paths.root
    return Project(one.place or root, one.common_dir or root, one.paths, environ)
