"""What is notable about a repository is named, and nothing that it names is run."""

import os
from pathlib import Path

import pytest

from tests.unit.git.conftest import User, canary, picture
from wf_tui.errors import RepositoryError
from wf_tui.git.repository import find_repository
from wf_tui.git.user.facts import hooks, locks, program_keys, worktree_warnings


def test_keys_that_name_programs_are_found(user: User, tmp_path: Path) -> None:
    """Each by its name, in the case git has it; those that only switch are none."""
    program, mark = canary(tmp_path)
    bad = (
        *("core.fsmonitor", "core.hookspath", "core.sshcommand", "filter.a.b.smudge"),
        *("diff.external", "diff.x.textconv", "merge.x.driver", "credential.helper"),
        *("credential.https://h.helper", "gpg.program", "gpg.ssh.program", "remote.o.uploadpack"),
        "sequence.editor",
    )
    for key in bad:
        user.git("config", key, program)
    user.git("config", "alias.run", f"!{program}")
    for key, value in (("alias.st", "status"), ("user.name", "n"), ("core.autocrlf", "true")):
        user.git("config", key, value)
    user.write(".git/more", "[core]\n\tpager = x\n")
    user.git("config", "include.path", "more")
    wanted = {*bad, "alias.run", "include.path", "core.pager"}
    assert set(program_keys(user.path / ".git")) == wanted
    user.git("config", "core.fsmonitor", "true")
    assert "core.fsmonitor" not in program_keys(user.path / ".git")
    worktree_warnings(find_repository(user.path))
    assert not mark.exists()


def test_keys_of_one_worktree_count(user: User) -> None:
    """A file of its own can hold them."""
    user.git("config", "extensions.worktreeConfig", "true")
    user.git("config", "--worktree", "diff.external", "x")
    assert program_keys(user.path / ".git") == ("diff.external",)


def test_hooks_that_git_would_run_are_found(user: User) -> None:
    """Samples and files without the right to run are none."""
    for name in ("pre-commit", "post-merge", "update.sample"):
        user.write(f".git/hooks/{name}", "#!/bin/sh\n").chmod(0o755)
    user.write(".git/hooks/pre-push", "")
    found = hooks(user.path / ".git")
    assert {"pre-commit", "post-merge"} <= set(found)
    assert not {"pre-push", "update.sample"} & set(found)


def test_locks_are_found_with_their_age_and_left(user: User) -> None:
    """In the repository, below its refs, and of its worktrees."""
    names = ("index.lock", "packed-refs.lock", "refs/heads/x.lock", "worktrees/w/HEAD.lock")
    for name in names:
        os.utime(user.write(f".git/{name}", ""), (1000, 1000))
    found = locks(user.path / ".git", 1060.0)
    assert {(str(one.path.relative_to(user.path / ".git")), one.age) for one in found} == {
        (name, 60.0) for name in names
    }
    assert all(one.path.exists() for one in found)


def test_what_differs_in_a_tree_is_told(user: User) -> None:
    """LFS and other filters by name; the repository stays as it is."""
    user.write(".gitattributes", "*.bin filter=lfs\n")
    user.commit()
    before = picture(user.path)
    assert worktree_warnings(find_repository(user.path)) == (
        (
            "Git LFS files are pointers in worktrees where your repository has not their "
            "content: git lfs fetch gets it"
        ),
    )
    assert picture(user.path) == before


def test_missing_objects_are_told(user: User) -> None:
    """A run could not start from there."""
    blob = user.git("rev-parse", "HEAD:README.md")
    (user.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(RepositoryError, match="1 object of"):
        worktree_warnings(find_repository(user.path))
