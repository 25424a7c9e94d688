"""Edits of a plan: what they mean, and that all else stays as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wf_tui.errors import RefusedError
from wf_tui.plan.read import parse_plan
from wf_tui.planning.editing.edits import (
    add_task,
    drop_task,
    new_id,
    plan_values,
    set_budget,
    set_seats,
    set_task,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.plan.models import Plan

PLAN = """\
# Written by hand.
goal: "Ship it"   # and well
x-team: [ann, bob]

phases:
- name: look          # reads only
  tasks:
  - id: map
    # where is auth?
    prompt: |
      Map it.

      All of it.

- name: build
  depends_on: [look]
  parallel: true
  tasks:
    - id: schema
      mode: read_write
      file_scope: [src/schema]
      x-note: keep me
      prompt: Make it.  # soon
    - {id: keys, run: "true"}
    - id: docs
      depends_on_results: [map]
      prompt: >
        Write
        it.

# the end
"""
LINES = PLAN.split("\n")


def changed_lines(text: str) -> list[str]:
    """Return the lines that are only in the new text."""
    return [line for line in text.split("\n") if line not in LINES]


def gone_lines(text: str) -> list[str]:
    """Return the lines that are only in the old text."""
    found = text.split("\n")
    return [line for line in LINES if line not in found]


def task_of(text: str, task: str) -> dict[str, object]:
    """Return the values of a task."""
    phases = plan_values(text)["phases"]
    assert isinstance(phases, list)
    return next(one for phase in phases for one in phase["tasks"] if one["id"] == task)


@pytest.mark.parametrize(
    ("changes", "new", "gone"),
    [
        ({"worker": "codex"}, ["      worker: codex"], []),
        ({"review": True}, ["      review: true"], []),
        (
            {"prompt": "Do."},
            ["      prompt: Do.  # soon"],
            ["      prompt: Make it.  # soon"],
        ),
        ({"file_scope": None}, [], ["      file_scope: [src/schema]"]),
        (
            {"file_scope": ["a", "b/**"]},
            ["      file_scope: [a, b/**]"],
            ["      file_scope: [src/schema]"],
        ),
    ],
)
def test_only_the_lines_of_a_change_differ(
    changes: dict[str, object], new: list[str], gone: list[str]
) -> None:
    """Comments, order and keys of others stay."""
    text = set_task(PLAN, "schema", changes)
    assert (changed_lines(text), gone_lines(text)) == (new, gone)
    expected = {**task_of(PLAN, "schema"), **changes}
    assert task_of(text, "schema") == {key: it for key, it in expected.items() if it is not None}


def test_a_text_of_several_lines_becomes_a_block() -> None:
    """And one in its place is taken away whole."""
    text = set_task(PLAN, "map", {"prompt": "One.\n\nTwo."})
    assert changed_lines(text) == ["    prompt: |-", "      One.", "      Two."]
    assert set_task(text, "map", {"prompt": "Map it.\n\nAll of it.\n"}) == PLAN


@pytest.mark.parametrize("task", ["map", "schema", "docs", "keys"])
def test_a_task_is_dropped_with_what_names_it(task: str) -> None:
    """A phase without tasks goes, too, and so do waits for it; no line of another task changes."""
    text = drop_task(PLAN, task)
    report = parse_plan(text, "yaml", "plan", lenient=True)
    assert report.plan is not None, report.text()
    assert {one.id for one in report.plan.tasks} == {"map", "schema", "keys", "docs"} - {task}
    assert changed_lines(text) == []
    assert "# Written by hand." in text


def test_a_task_is_added_where_it_is_wanted() -> None:
    """After another one, at the end of a phase, or in a phase of its own."""
    values = {"id": "new", "prompt": "New."}
    text = add_task(PLAN, values, phase="build", after="schema")
    assert changed_lines(text) == ["    - id: new", "      prompt: New."]
    ids = [one.id for one in _plan(text).tasks]
    assert ids == ["map", "schema", "new", "keys", "docs"]
    at_the_end = add_task(PLAN, values, phase="build")
    assert [one.id for one in _plan(at_the_end).tasks][-1] == "new"
    alone = add_task(PLAN, values, phase="ship")
    assert _plan(alone).phases[-1].name == "ship"
    for one in (text, at_the_end, alone):
        assert gone_lines(one) == []


def _plan(text: str) -> Plan:
    report = parse_plan(text, "yaml", "plan", lenient=True)
    assert report.plan is not None, report.text()
    return report.plan


def test_a_plan_of_nothing_gets_its_first_task() -> None:
    """Begun by hand: a goal alone."""
    text = add_task("goal: Ship\n", {"id": "a", "prompt": "A."}, phase="")
    assert [one.id for one in _plan(text).tasks] == ["a"]


def test_seats_and_budget_are_of_the_plan() -> None:
    """Other limits of the budget stay."""
    text = set_budget(set_seats(PLAN, 7), 25.0)
    assert changed_lines(text) == ["max_concurrent: 7", "budget:", "  max_cost_usd: 25"]
    assert set_budget(text, None) == set_seats(PLAN, 7)
    for seats in (0, 21):
        with pytest.raises(RefusedError, match="1 to 20"):
            set_seats(PLAN, seats)
    both = set_budget("goal: x\nbudget: {max_tokens: 5}\n", 1.0)
    assert plan_values(both)["budget"] == {"max_tokens": 5, "max_cost_usd": 1.0}
    assert plan_values(set_budget(both, None))["budget"] == {"max_tokens": 5}


def test_what_cannot_be_changed_in_its_place_is_written_anew() -> None:
    """A plan of another form, as JSON: the values count."""
    as_json = '{"goal": "x", "phases": [{"name": "p", "tasks": [{"id": "a", "prompt": "p"}]}]}'
    assert task_of(set_task(as_json, "a", {"worker": "w"}), "a")["worker"] == "w"


def test_words_of_other_tools_are_renamed() -> None:
    """A key never stands twice under two names."""
    text = "goal: x\nphases:\n- name: p\n  tasks:\n  - {id: a, prompt: p, role: review}\n"
    changed = set_task(text, "a", {"agent_type": "test"})
    assert task_of(changed, "a")["agent_type"] == "test"


@pytest.mark.parametrize("text", ["goal: [", "just words", "goal: x\nnodes: []\n"])
def test_what_has_no_parts_is_refused(text: str) -> None:
    """With what helps."""
    with pytest.raises(RefusedError) as refused:
        set_task(text, "a", {})
    assert "E" in refused.value.hint


def test_ids_are_made_of_titles() -> None:
    """Each once."""
    assert new_id(PLAN, "Rotate the Keys!") == "rotate-the-keys"
    assert new_id(PLAN, "Docs") == "docs-2"
    assert new_id(PLAN, "…") == "task"


EDITS: list[Callable[[str, str], str]] = [
    lambda text, word: set_task(text, "schema", {"prompt": word}),
    lambda text, word: set_task(text, "docs", {"title": word}),
    lambda text, word: set_task(text, "keys", {"gate": word}),
    lambda text, word: add_task(text, {"id": word[:8] or "x", "prompt": word}, phase="build"),
    lambda text, _: drop_task(text, "docs"),
    lambda text, word: set_seats(text, len(word) or 1),
    lambda text, word: set_budget(text, float(len(word)) or None),
]


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(EDITS), st.text(max_size=30)), max_size=5))
def test_any_edits_leave_a_plan_that_can_be_read(
    edits: list[tuple[Callable[[str, str], str], str]],
) -> None:
    """Whatever words are put in, the rest means what it meant."""
    text = PLAN
    for edit, word in edits:
        try:
            text = edit(text, word)
        except RefusedError:  # dropped before, or too many seats
            continue
    assert plan_values(text)["x-team"] == ["ann", "bob"]
    assert task_of(text, "map") == task_of(PLAN, "map")
