"""From plain values to a plan: types, unknown keys, inherited values, all parse errors at once."""

import json

import pytest

from tests.support.plan_reports import good, only, report, the_task, with_task
from wf_tui.plan.models import (
    AgentType,
    Checkpoint,
    Isolation,
    Mode,
    OnFailure,
    Phase,
    Plan,
    Scopes,
    Task,
)
from wf_tui.plan.read import parse_plan


def test_defaults_of_a_task() -> None:
    """What is left out has the value of the format, or of wf."""
    task = the_task(with_task())
    assert task == Task(id="t", prompt="p")
    assert task.agent_type is AgentType.GENERAL
    assert (task.mode, task.isolation) == (Mode.READ_ONLY, Isolation.AUTO)
    assert (task.depends_on_results, task.file_scope) == ((), ())
    assert (task.max_steps, task.timeout_secs) == (None, None)
    assert (task.max_attempts, task.backoff_secs, task.priority) == (3, 5.0, 0)
    assert (task.title, task.run, task.worker, task.gate, task.checkpoint) == (None,) * 5
    assert (task.fallback, task.deliverables, task.tags, task.review) == ((), (), (), False)
    assert set(task.budget.model_dump().values()) == {None}


def test_defaults_of_plan_and_phase() -> None:
    """A phase is sequential and holds at a failure; a plan runs four tasks at once."""
    plan = report({"goal": "g", "phases": [{"name": "a", "tasks": [{"id": "t", "run": "x"}]}]}).plan
    assert plan is not None
    assert (plan.max_concurrent, plan.description, plan.gate) == (4, None, None)
    assert plan.scopes is Scopes.SERIALIZE
    (phase,) = plan.phases
    assert (phase.parallel, phase.on_failure) == (False, OnFailure.HOLD)
    assert (phase.description, phase.wip, phase.depends_on) == (None, None, ())


def test_every_field_of_a_task_is_read() -> None:
    """No key of the format, nor of wf's own, is dropped."""
    fields = {
        "agent_type": "test",
        "max_steps": 0,
        "timeout_secs": 60,
        "mode": "read_write",
        "file_scope": ["src"],
        "isolation": "shared",
        "title": "T",
        "run": "make",
        "priority": -3,
        "worker": "kimi-2",
        "fallback": ["glm"],
        "max_attempts": 1,
        "backoff_secs": 0,
        "checkpoint": "fresh",
        "gate": "pytest",
        "gate_on": "attempt",
        "review": True,
        "deliverables": ["out.txt"],
        "budget": {"max_tokens": 5, "max_cost_usd": 0.5, "max_steps": 6, "max_seconds": 7},
        "tags": ["x"],
    }
    found = with_task(**fields)
    assert found.warnings == ()
    dumped = the_task(found).model_dump(mode="json")
    assert {key: dumped[key] for key in fields} == fields


