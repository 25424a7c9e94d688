"""A run whose work is to come into a branch of its user, and its landing."""

import os
from pathlib import Path

import pytest

from tests.unit.git.conftest import (
    Run,
    User,
    commit_files,
    merge,
    picture,
)
from wf_tui.errors import RefusedError
from wf_tui.git.repository import find_repository
from wf_tui.git.user.combined import Combined, combine
from wf_tui.git.user.export import Exported, export
from wf_tui.git.user.land import Landing, LandingKind, land, plan_landing
from wf_tui.git.user.target import Target, branch_commit, find_target

BRANCH = "wf/run-1"


def environ_of(user: User) -> dict[str, str]:
    """Return the variables that the git of a user gets."""
    return {"HOME": str(user.home), "PATH": os.environ["PATH"]}


def combined_for(run: Run, *, write: bool = True) -> Combined:
    """Return the repositories of a run and its user together, after an export if that may write."""
    repository = find_repository(run.user.path)
    if write:
        done = export(repository, run.control, BRANCH, expected=None)
        assert isinstance(done, Exported), done
    return combine(run.control, repository.common_dir, write=write)


def look_at(
    run: Run, branch: str, *, write: bool = True, start: Path | None = None
) -> tuple[Combined, Target, Landing]:
    """Return what a landing would bring, and where to."""
    combined = combined_for(run, write=write)
    common_dir = find_repository(run.user.path).common_dir
    coming = plan_landing(combined, branch_commit(common_dir, branch), run.control.head())
    target = find_target(common_dir, branch, environ_of(run.user), combined.user_env, start)
    return combined, target, coming


def land_run(run: Run, branch: str = "main") -> str:
    """Land a run in a branch of its user; return the commit there."""
    combined, target, coming = look_at(run, branch)
    target.check(coming.tree, coming.entries, merges=coming.kind is LandingKind.MERGE)
    return land(combined, target, coming, "Merge the run")


def refusal_of(run: Run, branch: str = "main") -> str:
    """Return why a landing is refused; it may change nothing in the checkout."""
    combined_for(run)
    before = picture(run.user.path)
    with pytest.raises(RefusedError) as raised:
        land_run(run, branch)
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
