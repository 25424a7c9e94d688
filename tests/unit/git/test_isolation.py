"""Readers share a snapshot of a commit; explicit shared writers share one tree."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, commit_files, merge, paths_of, picture
from wf_tui.git.harvest.harvest import HarvestRefusedError
from wf_tui.git.worktrees import shared as shared_module
from wf_tui.git.worktrees.local_files import LocalFileError
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.shared import SharedTree
from wf_tui.git.worktrees.snapshots import Snapshots


def test_readers_of_one_commit_share_a_tree(run: Run) -> None:
    """One tree for each commit; it goes back when the last reader leaves."""
    snapshots = Snapshots(run.pool)
    first, second = snapshots.acquire(run.control.base), snapshots.acquire(run.control.base)
    assert first is second
    assert snapshots.release(first) == ()
    assert run.pool.free() == ()
    assert snapshots.release(second) == ()
    assert run.pool.free() == (first.number,)


def test_readers_come_and_go_without_git(run: Run) -> None:
    """Where others read a snapshot, one more joins and leaves it; its last reader cannot."""
    snapshots, base = Snapshots(run.pool), run.control.base
    assert snapshots.join(base) is None
    first = snapshots.acquire(base)
    assert snapshots.join(base) is first
    assert snapshots.leave_to_others(first)
    assert not snapshots.leave_to_others(first)
    assert snapshots.release(first) == ()
    assert snapshots.join(base) is None


def test_what_is_changed_goes_to_nobody_who_waits(run: Run) -> None:
    """The last reader passes on what it has found; after a change the next one gets another."""
    snapshots, base = Snapshots(run.pool), run.control.base
    tree = snapshots.acquire(base)
    assert snapshots.may_pass_on(tree)
    (tree.path / "README.md").write_text("altered")
    assert not snapshots.may_pass_on(tree)
    assert snapshots.join(base) is None
    fresh = snapshots.acquire(base)
    assert (tree.number, fresh.number) == (1, 2)
    assert snapshots.release(tree) == ("README.md",)
    assert snapshots.join(base) is fresh


@pytest.mark.parametrize("change", ["same size", "mode", "a name", "no name", "a link", "git"])
def test_whatever_is_changed_is_seen(run: Run, change: str) -> None:
    """Also what git does not look at, and what says that nothing was written."""
    snapshots = Snapshots(run.pool)
    tree = snapshots.acquire(run.control.base)
    file = tree.path / "README.md"
    times = file.stat().st_atime_ns, file.stat().st_mtime_ns
    if change == "same size":
        file.write_bytes(bytes(len(file.read_bytes())))
        os.utime(file, ns=times)
    elif change == "mode":
        file.chmod(0o700)
    elif change == "a name":
        (tree.path / "src" / "stray").touch()
    elif change == "no name":
        file.unlink()
    elif change == "a link":
        (tree.path / "stray").symlink_to("/")
    else:
        (tree.git_dir / "config").write_text("[core]\n\tfsmonitor = evil\n")
    assert not snapshots.may_pass_on(tree)


def test_those_who_are_in_go_on(run: Run) -> None:
    """Where one of several has changed a snapshot, the others keep it, and nobody else gets it."""
    snapshots, base = Snapshots(run.pool), run.control.base
    tree = snapshots.acquire(base)
    assert snapshots.join(base) is tree
    (tree.path / "stray").touch()
    assert not snapshots.may_pass_on(tree)
    assert snapshots.join(base) is None
    assert snapshots.leave_to_others(tree)
    assert snapshots.release(tree) == ("stray",)


def test_git_status_changes_nothing(run: Run) -> None:
    """Whoever only asks git leaves a snapshot as it was, though that writes its index."""
    snapshots = Snapshots(run.pool)
    tree = snapshots.acquire(run.control.base)
    (tree.git_dir / "index").write_bytes(b"")
    (tree.path / "src" / "gone").touch()
    (tree.path / "src" / "gone").unlink()
    assert snapshots.may_pass_on(tree)


def test_commits_have_their_own_snapshots(run: Run) -> None:
    """Readers of an older commit keep it while newer ones look at the new head."""
    snapshots = Snapshots(run.pool)
    old = snapshots.acquire(run.control.base)
    merge(run, commit_files(run, {"new": "x"}))
    new = snapshots.acquire(run.control.head())
    assert not (old.path / "new").exists()
    assert (new.path / "new").exists()


def test_changes_in_a_snapshot_are_reported_and_reset(run: Run) -> None:
    """What readers changed is told when the last one leaves; the next reader finds the commit."""
    snapshots = Snapshots(run.pool)
    tree = snapshots.acquire(run.control.base)
    expected = picture(tree.path)
    snapshots.acquire(run.control.base)
    (tree.path / "README.md").write_text("oops")
    (tree.path / "stray").write_text("x")
    assert snapshots.release(tree) == ()
    assert snapshots.release(tree) == ("README.md", "stray")
    assert picture(snapshots.acquire(run.control.base).path) == expected


def test_a_snapshot_that_is_gone_is_reported(run: Run) -> None:
    """A reader that removed the snapshot itself is told of by its top."""
    snapshots = Snapshots(run.pool)
    tree = snapshots.acquire(run.control.base)
    tree.path.rename(tree.path.with_name("moved"))
    assert snapshots.release(tree) == (".",)
    assert (snapshots.acquire(run.control.base).path / "README.md").exists()


def test_a_snapshot_that_cannot_be_made_has_no_reader(run: Run) -> None:
    """Whoever failed to get it is not counted: the next reader is the last one, too."""
    failures = [LocalFileError("no room")]

    def fail_once(_: Path) -> None:
        if failures:
            raise failures.pop()

    pool = Pool(run.control, run.paths, fail_once)
    snapshots = Snapshots(pool)
    with pytest.raises(LocalFileError):
        snapshots.acquire(run.control.base)
    tree = snapshots.acquire(run.control.base)
    assert pool.free() == ()
    snapshots.release(tree)
    assert pool.free() == (tree.number,)


def test_readers_at_once_make_one_snapshot(run: Run) -> None:
    """Of many threads that ask at the same time one prepares and the others wait."""
    snapshots = Snapshots(run.pool)
    with ThreadPoolExecutor(6) as threads:
        trees = list(threads.map(snapshots.acquire, [run.control.base] * 6))
    assert {tree.number for tree in trees} == {1}
    for tree in trees:
        assert run.pool.free() == ()
        snapshots.release(tree)
    assert run.pool.free() == (1,)


def test_shared_writers_meet_in_one_tree(run: Run) -> None:
    """Two attempts see each other's files, and each harvests its own."""
    shared = SharedTree(run.pool)
    one, two = shared.enter(run.control.head()), shared.enter(run.control.head())
    assert one is two
    (one.path / "src" / "a.py").write_text("a")
    (two.path / "docs" / "b.md").write_text("b")
    assert paths_of(one.harvest(["src"])) == {"src/a.py": "A"}
    assert paths_of(two.harvest(["docs"])) == {"docs/b.md": "A"}


