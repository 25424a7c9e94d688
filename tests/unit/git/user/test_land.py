"""What a run has done comes into a branch of the user as a whole, or nothing of theirs changes."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.git.conftest import (
    Run,
    User,
    canary,
    commit_files,
    commit_tree_of,
    make_run,
    merge,
    picture,
)
from wf_tui.errors import EnvironmentalError, GitError, RefusedError, UnknownNameError
from wf_tui.git.repository import find_repository
from wf_tui.git.runner import Completed
from wf_tui.git.user.combined import Combined, combine
from wf_tui.git.user.export import Exported, export
from wf_tui.git.user.hooks import Hooks
from wf_tui.git.user.land import Landing, LandingKind, land, plan_landing
from wf_tui.git.user.target import Target, branch_commit, find_target

BRANCH = "wf/run-1"


def _environ(user: User) -> dict[str, str]:
    return {"HOME": str(user.home), "PATH": os.environ["PATH"]}


def _joined(run: Run, *, write: bool = True) -> Combined:
    repository = find_repository(run.user.path)
    if write:
        done = export(repository, run.control, BRANCH, expected=None)
        assert isinstance(done, Exported), done
    return combine(run.control, repository.common_dir, write=write)


def _look(
    run: Run, branch: str, *, write: bool = True, start: Path | None = None
) -> tuple[Combined, Target, Landing]:
    combined = _joined(run, write=write)
    common_dir = find_repository(run.user.path).common_dir
    coming = plan_landing(combined, branch_commit(common_dir, branch), run.control.head())
    target = find_target(common_dir, branch, _environ(run.user), combined.user_env, start)
    return combined, target, coming


def _land(run: Run, branch: str = "main") -> str:
    combined, target, coming = _look(run, branch)
    target.check(coming.tree, coming.entries, merges=coming.kind is LandingKind.MERGE)
    return land(combined, target, coming, "Merge the run")


def _refused(run: Run, branch: str = "main") -> str:
    """Return why a landing is refused; it may change nothing in the checkout."""
    _joined(run)
    before = picture(run.user.path)
    with pytest.raises(RefusedError) as raised:
        _land(run, branch)
    after = picture(run.user.path)
    differ = {name for name in before | after if before.get(name) != after.get(name)}
    assert {name for name in differ if not name.startswith(b".git/objects/")} == set()
    return raised.value.message


@pytest.fixture
def named(user: User) -> User:
    """Give a user whose git knows their name."""
    user.git("config", "--global", "user.name", "Ada")
    user.git("config", "--global", "user.email", "ada@example.org")
    return user


@pytest.fixture
def done(run: Run) -> Run:
    """Give a run that has added, changed and removed a file."""
    merge(run, commit_files(run, {"new/a": "a\n", "README.md": "bye\n", "docs/guide.md": None}))
    return run


def test_a_branch_that_has_not_moved_is_brought_forward(done: Run) -> None:
    """The checkout comes along, clean, and the branch's log says who moved it."""
    done.user.write("untracked", "mine")
    head = done.control.head()
    assert _land(done) == head == done.user.git("rev-parse", "main")
    assert done.user.git("status", "--porcelain") == "?? untracked"
    assert (done.user.path / "new" / "a").read_text() == "a\n"
    assert not (done.user.path / "docs").exists()
    assert done.user.git("log", "-g", "-1", "--format=%gs", "HEAD") == "Merge the run"
    done.user.git("fsck", "--strict")


def test_what_comes_is_told(done: Run) -> None:
    """Commits with their subjects, files with the lines that differ."""
    _, _, coming = _look(done, "main", write=False)
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
    _, target, coming = _look(done, "main", write=False)
    target.check(coming.tree, coming.entries, merges=coming.kind is LandingKind.MERGE)
    assert coming.kind is LandingKind.MERGE
    assert picture(done.user.path) == before


def test_landing_twice_changes_nothing(done: Run) -> None:
    """All of it is there already."""
    first = _land(done)
    assert _look(done, "main")[2].kind is LandingKind.NOTHING
    assert _land(done) == first


@pytest.mark.usefixtures("named")
def test_a_branch_that_has_moved_gets_a_merge(done: Run) -> None:
    """A merge commit in the user's name, of both sides, and a clean checkout of it."""
    done.user.write("own", "own\n")
    own = done.user.commit()
    new = _land(done)
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
        _land(done)
    assert done.user.git("rev-parse", "main") == own


