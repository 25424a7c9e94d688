"""Files that git does not track: they come into every tree, and never go back."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from tests.unit.git.conftest import FILES, Run, User, paths_of
from wf_tui.errors import UsageError
from wf_tui.git.control.control import make_control, open_control
from wf_tui.git.repository import find_repository
from wf_tui.git.worktrees.local_files import LocalFileError, LocalFiles
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.shared import SharedTree
from wf_tui.paths import RunPaths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wf_tui.git.worktrees.tree import Tree

LINK, COPY = ("deps",), (".env", "conf/my secret")


@pytest.fixture
def local_files(user: User) -> LocalFiles:
    """Return what a user has beside the tracked files."""
    user.write("deps/lib/one.py", "1\n")
    user.write(".env", "KEY=1\n")
    user.write("conf/my secret", "2\n")
    return LocalFiles(user.path, LINK, COPY)


@pytest.fixture
def pool(user: User, local_files: LocalFiles, tmp_path: Path) -> Pool:
    """Return a pool whose trees have these files."""
    paths = RunPaths(tmp_path / "state/repo/runs/r")
    paths.root.mkdir(parents=True)
    repository = find_repository(user.path)
    make_control(repository, paths, "wf/r", environ={}, local_names=local_files.names)
    return Pool(open_control(paths), paths, local_files.lay_out)


def acquire(pool: Pool) -> Tree:
    """Take a tree at the head."""
    return pool.acquire(pool.control.head())


def test_they_are_in_each_tree(pool: Pool, user: User) -> None:
    """A link leads to the user's file; a copy is one of its own, not even a hard link."""
    tree = acquire(pool).path
    assert (tree / "deps").readlink() == user.path / "deps"
    assert (tree / "conf/my secret").read_text() == "2\n"
    (tree / ".env").write_text("KEY=stolen\n")
    assert (user.path / ".env").read_text() == "KEY=1\n"
    assert (tree / "conf/my secret").stat().st_nlink == 1


def test_git_in_the_tree_ignores_them(pool: Pool, user: User) -> None:
    """A worker that adds everything does not add them, though nothing of the user ignores them."""
    tree = acquire(pool)
    assert user.git("status", "--porcelain", cwd=tree.path) == ""


def test_they_are_never_harvested(pool: Pool, user: User) -> None:
    """Not when they are changed, forced into the index, unignored, or replaced by something."""
    tree = acquire(pool)
    (tree.path / ".env").write_text("changed\n")
    (tree.path / "deps").unlink()
    (tree.path / "deps").mkdir()
    os.mkfifo(tree.path / "deps/fifo")
    (tree.path / "deps/own.py").write_text("x\n")
    (tree.path / ".gitignore").write_text("!.env\n!deps\n!conf/*\n")
    user.git("add", "-A", "-f", cwd=tree.path)
    found = tree.harvest()
    assert paths_of(found) == {".gitignore": "M"}
    assert (found.refused, found.ignored) == ((), ())


def test_they_are_no_work(pool: Pool) -> None:
    """A tree in which nothing else changed is clean, and has to be saved by nobody."""
    tree = acquire(pool)
    (tree.path / ".env").write_text("changed\n")
    assert tree.why_unsaved() == ""


def test_they_vanish_with_the_attempt(pool: Pool) -> None:
    """A tree that is used again has them as the user has them, and nothing else."""
    tree = acquire(pool)
    (tree.path / ".env").write_text("changed\n")
    (tree.path / "conf/more").write_text("x\n")
    pool.release(tree, saved=True)
    again = acquire(pool)
    assert again.number == tree.number
    assert (again.path / ".env").read_text() == "KEY=1\n"
    assert not (again.path / "conf/more").exists()


def test_a_link_is_not_followed_when_it_vanishes(pool: Pool, user: User) -> None:
    """What a link leads to stays when its tree is swept."""
    pool.release(acquire(pool), saved=True)
    acquire(pool)
    assert (user.path / "deps/lib/one.py").exists()


