"""The demo's folder: its plan, its sample repository, where it may lie."""

import subprocess
import sys
from pathlib import Path

import pytest

from wf_tui.demo.folder import DemoFolder, choose_folder, plan_of, prepare, render_plan
from wf_tui.demo.person import HELPED
from wf_tui.errors import EnvironmentalError, UsageError
from wf_tui.plan.models import Plan, Task
from wf_tui.plan.read import parse_plan


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> DemoFolder:
    return choose_folder(tmp_path / "it's a demo")


@pytest.fixture(name="plan")
def _plan(folder: DemoFolder) -> Plan:
    report = parse_plan(render_plan(folder, 0), "yaml", "plan.yaml")
    assert not report.errors
    assert not report.warnings
    assert report.plan is not None
    return report.plan


def _task(plan: Plan, name: str) -> Task:
    return next(task for task in plan.tasks if task.id == name)


def test_the_plan_has_the_size_of_a_demo(plan: Plan) -> None:
    """It is valid without a warning, and small enough to follow."""
    assert 12 <= len(plan.tasks) <= 16
    assert 4 <= len(plan.phases) <= 5


def test_two_tasks_write_the_same_file_side_by_side(plan: Plan) -> None:
    """What makes the conflict: one phase, one file, and scopes that may race."""
    pair = [task for task in plan.tasks if task.file_scope == ("till/menu.py",)]
    assert plan.scopes == "race"
    assert len(pair) == 2
    assert all(task in plan.phases[1].tasks and plan.phases[1].parallel for task in pair)


def test_the_task_for_a_person_is_tried_once(plan: Plan) -> None:
    """It blocks at once, and the change log waits for its result."""
    assert _task(plan, HELPED).max_attempts == 1
    assert HELPED in _task(plan, "changelog").depends_on_results


def test_a_task_gets_results_of_tasks_that_only_read(plan: Plan) -> None:
    """The change log is written from what others found out."""
    needs = [_task(plan, name) for name in _task(plan, "changelog").depends_on_results]
    assert sum(not task.writes for task in needs) >= 2


def test_every_command_is_a_shell_program(plan: Plan) -> None:
    """The folder's odd name is quoted, and no mark of the template is left."""
    for task in plan.tasks:
        assert task.run is not None
        assert "@" not in task.run
        subprocess.run(["/bin/sh", "-n", "-c", task.run], check=True)


def test_agents_do_what_has_a_prompt(folder: DemoFolder, plan: Plan) -> None:
    """With agents a task has a prompt or a command, never both; without, commands alone."""
    with_agents = plan_of(folder, 0, by_agents=True)
    prompted = [task.id for task in with_agents.tasks if task.prompt]
    assert all(bool(task.prompt) != bool(task.run) for task in with_agents.tasks)
    assert {"tax", "menu-coupon", "changelog"} <= set(prompted)
    assert HELPED not in prompted
    assert [task.id for task in with_agents.tasks] == [task.id for task in plan.tasks]
    assert not any(task.prompt for task in plan.tasks)


def test_the_pace_is_a_sleep_in_each_task(folder: DemoFolder, plan: Plan) -> None:
    """Only somebody who watches waits."""
    slow = render_plan(folder, 0.5)
    assert slow.count("sleep 0.5\n") == len(plan.tasks)
    assert " sleep " not in render_plan(folder, 0)


def test_the_sample_is_a_project_with_green_tests(folder: DemoFolder) -> None:
    """10 to 20 files, committed, on a machine where git knows nobody."""
    prepare(folder, 0)
    git = ["git", "-C", str(folder.repository)]
    names = subprocess.run([*git, "ls-files"], check=True, capture_output=True, text=True).stdout
    status = subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True)
    assert 10 <= len(names.splitlines()) <= 20
    assert status.stdout == b""
    subprocess.run(
        [sys.executable, "-m", "unittest"], cwd=folder.repository, check=True, capture_output=True
    )


def test_the_sample_is_always_the_same_commit(tmp_path: Path) -> None:
    """Nothing of the machine and no clock is in it."""
    heads = []
    for name in ("one", "two"):
        folder = choose_folder(tmp_path / name)
        prepare(folder, 0)
        heads.append((folder.repository / ".git/refs/heads/main").read_text())
    assert heads[0] == heads[1]


def test_without_a_name_the_folder_is_a_fresh_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two demos never share one."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = choose_folder(None), choose_folder(None)
    assert first.root != second.root
    assert first.root.parent == second.root.parent == tmp_path.resolve()


@pytest.mark.parametrize("name", ["a file", "a folder"])
def test_what_is_there_is_left_alone(tmp_path: Path, name: str) -> None:
    """A folder with something in it, or a file, is refused."""
    place = tmp_path / name
    if name == "a file":
        place.write_text("mine")
    else:
        (place / "mine").mkdir(parents=True)
    with pytest.raises(UsageError, match="not empty"):
        choose_folder(place)


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    """It need not be new."""
    assert choose_folder(tmp_path).root == tmp_path.resolve()


@pytest.mark.parametrize("name", ["two\nlines", "a\x1b[31m", "\udcff"])
def test_a_name_that_no_plan_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    """The plan is text, and each command in it lines of text."""
    with pytest.raises(UsageError, match="cannot stand in a plan") as caught:
        choose_folder(tmp_path / name)
    assert caught.value.message.isprintable()


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_machine(tmp_path: Path) -> None:
    """Here a file is in the way."""
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentalError, match="cannot use"):
        choose_folder(tmp_path / "file" / "below")


def test_the_sample_is_made_without_the_users_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither their hooks and signatures nor a repository that their environment names."""
    hook = tmp_path / "template" / "hooks" / "pre-commit"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[init]\n\ttemplateDir = {tmp_path}/template\n\tdefaultBranch = other\n"
        f"[core]\n\thooksPath = {hook.parent}\n"
        "[commit]\n\tgpgSign = true\n[i18n]\n\tcommitEncoding = latin1\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    folder = choose_folder(tmp_path / "a $HOME of its own")
    prepare(folder, 0)
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "elsewhere").exists()
    assert not (folder.repository / ".git" / "hooks").exists()
    git = ["git", "--git-dir", str(folder.repository / ".git")]
    log = [*git, "log", "--format=%H %an %cn %e", "main"]
    commits = subprocess.run(log, check=True, capture_output=True, text=True).stdout.splitlines()
    # The names of commits tell all: the same content by the same people gives the same.
    assert commits == [
        "1f3ece6b28edc5b8a319a2d6dd8818dae952db20 Grace Grace ",
        "84ae19bcc4124e6408ce0cd438a439e0de7bcaf3 Ada Ada ",
    ]


def test_a_repository_that_cannot_be_made_is_a_fault_of_the_machine(folder: DemoFolder) -> None:
    """One line, no trace."""
    (folder.repository / ".git").parent.mkdir()
    (folder.repository / ".git").write_text("in the way")
    with pytest.raises(EnvironmentalError, match="the sample repository cannot be made"):
        prepare(folder, 0)
