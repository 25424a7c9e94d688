"""A plan is written so that people read it, and means what it meant."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wf_tui.plan.read import parse_plan
from wf_tui.planning.plain_yaml import plain_yaml, written_values

WORDY = """
goal: "do: it"
max_concurrent: 4
gate: make test
defaults: {max_attempts: 1, agent_type: builder}
phases:
- name: a
  parallel: false
  on_failure: hold
  tasks:
  - {id: x, needs: [], mode: read_write, file_scope: [src/a], prompt: "one\\ntwo\\n",
     max_attempts: 3}
  - {id: y, mode: read_write, gate: "", prompt: "yes", max_attempts: 1}
"""


def test_what_holds_anyway_is_left_out() -> None:
    """Defaults of the format go, but for those that the plan's own defaults would replace."""
    text = plain_yaml(written_values(WORDY, "yaml"), "Planned by codex")
    assert text == (
        "# Planned by codex\ngoal: 'do: it'\ngate: make test\ndefaults:\n"
        "  agent_type: implement\n  max_attempts: 1\nphases:\n  - name: a\n    tasks:\n"
        "      - id: x\n        mode: read_write\n        file_scope: [src/a]\n"
        "        max_attempts: 3\n        prompt: |\n          one\n          two\n"
        "      - id: y\n        mode: read_write\n        max_attempts: 1\n"
        "        prompt: 'yes'\n        gate: ''\n"
    )


def test_it_is_the_same_plan() -> None:
    """Whatever was left out and put in another order."""
    before = parse_plan(WORDY, "yaml", "p").plan
    assert before is not None
    assert parse_plan(plain_yaml(written_values(WORDY, "yaml")), "yaml", "p").plan == before


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=60), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_comes_back_as_it_was(prompt: str, tags: list[str]) -> None:
    """Words that YAML takes for numbers, signs, lines with blanks at their ends."""
    plan: dict[str, object] = {
        "goal": "g",
        "phases": [{"name": "p", "tasks": [{"id": "a", "prompt": prompt, "tags": tags}]}],
    }
    text = plain_yaml(plan)
    written = written_values(text, "yaml")
    phase = written["phases"]
    assert isinstance(phase, list)
    assert phase[0]["tasks"][0]["prompt"] == prompt
    assert phase[0]["tasks"][0].get("tags", []) == tags
