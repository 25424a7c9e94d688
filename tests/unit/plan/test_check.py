"""The rules of a plan: every code, its detail, its place, and the order of all of them."""

import json
import time
from typing import Any

import pytest

from wf_tui.plan.read import parse_plan
from wf_tui.plan.report import Problem, Report


def task(name: str, **fields: object) -> dict[str, object]:
    """Return a task with what is required."""
    return {"id": name, "prompt": "do it", **fields}


def writer(name: str, *scopes: str, **fields: object) -> dict[str, object]:
    """Return a writing task of the shared workspace."""
    wanted = {"mode": "read_write", "isolation": "shared", "file_scope": list(scopes)}
    return task(name, **{**wanted, **fields})


def phase(name: str, *tasks: object, **fields: object) -> dict[str, object]:
    """Return a phase; with one task where none is given."""
    return {"name": name, "tasks": list(tasks) or [task(f"{name}-1")], **fields}


def report(*phases: object, **fields: object) -> Report:
    """Return what checking a plan of these phases comes to."""
    plan = {"goal": "ship", "phases": list(phases), **fields}
    return parse_plan(json.dumps(plan, indent=1), "json", "plan.json")


def only(found: Report) -> Problem:
    """Return the one error of a report."""
    assert [error.code for error in found.errors] == [found.errors[0].code]
    return found.errors[0]


def test_a_good_plan_has_no_errors() -> None:
    """The plan is there, with its values."""
    found = report(phase("a"), phase("b", depends_on=["a"]))
    assert found.valid
    assert found.plan is not None
    assert [it.name for it in found.plan.phases] == ["a", "b"]


