"""Worktrees are handed out, given back, kept and thrown away, by many threads at once."""

import os
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.unit.git.conftest import (
    Run,
    User,
    commit_files,
    commit_tree_of,
    make_run,
    merge,
    paths_of,
    picture,
)
from wf_tui.errors import GitError
from wf_tui.git.control.caps import Caps
from wf_tui.git.harvest import worktree_files
from wf_tui.git.harvest.harvest import HarvestRefusedError
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.runner import Completed, git
from wf_tui.git.stale_locks import break_stale_locks
from wf_tui.git.worktrees import pool as pool_module
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.sweep import UnusableTreeError, survey
from wf_tui.git.worktrees.tree import Tree

_FAR = 2.0**32


def test_a_released_tree_is_used_again(run: Run) -> None:
    """A tree that was given back is the next one; one in use is not handed out twice."""
    first, second = run.pool.acquire(run.control.base), run.pool.acquire(run.control.base)
    assert (first.number, second.number) == (1, 2)
    run.pool.release(first)
    run.pool.release(first)
    assert run.pool.free() == (1,)
    assert [run.pool.acquire(run.control.base).number for _ in range(2)] == [1, 3]


def test_a_harvested_file_keeps_no_mode_and_no_second_name(run: Run, tmp_path: Path) -> None:
    """Git takes a file that it has added for its own; whoever had it open must not write in it."""
    tree = run.pool.acquire(run.control.base)
    file = tree.path / "README.md"
    file.write_text("mine")
    file.chmod(0o666)
    os.link(file, tmp_path / "second")
    commit = commit_tree_of(run, tree)
    run.pool.release(tree, saved=True)
    again = run.pool.acquire(commit)
    assert again.number == tree.number
    assert file.read_text() == "mine"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert not file.samefile(tmp_path / "second")


