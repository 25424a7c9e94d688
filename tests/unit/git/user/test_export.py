"""The integration branch reaches the user's repository, or stays away for a reason that is told."""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, User, commit_files, merge
from wf_tui.git.repository import Repository, find_repository
from wf_tui.git.user.export import Exported, Pending, branch_name, export

Start = Callable[[User], Run]

BRANCH = "wf/run-1"


def _export(run: Run, expected: str | None = None) -> Exported | Pending:
    return export(find_repository(run.user.path), run.control, BRANCH, expected=expected)


def _at(run: Run) -> str:
    return run.user.git("rev-parse", f"refs/heads/{BRANCH}")


def _reason(result: Exported | Pending) -> str:
    assert isinstance(result, Pending)
    return result.reason


@pytest.fixture
def merged(run: Run) -> Run:
    """Give a run with one result merged."""
    merge(run, commit_files(run, {"a": "a"}))
    return run


def test_the_branch_is_made_and_moved(merged: Run) -> None:
    """The first export makes the branch, a later one moves it from where wf left it."""
    first = merged.control.head()
    assert _export(merged) == Exported(first)
    merge(merged, commit_files(merged, {"b": "b"}, epoch=2))
    assert _export(merged, first) == Exported(merged.control.head())
    assert _at(merged) == merged.control.head()
    assert merged.user.git("show", f"{BRANCH}:b") == "b"
    merged.user.git("fsck", "--strict")


def test_an_export_again_changes_nothing(merged: Run) -> None:
    """After a crash the same export is done already."""
    assert _export(merged) == _export(merged) == Exported(merged.control.head())


def test_a_checked_out_branch_is_left(merged: Run, tmp_path: Path) -> None:
    """A branch that stands in any worktree waits."""
    _export(merged)
    old = merged.control.head()
    merged.user.git("worktree", "add", "-q", str(tmp_path / "w"), BRANCH)
    merge(merged, commit_files(merged, {"b": "b"}, epoch=2))
    assert _reason(_export(merged, old)) == "the branch is checked out"
    merged.user.git("worktree", "remove", str(tmp_path / "w"))
    merged.user.git("checkout", "-q", BRANCH)
    assert _reason(_export(merged, old)) == "the branch is checked out"
    assert _at(merged) == old


def test_a_moved_branch_is_left(merged: Run) -> None:
    """A branch that the user moved, removed or made is the user's."""
    _export(merged)
    old = merged.control.head()
    merge(merged, commit_files(merged, {"b": "b"}, epoch=2))
    merged.user.git("branch", "-f", BRANCH, "main")
    assert _reason(_export(merged, old)) == "the branch was moved"
    assert _reason(_export(merged)) == "the branch was moved"
    assert _at(merged) == merged.control.base
    merged.user.git("branch", "-D", BRANCH)
    assert _reason(_export(merged, old)) == "the branch was removed"


def test_an_exported_branch_never_goes_back(merged: Run) -> None:
    """Whatever somebody makes of the run's own branch, what was exported stays."""
    _export(merged)
    old = merged.control.head()
    merged.control.git("update-ref", merged.control.ref, merged.control.base)
    assert "moved back" in _reason(_export(merged, old))
    assert _at(merged) == old


@pytest.mark.parametrize("target", ["main", "missing", BRANCH])
def test_a_symbolic_branch_is_left(merged: Run, target: str) -> None:
    """Writing through a symbolic ref would move another branch."""
    if target == BRANCH:
        _export(merged)
        merged.user.git("branch", "-m", BRANCH, "kept")
        target = "kept"
    merged.user.git("symbolic-ref", f"refs/heads/{BRANCH}", f"refs/heads/{target}")
    before = merged.user.git("for-each-ref")
    assert _reason(_export(merged)) == "the branch is a symbolic ref"
    assert merged.user.git("for-each-ref") == before


def test_a_branch_in_a_rebase_is_left(merged: Run) -> None:
    """A rebase of the branch ends where its user thinks it does."""
    _export(merged)
    old = merged.control.head()
    state = merged.user.path / ".git" / "rebase-merge"
    state.mkdir()
    (state / "head-name").write_text(f"refs/heads/{BRANCH}\n")
    merge(merged, commit_files(merged, {"b": "b"}, epoch=2))
    assert _reason(_export(merged, old)) == "the branch is being rebased or bisected"


def test_a_locked_ref_is_told(merged: Run) -> None:
    """A stale lock of the user's is named with its age, not removed."""
    lock = merged.user.path / ".git" / "refs" / "heads" / f"{BRANCH}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    os.utime(lock, (0, 0))
    reason = _reason(_export(merged))
    assert f"Unable to create '{lock}'" in reason
    assert reason.endswith(", since 1970-01-01 00:00 UTC")
    assert lock.exists()


def test_a_lock_on_the_index_hinders_nothing(merged: Run) -> None:
    """Stale locks of index, HEAD and configuration do not matter to an export."""
    for name in ("index.lock", "HEAD.lock", "config.lock"):
        (merged.user.path / ".git" / name).touch()
    assert isinstance(_export(merged), Exported)


def test_a_repository_that_is_gone_is_told(merged: Run) -> None:
    """Without its repository a run still ends, with its work in `control.git`."""
    user = find_repository(merged.user.path)
    merged.user.path.rename(merged.user.path.with_name("moved"))
    result = export(user, merged.control, BRANCH, expected=None)
    assert _reason(result) == "the repository is gone"


def test_a_branch_called_wf_gives_another_name(run: Run) -> None:
    """Beside a branch `wf` there can be no `wf/...`."""
    user = find_repository(run.user.path)
    assert branch_name(user, "run-1") == "wf/run-1"
    run.user.git("branch", "wf")
    assert branch_name(user, "run-1") == "wf-run-1"
    assert isinstance(export(user, run.control, "wf-run-1", expected=None), Exported)
    assert "'refs/heads/wf' exists" in _reason(export(user, run.control, "wf/x", expected=None))