@pytest.mark.parametrize(
    ("plan", "code", "detail", "path"),
    [
        (report(phase("a"), goal=" \t"), "empty_field", {"field": "workflow goal"}, "goal"),
        (report(phase(" ")), "empty_field", {"field": "phase name"}, "phases[0].name"),
        (
            report(phase("a", task(""))),
            "empty_field",
            {"field": "task id"},
            "phases[0].tasks[0].id",
        ),
        (
            report(phase("a", task("t", prompt="\n"))),
            "empty_field",
            {"field": "task prompt"},
            "phases[0].tasks[0].prompt",
        ),
        (
            report(phase("a", task("t", run=" "))),
            "empty_field",
            {"field": "task run"},
            "phases[0].tasks[0].run",
        ),
        (
            report(phase("a"), max_concurrent=0),
            "invalid_max_concurrent",
            {"value": 0},
            "max_concurrent",
        ),
        (
            report(phase("a"), max_concurrent=21),
            "invalid_max_concurrent",
            {"value": 21},
            "max_concurrent",
        ),
        (report(), "empty_workflow", {}, "phases"),
        (report({"name": "a"}), "empty_phase", {"phase": "a"}, "phases[0].tasks"),
        (
            report(phase("a"), phase("a", task("u"))),
            "duplicate_phase",
            {"phase": "a"},
            "phases[1].name",
        ),
        (
            report(phase("a", task("t")), phase("b", task("t"))),
            "duplicate_task",
            {"task": "t"},
            "phases[1].tasks[0].id",
        ),
        (
            report(phase("a", depends_on=["a"])),
            "invalid_phase_dependency",
            {"phase": "a", "dependency": "a"},
            "phases[0].depends_on[0]",
        ),
        (
            report(phase("build"), phase("b", depends_on=["build", "biuld"])),
            "invalid_phase_dependency",
            {"phase": "b", "dependency": "biuld"},
            "phases[1].depends_on[1]",
        ),
        (
            report(phase("a", depends_on=["b"]), phase("b", depends_on=["a"])),
            "phase_dependency_cycle",
            {"phase": "a"},
            "phases[0].depends_on",
        ),
        (
            report(phase("a", task("t", depends_on_results=["u"]))),
            "invalid_task_result_dependency",
            {"task": "t", "dependency": "u"},
            "phases[0].tasks[0].depends_on_results[0]",
        ),
        (
            report(phase("a", task("t"), task("u", depends_on_results=["t"]))),
            "unavailable_task_result_dependency",
            {"task": "u", "dependency": "t", "dependency_phase": "a", "task_phase": "a"},
            "phases[0].tasks[1].depends_on_results[0]",
        ),
        (
            report(phase("a", task("t", depends_on_results=["t"]))),
            "unavailable_task_result_dependency",
            {"task": "t", "dependency": "t", "dependency_phase": "a", "task_phase": "a"},
            "phases[0].tasks[0].depends_on_results[0]",
        ),
        (
            report(phase("a", task("t", depends_on_results=["u"])), phase("b", task("u"))),
            "unavailable_task_result_dependency",
            {"task": "t", "dependency": "u", "dependency_phase": "b", "task_phase": "a"},
            "phases[0].tasks[0].depends_on_results[0]",
        ),
        (
            report(phase("a", writer("t"), parallel=True)),
            "missing_parallel_write_scope",
            {"task": "t"},
            "phases[0].tasks[0].file_scope",
        ),
        (
            report(
                phase(
                    "a", writer("t", "src"), task("r"), writer("u", "x", "./src/a/"), parallel=True
                )
            ),
            "overlapping_parallel_write_scope",
            {"left": "t", "right": "u"},
            "phases[0].tasks[2].file_scope",
        ),
        (
            report(phase("a", task("t", mode="read_write", file_scope=["ok", "../up"]))),
            "invalid_file_scope",
            {"task": "t", "scope": "../up"},
            "phases[0].tasks[0].file_scope[1]",
        ),
        (
            report(phase("a"), link=["./lib/"], copy=[".env", "lib//x"]),
            "overlapping_files",
            {"left": "lib", "right": "lib/x"},
            "copy[1]",
        ),
        (
            report(phase("a"), link=[".venv", ".venv"]),
            "overlapping_files",
            {"left": ".venv", "right": ".venv"},
            "link[1]",
        ),
        (
            report(phase("a", writer("t")), sparse=True),
            "sparse_without_scope",
            {"task": "t"},
            "phases[0].tasks[0]",
        ),
    ],
)
def test_each_fault_has_its_code_detail_and_place(
    plan: Report, code: str, detail: dict[str, Any], path: str
) -> None:
    """One fault is one error, with what the table of the format names."""
    found = only(plan)
    assert (found.code, dict(found.detail), found.path) == (code, detail, path)
    assert found.line is not None
    assert found.hint


@pytest.mark.parametrize("limit", [1, 20])
def test_the_limits_of_max_concurrent_are_allowed(limit: int) -> None:
    """1 and 20 are good."""
    assert report(phase("a"), max_concurrent=limit).valid


@pytest.mark.parametrize(
    "good",
    [
        report(phase("a", writer("t"))),
        report(phase("a", writer("t", "src"), writer("u", "src"))),
        report(phase("a", writer("t", isolation="worktree"), parallel=True)),
        report(phase("a", writer("t", isolation="auto"), parallel=True)),
        report(
            phase("a", writer("t", "x"), writer("u", "x", isolation="worktree"), parallel=True),
        ),
        report(phase("a", writer("t", mode="read_only"), parallel=True)),
        report(phase("a", writer("t", "src/a"), writer("u", "src/ab"), parallel=True)),
        report(phase("a", task("x")), phase("b", task("a", depends_on_results=["x"]))),
        report(phase("b", depends_on=["a", "a"]), phase("a")),
        report(phase("a"), setup="", teardown=None, link=None, copy=[], sparse=False),
        report(phase("a", writer("t", "src"), task("u")), sparse=True),
        report(phase("a", writer("t")), sparse=["src", "docs/"]),
        report(phase("a"), setup="make", link=["a", "a.b", "b/c"], copy=["b/cd"]),
    ],
)
def test_what_looks_like_a_fault_and_is_none(good: Report) -> None:
    """Sequential and worktree writers may share scopes; names of tasks and phases may be equal."""
    assert good.errors == ()


