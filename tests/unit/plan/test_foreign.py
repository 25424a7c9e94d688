"""Plans from models, and files of other tools: the very thing is named, with its line."""

import json
from pathlib import Path

import pytest

from wf_tui.plan.read import parse_plan, read_plan
from wf_tui.plan.report import Problem

GOOD = "goal: g\nphases:\n- name: a\n  tasks:\n  - {id: a, prompt: p}\n"


def only(text: str, format_: str = "yaml") -> Problem:
    """Return the one error of a text that is no plan."""
    (error,) = parse_plan(text, format_, f"plan.{format_}").errors
    assert error.code == "parse_error"
    return error


@pytest.mark.parametrize(
    ("text", "format_", "line", "message"),
    [
        (f"```yaml\n{GOOD}```\n", "yaml", 1, 'a code fence ("```yaml")'),
        (f"Here is the plan:\n\n```yaml\n{GOOD}```\n", "yaml", 3, "a code fence"),
        (f"Sure, here it is\n```\n{GOOD}```\n", "yaml", 2, "a code fence"),
        (f"{GOOD}```\nHope this helps!\n", "yaml", 6, "a code fence"),
        ('```json\n{"goal": "g"}\n```\n', "json", 1, "a code fence"),
        ("~~~toml\ngoal = 'g'\n~~~\n", "toml", 1, "a code fence"),
        ("**Goal:** Ship it\n", "yaml", 1, "bold or italic text (**)"),
        ("goal: **Ship** it\n", "yaml", 1, "bold or italic text (**)"),
        ("goal: g\nphases:\n- **name**: x\n", "yaml", 3, "bold or italic text (**)"),
        ("goal: `make` it\n", "yaml", 1, "code in backticks"),
        ("goal: “Ship: it”\n", "yaml", 1, "a typographic quote (“)"),
        (GOOD.replace("g\n", "“Ship it”\n"), "yaml", 1, "typographic quotes (“ ”)"),
        ("{“goal”: “g”}", "json", 1, "a typographic quote (“)"),
        ("goal = 'g'\n[[phases]]\nname = “a”\n", "toml", 3, "a typographic quote (“)"),
        ("goal:\u00a0g\nphases: []\n", "yaml", 1, "a hard space (U+00A0)"),
        ("goal: g\nphases:\n\u00a0\u00a0- name: a\n", "yaml", 3, "a hard space (U+00A0)"),
        ("goal: g\nphases:\n-\u202fname: a\n", "yaml", 3, "a hard space (U+202F)"),
        ("\u200bgoal: g\nphases: []\n", "yaml", 1, "a hard space (U+200B)"),
        ('{\n\u00a0"goal": "g"}', "json", 2, "a hard space (U+00A0)"),
        ("goal\u00a0= 'g'\n", "toml", 1, "a hard space (U+00A0)"),
        ("goal: g\n<<<<<<< HEAD\nx: 1\n=======\nx: 2\n>>>>>>> b\n", "yaml", 2, "a mark of a merge"),
        ('{\n"goal": "g",\n=======\n}', "json", 3, "a mark of a merge (=======)"),
        ("goal = 'g'\n>>>>>>> b\n", "toml", 2, "a mark of a merge (>>>>>>>)"),
        ("goal: g\nphases:\n- name: a\n\ttasks: []\n", "yaml", 4, "a tab in the indentation"),
        ('{"goal": "g"}\n{"goal": "h"}\n', "json", 2, "JSON Lines"),
        (GOOD, "json", 1, "this is YAML, not JSON"),
        (GOOD, "toml", 1, "this is YAML, not TOML"),
        ('goal = "x"\n[[phases]]\nname = "a"\n', "yaml", 1, "this is TOML, not YAML"),
    ],
)
def test_what_models_leave_in_a_plan(text: str, format_: str, line: int, message: str) -> None:
    """It is named as what it is, not as what a parser stumbled over."""
    error = only(text, format_)
    assert message in error.message
    assert error.line == line
    assert error.hint


def test_all_of_them_that_can_be_read_over_are_named() -> None:
    """Words in typographic quotes are words to YAML; so each of them is found."""
    text = GOOD.replace("id: a", "id: «a»").replace("prompt: p", "prompt: “p”")
    assert [it.line for it in parse_plan(text, "yaml", "p").errors] == [5, 5]