@pytest.mark.parametrize("kind", ["--bare", "--depth=1", "--shared"])
def test_clones_of_all_kinds_take_the_branch(
    user: User, start_run: Start, tmp_path: Path, kind: str
) -> None:
    """Bare, shallow and borrowing repositories take the branch like any other."""
    user.write("more", "x")
    user.commit()
    source = f"file://{user.path}" if "depth" in kind else str(user.path)
    user.git("clone", "-q", kind, source, "clone", cwd=tmp_path)
    run = start_run(User(tmp_path / "clone", user.home))
    merge(run, commit_files(run, {"a": "a"}))
    assert isinstance(_export(run), Exported)
    run.user.git("fsck", "--strict")
    assert len(run.user.git("rev-list", BRANCH).split()) == (2 if "depth" in kind else 3)


def test_a_linked_worktree_takes_the_branch(user: User, start_run: Start, tmp_path: Path) -> None:
    """A run started in a linked worktree exports into the common repository."""
    user.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    run = start_run(User(tmp_path / "linked", user.home))
    merge(run, commit_files(run, {"a": "a"}))
    assert isinstance(_export(run), Exported)
    assert user.git("rev-parse", BRANCH) == run.control.head()


def test_sha256_takes_the_branch(user: User, start_run: Start, tmp_path: Path) -> None:
    """A repository with SHA-256 names takes the branch."""
    run = start_run(user.with_sha256(tmp_path / "new"))
    merge(run, commit_files(run, {"b": "b"}))
    assert isinstance(_export(run), Exported)


def test_an_old_protocol_is_overridden(merged: Run) -> None:
    """A repository that is set to an old wire protocol takes a commit by name all the same."""
    merged.user.git("config", "protocol.version", "0")
    assert isinstance(_export(merged), Exported)


def test_packed_refs_are_read(merged: Run) -> None:
    """A branch that was packed is where wf left it."""
    _export(merged)
    old = merged.control.head()
    merged.user.git("pack-refs", "--all", "--prune")
    merge(merged, commit_files(merged, {"b": "b"}, epoch=2))
    assert isinstance(_export(merged, old), Exported)


def test_the_user_may_collect_garbage(merged: Run) -> None:
    """`gc --prune=now` between two exports takes nothing away."""
    _export(merged)
    merged.user.git("gc", "-q", "--prune=now")
    old = merged.control.head()
    merge(merged, commit_files(merged, {"b": "b"}, epoch=2))
    assert isinstance(_export(merged, old), Exported)


def _footprint(user: User, repository: Repository) -> dict[str, str]:
    """Return a digest of every file but objects and the one branch, with its mode."""
    found = {}
    for folder, _, names in os.walk(user.path):
        for name in names:
            file = Path(folder, name)
            relative = str(file.relative_to(user.path))
            if file.is_relative_to(repository.common_dir / "objects") or BRANCH in relative:
                continue
            mode = stat.S_IMODE(file.lstat().st_mode)
            content = os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
            found[relative] = f"{mode:o} {hashlib.sha256(content).hexdigest()}"
    return found


def test_what_was_pruned_too_early_comes_again(merged: Run) -> None:
    """Objects that nothing held yet may be pruned in the moment before the branch moves."""
    new, before = merged.control.head(), set(_loose(merged))

    def prune() -> None:
        for file in set(_loose(merged)) - before:
            if file.parent.name + file.name != new:
                file.unlink()

    user = find_repository(merged.user.path)
    assert export(user, merged.control, BRANCH, expected=None, fetched=prune) == Exported(new)
    merged.user.git("fsck", "--strict")
    merged.user.git("gc", "-q", "--prune=now")


def test_what_is_missing_later_comes_again(merged: Run) -> None:
    """An export with nothing to move looks whether all of it is there."""
    before = set(_loose(merged))
    _export(merged)
    for file in set(_loose(merged)) - before:
        file.unlink()
    assert isinstance(_export(merged), Exported)
    merged.user.git("fsck", "--strict")


def _loose(run: Run) -> list[Path]:
    return list((run.user.path / ".git" / "objects").glob("??/*"))


def test_the_users_repository_stays_as_it_is(user: User, start_run: Start) -> None:
    """But for objects and the one branch every byte stays: files, index, stash, hooks."""
    user.write("stashed", "x")
    user.git("stash", "-q", "-u")
    user.write("README.md", "dirty\n")
    user.write("staged", "x")
    user.git("add", "staged")
    user.write("untracked", "x")
    for name in ("reference-transaction", "post-checkout", "pre-push"):
        hook = user.write(f".git/hooks/{name}", "#!/bin/sh\ntouch HOOKED\nexit 1\n")
        hook.chmod(0o755)
    repository = find_repository(user.path)
    before = _footprint(user, repository)
    run = start_run(user)
    merge(run, commit_files(run, {"a": "a"}))
    assert isinstance(_export(run), Exported)
    merge(run, commit_files(run, {"a": "b"}, epoch=2))
    assert isinstance(_export(run, _at(run)), Exported)
    assert _footprint(user, repository) == before


def test_the_user_may_work_meanwhile(run: Run) -> None:
    """Commits, other branches and a removed base branch do not concern the run."""
    run.user.write("mine", "x")
    run.user.commit()
    run.user.git("checkout", "-q", "-b", "elsewhere")
    run.user.git("branch", "-D", "main")
    merge(run, commit_files(run, {"a": "a"}))
    assert isinstance(_export(run), Exported)
    assert run.user.git("merge-base", BRANCH, "elsewhere") == run.control.base
