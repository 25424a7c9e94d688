"""The value of a key reaches no branch, and no file that wf keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.run_harness import RunHarness
from tests.support.scripted_runs import scripted, scripted_harness
from wf_tui.config import Profile
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries.reasons import Reasons
from wf_tui.project import open_ledger

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
        ('touch "the $K"', "the [redacted K]"),
        ('echo "*.bin filter=lfs" > .gitattributes; echo "a $K b" > a.bin', "a.bin"),
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
    told = [json.dumps(event.data) for event in harness.events()]
    assert [data for data in told if KEY in data] == []


def test_no_name_of_what_it_leaves_has_the_key(harness: RunHarness) -> None:
    """A branch, and a file that git ignores: the ledger is told of both without it."""
    harness.write(".gitignore", "*.tmp\n")
    harness.git("add", ".gitignore")
    harness.git("commit", "-qm", "ignore")
    branch = (
        'git checkout -qb "b-$K"; echo w > new; git add -A; git commit -qm w; git checkout -q -'
    )
    assert harness.play(plan(f'{branch}; touch "$K.tmp"; echo x > done')) == "completed"
    (left,) = harness.events("left_kept")
    assert left.data["name"] == "b-[redacted K]"
    assert [event.kind for event in harness.events() if KEY in json.dumps(event.data)] == []
    assert KEY not in harness.task("t").note


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


def test_an_agent_has_a_home_and_the_keys_of_its_own_maker(tmp_path: Path) -> None:
    """It sees no key of the other profile, also where the plan passes it on; none gets written.

    HOME and git's settings are its seat's, and what it prints and says has the names alone.
    """
    keys = {"one": {"ONE": "env:USERS_ONE"}, "two": {"TWO": "env:USERS_TWO"}}
    profiles = {name: {"seats": 1, "lane": name, "keys": keys[name]} for name in keys}
    harness = scripted_harness(tmp_path, profiles)
    harness.environ |= {"USERS_ONE": f"{KEY}-one", "USERS_TWO": f"{KEY}-two"}
    seen = tmp_path / "seen"
    other = tmp_path / "other"
    other.write_text(json.dumps({"ev": "message", "text": f"it is {KEY}-two"}) + "\n")
    steps = (f"tool env > {seen}", "tool env", f"tool cat {other}", "write file done")
    task = scripted("t", *steps, more="mode: read_write, worker: one")
    plan = f"goal: g\npass_env: [USERS_TWO]\nphases:\n- name: p\n  tasks: [{{{task}}}]\n"
    assert harness.play(plan) == "completed"
    environ = dict(line.split("=", 1) for line in seen.read_text().splitlines() if "=" in line)
    home = str(harness.paths.homes / "one-1")
    assert (environ["HOME"], environ["GIT_CONFIG_GLOBAL"]) == (home, f"{home}/.gitconfig")
    assert environ["ONE"] == f"{KEY}-one"
    assert not {"TWO", "USERS_ONE", "USERS_TWO"} & environ.keys()
    state = harness.folder / "state"
    written = [path for path in state.rglob("*") if path.is_file() and "homes" not in path.parts]
    assert [path for path in written if KEY in read(path)] == []


def test_a_scheduler_without_a_key_starts_nothing_of_it(tmp_path: Path) -> None:
    """Its tasks wait, none fails, and the reason names the variable."""
    profiles = {"one": {"seats": 1, "keys": {"ONE": "env:USERS_ONE"}}}
    harness = scripted_harness(tmp_path, profiles)
    harness.environ["USERS_ONE"] = KEY
    task = scripted("t", "write file done")
    harness.start(f"goal: g\nphases:\n- name: p\n  tasks: [{{{task}}}]\n")
    del harness.environ["USERS_ONE"]
    harness.lead()
    assert (harness.task("t").state, harness.task("t").tries) == (TaskState.PENDING, 0)
    assert "USERS_ONE is not in the environment of this scheduler" in why(harness)


def why(harness: RunHarness) -> str:
    """Return why the task waits."""
    with open_ledger(harness.project) as ledger:
        return Reasons.read(ledger.db, harness.row(), 0.0).of(harness.task("t")).text


def read(path: Path) -> str:
    """Return all that is in a file, as text."""
    return path.read_bytes().decode("latin-1")
