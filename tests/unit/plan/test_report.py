"""What people and programs are told of a plan."""

import json

import pytest

from wf_tui.plan.document import path_text
from wf_tui.plan.draw import draw
from wf_tui.plan.read import parse_plan

GOOD = """
goal: Ship the login
max_concurrent: 3
gate: pytest -q
phases:
- name: build
  parallel: true
  on_failure: skip_continue
  wip: 2
  tasks:
  - {id: api, prompt: "Write the API.\\nAll of it.", mode: read_write, file_scope: [src/api]}
  - {id: ui, run: make ui, mode: read_write, isolation: shared, file_scope: [ui, css]}
  - {id: doc, title: Docs, run: make doc, mode: read_write}
- name: look
  tasks:
  - {id: look, prompt: Look}
- name: check
  depends_on: [build]
  on_failure: abort
  tasks:
  - {id: test, prompt: Test it, depends_on_results: [api, look]}
"""


def test_the_json_of_a_good_plan() -> None:
    """Order, waves and batches are there; nothing is wrong."""
    found = parse_plan(GOOD, "yaml", "plan.yaml").as_json()
    assert found == {
        "file": "plan.yaml",
        "valid": True,
        "errors": [],
        "warnings": [],
        "goal": "Ship the login",
        "max_concurrent": 3,
        "phase_order": ["build", "look", "check"],
        "phase_waves": [["build", "look"], ["check"]],
        "task_batches": [
            {"phase": "build", "parallel": True, "batches": [["api", "ui", "doc"]]},
            {"phase": "look", "parallel": False, "batches": [["look"]]},
            {"phase": "check", "parallel": False, "batches": [["test"]]},
        ],
    }


def test_the_json_of_a_faulty_plan() -> None:
    """Each problem has code, message, place, hint and detail; there is no order."""
    found = parse_plan("goal: g\nphases:\n- {name: a, task: []}", "yaml", "p.yaml").as_json()
    assert json.loads(json.dumps(found)) == {
        "file": "p.yaml",
        "valid": False,
        "errors": [
            {
                "code": "empty_phase",
                "message": 'the phase "a" has no tasks',
                "place": {"path": "phases[0].tasks", "line": 3, "column": 3},
                "hint": "add `tasks`, or remove the phase",
                "detail": {"phase": "a"},
            },
            {
                "code": "unknown_key",
                "message": 'a phase has no key "task"',
                "place": {"path": "phases[0].task", "line": 3, "column": 13},
                "hint": 'did you mean "tasks"?',
                "detail": {"key": "task"},
            },
        ],
        "warnings": [],
        "goal": "g",
        "max_concurrent": 4,
        "phase_order": [],
        "phase_waves": [],
        "task_batches": [],
    }


def test_the_text_of_a_faulty_plan() -> None:
    """File, place, what is wrong, what to write instead, and the count."""
    found = parse_plan("goal: g\nphases:\n- {name: a, tusk: []}", "yaml", "p.yaml").text()
    unknown = 'a phase has no key "tusk" [unknown_key] (at phases[0].tusk)'
    assert found.split("\n") == [
        'p.yaml:3:3: error: the phase "a" has no tasks [empty_phase] (at phases[0].tasks)',
        "    add `tasks`, or remove the phase",
        f"p.yaml:3:13: error: {unknown}",
        '    did you mean "tasks"?',
        "p.yaml: 2 errors",
    ]


def test_the_text_of_a_good_plan() -> None:
    """One line says that it is good and how large it is."""
    assert parse_plan(GOOD, "yaml", "p.yaml").text() == "p.yaml: good, 3 phases, 5 tasks"


def test_twenty_errors_are_printed_and_the_rest_is_counted() -> None:
    """Programs get all of them."""
    tasks = ", ".join(f"{{id: t{number}, run: x, mode: read_only, if: a}}" for number in range(25))
    found = parse_plan(f"{{goal: g, phases: [{{name: a, tasks: [{tasks}]}}]}}", "yaml", "p.yaml")
    lines = found.text().split("\n")
    assert sum("[unknown_key]" in line for line in lines) == 20
    assert lines[-2:] == ["p.yaml: and 5 more errors", "p.yaml: 25 errors"]
    assert len(found.as_json()["errors"]) == 25  # type: ignore[arg-type]


