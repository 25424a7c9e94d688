"""Files of other tools become plans that do the same, or are left to a model."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from wf_tui.plan.read import parse_plan
from wf_tui.planning.conversion.conversion import Conversion, NotFaithfulError
from wf_tui.planning.conversion.convert import convert, is_plan
from wf_tui.planning.plain_yaml import plain_yaml
from wf_tui.planning.source import Source, without_model

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.plan.models import Plan

WORKFLOW = """
name: CI
on: [push]
env: {CI: true}
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
      - run: npm ci
      - name: Unit tests
        working-directory: web
        env: {WHAT: it's}
        run: |
          cat > x <<EOF
          $WHAT $CI
          EOF
          npm test
  lint: {runs-on: x, steps: [{run: ruff check}]}
  ship: {runs-on: x, needs: [test, lint], steps: [{run: ./ship}]}
"""
MAKEFILE = """\
CC := gcc
.PHONY: all test lint serve
all: build.o test ; @echo all
test: lint \\
  other
\tpytest
lint:
\truff check
serve:
\tpython -m http.server
build.o: build.c
\t$(CC) build.c
"""
TASKFILE = """
version: '3'
tasks:
  default: {deps: [test, build]}
  build: {cmds: [go build], desc: Build it}
  'test:unit': [go test]
  test: {deps: [{task: build}], cmds: [go test ./...]}
  helper: {internal: true, cmds: [echo]}
  watch: {cmds: [air]}
"""
PACKAGE = """{"name": "shop", "private": true, "scripts": {
  "pretest": "tsc", "test": "jest", "build": "vite build", "dev": "vite"}}"""
TODO = """\
# Shop

Some words.

## Cart
- [ ] Add the **cart** page
  - with a total
  - and tests

  in src/cart
- [x] Rename it
  - [ ] a part of what is done
- [ ] Add the cart page
## Docs
1. [ ] Write docs
"""


def plan_of(found: Conversion) -> Plan:
    """Return the plan that is made of a conversion; it has no errors and no warnings."""
    report = parse_plan(plain_yaml(found.plan, "\n".join(found.notes)), "yaml", "p")
    assert report.plan is not None, report.text()
    assert not report.warnings, report.text()
    return report.plan


def test_a_workflow_has_a_phase_for_each_job() -> None:
    """Needs are kept; what an action brings is named."""
    found = convert(WORKFLOW, "ci.yml")
    plan = plan_of(found)
    assert plan.goal == "CI"
    assert [(it.name, it.depends_on) for it in plan.phases] == [
        ("test", ()),
        ("lint", ()),
        ("ship", ("test", "lint")),
    ]
    assert plan.tasks[0].timeout_secs == 300
    assert any("actions/setup-node@v4" in note for note in found.notes)


def test_the_steps_of_a_job_run_as_github_runs_them(tmp_path: Path) -> None:
    """A shell each, in its folder, with its variables, up to the first that fails."""
    task = plan_of(convert(WORKFLOW, "ci.yml")).tasks[0]
    assert task.run is not None
    (tmp_path / "web").mkdir()
    npm = tmp_path / "npm"
    npm.write_text('#!/bin/sh\necho "$@" $PWD >> ../log; test "$1" = ci\n')
    npm.chmod(0o755)
    done = subprocess.run(
        [*(task.shell or ()), task.run],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 1
    assert (tmp_path / "web" / "x").read_text() == "it's true\n"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("run: npm ci", "run: echo ${{ github.sha }}", "expression"),
        ("run: npm ci", "run: echo x >> $GITHUB_OUTPUT", "variables of GitHub"),
        ("uses: actions/checkout@v4", "uses: docker/build-push-action@v5", "docker"),
        ("timeout-minutes: 5", "strategy: {matrix: {a: [1]}}", "strategy"),
        ("timeout-minutes: 5", "if: github.ref == 'main'", "`if`"),
        ("needs: [test, lint]", "needs: [none]", "not there"),
        ("name: CI", "name: &a CI", "anchor"),
        ("run: npm ci", "run: npm ci\n        continue-on-error: true", "continue-on-error"),
    ],
)
def test_what_a_plan_cannot_do_is_left_to_a_model(before: str, after: str, why: str) -> None:
    """Half of a workflow is another one."""
    with pytest.raises(NotFaithfulError, match=why):
        convert(WORKFLOW.replace(before, after), "ci.yml")


def test_a_makefile_has_a_task_for_each_target_that_is_no_file() -> None:
    """Behind those that it depends on; what never ends is left out, and named."""
    found = convert(MAKEFILE, "Makefile")
    tasks = {it.id: it for it in plan_of(found).tasks}
    assert tasks["test"].run == "make test"
    assert tasks["test"].depends_on_results == ("lint",)
    assert tasks["all"].depends_on_results == ("test",)
    assert tasks.keys() == {"all", "test", "lint"}
    assert [note for note in found.notes if note.startswith("serve")]


def test_a_taskfile_has_a_task_for_each_that_a_person_may_start() -> None:
    """Its own program runs it, which knows variables and dependencies."""
    plan = plan_of(convert(TASKFILE, "Taskfile.yml"))
    runs = {it.run for it in plan.tasks}
    assert runs == {"task default", "task build", "task test", "task test:unit"}
    assert [len(phase.tasks) for phase in plan.phases] == [2, 1, 1]


def test_a_package_has_a_task_for_each_script() -> None:
    """Hooks run with their script; the lock file says which program it is."""
    found = convert(PACKAGE, "package.json", ["pnpm-lock.yaml"])
    plan = plan_of(found)
    assert plan.setup == "pnpm install --frozen-lockfile"
    assert {it.run for it in plan.tasks} == {"pnpm run test", "pnpm run build"}
    assert len(found.notes) == 2


def test_a_checklist_has_a_task_for_each_open_item() -> None:
    """Headings are phases, in their order; what is indented belongs to the prompt."""
    found = convert(TODO, "TODO.md")
    plan = plan_of(found)
    assert plan.goal == "Shop"
    assert [(it.name, len(it.tasks)) for it in plan.phases] == [("cart", 2), ("docs", 1)]
    first, second, _ = plan.tasks
    assert first.id == "add-the-cart-page"
    assert second.id == "add-the-cart-page-2"
    assert first.prompt == (
        "Add the **cart** page\n  - with a total\n  - and tests\n\n  in src/cart"
    )
    assert "what is done already (1)" in found.notes


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Just some notes.", "notes.txt"),
        ("# Issue\n\nIt crashes.", "issue.md"),
        ("- [x] done", "todo.md"),
        ("a: b: c", "x.yaml"),
        ("a:\n\techo\na: b\nb: a\n\techo", "Makefile"),
        ("stages:\n  - a\nx: {script: [ls], stage: a}", ".gitlab-ci.yml"),
        ("x" + " " * 100_000 + "y", "Makefile"),
    ],
)
def test_whatever_else_is_left_to_a_model(text: str, name: str) -> None:
    """Notes, issues, circles, other tools."""
    with pytest.raises(NotFaithfulError):
        convert(text, name)


def test_a_plan_is_taken_as_it_is() -> None:
    """With its own comments; one with errors is not handed to a model, but shown."""
    text = "# mine\ngoal: g\nphases:\n  - {name: p, tasks: [{id: a, run: ls}]}\n"
    found = without_model(Source("plan.yaml", text), {}, print)
    assert found is not None
    assert (found.text, found.valid) == (text, True)
    faulty = without_model(Source("p", text.replace("run", "rum")), {}, print)
    assert faulty is not None
    assert not faulty.valid
    assert not is_plan("goal: only", "yaml")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.toml", 'goal = "g"\n[[phases]]\nname = "p"\n[[phases.tasks]]\nid = "a"\nrun = "ls"\n'),
        ("p.json", '{"goal": "g", "phases": [{"name": "p", "tasks": [{"id": "a", "run": "ls"}]}]}'),
    ],
)
def test_a_plan_in_another_format_becomes_yaml(name: str, text: str) -> None:
    """It is the same plan, as people read it."""
    found = without_model(Source(name, text), {}, print)
    assert found is not None
    assert found.text == (
        "goal: g\nphases:\n  - name: p\n    tasks:\n      - id: a\n        run: ls\n"
    )


def test_what_is_left_out_stands_above_the_plan() -> None:
    """In the file, too, where somebody reads it later."""
    found = without_model(Source("Makefile", MAKEFILE), {}, print)
    assert found is not None
    assert found.text.startswith("# Made of Makefile.\n# Not in it:\n# - serve:")