def test_every_field_of_plan_and_phase_is_read() -> None:
    """Descriptions, policies and limits arrive as they are written."""
    phase = {"name": "a", "description": "d", "parallel": True, "on_failure": "hold", "wip": 2}
    tasks = [{"id": "t", "prompt": "p"}]
    found = report(
        {
            "goal": "g",
            "description": "D",
            "max_concurrent": 20,
            "scopes": "race",
            "phases": [{**phase, "tasks": tasks}],
        }
    )
    assert found.warnings == ()
    assert found.plan == Plan(
        goal="g",
        description="D",
        max_concurrent=20,
        scopes=Scopes.RACE,
        phases=(Phase(**phase, tasks=(Task(id="t", prompt="p"),)),),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("general", "general"),
        ("explore", "explore"),
        ("plan", "planner"),
        ("planner", "planner"),
        ("review", "review"),
        ("implementer", "implement"),
        ("implement", "implement"),
        ("verifier", "test"),
        ("test", "test"),
        ("tool_agent", "general"),
        ("scout", "explore"),
        ("awaiter", "planner"),
        ("reviewer", "review"),
        ("consultant", "review"),
        ("oracle", "review"),
        ("builder", "implement"),
        ("verify", "test"),
    ],
)
def test_every_word_for_a_role_is_read_in_its_newest_spelling(word: str, role: str) -> None:
    """The words of all periods of the format are accepted."""
    assert the_task(with_task(agent_type=word)).agent_type.value == role


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ({"id": 5}, "`id` must be text, not 5", "put it in quotes"),
        ({"id": None}, "`id` must be text, not null", "leave the key out"),
        ({"id": []}, "`id` must be text, not a list", ""),
        ({"prompt": True}, "`prompt` must be text, not true", "quotes"),
        ({"agent_type": "Tester"}, "must be general, explore", "`test`"),
        ({"agent_type": "bilder"}, "`agent_type` must be", "`implement`"),
        ({"agent_type": None}, "not null", ""),
        ({"mode": "ReadWrite"}, "must be read_only or read_write", "`read_write`"),
        ({"mode": "x"}, 'not the text "x"', ""),
        ({"isolation": {}}, "not a table of keys", ""),
        ({"depends_on_results": "a"}, "must be a list", 'write ["a"]'),
        ({"depends_on_results": None}, "must be a list, not null", "leave the key out"),
        ({"file_scope": [1]}, "each item of `file_scope` must be text", "quotes"),
        ({"max_steps": -1}, "at least 0", ""),
        ({"max_steps": 2**32}, "at most 4294967295", ""),
        ({"max_steps": 1.5}, "a whole number, not 1.5", "without a fraction"),
        ({"max_steps": "5"}, "a whole number", "without quotes"),
        ({"timeout_secs": "10m"}, "a whole number", "in seconds: 600"),
        ({"stall_after": "1.5 hours"}, "a number", "in seconds: 5400"),
        ({"max_steps": True}, "a whole number, not true", ""),
        ({"timeout_secs": 2**64}, "more than 64 bits", ""),
        ({"priority": 2**31}, "at most", ""),
        ({"max_attempts": 0}, "at least 1", ""),
        ({"backoff_secs": -0.5}, "at least 0", ""),
        ({"backoff_secs": 1e300}, "at most", ""),
        ({"budget": 5}, "must be a table of keys, not 5", ""),
        ({"budget": {"max_tokens": "5"}}, "`max_tokens` must be a whole number", ""),
        ({"deliverables": ["/etc/passwd"]}, "each item of `deliverables` is absolute", "inside"),
        ({"checkpoint": "kept"}, "keep or fresh", "`keep`"),
        ({"prompt": "a\0b"}, "a NUL character", "leave it out"),
        ({"x": "\ud800"}, "a lone surrogate", ""),
        ({"\ud800": 1}, "a lone surrogate", ""),
        ({"x": float("nan")}, "not finite", ""),
        ({"backoff_secs": float("inf")}, "not finite", ""),
        ({"x": -(2**64)}, "more than 64 bits", ""),
    ],
)
def test_parse_errors_of_a_task(fields: dict[str, object], message: str, hint: str) -> None:
    """A wrong type, word or width says what is wanted, what stands there and what to write."""
    error = only(with_task(**fields))
    assert message in error.message
    assert hint in error.hint
    assert error.path.startswith("phases[0].tasks[0]")
    assert error.line == 1


@pytest.mark.parametrize(
    ("plan", "path", "message"),
    [
        (5, "", "must be a table of keys"),
        (None, "", "the plan is empty"),
        ({}, "goal", "`goal` is missing"),
        ({"goal": None}, "goal", "must be text, not null"),
        ({"goal": "g", "phases": None}, "phases", "must be a list, not null"),
        ({"goal": "g", "phases": [5]}, "phases[0]", "must be a table of keys, not 5"),
        ({"goal": "g", "phases": [{}]}, "phases[0].name", "`name` is missing"),
        ({"goal": "g", "max_concurrent": 256}, "max_concurrent", "at most 255"),
        ({"goal": "g", "max_concurrent": -1}, "max_concurrent", "at least 0"),
        ({"goal": "g", "max_concurrent": None}, "max_concurrent", "not null"),
        ({"goal": "g", "scopes": "raise"}, "scopes", "serialize or race"),
        ({"goal": "g", "defaults": 5}, "defaults", "must be a table of keys"),
        ({"goal": "g", "gate": 5}, "gate", "must be text"),
        ({"goal": "g", "phases": [{"name": "a", "tasks": [7]}]}, "phases[0].tasks[0]", "table"),
        (
            {"goal": "g", "phases": [{"name": "a", "parallel": "yes"}]},
            "phases[0].parallel",
            "true or",
        ),
        ({"goal": "g", "phases": [{"name": "a", "wip": 0}]}, "phases[0].wip", "at least 1"),
        (
            {"goal": "g", "phases": [{"name": "a", "on_failure": "Abort"}]},
            "phases[0].on_failure",
            "skip_continue, abort or hold",
        ),
        (
            {"goal": "g", "phases": [{"name": "a", "tasks": [{"id": "t"}]}]},
            "phases[0].tasks[0].prompt",
            "`prompt` is missing",
        ),
        (
            {"goal": "g", "phases": [{"name": "a", "tasks": [{"prompt": "t"}]}]},
            "phases[0].tasks[0].id",
            "`id` is missing",
        ),
    ],
)
def test_parse_errors_of_a_plan(plan: object, path: str, message: str) -> None:
    """Each fault of shape is one error at its path."""
    error = only(report(plan))
    assert error.path == path
    assert message in error.message