@pytest.mark.usefixtures("named")
def test_a_conflict_is_refused_with_its_paths(done: Run) -> None:
    """Nothing is half merged, and the hint is a command that can be run."""
    done.user.write("README.md", "other\n")
    own = done.user.commit()
    assert _refused(done) == "it conflicts in README.md"
    with pytest.raises(RefusedError) as raised:
        plan_landing(_joined(done), own, done.control.head(), BRANCH)
    assert raised.value.hint.endswith(f": git merge {BRANCH}")


def test_a_history_of_its_own_is_refused(done: Run) -> None:
    """What shares nothing with the run cannot take it."""
    done.user.git("checkout", "-q", "--orphan", "other")
    done.user.commit()
    assert "no history in common" in _refused(done, "other")


def test_a_branch_that_nobody_has_checked_out_is_moved_alone(done: Run) -> None:
    """The checkout of another branch, dirty as it may be, is left as it is."""
    done.user.git("checkout", "-q", "-b", "work")
    done.user.write("README.md", "in the middle of something\n")
    assert _land(done, "main") == done.user.git("rev-parse", "main")
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
    assert _refused(done).endswith("in files that the run changed, too: README.md")


@pytest.mark.parametrize("staged", [False, True])
def test_what_the_run_did_not_touch_may_be_uncommitted(done: Run, *, staged: bool) -> None:
    """As git does it; what the user has begun is there as before."""
    done.user.write("run.sh", "mine\n")
    if staged:
        done.user.git("add", "run.sh")
    assert _land(done) == done.user.git("rev-parse", "main")
    assert (done.user.path / "README.md").read_text() == "bye\n"
    assert done.user.git("diff", "HEAD", "--name-only") == "run.sh"


def test_a_merge_wants_an_index_without_changes(named: User, done: Run) -> None:
    """As git does: a merge commit beside what is staged is refused, beside other changes not."""
    named.write("own", "own\n")
    named.commit()
    named.write("run.sh", "mine\n")
    named.git("add", "run.sh")
    assert "changes that are staged, and git merges with none of these: run.sh" in _refused(done)
    named.git("reset", "-q")
    assert named.git("log", "-1", "--format=%P", _land(done)).count(" ") == 1


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
    assert _land(done) == user.git("rev-parse", "main")
    assert user.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("name", "hit"), [("new/a", "new/a"), ("new", "new"), ("new/a/deep", "new/a/deep")]
)
def test_a_file_that_git_does_not_track_is_not_overwritten(run: Run, name: str, hit: str) -> None:
    """In the place of the file, of a folder above it, or below it; ignored ones too."""
    run.user.write(".git/info/exclude", "new\n")
    merge(run, commit_files(run, {"new/a": "a\n"}))
    run.user.write(name, "mine\n")
    assert f"would be overwritten in {run.user.path}: {hit}" in _refused(run)


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
    _land(run)
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
    assert _refused(done) == f"{what} is under way in {done.user.path}"


def test_a_branch_in_a_rebase_is_left(done: Run) -> None:
    """While it is rebased it is checked out nowhere, and yet in use."""
    done.user.write(".git/rebase-merge/head-name", "refs/heads/main\n")
    assert _refused(done) == "main is being rebased or bisected"


def test_the_lock_of_another_git_is_respected(done: Run) -> None:
    """It is named, not deleted."""
    done.user.write(".git/index.lock", "")
    assert "another git is running in" in _refused(done)
    assert (done.user.path / ".git" / "index.lock").exists()


def test_a_linked_worktree_comes_along(done: Run, tmp_path: Path) -> None:
    """The branch is brought along where it is checked out, which need not be the main worktree."""
    linked = tmp_path / "linked"
    done.user.git("worktree", "add", "-q", "-b", "other", str(linked))
    _land(done, "other")
    assert (linked / "new" / "a").exists()
    assert done.user.git("status", "--porcelain", cwd=linked) == ""
    assert done.user.git("status", "--porcelain") == ""
    assert not (done.user.path / "new").exists()


def test_a_worktree_that_is_gone_is_refused(done: Run, tmp_path: Path) -> None:
    """Nobody can say what was in it."""
    linked = tmp_path / "linked"
    done.user.git("worktree", "add", "-q", "-b", "other", str(linked))
    linked.rename(tmp_path / "moved")
    assert "which is gone" in _refused(done, "other")


def test_a_bare_repository_has_no_checkout(user: User, tmp_path: Path) -> None:
    """Only the branch moves there."""
    bare = User(tmp_path / "bare.git", user.home)
    user.git("clone", "-q", "--bare", str(user.path), str(bare.path))
    run = make_run(bare, tmp_path / "state" / "bare")
    merge(run, commit_files(run, {"a": "a"}))
    assert _land(run) == bare.git("rev-parse", "main") == run.control.head()
    assert not (bare.path / "a").exists()


