"""What is not committed is counted as the user's git counts it, and nothing is run or written."""

import os
from pathlib import Path

import pytest

from tests.unit.git.conftest import User, canary
from wf_tui.git.repository import find_repository
from wf_tui.git.user.uncommitted import Uncommitted, count_uncommitted, uncommitted_text


def count(user: User, **environ: str) -> Uncommitted:
    """Count in the user's checkout; `environ` is what their environment has."""
    return count_uncommitted(find_repository(user.path), environ)


def test_changed_and_new_files_are_counted(user: User) -> None:
    """Edited, staged and deleted ones are changed; each file of a new folder is new."""
    for name in ("edited", "staged", "deleted", "same"):
        user.write(name, "one\n")
    user.git("add", "-A")
    user.git("commit", "-qm", "files")
    assert not count(user)
    user.write("edited", "two\n")
    user.write("staged", "two\n")
    user.git("add", "staged")
    (user.path / "deleted").unlink()
    os.utime(user.path / "same")
    user.write("folder/a", "new\n")
    user.write("folder/b", "new\n")
    assert count(user) == Uncommitted(changed=3, new=2)


def test_what_the_user_ignores_is_not_new(user: User, tmp_path: Path) -> None:
    """By the repository's files and by one of their own, at its usual place or another."""
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("*.own\n")
    user.write(".git/info/exclude", "*.info\n")
    for name in ("a.own", "b.info", "c.new"):
        user.write(name, "x\n")
    assert count(user, HOME=str(home)).new == 1
    (home / ".gitconfig").write_text("[core]\n\texcludesFile = ~/mine\n")
    (home / "mine").write_text("*.new\n")
    assert count(user, HOME=str(home)).new == 1


def test_nothing_is_run_or_written(user: User, tmp_path: Path) -> None:
    """No fsmonitor, hook or filter of the repository, and the index stays as it is."""
    user.write(".gitattributes", "* filter=evil\n")
    user.write("file", "one\n")
    user.git("add", "-A")
    user.git("commit", "-qm", "a filter")
    command, mark = canary(tmp_path)
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.process"):
        user.git("config", key, command)
    hook = user.path / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{command}\n")
    hook.chmod(0o755)
    user.write("file", "two\n")
    index = (user.path / ".git" / "index").read_bytes()
    assert count(user).changed == 1
    assert not mark.exists()
    assert (user.path / ".git" / "index").read_bytes() == index


def test_where_nothing_can_be_said_nothing_is(user: User, tmp_path: Path) -> None:
    """A bare repository has no checkout; a damaged index is no reason to fail here."""
    user.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    assert not count_uncommitted(find_repository(tmp_path / "bare.git"), {})
    user.write("new", "x\n")
    (user.path / ".git" / "index").write_bytes(b"junk")
    assert not count(user)


@pytest.mark.parametrize(
    ("changed", "new", "text"),
    [
        (1, 0, "1 changed file is not in the run"),
        (0, 2, "2 new files are not in the run"),
        (3, 2, "3 changed and 2 new files are not in the run"),
    ],
)
def test_what_a_person_is_told(changed: int, new: int, text: str) -> None:
    """Only what there is, and from where workers start; nothing where there is nothing."""
    wanted = f"{text}: workers start from HEAD abc123abc123"
    assert uncommitted_text(Uncommitted(changed, new), "abc123" * 6) == wanted
    assert not uncommitted_text(Uncommitted(), "abc123" * 6)
