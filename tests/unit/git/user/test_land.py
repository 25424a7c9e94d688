"""What a run has done comes into a branch of the user as a whole, or nothing of theirs changes."""

import os
import subprocess
from collections.abc import Callable
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
    picture,
)
from tests.unit.git.user.conftest import (
    BRANCH,
    combined_for,
    land_run,
    look_at,
    refusal_of,
)
from wf_tui.errors import EnvironmentalError, GitError, RefusedError, UnknownNameError
from wf_tui.git.runner import Completed
from wf_tui.git.user.land import LandingKind, land, plan_landing
from wf_tui.git.user.target import Target


def test_a_branch_that_has_not_moved_is_brought_forward(done: Run) -> None:
    """The checkout comes along, clean, and the branch's log says who moved it."""
    done.user.write("untracked", "mine")
    head = done.control.head()
    assert land_run(done) == head == done.user.git("rev-parse", "main")
    assert done.user.git("status", "--porcelain") == "?? untracked"
    assert (done.user.path / "new" / "a").read_text() == "a\n"
    assert not (done.user.path / "docs").exists()
    assert done.user.git("log", "-g", "-1", "--format=%gs", "HEAD") == "Merge the run"
    done.user.git("fsck", "--strict")


def test_what_comes_is_told(done: Run) -> None:
    """Commits with their subjects, files with the lines that differ."""
    _, _, coming = look_at(done, "main", write=False)
    assert (coming.kind, coming.commits) == (
        LandingKind.FAST_FORWARD,
        ((done.control.head(), "do t"),),
    )
    assert [(f.path, f.added, f.removed) for f in coming.files] == [
        ("README.md", 1, 1),
        ("docs/guide.md", 0, 2),
        ("new/a", 1, 0),
    ]


def test_looking_writes_nothing(done: Run) -> None:
    """Not even an object, also for a merge, and also where the run was never exported."""
    done.user.write("own", "own\n")
    done.user.commit()
    before = picture(done.user.path)
    _, target, coming = look_at(done, "main", write=False)
    target.check(coming.tree, coming.entries, merges=coming.kind is LandingKind.MERGE)
    assert coming.kind is LandingKind.MERGE
    assert picture(done.user.path) == before


def test_landing_twice_changes_nothing(done: Run) -> None:
    """All of it is there already."""
    first = land_run(done)
    assert look_at(done, "main")[2].kind is LandingKind.NOTHING
    assert land_run(done) == first


@pytest.mark.usefixtures("named")
def test_a_branch_that_has_moved_gets_a_merge(done: Run) -> None:
    """A merge commit in the user's name, of both sides, and a clean checkout of it."""
    done.user.write("own", "own\n")
    own = done.user.commit()
    new = land_run(done)
    shown = done.user.git("log", "-1", "--format=%an <%ae> %cn|%P|%s", "main")
    assert shown == f"Ada <ada@example.org> Ada|{own} {done.control.head()}|Merge the run"
    assert done.user.git("rev-parse", "HEAD") == new
    assert done.user.git("status", "--porcelain") == ""
    assert (done.user.path / "own").exists()
    assert (done.user.path / "new" / "a").exists()
    done.user.git("fsck", "--strict")


def test_a_merge_needs_a_name(done: Run) -> None:
    """Git's guess is nobody; a fast-forward needs none."""
    done.user.write("own", "own\n")
    own = done.user.commit()
    with pytest.raises(EnvironmentalError, match="needs your name"):
        land_run(done)
    assert done.user.git("rev-parse", "main") == own


@pytest.mark.usefixtures("named")
def test_a_conflict_is_refused_with_its_paths(done: Run) -> None:
    """Nothing is half merged, and the hint is a command that can be run."""
    done.user.write("README.md", "other\n")
    own = done.user.commit()
    assert refusal_of(done) == "it conflicts in README.md"
    with pytest.raises(RefusedError) as raised:
        plan_landing(combined_for(done), own, done.control.head(), BRANCH)
    assert raised.value.hint.endswith(f": git merge {BRANCH}")