def test_all_errors_are_told_in_the_order_of_the_format() -> None:
    """The first one is what a reader that stops would have said."""
    found = report(
        phase("a", task("t", prompt=" "), {"id": " ", "prompt": "x"}, depends_on=["a", "b"]),
        phase("a", writer("t"), writer("u", "x", "/abs"), writer("v", "x"), parallel=True),
        {"name": "b", "depends_on": ["a"], "tasks": []},
        phase("c", task("z", depends_on_results=["nope"]), depends_on=["gone"]),
        goal="",
        max_concurrent=99,
        link=["x", "x/y"],
    )
    assert [error.code for error in found.errors] == [
        "empty_field",
        "invalid_max_concurrent",
        "empty_field",
        "empty_field",
        "duplicate_phase",
        "duplicate_task",
        "empty_phase",
        "invalid_phase_dependency",
        "invalid_file_scope",
        "missing_parallel_write_scope",
        "overlapping_parallel_write_scope",
        "invalid_phase_dependency",
        "phase_dependency_cycle",
        "invalid_task_result_dependency",
        "overlapping_files",
    ]


def test_a_cycle_prints_its_whole_path() -> None:
    """The message names every phase of the cycle, from one back to itself."""
    found = report(
        phase("a", depends_on=["b"]), phase("b", depends_on=["c"]), phase("c", depends_on=["a"])
    )
    assert "a -> b -> c -> a" in only(found).message


def test_a_cycle_leaves_results_without_an_order() -> None:
    """What would depend on the order is not told while there is none."""
    found = report(
        phase("a", task("t", depends_on_results=["u"]), depends_on=["b"]),
        phase("b", task("u"), depends_on=["a"]),
    )
    assert only(found).code == "phase_dependency_cycle"


def test_two_phases_of_one_name_leave_results_without_an_order() -> None:
    """Which of the two is meant is not known, so only the name is told."""
    found = report(
        phase("b", task("t", depends_on_results=["u"])),
        phase("c", task("u")),
        phase("b", task("v")),
    )
    assert only(found).code == "duplicate_phase"


@pytest.mark.parametrize(
    ("faulty", "words"),
    [
        (report(phase("a", depends_on=["a"])), 'the phase "a" depends on itself'),
        (report(phase("a", depends_on=["b"])), '"a" depends on "b", which does not exist'),
        (report(phase("a", task("t", depends_on_results=["t"]))), '"t" needs its own result'),
        (
            report(phase("a", task("u"), task("t", depends_on_results=["u"]))),
            'the result of "u" of the same phase "a"',
        ),
        (
            report(phase("a", task("t", depends_on_results=["u"])), phase("b", task("u"))),
            'the phase "b" is not before "a"',
        ),
        (
            report(phase("a", writer("t", "src"), writer("u", "x", "src/a"), parallel=True)),
            '"t" ("src") and "u" ("src/a")',
        ),
        (report(phase("a"), phase("a", task("t"))), 'two phases are named "a"'),
    ],
)
def test_a_message_says_what_is_wrong_with_names(faulty: Report, words: str) -> None:
    """Who did it, with what, in words."""
    assert words in only(faulty).message


def test_the_nearest_right_name_is_suggested() -> None:
    """A slip of the pen has its correction in the hint."""
    found = report(
        phase("build"), phase("b", task("t", depends_on_results=["build-l"]), depends_on=["biuld"])
    )
    assert [error.hint for error in found.errors] == [
        'did you mean "build"?',
        'did you mean "build-1"?',
    ]


def test_each_overlapping_pair_is_told() -> None:
    """Three writers of one folder are three pairs, in declaration order."""
    found = report(phase("a", *(writer(name, "src") for name in "xyz"), parallel=True))
    pairs = [(error.detail["left"], error.detail["right"]) for error in found.errors]
    assert pairs == [("x", "y"), ("x", "z"), ("y", "z")]