def test_equal_warnings_are_told_as_one() -> None:
    """With their count, the first three names and what to write once for all; JSON has each."""
    tasks = ", ".join(f"{{id: t{number}, run: make}}" for number in range(1000))
    found = parse_plan(f"goal: g\nphases:\n- {{name: a, tasks: [{tasks}]}}\n", "yaml", "p.yaml")
    words = "1000 tasks with a command are read_only: their changes will not be kept"
    assert found.text().split("\n") == [
        f"p.yaml:3:21: warning: {words} (t0, t1, t2 and 997 more) [changes_not_kept]",
        "    if they are to change files, write: defaults: {mode: read_write}",
        "p.yaml: good, 1 phase, 1000 tasks, 1000 warnings",
    ]
    assert len(found.as_json()["warnings"]) == 1000  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("format_", "head", "task"),
    [
        (
            "json",
            '{{{}, "goal": "g", "phases": [{{"name": "a", "tasks": [{}]}}]}}',
            '{{"id": "{}", "run": "x"}}',
        ),
        ("yaml", "{}\ngoal: g\nphases: [{{name: a, tasks: [{}]}}]", "{{id: {}, run: x}}"),
        (
            "toml",
            "{}\ngoal = 'g'\nphases = [{{name = 'a', tasks = [{}]}}]",
            "{{id = '{}', run = 'x'}}",
        ),
    ],
)
def test_the_line_for_all_tasks_is_right_in_its_format(format_: str, head: str, task: str) -> None:
    """Written into the plan it ends the warning."""
    tasks = ", ".join(task.format(name) for name in "ab")
    found = parse_plan(head.format('"x-": 1' if format_ == "json" else "", tasks), format_, "p")
    line = found.text().split(", write: ")[1].split("\n")[0]
    mended = parse_plan(head.format(line, tasks), format_, "p")
    assert (mended.valid, mended.warnings) == (True, ())


def test_no_text_of_a_plan_acts_on_the_terminal() -> None:
    """Names with escapes are shown harmless, in messages, paths, file names and the drawing."""
    evil = "\x1b]0;owned\x07\x1b[2J\u202e"
    text = json.dumps(
        {
            "goal": evil + "g",
            evil: 1,
            "phases": [
                {"name": evil + "n", "tasks": [{"id": evil, "prompt": evil, "agent_type": evil}]}
            ],
        }
    )
    shown = parse_plan(text, "json", f"{evil}.json").text()
    good = parse_plan(text.replace("agent_type", "x-type"), "json", "p.json", lenient=True)
    assert good.plan is not None
    for printed in (shown, draw(good.plan), json.dumps(good.as_json())):
        assert "\x1b" not in printed
        assert "\u202e" not in printed


def test_a_drawing_says_what_waits_for_a_person() -> None:
    """A task whose work a person wants to see says so; the defaults may ask it of all."""
    plan = parse_plan(
        "goal: g\ndefaults: {review: true}\nphases:\n- name: p\n  tasks:\n"
        "  - {id: a, run: make}\n  - {id: b, run: make, review: false}\n",
        "yaml",
        "p.yaml",
    ).plan
    assert plan is not None
    *_, first, second = draw(plan).split("\n")
    assert first.endswith("$ make  | waits for a review")
    assert second.endswith("$ make")


def test_a_plan_is_drawn_in_waves() -> None:
    """Phases stand in their waves, tasks with what they may write and need."""
    plan = parse_plan(GOOD, "yaml", "p.yaml").plan
    assert plan is not None
    assert draw(plan).split("\n") == [
        "Ship the login",
        "3 phases in 2 waves, 5 tasks, at most 3 at once, overlapping scopes serialize",
        "",
        "wave 1",
        "  build (parallel; a failure is passed over; at most 2 at once)",
        "    ├ api  writes src/api                          Write the API.  | gate `pytest -q`",
        "    ├ ui   writes ui, css in the shared workspace  $ make ui  | gate `pytest -q`",
        "    └ doc  writes anything                         Docs  | gate `pytest -q`",
        "  look (one after the other; a failure holds what comes after)",
        "    1. look  reads  Look",
        "",
        "wave 2",
        "  check (one after the other; after build, look; a failure aborts the run)",
        "    1. test  reads  Test it  | needs api, look",
    ]


def test_the_set_up_of_worktrees_is_drawn() -> None:
    """What comes into each tree, and what is run there, stands above the phases."""
    text = f"{GOOD}\nsetup: npm ci\nteardown: make down\nlink: [./node_modules/]\ncopy: [.env]\n"
    text += "sparse: [src]\n"
    plan = parse_plan(text, "yaml", "p.yaml").plan
    assert plan is not None
    assert draw(plan).split("\n")[2:7] == [
        "setup `npm ci`",
        "teardown `make down`",
        "links node_modules",
        "copies .env",
        "has only src",
    ]


def test_paths_are_written_as_people_do() -> None:
    """Keys with odd characters stand in brackets."""
    assert path_text(("phases", 1, "tasks", 0, "mode")) == "phases[1].tasks[0].mode"
    assert path_text(("a b", "c.d", "")) == '["a b"]["c.d"][""]'
    assert path_text(()) == ""
