"""A plan is found in what a model answers, and its faults are told so that they can be mended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wf_tui.plan.check_workers import WorkerFacts
from wf_tui.prompts.plan_answer import (
    PROFILES_FILE,
    faults_for_model,
    read_plan_answer,
    read_worker_facts,
    worker_facts_text,
)

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "goal: g\nphases:\n  - name: p\n    tasks:\n      - {id: a, prompt: do it}\n"
PHASE = {"name": "p", "tasks": [{"id": "a", "prompt": "x"}]}
WORKERS = {"codex": WorkerFacts("prompt", ("explore",)), "shell": WorkerFacts("command")}


def codes(answer: str) -> list[str]:
    """Return the codes of what is wrong with an answer."""
    return [it.code for it in read_plan_answer(answer).report.errors]


@pytest.mark.parametrize(
    "answer",
    [
        f"Here:\n```yaml\n{GOOD}```\nDone.",
        f"```yml\n{GOOD}```",
        f"~~~\n{GOOD}~~~",
        f"```yaml\r\n{GOOD}```\r\n",
        f"```sh\nls\n```\n```yaml\n{GOOD}```\n```json\n[1]\n```",
        f"```yaml\ngoal: older\nphases: []\n```\nNo, rather:\n```yaml\n{GOOD}```",
        GOOD,
        "```json\n" + json.dumps({"goal": "g", "phases": [PHASE]}) + "\n```",
    ],
)
def test_the_last_block_with_the_keys_of_a_plan_is_the_plan(answer: str) -> None:
    """Whatever stands around it, in any format of plans, also without a fence."""
    found = read_plan_answer(answer)
    assert found.report.valid, found.report.text()
    assert found.report.goal == "g"


def test_a_fence_within_a_prompt_does_not_end_the_plan() -> None:
    """It is indented with the prompt."""
    prompt = "        prompt: |\n          Run:\n          ```\n          make\n          ```\n"
    plan = f"goal: g\nphases:\n  - name: p\n    tasks:\n      - id: a\n{prompt}"
    found = read_plan_answer(f"```yaml\n{plan}```")
    assert found.report.plan is not None
    assert "```" in found.report.plan.tasks[0].prompt


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("", "holds no plan"),
        ("I am sorry, but no.", "holds no plan"),
        ("```python\ngoal = 1\n```", "holds no plan"),
        (f"```yaml\n{GOOD}", "breaks off"),
        ("x" * 10_000_000, "holds no plan"),
        ("```yaml\n" * 200_000, "breaks off"),
        ("`" * 1_000_000, "breaks off"),
    ],
    ids=["nothing", "no", "python", "open", "10 MB", "fences", "one fence"],
)
def test_an_answer_without_a_whole_plan_is_one_fault(answer: str, words: str) -> None:
    """However long it is, and whatever it holds."""
    (fault,) = read_plan_answer(answer).report.errors
    assert words in fault.message


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (GOOD.replace("id: a,", "id: a, file_scope: [../x],"), "invalid_file_scope"),
        (GOOD.replace("id: a,", "id: a, file_scop: [x],"), "unknown_key"),
        ("goal: &a [x]\nphases: *a\n", "parse_error"),
        ("goal: " + "[" * 5000, "parse_error"),
        ("goal: !!python/object:os.system x\nphases: []\n", "parse_error"),
    ],
)
def test_a_plan_is_checked_by_the_rules_of_all_plans(plan: str, code: str) -> None:
    """Scopes that leave the tree, unknown keys, bombs of aliases and of nesting, tags."""
    assert code in codes(f"```yaml\n{plan}```")


@pytest.mark.parametrize(
    ("task", "code"),
    [
        ("id: a, worker: claud, prompt: x", "unknown_worker"),
        ("id: a, worker: codex, agent_type: implement, prompt: x", "unfit_worker"),
        ("id: a, file_scope: [src], prompt: x", "changes_not_kept"),
    ],
)
def test_what_could_not_run_with_the_profiles_here_is_a_fault(task: str, code: str) -> None:
    """A person may write a plan for elsewhere; a plan that is made here is for here."""
    answer = f"```yaml\n{GOOD.replace('id: a, prompt: do it', task)}```"
    assert code in [it.code for it in read_plan_answer(answer, workers=WORKERS).report.errors]


def test_the_faults_come_with_the_lines_of_the_plan() -> None:
    """Another worker than the one that wrote it can mend it, too."""
    plan = GOOD.replace("id: a,", "id: a, needz: x,")
    text, whole = faults_for_model(read_plan_answer(f"```yaml\n{plan}```"))
    assert text.startswith("its plan has 1 error")
    assert "plan:5:" in whole
    assert "[unknown_key]" in whole
    assert "   5        - {id: a, needz: x" in whole


def test_the_profiles_of_a_planning_come_back_from_their_file(tmp_path: Path) -> None:
    """A file that cannot be read says nothing of them."""
    (tmp_path / PROFILES_FILE).write_bytes(worker_facts_text(WORKERS))
    assert read_worker_facts(tmp_path) == WORKERS
    (tmp_path / PROFILES_FILE).write_bytes(b'{"codex": 1}')
    assert read_worker_facts(tmp_path) is None
