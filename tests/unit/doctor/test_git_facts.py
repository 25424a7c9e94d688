"""What doctor reads with GitPython: facts in plain lines, no program run, no password shown."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from wf_tui.doctor.finding import Finding, Level
from wf_tui.doctor.git_facts import git_facts, without_credentials
from wf_tui.doctor.repository import repository_facts
from wf_tui.git.repository import find_repository

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "s3cr3t"  # noqa: S105 - a word to look for
CHECKS = ["worktree", "remotes", "upstream", "stashes", "submodules"]


def git(folder: Path, *words: str) -> str:
    """Run git as a user does, without any configuration of theirs."""
    variables = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "protocol.allow=always")
    done = subprocess.run(
        ["git", *who, *words],
        cwd=folder,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture(name="repo")
def _repo(tmp_path: Path) -> Path:
    """Give a repository with one commit on `main`."""
    git(tmp_path, "init", "-q", "-b", "main", "repo")
    commit(tmp_path / "repo", "one.txt")
    return tmp_path / "repo"


def commit(repo: Path, name: str) -> None:
    """Add a file in a commit of its own."""
    (repo / name).write_text(name)
    git(repo, "add", name)
    git(repo, "commit", "-q", "-m", name)


def facts(folder: Path) -> dict[str, Finding]:
    """Return the findings by name; each check is there once, and nothing is a problem."""
    found = git_facts(find_repository(folder))
    assert [one.check for one in found] == CHECKS
    assert all(one.level is not Level.PROBLEM for one in found)
    return {one.check: one for one in found}


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file below a folder, with its content and when it was written."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_plain_repository_has_none_of_it(repo: Path) -> None:
    """Each fact is a line of its own all the same."""
    found = facts(repo)
    assert found["worktree"].text == f"the main one, at {repo}"
    assert found["remotes"].text == "none"
    assert found["upstream"].text == "none: main follows no branch"
    assert found["stashes"].detail == {"count": 0}
    assert found["submodules"].detail == {"paths": [], "empty": []}


def test_an_upstream_and_how_far_it_is(repo: Path, tmp_path: Path) -> None:
    """Ahead and behind are counted from what has been fetched; nothing is fetched for it."""
    git(tmp_path, "clone", "-q", "repo", "clone")
    clone = tmp_path / "clone"
    assert facts(clone)["upstream"].text == "main follows origin/main: the same commit"
    commit(repo, "two.txt")
    git(clone, "fetch", "-q")
    commit(clone, "three.txt")
    commit(clone, "four.txt")
    found = facts(clone)
    assert found["remotes"].text == f"origin {repo}"
    assert found["upstream"].text == "main follows origin/main: ahead 2, behind 1"
    assert found["upstream"].detail == {
        "branch": "main",
        "upstream": "origin/main",
        "ahead": 2,
        "behind": 1,
    }


def test_a_branch_may_follow_one_of_the_same_repository(repo: Path) -> None:
    """Then no remote is part of its name."""
    git(repo, "checkout", "-q", "-b", "topic", "--track", "main")
    assert facts(repo)["upstream"].text == "topic follows main: the same commit"


def test_an_upstream_that_is_gone_is_notable(repo: Path) -> None:
    """The branch still names it."""
    clone = repo.parent / "clone"
    git(repo, "clone", "-q", ".", str(clone))
    git(clone, "update-ref", "-d", "refs/remotes/origin/main")
    found = facts(clone)["upstream"]
    assert found.level is Level.NOTE
    assert found.text == "main follows origin/main, which is not in this repository"


def test_a_detached_head_has_no_upstream(repo: Path) -> None:
    """No branch is checked out, so none can follow another."""
    git(repo, "checkout", "-q", "--detach")
    found = facts(repo)["upstream"]
    assert found.text == "none: HEAD is detached, no branch is checked out"
    assert found.detail == {"branch": None, "upstream": None}


def test_a_bare_repository(repo: Path, tmp_path: Path) -> None:
    """It has no worktree, and all the rest can be read."""
    git(tmp_path, "clone", "-q", "--bare", "repo", "bare.git")
    found = facts(tmp_path / "bare.git")
    assert found["worktree"].text == "none: nothing is checked out here"
    assert found["remotes"].text == f"origin {repo}"
    assert found["submodules"].text == "none"


def test_a_linked_worktree(repo: Path) -> None:
    """It has a branch of its own, and shares stashes and remotes."""
    git(repo, "remote", "add", "origin", "https://example.org/x.git")
    git(repo, "worktree", "add", "-q", "-b", "topic", "../linked")
    found = facts(repo.parent / "linked")
    assert found["worktree"].text == f"a linked one, at {repo.parent / 'linked'}"
    assert found["remotes"].text == "origin https://example.org/x.git"
    assert found["upstream"].text == "none: topic follows no branch"


def test_stashes_are_counted(repo: Path) -> None:
    """As `git stash list` would list them; also seen from a subfolder."""
    for number in ("1", "2"):
        (repo / "one.txt").write_text(number)
        git(repo, "stash", "-q")
        noun = "1 stash" if number == "1" else "2 stashes"
        assert facts(repo)["stashes"].text == noun


def test_submodules_and_which_are_empty(repo: Path, tmp_path: Path) -> None:
    """A clone without them has their folders, with nothing in them."""
    git(tmp_path, "init", "-q", "-b", "main", "library")
    commit(tmp_path / "library", "lib.txt")
    git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../library")
    git(repo, "commit", "-q", "-m", "library")
    assert facts(repo)["submodules"].text == "library"
    git(tmp_path, "clone", "-q", "repo", "clone")
    found = facts(tmp_path / "clone")["submodules"]
    assert found.text == "library; not checked out: library"
    assert found.detail == {"paths": ["library"], "empty": ["library"]}


def test_sha256_is_answered_plainly(tmp_path: Path) -> None:
    """GitPython cannot read it; wf itself can, so that this is no problem."""
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", "repo")
    commit(tmp_path / "repo", "one.txt")
    (found,) = git_facts(find_repository(tmp_path / "repo"))
    assert found.level is Level.NOTE
    assert found.text == "not read: GitPython cannot read SHA-256 repositories"


def test_what_cannot_be_read_does_not_hide_the_rest(repo: Path) -> None:
    """A damaged log of stashes and a `.gitmodules` of another kind are plain lines, no trace."""
    (repo / ".git/logs/refs").mkdir(exist_ok=True)
    (repo / ".git/logs/refs/stash").write_bytes(b"\xff\xfe no log\n")
    (repo / ".gitmodules").write_bytes(f"[submodule\n url = {SECRET}".encode())
    found = facts(repo)
    assert found["remotes"].text == "none"
    for check in ("stashes", "submodules"):
        assert found[check].text == f"not read: GitPython does not understand the {check}"
        assert found[check].level is Level.NOTE


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(repo: Path) -> None:
    """Reading it would never end."""
    os.mkfifo(repo / ".gitmodules")
    assert facts(repo)["submodules"].text == "none"


def test_nothing_of_the_repository_runs_and_nothing_changes(repo: Path, tmp_path: Path) -> None:
    """Not its monitor, hooks, filters, or what a remote of a partial clone names for a fetch."""
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    evil.chmod(0o755)
    hook = repo / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.symlink_to(evil)
    (repo / ".gitattributes").write_text("* filter=evil diff=evil\n")
    settings = {
        "core.fsmonitor": evil,
        "core.hooksPath": evil.parent,
        "core.pager": evil,
        "filter.evil.clean": evil,
        "diff.evil.textconv": evil,
        "remote.origin.url": tmp_path / "elsewhere",
        "remote.origin.uploadpack": evil,
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "branch.main.remote": "origin",
        "branch.main.merge": "refs/heads/main",
        "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
    }
    for key, value in settings.items():
        git(repo, "config", key, str(value))
    gone = repo / ".git/refs/remotes/origin/main"
    gone.parent.mkdir(parents=True)
    gone.write_text("1" * 40 + "\n")
    before = snapshot(repo)
    assert facts(repo)["upstream"].text.endswith("which is not in this repository")
    assert not (tmp_path / "ran").exists()
    assert snapshot(repo) == before


def test_the_environment_is_the_same_afterwards(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says of another repository, or of a user, is not heard meanwhile."""
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", "-b", "other", "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    before = dict(os.environ)
    assert facts(repo)["worktree"].text == f"the main one, at {repo}"
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a/b.git", "https://example.org/a/b.git"),
        (f"https://ada:{SECRET}@example.org/b.git", "https://example.org/b.git"),
        (f"https://{SECRET}@example.org:8443/b", "https://example.org:8443/b"),
        (f"https://ada:{SECRET}@[::1]:80/b", "https://[::1]:80/b"),
        (f"https://ada:a@{SECRET}@example.org/b", "https://example.org/b"),
        (f"https://example.org/b?token={SECRET}", "https://example.org/b"),
        (f"https://example.org?token={SECRET}", "https://example.org"),
        (f"https://example.org/b#{SECRET}", "https://example.org/b"),
        (f"https://ada:{SECRET}/x@example.org/b", "https://…"),
        (f"https://ada#{SECRET}@example.org/b", "https://…"),
        ("ssh://git@example.org:22/b.git", "ssh://git@example.org:22/b.git"),
        (f"ssh://ada:{SECRET}@example.org/b.git", "ssh://example.org/b.git"),
        ("git@example.org:a/b.git", "git@example.org:a/b.git"),
        (f"{SECRET}@example.org:b.git", "example.org:b.git"),
        (f"ada:{SECRET}@example.org/b.git", "example.org/b.git"),
        (f"ext::sh -c 'curl -H {SECRET}'", "ext::…"),
        ("/srv/a@b.git", "/srv/a@b.git"),
        ("../b.git", "../b.git"),
        ("https://example.org/\x1b[2Jb", "https://example.org/b"),
    ],
)
def test_an_address_is_shown_without_credentials(url: str, shown: str) -> None:
    """Whatever form it has, and also where it is none that works."""
    assert without_credentials(url) == shown
    assert SECRET not in without_credentials(url)


