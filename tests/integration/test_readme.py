"""The README: what it shows is run, what it names exists."""

import dataclasses
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import click
import pytest

from tests.faults.mutants import MUTANTS
from tests.support.session_probe import SessionProbe
from wf_tui.cli.root import wf
from wf_tui.config import load_config
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Step, TaskState
from wf_tui.plan.models import Phase, Plan, Task
from wf_tui.plan.read import read_plan
from wf_tui.profiles.resolve import resolve_all
from wf_tui.profiles.usable import usable
from wf_tui.workers.environment import base_environment
from wf_tui.workers.line.grammar import Answer, LineEvent, Other
from wf_tui.workers.protocol import Job, Limits, Success
from wf_tui.workers.script import SHELL
from wf_tui.workers.shell import ShellWorker
from wf_tui.workers.shim.launcher import Launcher

_README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"  # exit status (\d+)$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file it is meant to be, its text."""

    language: str
    name: str
    text: str


_BLOCKS = [Block(*found) for found in _FENCE.findall(_README)]


@dataclass(frozen=True)
class Command:
    """A line after a prompt, and the exit status it is said to have."""

    line: str
    status: int


def _commands() -> list[Command]:
    lines = [
        line.removeprefix("$ ")
        for block in _BLOCKS
        if block.language == "console"
        for line in block.text.splitlines()
        if line.startswith("$ ")
    ]
    said = [(_STATUS.sub("", line), _STATUS.search(line)) for line in lines]
    return [Command(line, int(status[1]) if status else 0) for line, status in said]


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Path:
    """Make a repository with one file, and the README's files in it, as a reader would."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "README.md").write_text("A project.\n")
    for command in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "-m", "Start"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True)
    for block in _BLOCKS:
        if block.name:
            (root / block.name).write_text(block.text)
    return root


@pytest.fixture(name="environment")
def _environment(tmp_path: Path) -> dict[str, str]:
    """Make an environment in which `wf` is this one."""
    program = tmp_path / "bin" / "wf"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wf_tui "$@"\n')
    program.chmod(0o755)
    return {
        "PATH": os.pathsep.join([str(program.parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "WF_STATE_DIR": str(tmp_path / "state"),
    }


@pytest.mark.slow
@pytest.mark.timeout(400)  # a hundred programs, one after the other
def test_every_command_does_what_the_readme_says(
    repository: Path, environment: dict[str, str]
) -> None:
    """One after another, in one repository; each with the exit status that is written beside it."""
    for command in _commands():
        done = subprocess.run(
            ["/bin/sh", "-c", command.line],
            cwd=repository,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == command.status, (command.line, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr


def test_the_other_commands_are_the_two_that_start() -> None:
    """They install things: CI runs them as they stand, and the test of the demo what they start."""
    shell = [block.text for block in _BLOCKS if block.language == "sh"]
    assert shell == ["scripts/wf demo\nscripts/test\n"]
    assert {block.language for block in _BLOCKS} == {
        "sh", "console", "yaml", "toml", "json", "text",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("task", "answer", "what"),
    [
        ("in-sh", Answer("1", "yes"), "deployed"),
        ("in-sh", Answer("1"), "not deployed"),
        ("in-python", Answer("1", text="alpha"), "deployed to alpha"),
        ("in-python", Answer("1"), "it says that it failed: nobody said where to"),
    ],
)
async def test_the_commands_that_say_more(
    task: str, answer: Answer, what: str, tmp_path: Path
) -> None:
    """Both examples of a line work as they stand: told, asked, answered, and judged by it."""
    (text,) = [block.text for block in _BLOCKS if block.name == "speak.yaml"]
    (tmp_path / "speak.yaml").write_text(text)
    plan = read_plan(tmp_path / "speak.yaml").plan
    assert plan is not None
    asked = {one.id: one for one in plan.phases[0].tasks}[task]
    job = Job(
        run="r",
        task=task,
        epoch=1,
        worker="shell-1",
        tree=tmp_path,
        folder=tmp_path,
        command=asked.run,
        prompt="",
        environment=base_environment(os.environ),
        limits=Limits(),
        mark=str(tmp_path),
        shell=asked.shell or SHELL,
    )
    session = SessionProbe()
    session.answers.put_nowait(answer)
    async with Launcher() as launcher:
        outcome = await ShellWorker(launcher).run(job, session)
    assert what == (outcome.result if isinstance(outcome, Success) else outcome.text)
    assert not any(isinstance(event, Other) for event in session.said)


def test_every_event_of_a_line_is_in_the_table() -> None:
    """The table of events is the grammar, but for what only wf's own drivers say."""
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", _README, re.MULTILINE))
    events = {event.ev: event for event in get_args(LineEvent)}
    assert set(events) - set(rows) == {"heard"}
    for name in ("message", "tool_end", "usage", "result", "question"):
        fields = {field.name for field in dataclasses.fields(events[name])}
        assert fields - {"role", "kind"} <= set(re.findall(r"`(\w+)`", rows[name]))


