"""A repository that is moved keeps its runs, and no other one takes them."""

import shutil
from pathlib import Path

from tests.unit.git.conftest import User
from wf_tui.git.known_repositories import find_repo_paths, known_repositories, note_repository
from wf_tui.paths import RepoPaths


def _found(state: Path, repo: Path) -> RepoPaths:
    return find_repo_paths(state, repo / ".git", repo.name)


def _with_a_run(state: Path, user: User) -> RepoPaths:
    paths = _found(state, user.path)
    paths.root.mkdir(parents=True)
    paths.ledger.touch()
    note_repository(paths, user.path / ".git", user.git("rev-parse", "HEAD"))
    return paths


def test_one_that_was_moved_is_found(user: User, tmp_path: Path) -> None:
    """Wherever it lies, under whatever name."""
    paths = _with_a_run(tmp_path / "state", user)
    assert _found(tmp_path / "state", user.path) == paths
    moved = user.path.rename(tmp_path / "elsewhere")
    assert _found(tmp_path / "state", moved) == paths


def test_another_one_in_its_place_has_none_of_its_runs(user: User, tmp_path: Path) -> None:
    """Neither while the first is elsewhere nor when it is gone."""
    state = tmp_path / "state"
    paths = _with_a_run(state, user)
    moved = user.path.rename(tmp_path / "elsewhere")
    other = User(user.path, user.home)
    other.path.mkdir()
    other.git("init", "-q")
    other.git("commit", "-q", "--allow-empty", "-m", "another")
    assert _found(state, other.path) != paths
    assert _with_a_run(state, other) == _found(state, other.path)
    shutil.rmtree(moved)
    assert _found(state, other.path) != paths


def test_a_copy_is_another_repository(user: User, tmp_path: Path) -> None:
    """While the first one is where it was, a copy of it has runs of its own."""
    paths = _with_a_run(tmp_path / "state", user)
    copy = Path(shutil.copytree(user.path, tmp_path / "copy", symlinks=True))
    assert _found(tmp_path / "state", copy) != paths


def test_a_copy_that_was_put_back_is_the_same(user: User, tmp_path: Path) -> None:
    """In the same place, with the history that the run started from."""
    paths = _with_a_run(tmp_path / "state", user)
    copy = Path(shutil.copytree(user.path, tmp_path / "copy", symlinks=True))
    shutil.rmtree(user.path)
    copy.rename(user.path)
    assert _found(tmp_path / "state", user.path) == paths


def test_a_folder_without_a_note_is_that_of_its_name(user: User, tmp_path: Path) -> None:
    """An older wf made it; and one whose note is damaged counts as such."""
    state = tmp_path / "state"
    paths = _with_a_run(state, user)
    for text in ("", "[]", '{"common_dir": 1}'):
        (paths.root / "repository.json").write_text(text)
        assert _found(state, user.path) == paths
        assert [known.common_dir for known in known_repositories(state)] == [None]