def test_no_credential_of_a_remote_is_shown(repo: Path) -> None:
    """Neither in the text nor in the detail."""
    git(repo, "remote", "add", "origin", f"https://ada:{SECRET}@example.org/b.git")
    git(repo, "remote", "set-url", "--add", "origin", f"https://{SECRET}@example.com/b.git")
    found = facts(repo)["remotes"]
    assert SECRET not in str(found.as_json())
    assert found.detail == {"origin": ["https://example.org/b.git", "https://example.com/b.git"]}


def test_a_repository_that_lacks_objects_still_has_its_remotes_named(repo: Path) -> None:
    """They are where the missing ones can be fetched from."""
    git(repo, "remote", "add", "origin", "https://example.org/x.git")
    blob = git(repo, "rev-parse", "HEAD:one.txt")
    (repo / ".git/objects" / blob[:2] / blob[2:]).unlink()
    found = {one.check: one for one in repository_facts(repo, now=0.0)}
    assert found["remotes"].text == "origin https://example.org/x.git"
    assert found["repository"].level is Level.PROBLEM


@pytest.mark.parametrize(
    "line",
    [
        b"# caf\xe9\n",
        b'[remote "x"]\n\tfetch = +refs/heads/*:refs/remotes/x/*\n',
        b'[remote "x"]\n\turl\n',
        b"[include]\n\tpath = gone\n",
        b'[remote "\xff"]\n\turl = \xff\n',
        b'[branch "main"]\n\tremote = gone\n\tmerge = refs/heads/main\n',
    ],
)
def test_no_configuration_that_git_takes_ends_in_a_trace(repo: Path, line: bytes) -> None:
    """What GitPython does not take is a plain line."""
    with (repo / ".git/config").open("ab") as config:
        config.write(line)
    assert all(one.level is not Level.PROBLEM for one in git_facts(find_repository(repo)))
