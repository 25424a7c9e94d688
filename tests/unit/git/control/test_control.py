"""`control.git` is made from every kind of repository, whole and with nothing of the user's."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, User
from wf_tui.errors import EnvironmentalError, RefusedError, RepositoryError
from wf_tui.git.control import objects
from wf_tui.git.control.control import make_control, open_control
from wf_tui.git.repository import find_repository
from wf_tui.git.user.repo_warnings import repo_warnings
from wf_tui.paths import RunPaths

Start = Callable[[User], Run]


def _works(run: Run) -> bool:
    """Whether a worktree can be made and the history read."""
    run.pool.acquire(run.control.head())
    return bool(run.control.git("log", "--format=%H", run.control.head()).text)


def test_a_run_starts_at_the_users_commit(run: Run) -> None:
    """Base and integration branch are the commit that the user has checked out."""
    head = run.user.git("rev-parse", "HEAD")
    assert run.control.base == head == run.control.head()
    assert run.control.resolve("refs/wf/base") == head
    assert run.control.resolve("refs/wf/nothing") is None


def test_a_run_is_opened_again(run: Run) -> None:
    """After a restart the same repository is found in the run's folder."""
    assert open_control(run.paths) == run.control


def test_a_lost_run_is_named(tmp_path: Path) -> None:
    """A run whose repository is gone cannot be opened."""
    with pytest.raises(EnvironmentalError, match="gone"):
        open_control(RunPaths(tmp_path))


def test_a_half_made_repository_is_made_again(user: User, tmp_path: Path) -> None:
    """What a killed start left behind is in nobody's way."""
    (tmp_path / "state" / "run-1").mkdir(parents=True)
    left = tmp_path / "state" / "run-1" / "control.git.new"
    left.mkdir()
    (left / "config").write_text("half")
    paths = RunPaths(tmp_path / "state" / "run-1")
    control = make_control(find_repository(user.path), paths, "wf/x", environ={})
    assert control.head() == control.base
    assert not left.exists()


def test_packed_and_loose_objects_are_linked(user: User, start_run: Start) -> None:
    """Objects are hard links: no space, and the user may prune them."""
    user.git("repack", "-q", "-a", "-d")
    user.write("loose", "x")
    user.commit()
    run = start_run(user)
    packs = list((run.control.git_dir / "objects" / "pack").glob("*.pack"))
    assert packs[0].stat().st_nlink == 2
    shutil.rmtree(user.path)
    assert _works(run)


def test_a_linked_worktree_is_a_start(user: User, start_run: Start, tmp_path: Path) -> None:
    """A run started in a linked worktree begins at that worktree's commit."""
    user.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    linked = User(tmp_path / "linked", user.home)
    linked.write("x", "x")
    head = linked.commit()
    run = start_run(linked)
    assert run.control.base == head
    assert _works(run)


@pytest.mark.parametrize("kind", ["--bare", "--shared", "--depth=1", "--mirror"])
def test_clones_work(user: User, start_run: Start, tmp_path: Path, kind: str) -> None:
    """Bare, shallow and mirror clones and ones that borrow objects are all fit to start from."""
    user.write("more", "x")
    user.commit()
    user.git(
        "clone",
        "-q",
        kind,
        f"file://{user.path}" if "depth" in kind else str(user.path),
        "c",
        cwd=tmp_path,
    )
    assert _works(start_run(User(tmp_path / "c", user.home)))


def test_nested_and_relative_alternates_are_followed(
    user: User, start_run: Start, tmp_path: Path
) -> None:
    """A clone of a clone that borrows objects has them all, also by a relative path."""
    user.git("clone", "-q", "--shared", str(user.path), "one", cwd=tmp_path)
    user.git("clone", "-q", "--shared", "one", "two", cwd=tmp_path)
    alternates = tmp_path / "two" / ".git" / "objects" / "info" / "alternates"
    alternates.write_text("# a comment\n../../../one/.git/objects\n")
    assert _works(start_run(User(tmp_path / "two", user.home)))


def test_a_quoted_alternate_is_refused(user: User, start_run: Start) -> None:
    """A path that git had to quote is refused with a way out, not misread."""
    info = user.path / ".git" / "objects" / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text('"/with\\nnewline"\n')
    with pytest.raises(RepositoryError, match="special characters"):
        start_run(user)


def test_sha256_works(user: User, start_run: Start, tmp_path: Path) -> None:
    """Repositories with SHA-256 names work like any other."""
    modern = user.with_sha256(tmp_path / "new")
    assert len(modern.git("rev-parse", "HEAD")) == 64
    run = start_run(modern)
    tree = run.pool.acquire(run.control.head())
    status = modern.git("status", "--porcelain", cwd=tree.path)
    assert (run.control.object_format, status) == ("sha256", "")


