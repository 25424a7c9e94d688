"""Keys that no plan has: errors with the right word, unless another tool's or the user's own."""

import json

import pytest

from wf_tui.plan.foreign.words import ALIASES, UNUSED
from wf_tui.plan.models import Defaults, Task
from wf_tui.plan.read import parse_plan
from wf_tui.plan.report import Report

TASK = {"id": "t", "prompt": "p"}


def report(
    plan: dict[str, object] | None = None,
    phase: dict[str, object] | None = None,
    task: dict[str, object] | None = None,
    *,
    lenient: bool = False,
) -> Report:
    """Return what a plan comes to that is good but for these keys."""
    phases = [{"name": "a", "tasks": [{**TASK, **(task or {})}], **(phase or {})}]
    text = json.dumps({"goal": "g", "phases": phases, **(plan or {})})
    return parse_plan(text, "json", "plan.json", lenient=lenient)


@pytest.mark.parametrize(
    ("plan", "path", "key", "hint"),
    [
        ({"gaol": 1}, "gaol", "gaol", '"goal"'),
        ({"qqq": 1}, "qqq", "qqq", "the keys are: goal, description"),
        ({"nodes": []}, "nodes", "nodes", ""),
        ({"depends_on": []}, "depends_on", "depends_on", "a key of a phase"),
        ({"mode": "read_write"}, "mode", "mode", "a key of `defaults`"),
        ({"defaults": {"id": "x"}}, "defaults.id", "id", "each task has its own"),
        ({"defaults": {"budget": {"x": 1}}}, "defaults.budget.x", "x", "max_tokens"),
        ({"budget": {"max_steps": 1}}, "budget.max_steps", "max_steps", "a key of a task"),
        ({"budget": {"usd": 1}}, "budget.usd", "usd", "max_cost_usd"),
        ({"a b": 1}, '["a b"]', "a b", ""),
        ({"timeout": 5}, "timeout", "timeout", "`timeout_secs` is its limit"),
        ({"maxConcurrent": 5}, "maxConcurrent", "maxConcurrent", 'write "max_concurrent"'),
    ],
)
def test_an_unknown_key_is_an_error(
    plan: dict[str, object], path: str, key: str, hint: str
) -> None:
    """It is named with its place and the nearest right word; leniently it is a warning."""
    (error,) = report(plan).errors
    assert (error.code, error.path, error.line) == ("unknown_key", path, 1)
    assert dict(error.detail) == {"key": key}
    assert hint in error.hint
    found = report(plan, lenient=True)
    assert (found.valid, found.warnings) == (True, (error,))


def test_unknown_keys_are_found_at_every_level() -> None:
    """A phase in a phase is no more than an unknown key."""
    found = report(phase={"phases": []}, task={"budget": {"y": 1}, "z": 2})
    assert [error.path for error in found.errors] == [
        "phases[0].phases",
        "phases[0].tasks[0].z",
        "phases[0].tasks[0].budget.y",
    ]


@pytest.mark.parametrize(
    ("key", "right"),
    [
        ("requires", "depends_on_results"),
        ("blocked-by", "depends_on_results"),
        ("if", "no conditions"),
        ("when", "no conditions"),
        ("timeout", "timeout_secs"),
        ("timeout-minutes", "timeout_secs"),
        ("retries", "max_attempts"),
        ("continue-on-error", "skip_continue"),
        ("continueOnError", "skip_continue"),
        ("allow_failure", "skip_continue"),
        ("working-directory", "cd DIRECTORY"),
        ("steps", "no parts"),
        ("matrix", "no matrix"),
        ("command", "`run`"),
        ("cmds", "`run`"),
        ("files", "file_scope"),
        ("scopes", "file_scope"),
        ("verify", "`gate`"),
        ("artifacts", "deliverables"),
        ("model", "`worker`"),
        ("runs-on", "this machine"),
        ("parallel", "a key of a phase"),
        ("on_failure", "a key of a phase"),
        ("max_tokens", "a key of a budget"),
        ("setup", "a key of the plan"),
        ("date", "leave it out"),
        ("args", "`run`"),
        ("time", "timeout_secs"),
        ("zzz", "the keys are"),
        ("xx", "the keys are"),
        ("rnu", '"run"'),
        ("fileScope", 'write "file_scope"'),
        ("max_attemps", '"max_attempts"'),
    ],
)
def test_the_words_of_other_tools_are_translated_on_a_task(key: str, right: str) -> None:
    """By what they mean, also where another key is spelled more like them; in defaults, too."""
    (error,) = report(task={key: 1}).errors
    assert error.code == "unknown_key"
    assert right in error.hint
    (again,) = report({"defaults": {key: 1}}).errors
    assert again.path.startswith("defaults")
    assert right in again.hint