def test_old_length_and_times_make_no_file_unchanged(run: Run) -> None:
    """The kernel's time of the last change cannot be set back, and is what git goes by."""
    tree = run.pool.acquire(run.control.base)
    file = tree.path / "README.md"
    before = file.stat()
    file.write_text("HELLO\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    run.pool.release(tree, saved=True)
    assert run.pool.acquire(run.control.base).number == tree.number
    assert file.read_text() == "hello\n"


def test_modes_do_not_hang_on_the_umask(run: Run) -> None:
    """Files that git writes have the modes of a checkout, and are not taken for another one's."""
    before = os.umask(0o002)
    try:
        tree = run.pool.acquire(run.control.base)
        run.pool.release(tree)
        names = run.pool.acquire(run.control.base).names
    finally:
        os.umask(before)
    assert names is not None
    assert survey(os.fsencode(tree.path), names).misfits == ()


def test_a_tree_is_used_again_by_one_program_of_git(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing was written since, and nothing is ignored, git only brings it to its base."""
    run.pool.release(run.pool.acquire(run.control.base))
    commands = list[str]()

    def noting(*words: str, **named: Any) -> Completed:
        commands.append(words[0])
        return git(*words, **named)

    monkeypatch.setattr(worktree_files, "git", noting)
    run.pool.acquire(run.control.base)
    assert commands == ["read-tree"]


def test_a_tree_that_is_kept_back_goes_to_who_wants_it(run: Run) -> None:
    """A session that belongs to a folder finds it free; others take another one meanwhile."""
    base = run.control.base
    for tree in [run.pool.acquire(base), run.pool.acquire(base)]:
        run.pool.release(tree)
    run.pool.hold_back({2})
    assert [run.pool.acquire(base).number for _ in range(2)] == [1, 3]
    assert run.pool.acquire(base, wanted=2).number == 2
    assert run.pool.acquire(base, wanted=2).number == 4


def test_a_tree_moves_between_commits(run: Run) -> None:
    """The same tree is exactly each commit it is prepared for, forwards and backwards."""
    old = run.control.head()
    tree = run.pool.acquire(old)
    before = picture(tree.path)
    run.pool.release(tree)
    merge(run, commit_files(run, {"new/file": "x", "docs/guide.md": None}))
    tree = run.pool.acquire(run.control.head())
    assert (tree.path / "new" / "file").exists()
    assert not (tree.path / "docs").exists()
    run.pool.release(tree)
    assert picture(run.pool.acquire(old).path) == before


def test_a_worker_finds_a_normal_repository(run: Run) -> None:
    """Status, log, diff and commits work as in git's own linked worktree."""
    tree = run.pool.acquire(run.control.head())
    git = run.user.git
    assert git("status", "--porcelain", cwd=tree.path) == ""
    assert git("rev-parse", "--abbrev-ref", "HEAD", cwd=tree.path) == "wf-task"
    assert git("rev-parse", "--show-toplevel", cwd=tree.path / "src") == str(tree.path)
    (tree.path / "README.md").write_text("x\r\n")
    git("commit", "-q", "-a", "-m", "x", cwd=tree.path)
    assert git("diff", "--stat", "wf-base", "wf-task", cwd=tree.path).startswith("README.md")
    assert run.control.head() == run.control.base


def test_odd_state_paths_work(user: User, tmp_path: Path) -> None:
    """The state directory may have any name, and the worker's git still works there."""
    run = make_run(user, tmp_path / 'odd "name"\n\t\\日本')
    tree = run.pool.acquire(run.control.head())
    assert user.git("status", "--porcelain", cwd=tree.path) == ""
    (tree.path / "a").write_text("a")
    assert paths_of(tree.harvest()) == {"a": "A"}


def test_a_tree_is_opened_as_it_was_left(run: Run) -> None:
    """After a restart a tree can be harvested before anything is done to it."""
    tree = run.pool.acquire(run.control.head())
    (tree.path / "left").write_text("x")
    again = Pool(run.control, run.paths)
    assert again.existing() == (1,)
    opened = again.reopen(1, tree.base)
    assert paths_of(opened.harvest()) == {"left": "A"}
    assert again.acquire(tree.base).number == 2


def test_a_certain_tree_can_be_asked_for(run: Run) -> None:
    """A number can be claimed, and is then not handed out to anybody else."""
    run.pool.release(run.pool.acquire(run.control.base))
    assert run.pool.acquire(run.control.base, number=1).number == 1
    assert run.pool.acquire(run.control.base, number=5).number == 5
    assert run.pool.acquire(run.control.base).number == 6


def test_a_kept_tree_is_not_used_again(run: Run) -> None:
    """What waits for a person stays as it is."""
    tree = run.pool.acquire(run.control.base)
    run.pool.release(tree)
    run.pool.keep(tree)
    assert run.pool.acquire(run.control.base).number == 2


def test_unharvested_work_is_not_given_back(run: Run) -> None:
    """A tree whose harvest never was, or was refused, is kept, whoever releases it."""
    for caps in (None, Caps(files=0)):
        tree = run.pool.acquire(run.control.base)
        (tree.path / "work").write_text("x")
        if caps:
            tree.harvest()
            (tree.path / "more").write_text("x")
            with pytest.raises(HarvestRefusedError):
                tree.harvest(caps=caps)
        assert not run.pool.release(tree)
        assert run.pool.free() == ()
        assert run.pool.release(tree, saved=True)
        run.pool.keep(tree)


def test_a_harvest_that_was_not_saved_is_no_evidence(run: Run) -> None:
    """Work that is in the index alone, or in a harvest that went nowhere, is not safe."""
    tree = run.pool.acquire(run.control.base)
    (tree.path / "work").write_text("x")
    with pytest.raises(OSError, match="no ref"), tree.harvesting():
        raise OSError("no ref")
    assert not run.pool.release(tree)
    tree.harvest()
    assert run.pool.release(tree)


def test_what_a_person_wrote_in_a_free_tree_stays(run: Run) -> None:
    """A tree that somebody worked on in since it was given back is used by nobody else."""
    tree = run.pool.acquire(run.control.base)
    run.pool.release(tree)
    (tree.path / "README.md").write_text("mine")
    assert run.pool.acquire(run.control.base).number == 2
    assert (tree.path / "README.md").read_text() == "mine"


def test_a_folder_that_somebody_made_is_passed_over(run: Run) -> None:
    """A new tree takes the next number that is free, and touches nothing of others."""
    mine = run.paths.trees / "2" / "mine"
    run.pool.acquire(run.control.base)
    mine.parent.mkdir()
    mine.write_text("mine")
    assert run.pool.acquire(run.control.base).number == 3
    assert mine.read_text() == "mine"


def test_a_damaged_tree_is_not_given_back(run: Run) -> None:
    """Where nobody can tell what is in a tree, it is kept."""
    tree = run.pool.acquire(run.control.base)
    tree.worktree.index.write_bytes(b"damaged")
    assert not run.pool.release(tree)


def test_a_conflict_is_laid_out_for_a_person(run: Run) -> None:
    """A kept tree has the marked merge on the new head; what a person makes of it is harvested."""
    one = commit_files(run, {"README.md": "1\n", "other": "x"})
    two = commit_files(run, {"README.md": "2\n"}, epoch=2)
    merge(run, one)
    conflict = merge(run, two)
    assert isinstance(conflict, Conflict)
    kept = run.pool.acquire(run.control.base)
    refilled = run.pool.check_out_conflict(kept, conflict, conflict.tree)
    assert (refilled.number, refilled.base) == (kept.number, one)
    assert "<<<<<<<" in (refilled.path / "README.md").read_text()
    assert paths_of(refilled.harvest()) == {"README.md": "M"}
    (refilled.path / "README.md").write_text("1 and 2\n")
    assert paths_of(refilled.harvest()) == {"README.md": "M"}


@pytest.fixture
def resolved(run: Run) -> tuple[Tree, Conflict]:
    """Return a person's tree, and what does not merge of that which is in it."""
    tree = run.pool.acquire(run.control.base)
    (tree.path / "README.md").write_text("by hand\n")
    commit = commit_tree_of(run, tree, epoch=3)
    merge(run, commit_files(run, {"README.md": "1\n", "other": "x\n"}))
    conflict = merge(run, commit)
    assert isinstance(conflict, Conflict)
    return tree, conflict


def test_a_conflict_is_laid_over_what_a_person_made(
    run: Run, resolved: tuple[Tree, Conflict]
) -> None:
    """Their tree has the new merge, on the new head; what git does not track stays."""
    tree, conflict = resolved
    (tree.path / "notes.log").write_text("x")
    relaid = run.pool.update_conflict(tree, conflict, conflict.tree)
    assert relaid is not None
    assert (relaid.number, relaid.base) == (tree.number, run.control.head())
    text = (tree.path / "README.md").read_text()
    assert all(part in text for part in ("by hand\n", "1\n", "<<<<<<<"))
    assert ((tree.path / "other").read_text(), (tree.path / "notes.log").exists()) == ("x\n", True)
    assert run.user.git("rev-parse", "wf-base", cwd=tree.path) == relaid.base


@pytest.mark.parametrize("name", ["README.md", "other"])
def test_what_a_person_makes_meanwhile_is_not_overwritten(
    run: Run, resolved: tuple[Tree, Conflict], name: str
) -> None:
    """A changed file, or a new one, that is in the way: the whole tree stays as it is."""
    tree, conflict = resolved
    (tree.path / name).write_text("newer\n")
    assert run.pool.update_conflict(tree, conflict, conflict.tree) is None
    assert (tree.path / name).read_text() == "newer\n"
    assert "<<<<<<<" not in (tree.path / "README.md").read_text()
    assert paths_of(tree.harvest())[name] in "AM"


def test_a_checkpoint_is_carried_on(run: Run) -> None:
    """Partial work of an earlier attempt shows as changes of the new base, or stays away."""
    partial = commit_files(run, {"half": "x", "README.md": "mine\n", "docs/guide.md": None})
    merge(run, commit_files(run, {"other": "x"}, epoch=2))
    tree = run.pool.acquire(run.control.head())
    assert run.pool.apply_checkpoint(tree, partial)
    changes = {"half": "A", "README.md": "M", "docs/guide.md": "D"}
    assert paths_of(tree.harvest()) == changes
    assert len(run.user.git("status", "--porcelain", cwd=tree.path).splitlines()) == 3
    merge(run, commit_files(run, {"README.md": "theirs\n"}, epoch=3))
    fresh = run.pool.acquire(run.control.head())
    assert not run.pool.apply_checkpoint(fresh, partial)
    assert fresh.harvest().entries == ()


def test_a_checkpoint_that_cannot_be_read_costs_no_tree(run: Run) -> None:
    """Where its content is damaged the tree is free for others, as it was given back."""
    partial = commit_files(run, {"half": "x"})
    blob = run.control.git("rev-parse", f"{partial}:half").text
    (run.control.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    tree = run.pool.acquire(run.control.head())
    with pytest.raises(GitError):
        run.pool.apply_checkpoint(tree, partial)
    assert run.pool.acquire(run.control.head()).number == tree.number


def test_a_killed_preparation_is_made_again(run: Run) -> None:
    """A tree with a stale lock, or without its index, goes to the trash; its number stays."""
    tree = run.pool.acquire(run.control.base)
    expected = picture(tree.path)
    lock = tree.worktree.index.with_name("1.lock")
    lock.touch()
    run.pool.release(tree)
    assert picture(run.pool.acquire(run.control.base).path) == expected
    assert not lock.exists()
    tree.worktree.index.unlink()
    assert picture(run.pool.acquire(run.control.base, number=1).path) == expected
    assert list(run.paths.trash.iterdir()) == []


def test_a_tree_that_cannot_go_away_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be deleted is named, with what to do."""
    tree = run.pool.acquire(run.control.base)
    (tree.worktree.index).unlink()
    monkeypatch.setattr(pool_module, "erase", lambda _: False)
    monkeypatch.setattr(Path, "rename", _fail)
    with pytest.raises(GitError, match="cannot remove the worktree"):
        run.pool.acquire(run.control.base, number=1)


def _fail(*_: object) -> None:
    raise OSError


def test_a_new_tree_that_fails_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """When even a new tree cannot be filled there is one line, and no loop."""

    def never(*_: object) -> None:
        raise UnusableTreeError("full")

    monkeypatch.setattr(pool_module, "prepare", never)
    with pytest.raises(GitError, match="cannot make a worktree"):
        run.pool.acquire(run.control.base)


def test_a_commit_that_is_not_there_is_an_error(run: Run) -> None:
    """A base that does not exist is git's error, not a loop of new trees."""
    with pytest.raises(GitError):
        run.pool.acquire("1" * 40)


def test_the_trash_is_emptied_at_the_next_start(run: Run) -> None:
    """What an earlier process could not delete is tried again."""
    (run.paths.trash / "1-99-1").mkdir()
    run.pool.empty_trash()
    assert list(run.paths.trash.iterdir()) == []


def test_many_threads_have_their_own_trees(run: Run) -> None:
    """Twelve threads that acquire, write, harvest and release never meet."""

    def work(number: int) -> dict[str, str]:
        tree = run.pool.acquire(run.control.base)
        (tree.path / f"own-{number}").write_text("x" * number)
        found = tree.harvest()
        run.pool.release(tree)
        return paths_of(found)

    with ThreadPoolExecutor(4) as threads:
        for number, found in enumerate(threads.map(work, range(12))):
            assert found == {f"own-{number}": "A"}
    assert len(run.pool.existing()) <= 4


def test_remembered_names_are_few(run: Run) -> None:
    """The names of old bases are forgotten."""
    for number in range(6):
        merge(run, commit_files(run, {f"f{number}": "x"}, epoch=number))
    run.pool.acquire(run.control.head())
    assert len(run.pool._names) <= 4


def test_old_locks_are_broken(run: Run) -> None:
    """Locks of a killed git go at the next start of the leader, also of a clock set back since."""
    head = run.control.git_dir / f"{run.control.ref}.lock"
    packed = run.control.git_dir / "packed-refs.lock"
    index = run.paths.indexes / "1.lock"
    copy = run.paths.indexes / "1.copy.x"
    for lock in (head, packed, index, copy):
        lock.touch()
    os.utime(head, (_FAR, _FAR))
    assert set(break_stale_locks(run.paths)) == {head, packed, index, copy}
    assert isinstance(run.pool.acquire(run.control.base).number, int)


def test_a_submodule_folder_is_emptied(user: User, start_run: Callable[[User], Run]) -> None:
    """What a worker put into a submodule's folder is gone for the next one."""
    head = user.git("rev-parse", "HEAD")
    user.git("update-index", "--add", "--cacheinfo", f"160000,{head},lib")
    user.git("commit", "-q", "-m", "module")
    run = start_run(user)
    tree = run.pool.acquire(run.control.base)
    (tree.path / "lib" / "x").write_text("x")
    run.pool.release(tree)
    assert list((run.pool.acquire(run.control.base).path / "lib").iterdir()) == []
    shutil.rmtree(tree.path / "lib")
    run.pool.release(tree)
    assert (run.pool.acquire(run.control.base).path / "lib").is_dir()