def test_a_history_of_its_own_is_refused(done: Run) -> None:
    """What shares nothing with the run cannot take it."""
    done.user.git("checkout", "-q", "--orphan", "other")
    done.user.commit()
    assert "no history in common" in refusal_of(done, "other")


def test_a_branch_that_nobody_has_checked_out_is_moved_alone(done: Run) -> None:
    """The checkout of another branch, dirty as it may be, is left as it is."""
    done.user.git("checkout", "-q", "-b", "work")
    done.user.write("README.md", "in the middle of something\n")
    assert land_run(done, "main") == done.user.git("rev-parse", "main")
    assert done.user.git("status", "--porcelain") == "M README.md"
    assert done.user.git("log", "-g", "-1", "--format=%gs", "main") == "Merge the run"


@pytest.mark.parametrize("words", [(), ("add", "README.md"), ("rm", "-q", "-f", "README.md")])
def test_what_the_run_changed_and_the_user_too_is_refused(
    done: Run, words: tuple[str, ...]
) -> None:
    """A tracked file that differs, staged or not, is named."""
    done.user.write("README.md", "mine\n")
    if words:
        done.user.git(*words)
    assert refusal_of(done).endswith("in files that the run changed, too: README.md")


@pytest.mark.parametrize("staged", [False, True])
def test_what_the_run_did_not_touch_may_be_uncommitted(done: Run, *, staged: bool) -> None:
    """As git does it; what the user has begun is there as before."""
    done.user.write("run.sh", "mine\n")
    if staged:
        done.user.git("add", "run.sh")
    assert land_run(done) == done.user.git("rev-parse", "main")
    assert (done.user.path / "README.md").read_text() == "bye\n"
    assert done.user.git("diff", "HEAD", "--name-only") == "run.sh"


def test_a_merge_wants_an_index_without_changes(named: User, done: Run) -> None:
    """As git does: a merge commit beside what is staged is refused, beside other changes not."""
    named.write("own", "own\n")
    named.commit()
    named.write("run.sh", "mine\n")
    named.git("add", "run.sh")
    assert "changes that are staged, and git merges with none of these: run.sh" in refusal_of(done)
    named.git("reset", "-q")
    assert named.git("log", "-1", "--format=%P", land_run(done)).count(" ") == 1


def test_a_file_with_a_filter_that_was_only_touched_is_clean(done: Run) -> None:
    """It is none of those that come, so nobody has to ask the filter."""
    user = done.user
    user.git("config", "filter.up.clean", "tr a-z A-Z")
    user.write(".gitattributes", "loud filter=up\n")
    user.write("loud", "loud\n")
    user.commit()
    user.git("config", "--global", "user.name", "Ada")
    user.git("config", "--global", "user.email", "ada@example.org")
    os.utime(user.path / "loud", (1, 1))
    assert land_run(done) == user.git("rev-parse", "main")
    assert user.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("name", "hit"), [("new/a", "new/a"), ("new", "new"), ("new/a/deep", "new/a/deep")]
)
def test_a_file_that_git_does_not_track_is_not_overwritten(run: Run, name: str, hit: str) -> None:
    """In the place of the file, of a folder above it, or below it; ignored ones too."""
    run.user.write(".git/info/exclude", "new\n")
    merge(run, commit_files(run, {"new/a": "a\n"}))
    run.user.write(name, "mine\n")
    assert f"would be overwritten in {run.user.path}: {hit}" in refusal_of(run)


