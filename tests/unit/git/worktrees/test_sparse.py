"""Worktrees that have only a part of the files: of the user's checkout, or as the plan says."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Literal

import pytest

from tests.unit.git.conftest import Run, User, commit_tree_of, merge, paths_of
from wf_tui.git.control.control import make_control, open_control
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.repository import find_repository
from wf_tui.git.worktrees.pool import Pool
from wf_tui.paths import RunPaths

Start = Callable[..., Run]
_AT_TOP = {".gitignore", "README.md", "link.md", "run.sh"}


@pytest.fixture
def start(user: User, tmp_path: Path) -> Start:
    """Start a run with some folders; None: those of the user's checkout."""

    def start_with(sparse: Collection[str] | Literal[False] | None = None) -> Run:
        paths = RunPaths(tmp_path / "state/run-1")
        paths.root.mkdir(parents=True)
        environ = {"HOME": str(user.home)}
        repository = find_repository(user.path)
        make_control(repository, paths, "wf/run-1", environ=environ, sparse=sparse)
        control = open_control(paths)
        return Run(user, paths, control, Pool(control, paths))

    return start_with


def _files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return {str(path.relative_to(folder)) for path in found} - {".git"}


@pytest.mark.parametrize(
    "words", [("--cone", "src/deep"), ("--no-cone", "/docs", "/src/deep/**"), ("--cone",)]
)
def test_the_users_sparse_checkout_is_kept(user: User, start: Start, words: list[str]) -> None:
    """A worktree has the files of the user's own, and its git knows why not the others."""
    user.git("reset", "-q", "--hard")
    user.git("sparse-checkout", "set", *words)
    tree = start().pool.acquire(user.git("rev-parse", "HEAD"))
    assert _files(tree.path) == {f for f in _files(user.path) if not f.startswith(".git/")}
    assert user.git("status", "--porcelain", cwd=tree.path) == ""
    listed = user.git("sparse-checkout", "list", cwd=tree.path)
    assert listed == user.git("sparse-checkout", "list")


def test_a_linked_worktree_has_its_own(user: User, start: Start) -> None:
    """What is left out is a matter of the worktree that the run was started in."""
    user.git("worktree", "add", "-q", "../linked")
    linked = User(user.path / "../linked", user.home)
    linked.git("sparse-checkout", "set", "docs")
    assert _files(start().pool.acquire(user.git("rev-parse", "HEAD")).path) > _AT_TOP | {
        "src/app.py"
    }
    repository = find_repository(linked.path)
    paths = RunPaths(user.path / "../state/run-2")
    paths.root.mkdir(parents=True)
    environ = {"HOME": str(user.home)}
    control = make_control(repository, paths, "wf/run-2", environ=environ)
    tree = Pool(control, paths).acquire(control.base)
    assert _files(tree.path) == _AT_TOP | {"docs/guide.md"}


@pytest.mark.parametrize(
    ("folders", "more"),
    [
        (("docs",), {"docs/guide.md"}),
        (("src/app.py",), {"src/app.py", "src/deep/er/tool.py"}),
        (("src/deep/er", "src/deep"), {"src/app.py", "src/deep/er/tool.py"}),
        (("README.md", "new/folder"), set()),
        ((), set()),
        (False, {"docs/guide.md", "src/app.py", "src/deep/er/tool.py"}),
    ],
)
def test_a_run_has_the_folders_of_its_plan(
    user: User, start: Start, folders: Collection[str] | Literal[False], more: set[str]
) -> None:
    """With the files above them; the user's own choice does not count then."""
    user.git("sparse-checkout", "set", "src")
    run = start(folders)
    assert _files(run.pool.acquire(run.control.base).path) == _AT_TOP | more


