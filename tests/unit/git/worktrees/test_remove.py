"""A worktree is removed only when what it holds is proven to be somewhere else."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, commit_files, commit_tree_of, merge
from wf_tui.git.worktrees import remove
from wf_tui.git.worktrees.remove import TreeClass, classify, remove_ended
from wf_tui.processes import working_folders


def _left(run: Run) -> list[str]:
    return sorted(path.name for path in run.paths.trees.iterdir())


def _class(run: Run, number: int = 1) -> TreeClass:
    return classify(run.pool, run.paths.trees / str(number), live=())


def test_a_clean_tree_is_removed(run: Run) -> None:
    """A tree that is its base, or any commit of the branch, holds nothing of its own."""
    run.pool.acquire(run.control.base)
    merge(run, commit_files(run, {"a": "a"}))
    merge(run, commit_files(run, {"b": "b"}, epoch=2))
    assert _class(run) is TreeClass.CLEAN
    assert all(found.removed for found in remove_ended(run.pool))
    assert _left(run) == []
    assert list(run.paths.indexes.iterdir()) == list(run.paths.gits.iterdir()) == []
    assert list(run.paths.trash.iterdir()) == []


def test_a_harvested_tree_is_removed(run: Run) -> None:
    """A tree whose content an attempt's ref holds is safe; merged or not is told."""
    tree = run.pool.acquire(run.control.base)
    (tree.path / "a").write_text("a")
    assert _class(run) is TreeClass.DIRTY
    commit = commit_tree_of(run, tree)
    assert _class(run) is TreeClass.HARVESTED
    merge(run, commit)
    assert _class(run) is TreeClass.MERGED
    (found,) = remove_ended(run.pool)
    assert (found.tree_class, found.removed, found.reason) == (TreeClass.MERGED, True, "")


@pytest.mark.parametrize("released", [True, False])
def test_an_edit_after_the_harvest_keeps_the_tree(run: Run, *, released: bool) -> None:
    """Somebody worked on in it: that is nowhere else."""
    tree = run.pool.acquire(run.control.base)
    commit_tree_of(run, tree)
    if released:
        run.pool.release(tree)
        tree.released.touch()
        while (tree.path / "README.md").stat().st_ctime_ns <= tree.released.stat().st_mtime_ns:
            (tree.path / "README.md").write_text("by hand\n")
    (tree.path / "README.md").write_text("by hand\n")
    (found,) = remove_ended(run.pool)
    assert (found.tree_class, found.removed, found.reason) == (
        TreeClass.DIRTY,
        False,
        "it is dirty",
    )
    assert _left(run) == ["1"]


def test_caches_of_a_gate_keep_no_tree(run: Run) -> None:
    """What was there when the tree was given back, beside the harvest, is nobody's work."""
    tree = run.pool.acquire(run.control.base)
    (tree.path / "a").write_text("a")
    commit_tree_of(run, tree)
    (tree.path / "cache").write_text("x")
    (tree.path / "docs" / "guide.md").unlink()
    assert _class(run) is TreeClass.DIRTY
    run.pool.release(tree)
    assert _class(run) is TreeClass.HARVESTED


def test_a_nested_repository_keeps_its_tree(run: Run) -> None:
    """What no harvest takes is nowhere else; a FIFO or a link out holds nothing."""
    tree = run.pool.acquire(run.control.base)
    (tree.path / "link.md").unlink()
    (tree.path / "link.md").symlink_to("/etc/passwd")
    assert _class(run) is TreeClass.CLEAN
    (tree.path / "nested").mkdir()
    run.user.git("init", "-q", cwd=tree.path / "nested")
    assert _class(run) is TreeClass.DIRTY


def test_a_look_removes_nothing(run: Run) -> None:
    """Those that would go are the ones without a reason to stay."""
    run.pool.acquire(run.control.base)
    run.pool.acquire(run.control.base)
    found = remove_ended(run.pool, keep={2}, dry=True)
    assert [(f.removed, f.reason) for f in found] == [(False, ""), (False, "a task needs it")]
    assert _left(run) == ["1", "2"]


def test_a_tree_in_use_stays(run: Run) -> None:
    """An open attempt's tree and one that waits for a person are left alone."""
    for _ in range(3):
        run.pool.acquire(run.control.base)
    found = remove_ended(run.pool, live={1}, keep={2})
    assert [(f.path.name, f.removed, f.reason) for f in found] == [
        ("1", False, "it is live"),
        ("2", False, "a task needs it"),
        ("3", True, ""),
    ]


def test_a_tree_with_a_process_in_it_stays(run: Run) -> None:
    """A shell that stands in the tree, or below, keeps it."""
    tree = run.pool.acquire(run.control.base)
    with subprocess.Popen(["cat"], cwd=tree.path / "src", stdin=subprocess.PIPE):
        (found,) = remove_ended(run.pool)
    assert (found.tree_class, found.reason) == (TreeClass.CLEAN, "a process works in it")


def test_without_a_list_of_processes_nothing_is_removed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system does not tell, there is no evidence."""
    run.pool.acquire(run.control.base)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert working_folders() is None
    (found,) = remove_ended(run.pool)
    assert found.reason.startswith("no way to tell")


@pytest.mark.parametrize("name", ["notes", "01x", "7"])
def test_what_is_not_ours_stays(run: Run, name: str) -> None:
    """A folder that somebody put there is never touched, whatever its name."""
    (run.paths.trees / name).mkdir()
    (run.paths.trees / name / "file").write_text("x")
    (found,) = remove_ended(run.pool)
    assert (found.tree_class, found.removed) == (TreeClass.FOREIGN, False)
    assert _left(run) == [name]


@pytest.mark.parametrize("locked", [True, False])
def test_a_half_made_tree_is_removed(run: Run, *, locked: bool) -> None:
    """A tree that was never filled to the end has had no worker."""
    (run.paths.trees / "7").mkdir()
    if locked:
        (run.paths.trees / "7" / "file").write_text("x")
        (run.paths.indexes / "7.lock").touch()
    (found,) = remove_ended(run.pool)
    assert (found.tree_class, found.removed) == (TreeClass.CLEAN, True)


def test_a_tree_that_cannot_be_read_stays(run: Run) -> None:
    """No evidence is no removal."""
    tree = run.pool.acquire(run.control.base)
    tree.worktree.index.write_bytes(b"damaged")
    assert _class(run) is TreeClass.DIRTY
    tree.path.rename(run.paths.trash / "moved")
    Path(tree.path).write_text("a file")
    assert _class(run) is TreeClass.DIRTY


def test_a_tree_that_will_not_go_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed removal is reported as kept."""
    run.pool.acquire(run.control.base)
    monkeypatch.setattr(run.pool, "discard", lambda _: False)
    (found,) = remove_ended(run.pool)
    assert (found.removed, found.reason) == (False, "it cannot be removed")


def test_leftovers_of_the_shared_tree_are_evidence(run: Run) -> None:
    """Content that a ref holds as a bare tree is as safe as a commit's."""
    tree = run.pool.acquire(run.control.base)
    (tree.path / "stray").write_text("x")
    oid = tree.peek().tree_oid
    run.control.create(f"refs/wf/left/{oid}", oid)
    assert remove.classify(run.pool, tree.path, live=()) is TreeClass.HARVESTED
