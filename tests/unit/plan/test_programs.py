"""What runs for a task, and what it is given: its gate, its shell, files and variables."""

import json

import pytest

from tests.support.plan_reports import report, the_task, with_task
from wf_tui.plan.read import parse_plan


def test_a_writing_task_has_the_gate_of_the_plan() -> None:
    """A gate of its own comes first, a blank one is none, and readers have none."""
    tasks = [
        {"id": "w", "prompt": "p", "mode": "read_write"},
        {"id": "own", "prompt": "p", "mode": "read_write", "gate": "ruff"},
        {"id": "none", "prompt": "p", "mode": "read_write", "gate": " "},
        {"id": "r", "prompt": "p"},
    ]
    plan = report({"goal": "g", "gate": "pytest", "phases": [{"name": "a", "tasks": tasks}]}).plan
    assert plan is not None
    assert [task.gate for task in plan.tasks] == ["pytest", "ruff", None, None]


def test_where_the_gate_has_to_pass() -> None:
    """`gate_on` of a task comes before that of the defaults, and this before the plan's."""
    tasks = [{"id": "a", "prompt": "p", "gate_on": "merge"}, {"id": "b", "prompt": "p"}]
    phases = [{"name": "a", "tasks": tasks}]
    for above in ({"gate_on": "attempt"}, {"defaults": {"gate_on": "attempt"}}):
        plan = report({"goal": "g", "phases": phases, **above}).plan
        assert plan is not None
        assert [task.gate_on for task in plan.tasks] == ["merge", "attempt"]


def test_a_wrong_word_for_the_gate_is_named_once() -> None:
    """A fault of the plan's own key is none of each task."""
    phases = [{"name": "a", "tasks": [{"id": "a", "prompt": "p"}, {"id": "b", "prompt": "p"}]}]
    found = report({"goal": "g", "gate_on": "always", "phases": phases})
    assert [(problem.path, problem.message) for problem in found.errors] == [
        ("gate_on", '`gate_on` must be attempt or merge, not the text "always"')
    ]


def test_a_shell_task_needs_no_prompt() -> None:
    """`run`, its own or inherited, says what is to be done; a blank prompt stays a fault."""
    phases = [{"name": "a", "tasks": [{"id": "t", "run": "make", "mode": "read_only"}]}]
    assert the_task(report({"goal": "g", "phases": phases})).prompt == ""
    phases = [{"name": "a", "tasks": [{"id": "t"}]}]
    assert (
        the_task(report({"goal": "g", "defaults": {"run": "make"}, "phases": phases})).run == "make"
    )
    assert with_task(run="make", prompt="").errors[0].code == "empty_field"


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/etc/passwd", "is absolute"),
        ("a/../../b", "holds `..`"),
        ("./", "means the whole checkout"),
        ("sub/.git/config", "lies in `.git`"),
        ("*.env", "is a pattern; each path has to be named"),
    ],
)
def test_files_that_are_no_files_of_the_checkout(path: str, fault: str) -> None:
    """What is linked or copied into worktrees is named path by path, inside the checkout."""
    found = parse_plan(
        json.dumps({"goal": "g", "phases": [], "copy": [".env", path]}), "json", "p.json"
    )
    assert found.errors[0].message == f"each item of `copy` {fault}"
    assert found.errors[0].path == "copy[1]"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("src", "must be true, false or a list of folders"),
        ([1], "must be true, false or a list of folders"),
        (["../x"], "holds `..`"),
        (["src/*"], "is a pattern; each path has to be named"),
    ],
)
def test_what_is_no_part_of_the_files(written: object, fault: str) -> None:
    """The folders that worktrees have are named one by one, and lie in the checkout."""
    plan = json.dumps({"goal": "g", "phases": [], "sparse": written})
    error = parse_plan(plan, "json", "p.json").errors[0]
    assert (error.path, error.message) == ("sparse", f"`sparse` {fault}")


@pytest.mark.parametrize(
    ("written", "argv"),
    [
        ("sh", ("sh", "-e", "-c")),
        ("bash", ("bash", "-eo", "pipefail", "-c")),
        ("/bin/bash", ("/bin/bash", "-eo", "pipefail", "-c")),
        (["python3", "-c"], ("python3", "-c")),
    ],
)
def test_a_shell_that_is_named_stops_at_failures(written: object, argv: tuple[str, ...]) -> None:
    """A name gets the options with which a script ends at its first failure; a list is as it is."""
    plan = with_task(shell=written).plan
    assert plan is not None
    assert plan.tasks[0].shell == argv


@pytest.mark.parametrize("written", ["fish", "bash -l", "", [], [""], 1])
def test_what_is_no_shell_is_refused(written: object) -> None:
    """A word that is none of the shells, and a list without a program, are errors."""
    (error,) = with_task(shell=written).errors
    assert error.path.startswith("phases[0].tasks[0].shell")


def test_numbers_and_yes_or_no_are_text_in_variables() -> None:
    """A whole number and a yes or no are taken as written; a fraction may have lost its zero."""
    plan = with_task(env={"A": 1, "B": True, "C": "x"}).plan
    assert plan is not None
    assert plan.tasks[0].env == {"A": "1", "B": "true", "C": "x"}
    (error,) = with_task(env={"A": 3.1}).errors
    assert error.hint == "put it in quotes"


def test_variables_of_the_defaults_stay_with_them() -> None:
    """A profile comes between defaults and task, so neither is written into the other."""
    text = {
        "goal": "g",
        "defaults": {"env": {"A": "1"}, "pass_env": ["B"], "shell": "bash", "stall_after": 5},
        "phases": [{"name": "p", "tasks": [{"id": "t", "run": "true", "env": {"C": "2"}}]}],
    }
    plan = parse_plan(json.dumps(text), "json", "plan.json").plan
    assert plan is not None
    task = plan.tasks[0]
    assert (task.env, task.pass_env, task.stall_after) == ({"C": "2"}, (), 5)
    assert task.shell == ("bash", "-eo", "pipefail", "-c")
