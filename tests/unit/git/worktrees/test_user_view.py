"""A worker's git shows the user's branches, tags and remotes, and none of their secrets."""

from collections.abc import Callable

import pytest

from tests.unit.git.conftest import Run, User
from wf_tui.git.control.user_view import laid_out_refs
from wf_tui.git.worktrees.tree import Tree

_SECRET = "hunter2"  # noqa: S105 - what must not be found


@pytest.fixture
def cloned(user: User) -> User:
    """Give a user with a remote, tags of both kinds and a branch that has gone on."""
    user.git("clone", "-q", "--bare", ".", "../up.git")
    user.git("remote", "add", "origin", "../up.git")
    user.git("tag", "light")
    user.git("tag", "-a", "v1", "-m", "one")
    user.git("checkout", "-q", "-b", "topic")
    user.write("topic", "topic\n")
    user.commit()
    user.git("fetch", "-q", "origin")
    user.git("remote", "set-head", "origin", "main")
    return user


def _tree(run: Run) -> Tree:
    return run.pool.acquire(run.control.head())


@pytest.mark.parametrize(
    "words",
    [
        "describe",
        "describe --tags --long",
        "diff --stat main",
        "merge-base HEAD origin/main",
        "log --format=%s main..HEAD",
        "rev-parse main topic light v1^{commit} v1 origin/HEAD",
        "tag -n",
        "branch -r",
        "config branch.main.merge",
        "fsck --connectivity-only",
    ],
)
def test_git_answers_as_in_a_worktree_of_git(
    cloned: User, start_run: Callable[[User], Run], words: str
) -> None:
    """What people and agents ask for has the same answer as beside `git worktree add`."""
    cloned.git("branch", "-q", "--set-upstream-to=origin/main", "main")
    cloned.git("worktree", "add", "-q", "--detach", "../other")
    expected = cloned.git(*words.split(), cwd=cloned.path / "../other")
    assert cloned.git(*words.split(), cwd=_tree(start_run(cloned)).path) == expected


def test_branches_are_listed(cloned: User, start_run: Callable[[User], Run]) -> None:
    """The user's beside the worker's own two, of which the user's namesakes give way."""
    for name in ("wf-base", "wf-task/x"):
        cloned.git("branch", name)
    listed = cloned.git("branch", "--format=%(refname:short)", cwd=_tree(start_run(cloned)).path)
    assert listed.split() == ["main", "topic", "wf-base", "wf-task"]


def test_a_remote_can_be_reached(cloned: User, start_run: Callable[[User], Run]) -> None:
    """A path that is relative to the user's repository leads there from the worktree, too."""
    tree = _tree(start_run(cloned))
    cloned.git("fetch", "-q", "origin", cwd=tree.path)
    assert cloned.git("ls-remote", "origin", "refs/heads/main", cwd=tree.path).endswith("main")


def test_a_push_of_a_worker_moves_no_ref_of_the_user(
    cloned: User, start_run: Callable[[User], Run]
) -> None:
    """All of it is a copy: what a worker does to a branch or tag stays in its own directory."""
    tree = _tree(start_run(cloned))
    before = cloned.git("for-each-ref")
    cloned.git("branch", "-q", "-f", "main", "HEAD", cwd=tree.path)
    cloned.git("tag", "-d", "v1", cwd=tree.path)
    assert cloned.git("for-each-ref") == before


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("remote.o.url", f"https://me:{_SECRET}@example.org/a.git", "https://example.org/a.git"),
        ("remote.o.url", f"https://{_SECRET}@example.org/a.git", "https://example.org/a.git"),
        ("remote.o.pushurl", f"https://x/{_SECRET}@h/a", None),
        ("remote.o.pushurl", f"https://h/a?token={_SECRET}", "https://h/a"),
        ("remote.o.url", f"ssh://me:{_SECRET}@example.org/a", "ssh://me@example.org/a"),
        ("remote.o.url", "git@example.org:a/b.git", "git@example.org:a/b.git"),
        ("remote.o.url", "me@example.org:a/b.git", "me@example.org:a/b.git"),
        ("remote.o.url", f"helper::https://me:{_SECRET}@h/a", None),
        ("remote.o.uploadpack", f"echo {_SECRET}", None),
        ("remote.o.proxy", f"http://me:{_SECRET}@h", None),
        ("branch.main.pushremote", _SECRET, None),
        ("submodule.lib.url", f"https://me:{_SECRET}@h/lib", "https://h/lib"),
        ("submodule.lib.update", f"!echo {_SECRET}", None),
        ("http.https://h/.extraheader", f"Authorization: {_SECRET}", None),
        ("credential.helper", f"!echo {_SECRET}", None),
        (f"url.https://{_SECRET}@h/.insteadof", "https://h/", None),
    ],
)
def test_no_secret_reaches_a_worker(
    user: User, start_run: Callable[[User], Run], key: str, value: str, shown: str | None
) -> None:
    """Addresses lose their user and password; what may hold more than an address is left out."""
    user.git("config", key, value)
    tree = _tree(start_run(user))
    config = user.git("config", "--local", "--list", cwd=tree.path)
    assert _SECRET not in (tree.git_dir / "config").read_text()
    found = [line.partition("=")[2] for line in config.splitlines() if line.startswith(key + "=")]
    assert found == ([shown] if shown else [])


def test_a_short_form_works_without_its_password(
    user: User, start_run: Callable[[User], Run]
) -> None:
    """An address that `insteadOf` replaces is replaced in a worktree, too."""
    user.git("config", f"url.https://me:{_SECRET}@example.org/.insteadOf", "short:")
    user.git("remote", "add", "origin", "short:a.git")
    tree = _tree(start_run(user))
    address = user.git("remote", "get-url", "origin", cwd=tree.path)
    assert address == "https://example.org/a.git"


def test_what_was_laid_out_is_known(cloned: User, start_run: Callable[[User], Run]) -> None:
    """The record names every ref of a new git directory with its value, and no other."""
    run = start_run(cloned)
    tree = _tree(run)
    form = "--format=%(refname) %(if)%(symref)%(then)ref: %(symref)%(else)%(objectname)%(end)"
    listed = cloned.git("for-each-ref", form, cwd=tree.path).splitlines()
    found = dict(line.split(" ", 1) for line in listed)
    assert laid_out_refs(run.control.git_dir, tree.base) == found


def test_a_ref_without_its_object_is_left_out(
    cloned: User, start_run: Callable[[User], Run]
) -> None:
    """Else `git log --all` of a worker would fail for what is damaged in the user's repository."""
    (cloned.path / ".git/refs/tags/lost").write_text("1" * 40 + "\n")
    tree = _tree(start_run(cloned))
    assert "lost" not in cloned.git("tag", cwd=tree.path)
    cloned.git("log", "--all", "--oneline", cwd=tree.path)


def test_an_older_run_has_no_copies(cloned: User, start_run: Callable[[User], Run]) -> None:
    """A run that was made before there were any goes on as it was."""
    run = start_run(cloned)
    (run.control.git_dir / "user").rename(run.paths.root / "gone")
    tree = _tree(run)
    assert cloned.git("branch", "--format=%(refname:short)", cwd=tree.path) == "wf-base\nwf-task"
    assert set(laid_out_refs(run.control.git_dir, tree.base)) == {
        "refs/heads/wf-base",
        "refs/heads/wf-task",
    }