def test_an_unknown_branch_names_the_nearest(done: Run) -> None:
    """A slip of the finger makes no branch."""
    with pytest.raises(UnknownNameError) as raised:
        _look(done, "mian")
    assert raised.value.hint == "did you mean 'main'?"


def test_a_symbolic_branch_is_refused(done: Run) -> None:
    """The one it points to would be moved."""
    done.user.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    with pytest.raises(RefusedError, match="symbolic ref"):
        _look(done, "alias")


def test_nothing_of_the_repository_runs(done: Run, tmp_path: Path) -> None:
    """No hook, monitor, filter or merge driver that a repository names is started."""
    program, mark = canary(tmp_path)
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "merge.evil.driver"):
        done.user.git("config", key, program)
    done.user.write(".git/info/attributes", "run.sh filter=evil\n* merge=evil\n")
    hooks = done.user.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("reference-transaction", "post-merge", "post-checkout", "post-index-change"):
        (hooks / hook).symlink_to(program)
    (done.user.path / "run.sh").touch()
    _land(done)
    assert not mark.exists()


def test_a_file_with_a_filter_is_left_to_the_user(done: Run) -> None:
    """What git itself would write is unknown without the filter, as with Git LFS."""
    done.user.write(".git/info/attributes", "README.md filter=lfs\n")
    assert _refused(done) == "git filters, which wf does not run, are to write README.md"


def test_line_ends_are_as_the_user_wants_them(done: Run) -> None:
    """The files are written as the user's own git writes them, so that it finds them clean."""
    done.user.git("config", "--global", "core.autocrlf", "true")
    _land(done)
    assert (done.user.path / "new" / "a").read_bytes() == b"a\r\n"
    done.user.git("update-index", "--really-refresh", "new/a")
    assert done.user.git("status", "--porcelain", "new") == ""


def test_a_branch_that_moves_meanwhile_wins(done: Run) -> None:
    """The checkout goes back to where it was, and the other's commit is kept."""
    combined, target, coming = _look(done, "main")
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
    combined, target, coming = _look(done, "main")
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
    assert "apart from the repository" in _refused(done)
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
    assert _land(run) == shallow.git("rev-parse", "main")
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
    combined, target, coming = _look(run, "main", start=user.path)
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
    _land(run)
    assert (sub.path / "a").read_text() == "a"
    assert sub.git("status", "--porcelain") == ""


SIGNER = """#!/bin/sh
cat > "$HOME/signed"
echo "[GNUPG:] SIG_CREATED D 1 8 00 0 X" >&2
printf -- "-----BEGIN PGP SIGNATURE-----\\n\\nby $SIGNER\\n-----END PGP SIGNATURE-----\\n"
"""


@pytest.fixture(name="signing")
def _signing(named: User, done: Run, tmp_path: Path) -> Run:
    """Give a run that lands by a merge, of a user who signs with a program of their own."""
    program = tmp_path / "signer"
    program.write_text(SIGNER)
    program.chmod(0o755)
    named.git("config", "commit.gpgSign", "true")
    named.git("config", "gpg.program", str(program))
    named.write("own", "own\n")
    named.commit()
    return done


def test_a_merge_is_signed_where_the_user_signs(signing: Run) -> None:
    """By their program, in their environment; not where they say so."""
    combined, target, coming = _look(signing, "main")
    target = replace(target, environ={**target.environ, "SIGNER": "Ada"})
    new = land(combined, target, coming, "Land")
    assert "by Ada" in signing.user.git("cat-file", "commit", new)
    assert "Land" in (signing.user.home / "signed").read_text()


def test_a_merge_that_cannot_be_signed_is_refused(signing: Run) -> None:
    """The checkout is as it was; without a signature it lands."""
    signing.user.git("config", "gpg.program", "/bin/false")
    assert "the merge commit cannot be signed: " in _refused(signing)
    combined, target, coming = _look(signing, "main")
    new = land(combined, target, coming, "Land", sign=False)
    assert "gpgsig" not in signing.user.git("cat-file", "commit", new)


def test_a_worktree_can_have_a_name_of_its_own(named: User, done: Run, tmp_path: Path) -> None:
    """The merge is made by who the checkout says."""
    named.git("config", "extensions.worktreeConfig", "true")
    named.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    linked = User(tmp_path / "linked", named.home)
    linked.git("config", "--worktree", "user.name", "Grace")
    linked.write("own", "own\n")
    linked.commit()
    new = _land(done, "side")
    assert linked.git("log", "-1", "--format=%an %cn", new) == "Grace Grace"


