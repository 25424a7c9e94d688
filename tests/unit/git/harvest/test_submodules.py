"""Work in a submodule's folder cannot be merged, so it is noticed and named, whatever it is."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, User, paths_of, reasons_of
from wf_tui.git.worktrees.tree import Tree


@pytest.fixture
def modules(user: User) -> User:
    """Give a user whose repository has a submodule by a relative address, with one of its own."""
    up = user.path / "../up"
    user.git("config", "--global", "protocol.file.allow", "always")
    for name in ("lib", "inner"):
        user.git("init", "-q", "-b", "main", str(up / name))
        folder = User(up / name, user.home)
        folder.write("l", f"{name}\n")
        folder.write(".gitignore", "*.o\n")
        folder.commit()
    lib = User(up / "lib", user.home)
    lib.git("submodule", "add", "-q", "../inner", "deep/inner")
    lib.commit()
    user.git("clone", "-q", "--bare", ".", str(up / "super"))
    user.git("remote", "add", "origin", str(up / "super"))
    user.git("submodule", "add", "-q", "../lib", "lib")
    user.commit()
    # So that nothing but the address of the remote says where it comes from.
    user.git("submodule", "deinit", "-q", "-f", "lib")
    return user


@pytest.fixture
def tree(modules: User, start_run: Callable[[User], Run]) -> Tree:
    """Give a worktree of that repository, as its setup command has filled it."""
    run = start_run(modules)
    tree = run.pool.acquire(run.control.head())
    modules.git("submodule", "update", "-q", "--init", "--recursive", cwd=tree.path)
    return tree


def _why(tree: Tree) -> str:
    found = tree.harvest()
    assert found.entries == ()
    return reasons_of(found).get("lib", "")


def test_a_filled_submodule_is_no_change(tree: Tree) -> None:
    """What `git submodule update --init --recursive` lays out is the base, and ignored files."""
    (tree.path / "lib" / "made.o").write_text("o")
    assert (tree.path / "lib/deep/inner/l").read_text() == "inner\n"
    assert tree.why_unsaved() == ""
    assert _why(tree) == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lib: (lib / "l").write_text("edited\n"), "l"),
        (lambda lib: (lib / "l").write_text("LIB\n"), "l"),
        (lambda lib: (lib / "new").write_text("new\n"), "new"),
        (lambda lib: (lib / "l").unlink(), "l"),
        (lambda lib: (lib / "l").chmod(0o755), "l"),
        (lambda lib: (lib / "deep/inner/new").write_text("new\n"), "deep/inner/new"),
        (lambda lib: (lib / ".git").unlink(), "l"),
        (lambda lib: (lib / ".git").write_text("gitdir: /nowhere\n"), "l"),
    ],
)
def test_work_in_a_filled_submodule_is_named(
    tree: Tree, change: Callable[[Path], object], why: str
) -> None:
    """An edit, a new file, one that is gone: each is told with its path in there."""
    change(tree.path / "lib")
    assert tree.why_unsaved()
    assert _why(tree).startswith("submodule changed: ")
    assert why in _why(tree)


def test_a_commit_in_a_submodule_is_told(modules: User, tree: Tree) -> None:
    """Also where its folder is clean: the commit is in no repository but the worker's."""
    (tree.path / "lib" / "l").write_text("edited\n")
    modules.git("commit", "-qam", "fix", cwd=tree.path / "lib")
    assert _why(tree) == "submodule changed"


def test_a_commit_in_an_inner_submodule_is_told(modules: User, tree: Tree) -> None:
    """So it is at any depth."""
    (tree.path / "lib/deep/inner/l").write_text("edited\n")
    modules.git("commit", "-qam", "fix", cwd=tree.path / "lib/deep/inner")
    assert _why(tree) == "submodule changed: deep/inner"


def test_files_in_an_empty_submodule_are_told(
    modules: User, start_run: Callable[[User], Run]
) -> None:
    """A file where nothing was checked out is seen, and the rest of the work is taken."""
    tree = (run := start_run(modules)).pool.acquire(run.control.head())
    (tree.path / "lib/src").mkdir()
    assert tree.harvest().refused == ()
    (tree.path / "lib/src/fix").write_text("fix\n")
    (tree.path / "README.md").write_text("uses the fix\n")
    found = tree.harvest()
    assert paths_of(found) == {"README.md": "M"}
    assert reasons_of(found) == {"lib": "submodule changed: src/fix"}


@pytest.mark.parametrize(
    ("scope", "seen"), [("lib/fix", True), ("lib/**", True), ("src/**", False)]
)
def test_scopes_reach_into_a_submodule(tree: Tree, scope: str, *, seen: bool) -> None:
    """In a shared tree it belongs to the task that may write there."""
    (tree.path / "lib/fix").write_text("fix\n")
    assert ("lib" in reasons_of(tree.harvest([scope]))) == seen


def test_a_hostile_submodule_runs_nothing(tree: Tree, tmp_path: Path) -> None:
    """Of the worker's repository in there only objects are read, whatever it is configured to."""
    config = f"[core]\n\tfsmonitor = touch {tmp_path}/ran\n\thooksPath = {tmp_path}\n"
    shutil.copytree(tree.git_dir / "modules/lib", tree.path / "lib/.own")
    (tree.path / "lib/.git").write_text("gitdir: .own\n")
    with (tree.path / "lib/.own/config").open("a") as file:
        file.write(config)
    (tree.path / "lib/l").write_text("edited\n")
    assert "l" in _why(tree)
    assert not (tmp_path / "ran").exists()