@pytest.mark.parametrize("format_", ["yaml", "toml", "json"])
def test_what_stands_in_a_text_is_left_alone(format_: str) -> None:
    """A prompt may speak of fences, quotes, lists and merges."""
    prompt = "```\n**bold** “x”\n- [ ] a\n<<<<<<< HEAD\n\u00a0 y\n\tz\n```\nall: b\n\tmake\n"
    indented = prompt.replace("\n", "\n      ")
    texts = {
        "yaml": GOOD.replace("{id: a, prompt: p}", f"id: a\n    prompt: |\n      {indented}"),
        "toml": f"goal='g'\n[[phases]]\nname='a'\n[[phases.tasks]]\nid='a'\nprompt='''{prompt}'''",
        "json": json.dumps(
            {"goal": "g", "phases": [{"name": "a", "tasks": [{"id": "a", "prompt": prompt}]}]}
        ),
    }
    found = parse_plan(texts[format_], format_, "plan")
    assert found.plan is not None, found.text()
    assert "<<<<<<< HEAD" in found.plan.tasks[0].prompt


FILES = {
    "a GitHub workflow": "on: [push]\njobs:\n  b:\n    runs-on: u\n    steps: [{run: make}]\n",
    "a GitLab pipeline": ".d: &d {script: [x]}\nbuild:\n  <<: *d\n  rules: !reference [a, b]\n",
    "a CircleCI": "version: 2.1\njobs: {b: {steps: [x]}}\nworkflows: {w: {jobs: [b]}}\n",
    "an Azure pipeline": "pool: {vmImage: u}\nsteps: [{script: make}]\n",
    "a Concourse pipeline": "jobs: [{name: b, plan: [{get: r}]}]\n",
    "a Taskfile": "version: '3'\ntasks:\n  build: {cmds: [make], deps: [x]}\n",
    "a Bernstein plan": "name: x\nstages: [{name: F, steps: [{goal: do, role: qa}]}]\n",
    "a Docker Compose file": "services: {db: {image: x, depends_on: [y]}}\n",
    "npm's package.json": '{"name": "x", "scripts": {"build": "tsc"}}\n',
    "VS Code's tasks.json": '{"version": "2", "tasks": [{"label": "b", "command": "make"}]}\n',
    "a task list of Task Master": '{"tasks": [{"id": 1, "title": "t", "dependencies": []}]}\n',
    "a todo list": "- [ ] write it\n- [x] test it\n",
    "a Makefile": "all: a.o b.o\n\tgcc -o all a.o b.o\n",
    "an Argo workflow": "apiVersion: argoproj.io/v1\nkind: Workflow\nspec: {}\n",
    "an export of beads": '[{"id": "b-1", "title": "t", "status": "open", "issue_type": "bug"}]\n',
    "a list of tasks": "- {id: a, prompt: b}\n- {id: c, prompt: d}\n",
    "a table around a plan": "plan:\n  goal: g\n  phases: []\n",
    "a CI pipeline": "steps: [{label: b, command: make}]\n",
    "a Jenkinsfile": "pipeline {\n  agent any\n}\n",
}


def test_a_pipeline_whose_scripts_are_elsewhere() -> None:
    """A GitLab pipeline may have all its scripts in what it includes."""
    (error,) = parse_plan("stages: [b]\nb: {extends: .base, stage: b}\n", "yaml", "p").errors
    assert "a GitLab pipeline" in error.message


@pytest.mark.parametrize("name", FILES)
def test_files_of_other_tools_are_recognised(name: str) -> None:
    """One message says what it is and how its parts are called in a plan."""
    error = only(FILES[name])
    assert error.message.startswith(f"this is {name}")
    assert error.hint
    assert error.line is not None


@pytest.mark.parametrize(
    ("name", "text", "what", "line"),
    [
        ("issues.jsonl", '{"id": "b-1", "title": "t", "issue_type": "bug"}\n', "beads", 1),
        ("x.jsonl", '{"a": 1}\n{"b": 2}\n', "JSON Lines", 1),
        ("todo.md", "# Today\n\n* [ ] write it\n", "a todo list", 3),
        ("PLAN.md", "# A plan\n\nWe do this.\n", "Markdown", None),
        ("Makefile", "build:\n\tmake\n", "a Makefile", 1),
        ("Dockerfile", "FROM python\n", "a Dockerfile", 1),
        ("run.sh", "#!/bin/sh\nmake\n", "a script", 1),
    ],
)
def test_they_are_recognised_by_name_and_text_too(
    tmp_path: Path, name: str, text: str, what: str, line: int | None
) -> None:
    """Also where the ending is none of a plan's."""
    path = tmp_path / name
    path.write_text(text)
    (error,) = read_plan(path).errors
    assert what in error.message
    assert error.line == line


def test_a_plan_with_words_of_others_is_still_a_plan() -> None:
    """Where a goal shows that a plan is meant, each key is translated instead."""
    found = parse_plan("goal: g\nstages: [{name: a, steps: [{run: x}]}]\n", "yaml", "p")
    assert [it.code for it in found.errors] == ["empty_workflow", "unknown_key"]
    assert "`phases`" in found.errors[1].hint