@pytest.mark.parametrize(
    ("where", "key", "right"),
    [
        ("phase", "needs", "`depends_on`"),
        ("phase", "dependsOn", "depends_on"),
        ("phase", "steps", "`tasks`"),
        ("phase", "jobs", "`tasks`"),
        ("phase", "continue-on-error", "skip_continue"),
        ("phase", "fail-fast", "abort"),
        ("phase", "max_parallel", "`wip`"),
        ("phase", "strategy", "no matrix"),
        ("phase", "cwd", "cd DIRECTORY"),
        ("phase", "mode", "a key of `defaults`"),
        ("plan", "stages", "`phases`"),
        ("plan", "jobs", "`phases`"),
        ("plan", "nodes", "either `phases` or `nodes`"),
        ("plan", "steps", "`phases`"),
        ("plan", "on", "wf run"),
        ("plan", "version", "leave it out"),
        ("plan", "max_parallel", "`max_concurrent`"),
        ("plan", "tasks", "a key of a phase"),
        ("plan", "retries", "`defaults`"),
    ],
)
def test_and_on_a_phase_and_the_plan(where: str, key: str, right: str) -> None:
    """The same word may mean another key there."""
    (error,) = report(**{where: {key: 1}}).errors  # type: ignore[arg-type]
    assert right in error.hint


@pytest.mark.parametrize("word", ["needs", "depends_on", "dependsOn"])
def test_what_a_task_needs_is_read_under_its_usual_names(word: str) -> None:
    """With a warning that says the right one; places are where the text has it."""
    phases = [
        {"name": "a", "tasks": [TASK]},
        {"name": "b", "tasks": [{**TASK, "id": "u", word: ["t"]}]},
    ]
    found = parse_plan(json.dumps({"goal": "g", "phases": phases}), "json", "p.json")
    assert found.plan is not None
    assert found.plan.tasks[1].depends_on_results == ("t",)
    (warning,) = found.warnings
    assert (warning.code, warning.path) == ("unknown_key", f"phases[1].tasks[0].{word}")
    assert warning.hint == 'write "depends_on_results"'
    (error,) = report(task={word: "t"}).errors
    assert (error.path, error.hint) == (f"phases[0].tasks[0].{word}", 'write ["t"]')
    (error,) = report(task={word: ["x"]}).errors
    assert (error.path, error.code) == (
        f"phases[0].tasks[0].{word}[0]",
        "invalid_task_result_dependency",
    )


def test_two_names_for_one_key_are_an_error() -> None:
    """Nobody can say which of them is meant."""
    (error,) = report(task={"needs": [], "depends_on_results": []}).errors
    assert (error.code, error.path) == ("duplicate_key", "phases[0].tasks[0].needs")
    assert [it.code for it in report(task={key: [] for key in ALIASES}).errors] == [
        "duplicate_key",
        "duplicate_key",
    ]


@pytest.mark.parametrize(("where", "key"), [(kind, key) for kind in UNUSED for key in UNUSED[kind]])
def test_keys_of_codewhale_are_only_not_used(where: str, key: str) -> None:
    """Plans that were made for it can be run."""
    found = report(**{where: {key: "x"}})  # type: ignore[arg-type]
    assert found.valid
    assert [(it.code, dict(it.detail)) for it in found.warnings] == [("unused_key", {"key": key})]


@pytest.mark.parametrize("where", ["plan", "phase", "task"])
def test_keys_of_ones_own_begin_with_x(where: str) -> None:
    """They are named, and left alone."""
    found = report(**{where: {"x-owner": "me"}})  # type: ignore[arg-type]
    assert (found.valid, [it.code for it in found.warnings]) == (True, ["unknown_key"])


def test_a_new_key_of_a_task_is_one_of_the_defaults() -> None:
    """So that it is added in one place; only the id belongs to one task alone."""
    assert set(Task.model_fields) - set(Defaults.model_fields) == {"id"}