def test_objects_are_copied_where_links_fail(
    user: User, start_run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another file system the objects are copied."""

    def no_link(*_: object) -> None:
        raise OSError(errno.EXDEV, "cross-device")

    monkeypatch.setattr(os, "link", no_link)
    assert _works(start_run(user))


def test_a_link_that_fails_otherwise_is_an_environmental_error(
    user: User, start_run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is reported, not hidden."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(EnvironmentalError, match="No space left"):
        start_run(user)


def test_a_repack_meanwhile_means_another_walk(
    user: User, start_run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that housekeeping takes away while they are linked are looked for again."""
    link, failures = os.link, [1, 1]

    def racing(source: Path, target: Path) -> None:
        if failures:
            failures.pop()
            raise FileNotFoundError
        link(source, target)

    monkeypatch.setattr(os, "link", racing)
    assert _works(start_run(user))


def test_a_copy_that_finds_nothing_means_another_walk(
    user: User, start_run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object that vanishes for good is then missed by the check of the base."""

    def vanishing(source: Path, _: Path) -> None:
        source.unlink()
        raise OSError(errno.EXDEV, "cross-device")

    monkeypatch.setattr(os, "link", vanishing)
    with pytest.raises(RepositoryError, match=r"missing|keep changing"):
        start_run(user)


def test_objects_that_never_hold_still_are_refused(
    user: User, start_run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some walks the line tells to wait for housekeeping."""

    def gone(*_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(os, "link", gone)
    with pytest.raises(RepositoryError, match="keep changing"):
        start_run(user)


def test_a_link_among_the_objects_is_refused(user: User, start_run: Start) -> None:
    """An object that is a symbolic link could be any file of the user."""
    (user.path / ".git" / "objects" / "aa").mkdir(exist_ok=True)
    (user.path / ".git" / "objects" / "aa" / ("b" * 38)).symlink_to("/etc/passwd")
    with pytest.raises(RepositoryError, match="is not a regular file"):
        start_run(user)


def test_temporary_files_are_left_out() -> None:
    """What git is only writing, and what it can make again, is not linked."""
    skipped = ["tmp_obj_x", ".tmp-1-pack", "pack-1.lock", "pack-1.keep", "multi-pack-index"]
    assert all(objects._SKIPPED.search(name) for name in skipped)
    assert not any(objects._SKIPPED.search(name) for name in ["pack-1.pack", "a" * 38])


def test_a_partial_clone_is_refused(user: User, start_run: Start, tmp_path: Path) -> None:
    """Without the file contents of the base nothing can be checked out: one clear line."""
    user.git("config", "uploadpack.allowFilter", "true")
    words = ("--filter=blob:none", "--no-checkout", f"file://{user.path}", "part")
    user.git("clone", "-q", *words, cwd=tmp_path)
    with pytest.raises(RepositoryError, match=r"objects of the commit .* are missing") as caught:
        start_run(User(tmp_path / "part", user.home))
    assert "git fetch" in caught.value.hint


def test_a_damaged_repository_is_refused(user: User, start_run: Start) -> None:
    """A missing tree is told at the start, not by the first task."""
    tree = user.git("rev-parse", "HEAD:src")
    (user.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(RepositoryError, match="missing"):
        start_run(user)


def test_a_missing_commit_is_refused(user: User, start_run: Start) -> None:
    """A HEAD that points to nothing is told at the start."""
    head = user.git("rev-parse", "HEAD")
    (user.path / ".git" / "objects" / head[:2] / head[2:]).unlink()
    with pytest.raises(RepositoryError, match="missing"):
        start_run(user)


def test_a_ref_that_exists_is_not_moved(run: Run) -> None:
    """Create-only refs can be written again with the same commit, and with no other."""
    base = run.control.base
    run.control.create("refs/wf/base", base)
    with pytest.raises(RefusedError):
        run.control.create("refs/wf/base", run.control.tree_of(base))


def test_a_plain_repository_has_no_notices(run: Run) -> None:
    """Nothing is told where nothing looks different."""
    assert repo_warnings(run.control, run.control.base) == ()


def test_submodules_lfs_and_filters_are_told(user: User, start_run: Start) -> None:
    """Each thing that looks different in a worktree has one line."""
    head = user.git("rev-parse", "HEAD")
    for number in range(4):
        user.git("update-index", "--add", "--cacheinfo", f"160000,{head},lib{number}")
    user.write(".gitattributes", "*.bin filter=lfs diff=lfs\n# *.x filter=no\n")
    user.write("src/.gitattributes", "*.key filter=git-crypt\n*.y -filter\n")
    user.git("add", ".gitattributes", "src/.gitattributes")
    user.git("commit", "-q", "-m", "modules")
    run = start_run(user)
    told = repo_warnings(run.control, run.control.base)
    assert len(told) == 3
    assert told[0] == "4 submodules stay empty in worktrees: lib0, lib1, lib2, ..."
    assert "'git-crypt' is not run" in told[1]
    assert "Git LFS" in told[2]
    tree = run.pool.acquire(run.control.base)
    assert list((tree.path / "lib0").iterdir()) == []