def test_a_folder_may_take_the_place_of_a_file(run: Run) -> None:
    """What the run itself has removed lies in nobody's way."""
    tree = run.pool.acquire(run.control.head())
    (tree.path / "README.md").unlink()
    (tree.path / "README.md").mkdir()
    (tree.path / "README.md" / "in").write_text("x\n")
    (tree.path / "docs" / "guide.md").unlink()
    (tree.path / "docs").rmdir()
    (tree.path / "docs").write_text("a file\n")
    merge(run, commit_tree_of(run, tree))
    land_run(run)
    assert (run.user.path / "README.md" / "in").read_text() == "x\n"
    assert (run.user.path / "docs").read_text() == "a file\n"
    assert run.user.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("MERGE_HEAD", "a merge"),
        ("CHERRY_PICK_HEAD", "a cherry-pick"),
        ("rebase-apply/x", "a rebase"),
    ],
)
def test_what_is_under_way_is_left(done: Run, name: str, what: str) -> None:
    """In the middle of something the checkout is the user's alone."""
    done.user.write(f".git/{name}", done.control.base + "\n")
    assert refusal_of(done) == f"{what} is under way in {done.user.path}"


def test_a_branch_in_a_rebase_is_left(done: Run) -> None:
    """While it is rebased it is checked out nowhere, and yet in use."""
    done.user.write(".git/rebase-merge/head-name", "refs/heads/main\n")
    assert refusal_of(done) == "main is being rebased or bisected"


def test_the_lock_of_another_git_is_respected(done: Run) -> None:
    """It is named, not deleted."""
    done.user.write(".git/index.lock", "")
    assert "another git is running in" in refusal_of(done)
    assert (done.user.path / ".git" / "index.lock").exists()


def test_a_linked_worktree_comes_along(done: Run, tmp_path: Path) -> None:
    """The branch is brought along where it is checked out, which need not be the main worktree."""
    linked = tmp_path / "linked"
    done.user.git("worktree", "add", "-q", "-b", "other", str(linked))
    land_run(done, "other")
    assert (linked / "new" / "a").exists()
    assert done.user.git("status", "--porcelain", cwd=linked) == ""
    assert done.user.git("status", "--porcelain") == ""
    assert not (done.user.path / "new").exists()


def test_a_worktree_that_is_gone_is_refused(done: Run, tmp_path: Path) -> None:
    """Nobody can say what was in it."""
    linked = tmp_path / "linked"
    done.user.git("worktree", "add", "-q", "-b", "other", str(linked))
    linked.rename(tmp_path / "moved")
    assert "which is gone" in refusal_of(done, "other")


def test_a_bare_repository_has_no_checkout(user: User, tmp_path: Path) -> None:
    """Only the branch moves there."""
    bare = User(tmp_path / "bare.git", user.home)
    user.git("clone", "-q", "--bare", str(user.path), str(bare.path))
    run = make_run(bare, tmp_path / "state" / "bare")
    merge(run, commit_files(run, {"a": "a"}))
    assert land_run(run) == bare.git("rev-parse", "main") == run.control.head()
    assert not (bare.path / "a").exists()


def test_an_unknown_branch_names_the_nearest(done: Run) -> None:
    """A slip of the finger makes no branch."""
    with pytest.raises(UnknownNameError) as raised:
        look_at(done, "mian")
    assert raised.value.hint == "did you mean 'main'?"


def test_a_symbolic_branch_is_refused(done: Run) -> None:
    """The one it points to would be moved."""
    done.user.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    with pytest.raises(RefusedError, match="symbolic ref"):
        look_at(done, "alias")


def test_line_ends_are_as_the_user_wants_them(done: Run) -> None:
    """The files are written as the user's own git writes them, so that it finds them clean."""
    done.user.git("config", "--global", "core.autocrlf", "true")
    land_run(done)
    assert (done.user.path / "new" / "a").read_bytes() == b"a\r\n"
    done.user.git("update-index", "--really-refresh", "new/a")
    assert done.user.git("status", "--porcelain", "new") == ""