def test_all_parse_errors_are_told_at_once_in_the_order_of_the_text() -> None:
    """One fault does not hide another, nor what the rules find in the rest; they come after it."""
    found = parse_plan(
        "goal: ''\nmax_concurrent: x\nphases:\n- name: a\n  tasks:\n  - prompt: 1\n    mode: rw\n",
        "yaml",
        "plan.yaml",
    )
    assert [(error.code, error.line, error.path) for error in found.errors] == [
        ("parse_error", 2, "max_concurrent"),
        ("parse_error", 6, "phases[0].tasks[0].id"),
        ("parse_error", 6, "phases[0].tasks[0].prompt"),
        ("parse_error", 7, "phases[0].tasks[0].mode"),
        ("empty_field", 1, "goal"),
    ]


def test_null_is_legal_where_the_format_says_optional() -> None:
    """The absent optional fields that the format writes as null are read."""
    task = {"id": "t", "prompt": "p", "max_steps": None, "timeout_secs": None}
    phase = {"name": "a", "description": None, "tasks": [task]}
    assert report({"goal": "g", "description": None, "phases": [phase]}).valid


def test_null_leaves_an_extension_out() -> None:
    """The additions of wf are optional, so null is the same as their default."""
    keys = (
        "title",
        "run",
        "priority",
        "fallback",
        "max_attempts",
        "budget",
        "gate",
        "gate_on",
        "review",
        "tags",
    )
    assert the_task(with_task(**dict.fromkeys(keys))) == Task(id="t", prompt="p")


def test_a_task_inherits_the_defaults() -> None:
    """What a task says itself comes first; limits of a budget are joined one by one."""
    tasks = [
        {"id": "t", "prompt": "p"},
        {"id": "u", "prompt": "p", "max_attempts": 1, "tags": [], "budget": {"max_steps": 2}},
        {"id": "v", "prompt": "p", "max_attempts": None},
    ]
    defaults = {
        "max_attempts": 7,
        "tags": ["x"],
        "checkpoint": "keep",
        "budget": {"max_tokens": 9, "max_steps": 1},
    }
    plan = report(
        {"goal": "g", "defaults": defaults, "phases": [{"name": "a", "tasks": tasks}]}
    ).plan
    assert plan is not None
    first, second, third = plan.tasks
    assert (first.max_attempts, first.tags, first.checkpoint) == (7, ("x",), Checkpoint.KEEP)
    assert (second.max_attempts, second.tags, second.budget.max_tokens) == (1, (), 9)
    assert (first.budget.max_steps, second.budget.max_steps) == (1, 2)
    assert third.max_attempts == 7


def test_a_fault_in_the_defaults_is_told_once() -> None:
    """Not again for each task that inherits it."""
    tasks = [{"id": name, "prompt": "p"} for name in "tuv"]
    plan = {
        "goal": "g",
        "defaults": {"max_attempts": "x"},
        "phases": [{"name": "a", "tasks": tasks}],
    }
    assert only(report(plan)).path == "defaults.max_attempts"


def test_defaults_take_every_key_that_a_task_takes() -> None:
    """Rights, limits and needs, too; what a task says itself comes first."""
    defaults = {
        "prompt": "p",
        "mode": "read_write",
        "file_scope": ["src"],
        "isolation": "shared",
        "timeout_secs": 9,
        "max_steps": 3,
        "agent_type": "implementer",
        "depends_on_results": [],
    }
    tasks = [{"id": "t"}, {"id": "u", "mode": "read_only", "prompt": "q"}]
    first, second = good({"defaults": defaults, "phases": [{"name": "a", "tasks": tasks}]}).tasks
    assert first.model_dump(mode="json", include={*defaults}) == {
        **defaults,
        "agent_type": "implement",
    }
    assert (second.mode, second.prompt, second.timeout_secs) == (Mode.READ_ONLY, "q", 9)