def test_thousands_of_writers_of_one_folder_are_told_within_bounds() -> None:
    """Half a million pairs are cut to a thousand, the first ones first."""
    writers = [writer(f"t{number}", "src") for number in range(1_000)]
    found = report(phase("a", *writers, parallel=True))
    assert len(found.errors) == 1_000
    assert dict(found.errors[0].detail) == {"left": "t0", "right": "t1"}


def test_case_folding_finds_scopes_that_differ_by_case() -> None:
    """Where the file system folds case, `SRC` and `src` are one folder."""
    plan = {
        "goal": "g",
        "phases": [phase("a", writer("t", "SRC"), writer("u", "src"), parallel=True)],
    }
    text = json.dumps(plan)
    assert parse_plan(text, "json", "p").valid
    assert not parse_plan(text, "json", "p", fold_case=True).valid


@pytest.mark.parametrize(
    ("format_", "text", "line"),
    [
        ("yaml", "goal: g\nphases: [{name: a, tasks: [{id: t, run: make}]}]", "mode: read_write"),
        (
            "toml",
            'goal = "g"\n[[phases]]\nname = "a"\ntasks = [{id = "t", run = "make"}]',
            'mode = "read_write"',
        ),
        (
            "json",
            '{"goal": "g", "phases": [{"name": "a", "tasks": [{"id": "t", "run": "x"}]}]}',
            '"mode": "read_write"',
        ),
    ],
)
def test_a_task_that_seems_to_write_is_warned_of(format_: str, text: str, line: str) -> None:
    """`run` or a scope without `mode` keeps no changes; the hint is the line to add."""
    (warning,) = parse_plan(text, format_, "plan").warnings
    assert (warning.code, dict(warning.detail)) == ("changes_not_kept", {"task": "t"})
    assert line in warning.hint


@pytest.mark.parametrize("mode", ["read_only", "read_write"])
def test_a_task_that_says_its_mode_is_not_warned_of(mode: str) -> None:
    """Who writes `mode` means it."""
    assert report(phase("a", task("t", run="make", mode=mode))).warnings == ()


@pytest.mark.parametrize("role", ["explore", "planner", "review", "reviewer"])
def test_a_prompt_in_a_reading_role_reads(role: str) -> None:
    """Whatever its mode says; the plan is warned, and a command of that role may write."""
    writing = {"mode": "read_write", "agent_type": role, "file_scope": ["a"]}
    (warning,) = report(phase("a", task("t", prompt="look", **writing))).warnings
    assert (warning.code, dict(warning.detail)) == ("role_reads", {"task": "t"})
    plan = report(phase("a", task("t", prompt="look", **writing), task("u", run="x", **writing)))
    assert plan.plan is not None
    assert [one.writes for one in plan.plan.tasks] == [False, True]


def test_a_thousand_tasks_are_checked_in_well_under_a_second() -> None:
    """A chain of a thousand phases, and a thousand writers side by side."""
    chain = [
        phase(f"p{number}", depends_on=[f"p{number - 1}"] if number else [])
        for number in range(1_000)
    ]
    wide = phase(
        "w", *(writer(f"t{number}", f"src/{number}") for number in range(1_000)), parallel=True
    )
    started = time.process_time()
    assert report(*chain).valid
    assert report(wide).valid
    assert time.process_time() - started < 2


def test_variables_that_nobody_may_set_are_named_at_their_place() -> None:
    """The plan, its defaults and each task are looked at, and each fault is named."""
    work = task("a", env={"LD_PRELOAD": "x", "OK": "y"}, pass_env=["JAVA_HOME", "GIT_*"])
    found = report(
        phase("p", work), env={"WF_RUN": "x"}, defaults={"pass_env": ["A B"]}, pass_env=["PYTHON*"]
    )
    assert {(error.code, error.path) for error in found.errors} == {
        ("invalid_variable", "env.WF_RUN"),
        ("invalid_variable", "pass_env[0]"),
        ("invalid_variable", "defaults.pass_env[0]"),
        ("invalid_variable", "phases[0].tasks[0].env.LD_PRELOAD"),
        ("invalid_variable", "phases[0].tasks[0].pass_env[1]"),
    }
