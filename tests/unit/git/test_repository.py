"""Every kind of repository that a user may have is found, or refused with one line."""

from pathlib import Path

import pytest

from tests.unit.git.conftest import User
from wf_tui.errors import RepositoryError
from wf_tui.git.repository import find_repository


def test_a_subfolder_belongs_to_its_repository(user: User) -> None:
    """A run may be started from any folder of the worktree."""
    found = find_repository(user.path / "src" / "deep")
    assert found.top == user.path
    assert found.common_dir == user.path / ".git"
    assert (found.name, found.branch, found.shallow) == ("repo", "main", False)
    assert found.head == user.git("rev-parse", "HEAD")


def test_inside_the_git_folder_works(user: User) -> None:
    """Standing in `.git` finds the repository without a worktree."""
    found = find_repository(user.path / ".git" / "refs")
    assert (found.top, found.name) == (None, "repo")


def test_a_linked_worktree_has_its_own_head(user: User, tmp_path: Path) -> None:
    """In a linked worktree its commit counts, and the common directory is the main one's."""
    user.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    linked = User(tmp_path / "linked", user.home)
    linked.write("x", "x")
    head = linked.commit()
    found = find_repository(linked.path)
    assert (found.head, found.branch, found.top) == (head, "side", linked.path)
    assert (found.common_dir, found.name) == (user.path / ".git", "repo")


def test_a_detached_head_has_no_branch(user: User) -> None:
    """A detached HEAD is fine to start from."""
    user.git("checkout", "-q", "--detach")
    assert find_repository(user.path).branch is None


def test_a_bare_repository_has_no_top(user: User, tmp_path: Path) -> None:
    """Bare repositories work."""
    user.git("clone", "-q", "--bare", str(user.path), str(tmp_path / "bare.git"))
    found = find_repository(tmp_path / "bare.git")
    assert (found.top, found.name, found.branch) == (None, "bare", "main")


@pytest.mark.parametrize("name", ["with space", "new\nline", "日本語", "-dash", "quote\"'"])
def test_odd_paths_work(user: User, name: str) -> None:
    """A repository's path may hold any character."""
    moved = user.path.rename(user.path.with_name(name))
    found = find_repository(moved)
    assert (found.top, found.name) == (moved, name)


def test_an_unborn_head_is_refused(user: User, tmp_path: Path) -> None:
    """Without a commit there is nothing to start from, and the line says so."""
    (tmp_path / "new").mkdir()
    user.git("init", "-q", cwd=tmp_path / "new")
    with pytest.raises(RepositoryError, match="no commit yet") as caught:
        find_repository(tmp_path / "new")
    assert "first commit" in caught.value.hint


def test_no_repository_is_refused(tmp_path: Path) -> None:
    """A folder outside any repository is named."""
    with pytest.raises(RepositoryError, match="no git repository"):
        find_repository(tmp_path)


def test_no_folder_is_refused(tmp_path: Path) -> None:
    """A path that is no folder is named."""
    with pytest.raises(RepositoryError, match="no such folder"):
        find_repository(tmp_path / "missing")


def test_a_broken_repository_is_refused(user: User) -> None:
    """A configuration that git cannot read is reported in git's own words."""
    (user.path / ".git" / "config").write_text("[core\n")
    with pytest.raises(RepositoryError, match="bad config"):
        find_repository(user.path)