def test_the_shared_tree_moves_only_when_nobody_is_in_it(run: Run) -> None:
    """An attempt that is in the tree keeps its files; the next to be alone finds the head."""
    shared = SharedTree(run.pool)
    shared.enter(run.control.head())
    merge(run, commit_files(run, {"new": "x"}))
    late = shared.enter(run.control.head())
    assert late.base == run.control.base
    assert not (late.path / "new").exists()
    shared.leave()
    shared.leave()
    fresh = shared.enter(run.control.head())
    assert (fresh.base, fresh.number) == (run.control.head(), late.number)
    assert (fresh.path / "new").exists()


def test_who_has_ended_keeps_nobody_from_the_head(run: Run) -> None:
    """In a turn of its own the tree is brought on, once, though one before has not left it yet."""
    shared = SharedTree(run.pool)
    shared.enter(run.control.head(), shared.turn)
    merge(run, commit_files(run, {"new": "x"}))
    shared.renew()
    fresh = shared.enter(run.control.head(), shared.turn)
    assert (fresh.base, (fresh.path / "new").exists()) == (run.control.head(), True)
    merge(run, commit_files(run, {"newer": "x"}))
    assert shared.enter(run.control.head(), shared.turn) is fresh
    for _ in range(3):
        shared.leave()
    assert shared.enter(run.control.head(), shared.turn).base == run.control.head()


def test_leftovers_of_the_shared_tree_are_saved(run: Run) -> None:
    """What lies outside of every scope is kept under a ref before the tree is brought on."""
    shared = SharedTree(run.pool)
    tree = shared.enter(run.control.head())
    (tree.path / "stray").write_text("work")
    shared.leave()
    fresh = shared.enter(run.control.head())
    assert not (fresh.path / "stray").exists()
    saved = run.control.git("for-each-ref", "--format=%(refname)", "refs/wf/left").text
    assert run.control.git("cat-file", "blob", f"{saved}:stray").stdout == b"work"


def test_leftovers_that_are_too_much_keep_their_tree(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tree that cannot be saved is left alone, and another one is used."""

    def too_much(*_: object) -> None:
        raise HarvestRefusedError("too much")

    shared = SharedTree(run.pool)
    tree = shared.enter(run.control.head())
    shared.leave()
    monkeypatch.setattr(shared_module, "keep_leftovers", too_much)
    assert shared.enter(run.control.head()).number != tree.number
    shared.leave()
    shared.close()
    assert run.pool.free() == ()


def test_the_shared_tree_is_given_back_at_the_end(run: Run) -> None:
    """Closing gives the tree to the pool, but not while an attempt is in it."""
    shared = SharedTree(run.pool)
    shared.close()
    tree = shared.enter(run.control.head())
    shared.close()
    assert run.pool.free() == ()
    shared.leave()
    shared.close()
    assert run.pool.free() == (tree.number,)


def test_attempts_are_counted_in_after_a_restart(run: Run) -> None:
    """A tree with an attempt from before is not brought on under it."""
    tree = SharedTree(run.pool).enter(run.control.head())
    again = SharedTree(run.pool)
    again.resume(tree)
    merge(run, commit_files(run, {"new": "x"}))
    assert again.enter(run.control.head()) is tree
    again.leave()
    assert again.enter(run.control.head()) is tree
    again.leave()
    again.leave()
    assert again.enter(run.control.head()).base == run.control.head()


def test_a_shared_tree_that_is_gone_is_made_again(run: Run) -> None:
    """A worker that removed the tree itself stops nobody after it."""
    shared = SharedTree(run.pool)
    tree = shared.enter(run.control.head())
    tree.path.rename(run.paths.trash / "moved")
    shared.leave()
    assert (shared.enter(run.control.head()).path / "README.md").exists()