def test_the_settings_are_read(tmp_path: Path) -> None:
    """The example of a configuration is one."""
    (text,) = [block.text for block in _BLOCKS if block.name == "config.toml"]
    path = tmp_path / "config.toml"
    path.write_text(text)
    assert load_config({"WF_CONFIG": str(path)}).profiles["tests"].seats == 1


def test_the_profiles_of_agents_are_read(tmp_path: Path) -> None:
    """Each works as it stands: its preset fits, and nothing but program and key can be missing."""
    (text,) = [block.text for block in _BLOCKS if block.name == "agents.toml"]
    path = tmp_path / "config.toml"
    path.write_text(text)
    profiles = resolve_all(load_config({"WF_CONFIG": str(path)}))
    agents = {"codex", "claude", "kimi", "gemini", "opencode", "qwen", "pi", "glm"}
    assert agents | {"careful", "mine", "shell"} == set(profiles)
    for profile in profiles.values():
        kinds = {reason.kind for reason in usable(profile, {"PATH": "", "HOME": str(tmp_path)})}
        assert kinds <= {"program", "key", "login"}


def test_the_profiles_of_models_are_read(tmp_path: Path) -> None:
    """They work as they stand with a key; and the table has what the presets say."""
    (text,) = [block.text for block in _BLOCKS if block.name == "models.toml"]
    path = tmp_path / "config.toml"
    path.write_text(text)
    profiles = resolve_all(load_config({"WF_CONFIG": str(path)}))
    assert {name for name, one in profiles.items() if one.kind == "model"} == {
        *("cheap", "strong", "local"),
    }
    assert not usable(profiles["local"], {})
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+_API_KEY)` \| (\S+) \|$", _README, re.MULTILINE)
    made = {}
    for name, _, _ in rows:
        path.write_text(f'[profiles.p]\npreset = "{name}"\n')
        profile = resolve_all(load_config({"WF_CONFIG": str(path)}))["p"]
        made[name] = (profile.keys[0].place, profile.model)
    assert made == {name: (key, model) for name, key, model in rows}
    assert len(rows) == 5


def test_every_command_that_exists_is_in_the_table_and_no_other() -> None:
    """The table of commands is that of `wf --help`."""
    rows = re.findall(r"^\| (`wf .*?) \|", _README, re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"`wf (\w+)", row)}
    assert named == set(wf.list_commands(click.Context(wf)))


def test_every_option_in_the_table_exists() -> None:
    """An option that is named is one of the command of its row."""
    for name, rest in re.findall(r"^\| `wf ([a-z ]+).*?\|(.*)\|$", _README, re.MULTILINE):
        context = click.Context(wf)
        command: click.Command = wf
        for word in name.split():
            assert isinstance(command, click.Group)
            found = command.get_command(context, word)
            assert found is not None
            command = found
        known = {option for param in command.params for option in param.opts}
        assert set(re.findall(r"`(--[a-z-]+)`", rest)) <= known, name


def test_every_key_of_a_plan_exists() -> None:
    """A word in the tables of keys is a field of that part of a plan."""
    for title, part in (("the plan", Plan), ("a phase", Phase), ("a task", Task)):
        table = _README.partition(f"| of {title} |")[2]
        rows = table.partition("\n\n")[0].splitlines()[2:]
        keys = {key for row in rows for key in re.findall(r"`(\w+)`", row.split("|")[1])}
        assert keys
        assert keys <= {field.alias or name for name, field in part.model_fields.items()}


def test_every_word_of_the_states_is_one_of_the_ledger() -> None:
    """The states, the steps, and the kinds of blocked and done tasks."""
    states = _README.partition("## The four states")[2].partition("\n## ")[0]
    assert re.findall(r"^\*\*(\w+)\*\*", states, re.MULTILINE) == [
        TaskState.PENDING, TaskState.IN_PROGRESS, TaskState.BLOCKED, TaskState.DONE,
    ]  # fmt: skip
    blocked = states.partition("**blocked**")[2].partition("**done**")[0]
    kinds = set(re.findall(r"^\| `(\w+)` \|", blocked, re.MULTILINE))
    assert kinds <= {kind.value for kind in BlockedKind}
    assert all(f"`{word}`" in states for word in (*Step, *DoneKind))


def test_every_picture_is_there() -> None:
    """The README shows all screenshots, and no other."""
    shown = re.findall(r"\]\(screenshots/([\w-]+\.svg)\)", _README)
    there = (Path(__file__).parents[2] / "screenshots").glob("*.svg")
    assert sorted(shown) == sorted(path.name for path in there)


def test_every_promise_can_break() -> None:
    """The tests that it names go red without a mechanism of that promise."""
    rows = dict(re.findall(r"^\| (G\d+) \|.*\|(.*)\|$", _README, re.MULTILINE))
    promises = {mutant.promise for mutant in MUTANTS if mutant.promise.startswith("G")}
    assert rows.keys() == promises
    for promise, tests in rows.items():
        named = set(re.findall(r"`(\S+)`", tests))
        assert named
        assert named <= {mutant.test for mutant in MUTANTS if mutant.promise == promise}
