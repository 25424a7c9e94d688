"""The runner finds git once, obeys no environment and says what failed."""

import os
from pathlib import Path

import pytest

from wf_tui.errors import EnvironmentalError, GitDeadlineError, GitError
from wf_tui.git.runner import find_git, git, git_limit, parse_version, require_version


def _fake_git(folder: Path, script: str) -> None:
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_git_is_found_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first git on the caller's PATH is run, by its absolute path."""
    _fake_git(tmp_path, "echo git version 9.9.9")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin")
    assert find_git() == str(tmp_path / "git")
    assert require_version() == (9, 9, 9)


def test_missing_git_is_an_environmental_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without git there is one line and a hint."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentalError, match="no git on PATH") as caught:
        require_version()
    assert "install git 2.38" in caught.value.hint


def test_relative_path_entries_are_not_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program called git in the folder one stands in is not run."""
    _fake_git(tmp_path, "echo hostile")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".::")
    with pytest.raises(EnvironmentalError):
        find_git()


def test_old_git_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git before 2.38 is named with its version and place."""
    _fake_git(tmp_path, "echo git version 2.30.1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentalError, match="too old"):
        require_version()


def test_git_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a limit it is told to end, so that it removes its locks, with all it has started."""
    ended = tmp_path / "ended"
    _fake_git(tmp_path, f"trap 'touch {ended}; exit 1' TERM; sleep 60 & wait")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with git_limit(0.2), pytest.raises(GitDeadlineError, match="git gc took longer"):
        git("gc")
    assert ended.exists()


def test_git_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git that ignores the polite word is killed, and outside a limit none is."""
    _fake_git(tmp_path, "trap '' TERM; test $1 = fast || sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with git_limit(0.1), pytest.raises(GitDeadlineError):
        git("slow")
    assert git("fast").status == 0


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("git version 2.39.5", (2, 39, 5)),
        ("git version 2.39.5 (Apple Git-154)", (2, 39, 5)),
        ("git version 2.46.0.rc1.windows.1", (2, 46, 0)),
        ("nonsense", ()),
    ],
)
def test_versions_are_read(line: str, version: tuple[int, ...]) -> None:
    """What vendors append to the version does not matter."""
    assert parse_version(line) == version


def test_the_callers_environment_is_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No GIT_ variable of the caller, and no secret, reaches git."""
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    done = git("-c", "alias.show-env=!env", "show-env")
    assert b"hush" not in done.stdout
    assert b"/nowhere" not in done.stdout


def test_a_failure_carries_status_and_reason() -> None:
    """A failed command is a `GitError` with exit status and what git said."""
    with pytest.raises(GitError, match="not a git repository") as caught:
        git("rev-parse", "HEAD", git_dir=Path("/nonexistent"))
    assert caught.value.status == 128
    assert "not a git repository" in caught.value.stderr


def test_a_folder_that_is_gone_is_a_git_error(tmp_path: Path) -> None:
    """Git cannot start where there is no folder; that is an error of wf's own kind."""
    with pytest.raises(GitError, match="cannot start"):
        git("version", cwd=tmp_path / "gone")


def test_git_runs_in_its_own_process_group() -> None:
    """An interrupt from the terminal reaches wf, not the git it has started."""
    words = ("-c", "alias.group=!ps -o pgid= -p $$", "group")
    assert int(git(*words).stdout) != os.getpgrp()