def test_a_folder_is_copied_with_its_links(user: User, tmp_path: Path) -> None:
    """A link in a copied folder stays what it is."""
    user.write("venv/lib/x", "x\n")
    (user.path / "venv/python").symlink_to("/usr/bin/python3")
    tree = tmp_path / "tree"
    tree.mkdir()
    LocalFiles(user.path, copy=("venv",)).lay_out(tree)
    assert os.readlink(tree / "venv/python") == "/usr/bin/python3"  # noqa: PTH115 - as it is
    assert (tree / "venv/lib/x").read_text() == "x\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gone", "gone is not in the checkout"),
        ("out", "out leads out of the checkout"),
        ("out/passwd", "out/passwd leads out of the checkout"),
        ("loop", "loop is not in the checkout"),
        ("git/config", "git/config leads into `.git`"),
    ],
)
def test_what_cannot_be_brought(user: User, run: Run, name: str, text: str) -> None:
    """A missing file, and one that links lead away to, is refused before a run starts."""
    for link, target in {"out": "/etc", "loop": "loop", "git": ".git"}.items():
        (user.path / link).symlink_to(target)
    with pytest.raises(UsageError, match=f"copy: {text}"):
        LocalFiles(user.path, copy=(name,)).check(run.control)


@pytest.mark.parametrize("name", ["src", "README.md"])
def test_tracked_files_are_there_already(user: User, run: Run, name: str) -> None:
    """What git tracks is in each tree, and a link to it would be work."""
    with pytest.raises(UsageError, match="is tracked by git"):
        LocalFiles(user.path, link=(name,)).check(run.control)


def test_a_bare_repository_has_none(run: Run) -> None:
    """Without a checkout there is nothing to take files from."""
    with pytest.raises(UsageError, match="there is no checkout to take x from"):
        LocalFiles(None, link=("x",)).check(run.control)


@pytest.mark.parametrize("place", ["src/app.py", "src/deep/link/x"])
def test_a_name_that_is_taken(run: Run, user: User, place: str) -> None:
    """Nothing is laid over a tracked file, or through a link; the tree is free for others."""
    user.write(place, FILES.get(place, "x"))
    (user.path / "src/deep/away").mkdir()
    tree = run.pool.acquire(run.control.head())
    (tree.path / "src/deep/link").symlink_to("/tmp")  # noqa: S108 - nothing is written there
    with pytest.raises(LocalFileError):
        LocalFiles(user.path, copy=(place,)).lay_out(tree.path)


def test_a_tree_that_cannot_be_furnished_is_given_back(pool: Pool, user: User) -> None:
    """A file that has vanished costs no tree, however often it is tried."""
    (user.path / ".env").unlink()
    for _ in range(3):
        with pytest.raises(LocalFileError, match=r"\.env is not in the checkout"):
            acquire(pool)
    assert len(pool.free()) == len(pool.existing()) == 1


def test_a_full_disk_costs_no_tree(run: Run) -> None:
    """Where there is no room for a foreign file, the tree without it is given back."""

    def lay_out(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    pool = Pool(run.control, run.pool.paths, lay_out)
    with pytest.raises(OSError, match="No space left"):
        acquire(pool)
    assert len(pool.free()) == len(pool.existing()) == 1


def test_the_shared_tree_after_a_file_was_missing(pool: Pool, user: User) -> None:
    """A shared tree that could not be filled may be another's now: it is not used again."""
    shared = SharedTree(pool)
    first = shared.enter(pool.control.head())
    shared.leave()
    (user.path / ".env").unlink()
    with pytest.raises(LocalFileError):
        shared.enter(pool.control.head())
    user.write(".env", "back\n")
    other = acquire(pool)
    assert (other.number, shared.enter(pool.control.head()).number) == (first.number, 2)


@pytest.mark.parametrize("name", ["lib", "lib/build", "lib/"])
def test_a_submodule_cannot_be_copied(
    user: User, start_run: Callable[[User], Run], name: str
) -> None:
    """A copy would be its repository, too: the message says what fills it."""
    head = user.git("rev-parse", "HEAD")
    user.git("update-index", "--add", "--cacheinfo", f"160000,{head},lib")
    user.git("commit", "-q", "-m", "module")
    user.write("lib/build/out", "out")
    local_files = LocalFiles(user.path, copy=(name,))
    with pytest.raises(UsageError, match="is in a submodule") as raised:
        local_files.check(start_run(user).control)
    assert "git submodule update --init" in (raised.value.hint or "")