def _hook(user: User, name: str, script: str) -> None:
    hook = user.write(f".git/hooks/{name}", f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


def test_hooks_run_when_asked(named: User, done: Run) -> None:
    """Those that git runs around a merge; one of them may change the message."""
    named.write("own", "own\n")
    named.commit()
    _hook(named, "pre-merge-commit", "ls > seen; rm -f .git/refused")
    _hook(named, "commit-msg", 'echo "Ticket: 7" >> "$1"')
    _hook(named, "post-merge", "git rev-parse HEAD > .git/after")
    combined, target, coming = _look(done, "main")
    hooks = Hooks(target)
    assert hooks.present(merges=True) == ["pre-merge-commit", "commit-msg", "post-merge"]
    assert hooks.present(merges=False) == ["post-merge"]
    new = land(combined, target, coming, "Land", hooks=hooks)
    assert named.git("log", "-1", "--format=%B", new) == "Land\nTicket: 7"
    assert "new" in (named.path / "seen").read_text().split()
    assert (named.path / ".git/after").read_text().strip() == new


def test_no_hook_runs_for_a_branch_without_a_checkout(named: User, done: Run) -> None:
    """Git itself would not merge there."""
    named.git("checkout", "-q", "-b", "side")
    named.write("own", "own\n")
    named.commit()
    named.git("checkout", "-q", "main")
    _hook(named, "pre-merge-commit", "exit 1")
    combined, target, coming = _look(done, "side")
    new = land(combined, target, coming, "Land", hooks=Hooks(target))
    assert new == named.git("rev-parse", "side")


def test_a_hook_can_refuse(named: User, done: Run) -> None:
    """What it printed is told, and the checkout is as it was."""
    named.write("own", "own\n")
    named.commit()
    _hook(named, "pre-merge-commit", "echo not today; exit 1")
    combined, target, coming = _look(done, "main")
    with pytest.raises(RefusedError, match="pre-merge-commit refuses the merge: not today"):
        land(combined, target, coming, "Land", hooks=Hooks(target))
    assert named.git("status", "--porcelain") == ""
    assert not (named.path / "new").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_lands_is_the_owners(done: Run) -> None:
    """The owner of the repository can go on with the branch, and write objects."""
    common_dir = done.user.path / ".git"
    for path in [common_dir, *common_dir.rglob("*")]:
        os.chown(path, 4242, 4242, follow_symlinks=False)
    _joined(done)
    ours = [path for path in common_dir.rglob("*") if path.lstat().st_uid == 0]
    assert ours == []


@pytest.mark.parametrize("name", ["refs/heads/main.lock", "HEAD.lock"])
def test_a_locked_branch_takes_nothing(done: Run, name: str) -> None:
    """The checkout goes back, the lock stays."""
    _joined(done)
    done.user.write(f".git/{name}", "")
    with pytest.raises(RefusedError, match="main cannot be moved"):
        _land(done)
    assert done.user.git("status", "--porcelain") == ""
    assert done.user.git("rev-parse", "main") == done.control.base
    assert (done.user.path / ".git" / name).exists()


def test_attributes_of_the_repository_count(user: User, start_run: Callable[[User], Run]) -> None:
    """Line ends as `.gitattributes` says; git finds the files clean, however often it looks."""
    user.write(".gitattributes", "*.txt text eol=crlf\n")
    user.commit()
    run = start_run(user)
    merge(run, commit_files(run, {"a.txt": "one\n"}))
    _land(run)
    assert (user.path / "a.txt").read_bytes() == b"one\r\n"
    user.git("update-index", "--really-refresh", "a.txt")
    assert user.git("status", "--porcelain") == ""


def test_a_sparse_checkout_stays_sparse(done: Run) -> None:
    """Files that the user does not want to see are not written."""
    done.user.git("sparse-checkout", "set", "--cone", "src")
    _land(done)
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
    _, target, _ = _look(done, "main")
    assert target.git("cat-file", "-e", "1" * 40, ok=None).status
    assert not mark.exists()


def test_a_broken_off_checkout_is_told(done: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full in the middle is no refusal: something has changed."""
    combined, target, coming = _look(done, "main")
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
    assert "more than one worktree" in _refused(done)


def test_a_worktree_that_became_another_repository_is_left(done: Run, tmp_path: Path) -> None:
    """What is there now is not this repository's."""
    linked = tmp_path / "linked"
    done.user.git("worktree", "add", "-q", "-b", "other", str(linked))
    (linked / ".git").unlink()
    done.user.git("init", "-q", cwd=linked)
    assert "now another repository" in _refused(done, "other")
