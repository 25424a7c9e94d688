"""The value of a key reaches no branch, and no file that wf keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.run_harness import RunHarness
from wf_tui.config import Profile
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-0123456789-canary"


@pytest.fixture
def harness(tmp_path: Path) -> RunHarness:
    """Return a repository with commands that have a key."""
    profile = Profile.model_validate({"keys": {"K": "env:USERS_KEY"}})
    harness = RunHarness(tmp_path, profiles={"shell": profile})
    harness.environ["USERS_KEY"] = KEY
    return harness


def plan(command: str) -> str:
    """Return a plan with one writing task."""
    task = f"{{id: t, mode: read_write, max_attempts: 1, run: '{command}'}}"
    return f"goal: g\nphases:\n- name: p\n  tasks: [{task}]\n"


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ('echo "a $K b" > file', "file"),
        ('printf "x$K" | base64 > file', "file"),
        ('ln -s "$K" link', "link"),
        ('touch "the $K"', f"the {KEY}"),
    ],
)
def test_work_with_a_key_is_held_with_its_path(
    harness: RunHarness, command: str, path: str
) -> None:
    """In a content, an encoded one, a link's target, a new name; and nobody can accept it."""
    harness.play(plan(command))
    task = harness.task("t")
    assert (task.state, task.kind, task.detail["why"]) == (TaskState.BLOCKED, "scope", "secret")
    assert task.detail["paths"] == [path]


def test_a_key_that_was_there_before_holds_nothing(harness: RunHarness) -> None:
    """A person has put it there, and other work on that file is none of its business."""
    harness.write("shared.txt", f"one\n{KEY}\n")
    harness.git("commit", "-qam", "a key")
    assert harness.play(plan("echo three >> shared.txt")) == "completed"


def test_no_file_of_the_state_has_the_key(harness: RunHarness) -> None:
    """Whatever a command prints: log, exit file, result and events have its name instead."""
    assert harness.play(plan('env; echo "$K" | base64 >&2; echo "the result: $K"')) == "completed"
    assert "[redacted K]" in (harness.task("t").result or "")
    state = harness.folder / "state"
    holding = [path for path in state.rglob("*") if path.is_file() and KEY in read(path)]
    assert holding == []


def read(path: Path) -> str:
    """Return all that is in a file, as text."""
    return path.read_bytes().decode("latin-1")