@pytest.mark.parametrize(
    ("defaults", "code", "place"),
    [
        ({"file_scope": ["../x"]}, "invalid_file_scope", ("defaults.file_scope[0]", 2)),
        ({"prompt": " "}, "empty_field", ("defaults.prompt", 2)),
        ({"run": " "}, "empty_field", ("defaults.run", 2)),
        ({"depends_on_results": ["no"]}, "invalid_task_result_dependency",
         ("defaults.depends_on_results[0]", 2)),
        ({"mode": "rw"}, "parse_error", ("defaults.mode", 2)),
        ({"timeout_secs": "9"}, "parse_error", ("defaults.timeout_secs", 2)),
        ({"budget": {"max_steps": "9"}}, "parse_error", ("defaults.budget.max_steps", 2)),
    ],
)  # fmt: skip
def test_a_rule_broken_by_the_defaults_is_told_once(
    defaults: dict[str, object], code: str, place: tuple[str, int]
) -> None:
    """At its place there, not again for each of the tasks that have it."""
    tasks = [{"id": name, "prompt": "p"} for name in "tuv"]
    if "prompt" in defaults:
        tasks = [{"id": name} for name in "tuv"]
    phases = [{"name": "a", "tasks": tasks}]
    text = f'{{"goal": "g",\n"defaults": {json.dumps(defaults)},\n"phases": {json.dumps(phases)}}}'
    found = parse_plan(text, "json", "plan.json")
    assert [(it.code, (it.path, it.line)) for it in found.errors] == [(code, place)]


def test_faults_of_the_rules_are_told_beside_those_of_the_shape() -> None:
    """Without a goal or a name, too; what only follows from such a fault is not told."""
    tasks = [
        {"id": "t", "prompt": " ", "mode": "rw"},
        {"id": "t", "prompt": "p", "depends_on_results": ["lost"]},
        {"name": "lost", "prompt": "p"},
    ]
    found = report({"phases": [{"name": "a", "tasks": tasks}, {"name": "a"}], "max_concurrent": 0})
    assert [(it.code, it.path) for it in found.errors] == [
        ("parse_error", "goal"),
        ("parse_error", "phases[0].tasks[0].mode"),
        ("parse_error", "phases[0].tasks[2].id"),
        ("invalid_max_concurrent", "max_concurrent"),
        ("empty_field", "phases[0].tasks[0].prompt"),
        ("duplicate_task", "phases[0].tasks[1].id"),
        ("empty_phase", "phases[1].tasks"),
        ("duplicate_phase", "phases[1].name"),
    ]


@pytest.mark.parametrize(
    "phases",
    [5, [5], [{"name": "a", "tasks": 5}], [{"name": "a", "tasks": [5]}], {"a": {"tasks": []}}],
)
def test_what_is_no_table_or_list_is_one_fault(phases: object) -> None:
    """Nothing is said of phases or tasks that could not be read."""
    found = report({"goal": " ", "phases": phases})
    assert [it.code for it in found.errors] == ["parse_error", "empty_field"]


@pytest.mark.parametrize(
    ("mode", "isolation", "expected"),
    [
        ("read_only", "auto", "shared"),
        ("read_write", "auto", "worktree"),
        ("read_write", "shared", "shared"),
        ("read_only", "worktree", "worktree"),
    ],
)
def test_effective_isolation(mode: str, isolation: str, expected: str) -> None:
    """`auto` is a worktree for who writes and the shared workspace for who reads."""
    task = the_task(with_task(mode=mode, isolation=isolation))
    assert task.effective_isolation == expected
    assert task.writes is (mode == "read_write")


def test_the_longest_times_fit_the_ledger() -> None:
    """64 unsigned bits are accepted, and kept as the most that the ledger can hold."""
    assert the_task(with_task(timeout_secs=2**64 - 1)).timeout_secs == 2**63 - 1


def test_numbers_of_64_bits_are_read() -> None:
    """The limits themselves are no fault, even where only a warning looks at them."""
    assert with_task(**{"x-a": 2**64 - 1, "x-b": -(2**63)}).valid


def test_values_of_toml_that_json_lacks_are_refused() -> None:
    """A date is no text."""
    found = parse_plan("goal = 2026-11-22\nx = inf\n", "toml", "plan.toml")
    assert [error.message for error in found.errors[:2]] == [
        "`goal` must be text, not a date or time",
        "a number that is not finite",
    ]


def test_phases_by_name_are_shown_as_a_list() -> None:
    """Other tools write them as a table of names; the hint shows the form of a list."""
    (error,) = parse_plan("goal: g\nphases: {a: {tasks: []}}\n", "yaml", "p").errors
    assert "- name: NAME" in error.hint