def test_a_harvest_deletes_nothing(start: Start) -> None:
    """What a worktree does not have stays in the tree; what is changed there counts."""
    run = start(("docs",))
    tree = run.pool.acquire(run.control.base)
    assert tree.why_unsaved() == ""
    assert tree.harvest().entries == ()
    (tree.path / "docs/guide.md").write_text("changed\n")
    (tree.path / "src").mkdir()
    (tree.path / "src/app.py").write_text("written anew\n")
    (tree.path / "src/new.py").write_text("new\n")
    found = {"docs/guide.md": "M", "src/app.py": "M", "src/new.py": "A"}
    assert paths_of(tree.harvest()) == found
    assert paths_of(tree.harvest()) == found


def test_a_worker_may_have_more(user: User, start: Start) -> None:
    """Folders that it adds are no change, nor are those that it leaves out again."""
    run = start(("docs",))
    tree = run.pool.acquire(run.control.base)
    user.git("sparse-checkout", "add", "src", cwd=tree.path)
    assert (tree.path / "src/app.py").exists()
    assert tree.harvest().entries == ()
    user.git("sparse-checkout", "set", "src/deep", cwd=tree.path)
    assert tree.harvest().entries == ()


def test_a_used_tree_is_sparse_again(user: User, start: Start) -> None:
    """Whatever a worker had written or checked out beyond is gone for the next one."""
    run = start(("docs",))
    tree = run.pool.acquire(run.control.base)
    user.git("sparse-checkout", "disable", cwd=tree.path)
    (tree.path / "src/app.py").write_text("changed\n")
    run.pool.release(tree, saved=True)
    again = run.pool.acquire(run.control.base)
    assert _files(again.path) == _AT_TOP | {"docs/guide.md"}
    assert again.harvest().entries == ()


def _conflict(run: Run) -> tuple[str, Conflict]:
    """Let two attempts write the same file beyond their sparse checkouts."""
    commits: list[str] = []
    for text in ("one\n", "two\n"):
        tree = run.pool.acquire(run.control.base)
        (tree.path / "src").mkdir()
        (tree.path / "src/app.py").write_text(text)
        (tree.path / f"src/{text.strip()}").write_text(text)
        commits.append(commit_tree_of(run, tree, epoch=len(commits) + 1))
        run.pool.release(tree)
    merge(run, commits[0])
    conflict = merge(run, commits[1])
    assert isinstance(conflict, Conflict)
    return commits[1], conflict


def test_a_conflict_beyond_is_laid_out(start: Start) -> None:
    """Its files are there for a person, and the harvest of what they make of it has all of it."""
    run = start(("docs",))
    _, conflict = _conflict(run)
    tree = run.pool.check_out_conflict(None, conflict, conflict.tree)
    assert "<<<<<<<" in (tree.path / "src/app.py").read_text()
    (tree.path / "src/app.py").write_text("both\n")
    assert paths_of(tree.harvest()) == {"src/app.py": "M", "src/two": "A"}


def test_a_conflict_beyond_is_laid_over_the_work(start: Start) -> None:
    """Also in the tree that has the work already."""
    run = start(("docs",))
    commit, conflict = _conflict(run)
    tree = run.pool.acquire(run.control.base)
    tree.fill_with_changes(commit)
    assert tree.harvest().tree_oid == run.control.tree_of(commit)
    updated = run.pool.update_conflict(tree, conflict, conflict.tree)
    assert updated is not None
    assert "<<<<<<<" in (updated.path / "src/app.py").read_text()
    (updated.path / "src/app.py").write_text("both\n")
    assert paths_of(updated.harvest()) == {"src/app.py": "M", "src/two": "A"}


def test_a_checkpoint_beyond_is_carried_on(start: Start) -> None:
    """What an earlier attempt wrote, changed or deleted beyond is not lost by the next one."""
    run = start(("docs",))
    first = run.pool.acquire(run.control.base)
    (first.path / "src").mkdir()
    (first.path / "src/app.py").write_text("changed\n")
    (first.path / "src/new").write_text("new\n")
    commit = commit_tree_of(run, first)
    second = run.pool.acquire(run.control.base)
    assert run.pool.apply_checkpoint(second, commit)
    assert (second.path / "src/app.py").read_text() == "changed\n"
    assert paths_of(second.harvest()) == {"src/app.py": "M", "src/new": "A"}