def test_a_branch_that_moves_meanwhile_wins(done: Run) -> None:
    """The checkout goes back to where it was, and the other's commit is kept."""
    combined, target, coming = look_at(done, "main")
    done.user.git("branch", "-q", "side")
    tree = done.user.git("rev-parse", "main^{tree}")
    other = done.user.git("commit-tree", "-p", "main", "-m", "other", tree)
    done.user.git("update-ref", "refs/heads/main", other)
    with pytest.raises(RefusedError, match="main cannot be moved"):
        land(combined, target, coming, "Merge")
    assert done.user.git("rev-parse", "main") == other
    assert done.user.git("status", "--porcelain") == ""


def test_a_file_that_changes_meanwhile_is_kept(done: Run) -> None:
    """Git looks again, under its lock, before it writes."""
    combined, target, coming = look_at(done, "main")
    target.check(coming.tree, coming.entries, merges=coming.kind is LandingKind.MERGE)
    done.user.write("README.md", "a moment later\n")
    with pytest.raises(RefusedError, match="does not bring the checkout along"):
        land(combined, target, coming, "Merge")
    assert done.user.git("rev-parse", "main") == coming.old
    assert (done.user.path / "README.md").read_text() == "a moment later\n"


def test_a_main_worktree_elsewhere_is_refused(done: Run, tmp_path: Path) -> None:
    """A repository cannot send the files to any folder that it likes."""
    (tmp_path / "home2").mkdir()
    done.user.git("config", "core.worktree", str(tmp_path / "home2"))
    assert "apart from the repository" in refusal_of(done)
    assert list((tmp_path / "home2").iterdir()) == []


def test_a_shallow_repository_takes_a_merge(named: User, tmp_path: Path) -> None:
    """The history that it lacks is not missed."""
    named.commit("second")
    shallow = User(tmp_path / "shallow", named.home)
    source = f"file://{named.path}"
    subprocess.run(["git", "clone", "-q", "--depth=1", source, shallow.path], check=True)
    run = make_run(shallow, tmp_path / "state" / "shallow")
    merge(run, commit_files(run, {"a": "a"}))
    shallow.write("own", "own\n")
    shallow.commit()
    assert land_run(run) == shallow.git("rev-parse", "main")
    assert shallow.git("status", "--porcelain") == ""


@pytest.mark.parametrize("linked", [False, True])
def test_a_repository_elsewhere_has_its_checkout_where_the_user_is(
    user: User, tmp_path: Path, *, linked: bool
) -> None:
    """Made with a separate git directory, or behind a link; from elsewhere it is refused."""
    apart = tmp_path / "apart"
    if linked:
        (user.path / ".git").rename(apart)
        (user.path / ".git").symlink_to(apart)
    else:
        user.git("init", "-q", f"--separate-git-dir={apart}")
    run = make_run(user, tmp_path / "state" / "apart")
    merge(run, commit_files(run, {"a": "a"}))
    combined, target, coming = look_at(run, "main", start=user.path)
    target.check(coming.tree, coming.entries, merges=False)
    land(combined, target, coming, "Land")
    assert (user.path / "a").read_text() == "a"
    assert user.git("status", "--porcelain") == ""


def test_the_checkout_of_a_submodule(user: User, tmp_path: Path) -> None:
    """Its repository says where that is, and it leads back."""
    above = User(tmp_path / "above", user.home)
    above.path.mkdir()
    above.git("init", "-q", "-b", "main")
    above.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(user.path), "sub")
    sub = User(above.path / "sub", user.home)
    run = make_run(sub, tmp_path / "state" / "sub")
    merge(run, commit_files(run, {"a": "a"}))
    land_run(run)
    assert (sub.path / "a").read_text() == "a"
    assert sub.git("status", "--porcelain") == ""


