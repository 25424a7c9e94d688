"""Which files of a repository a pattern finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git, make_repository
from wf_tui.errors import UsageError
from wf_tui.swarm.tracked_files import tracked_files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a repository with files in folders, one staged and one that git does not know."""
    repo = make_repository(tmp_path_factory.mktemp("tracked") / "repo")
    for name in ("docs/a b.md", "docs/ä.md", "docs/sub/c.md", "docs/x.txt", "docs/[id].md"):
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).touch()
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "docs")
    (repo / "docs/staged.md").touch()
    git(repo, "add", ".")
    (repo / "docs/unknown.md").touch()
    return repo


def test_patterns_are_those_that_people_know(repo: Path) -> None:
    """`*` stays within a folder, `**` spans any number, a folder is all below it."""
    flat = ["docs/[id].md", "docs/a b.md", "docs/ä.md"]
    assert sorted(tracked_files(repo, "docs/*.md")) == flat
    assert sorted(tracked_files(repo, "**/*.md")) == [*flat[:2], "docs/sub/c.md", flat[2]]
    assert tracked_files(repo, "docs/sub") == ["docs/sub/c.md"]
    assert tracked_files(repo, "docs/[a-z] b.md") == ["docs/a b.md"]


def test_from_a_folder_on(repo: Path) -> None:
    """In a folder patterns begin there, and the paths are those from the top."""
    assert tracked_files(repo / "docs", "*.txt") == ["docs/x.txt"]
    assert tracked_files(repo / "docs", "../a.txt") == ["a.txt"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("../*", "leaves the tree \\[invalid_file_scope\\]"),
        ("/etc/*", "leaves the tree"),
        ("docs/*.rs", "matches no tracked file$"),
        ("docs/staged.md", "matches no tracked file; those that are only staged"),
        ("docs/unknown.md", "matches no tracked file$"),
        (" ", "has no pattern"),
    ],
)
def test_what_finds_nothing(repo: Path, pattern: str, message: str) -> None:
    """A pattern that leaves the tree or finds no file of the commit is refused."""
    with pytest.raises(UsageError, match=message):
        tracked_files(repo, pattern)