def test_a_worktree_can_have_a_name_of_its_own(named: User, done: Run, tmp_path: Path) -> None:
    """The merge is made by who the checkout says."""
    named.git("config", "extensions.worktreeConfig", "true")
    named.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    linked = User(tmp_path / "linked", named.home)
    linked.git("config", "--worktree", "user.name", "Grace")
    linked.write("own", "own\n")
    linked.commit()
    new = land_run(done, "side")
    assert linked.git("log", "-1", "--format=%an %cn", new) == "Grace Grace"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_lands_is_the_owners(done: Run) -> None:
    """The owner of the repository can go on with the branch, and write objects."""
    common_dir = done.user.path / ".git"
    for path in [common_dir, *common_dir.rglob("*")]:
        os.chown(path, 4242, 4242, follow_symlinks=False)
    combined_for(done)
    ours = [path for path in common_dir.rglob("*") if path.lstat().st_uid == 0]
    assert ours == []


@pytest.mark.parametrize("name", ["refs/heads/main.lock", "HEAD.lock"])
def test_a_locked_branch_takes_nothing(done: Run, name: str) -> None:
    """The checkout goes back, the lock stays."""
    combined_for(done)
    done.user.write(f".git/{name}", "")
    with pytest.raises(RefusedError, match="main cannot be moved"):
        land_run(done)
    assert done.user.git("status", "--porcelain") == ""
    assert done.user.git("rev-parse", "main") == done.control.base
    assert (done.user.path / ".git" / name).exists()


def test_attributes_of_the_repository_count(user: User, start_run: Callable[[User], Run]) -> None:
    """Line ends as `.gitattributes` says; git finds the files clean, however often it looks."""
    user.write(".gitattributes", "*.txt text eol=crlf\n")
    user.commit()
    run = start_run(user)
    merge(run, commit_files(run, {"a.txt": "one\n"}))
    land_run(run)
    assert (user.path / "a.txt").read_bytes() == b"one\r\n"
    user.git("update-index", "--really-refresh", "a.txt")
    assert user.git("status", "--porcelain") == ""


def test_a_sparse_checkout_stays_sparse(done: Run) -> None:
    """Files that the user does not want to see are not written."""
    done.user.git("sparse-checkout", "set", "--cone", "src")
    land_run(done)
    assert not (done.user.path / "new").exists()
    assert (done.user.path / "README.md").read_text() == "bye\n"
    assert done.user.git("status", "--porcelain") == ""


def test_what_is_missing_is_not_fetched(done: Run, tmp_path: Path) -> None:
    """A remote that promises objects could name any program for it."""
    program, mark = tmp_path / "program", tmp_path / "ran"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    done.user.git("config", "core.repositoryFormatVersion", "1")
    done.user.git("config", "remote.evil.url", str(done.user.path))
    done.user.git("config", "remote.evil.promisor", "true")
    done.user.git("config", "remote.evil.uploadpack", str(program))
    done.user.git("config", "extensions.partialClone", "evil")
    _, target, _ = look_at(done, "main")
    assert target.git("cat-file", "-e", "1" * 40, ok=None).status
    assert not mark.exists()


def test_a_broken_off_checkout_is_told(done: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full in the middle is no refusal: something has changed."""
    combined, target, coming = look_at(done, "main")
    run = Target.git

    def broken(self: Target, *words: str, **rest: Any) -> Completed:
        real = words[0] == "read-tree" and "-n" not in words and "variables" not in rest
        return Completed(128, b"", b"disk full") if real else run(self, *words, **rest)

    monkeypatch.setattr(Target, "git", broken)
    with pytest.raises(GitError, match="failed while writing files: disk full"):
        land(combined, target, coming, "Merge")


def test_a_branch_in_two_worktrees_is_left(done: Run, tmp_path: Path) -> None:
    """Only one of them could be brought along."""
    done.user.git("worktree", "add", "-q", "-f", str(tmp_path / "linked"), "main")
    assert "more than one worktree" in refusal_of(done)


def test_a_worktree_that_became_another_repository_is_left(done: Run, tmp_path: Path) -> None:
    """What is there now is not this repository's."""
    linked = tmp_path / "linked"
    done.user.git("worktree", "add", "-q", "-b", "other", str(linked))
    (linked / ".git").unlink()
    done.user.git("init", "-q", cwd=linked)
    assert "now another repository" in refusal_of(done, "other")
