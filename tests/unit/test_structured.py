"""What is read of a structured answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.structured import StructuredResult, read_structured

ANSWER = '{"summary": "fine", "files": ["a", 3], "verdict": "pass", "more": 1}'


@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        f"I looked.\n\n```json\n{ANSWER}\n```\n",
        f'```json\n{{"verdict": "fail"}}\n```\nno:\n  ```json\n  {ANSWER}\n  ```\nthat is it',
    ],
)
def test_the_last_block_counts(text: str) -> None:
    """The whole answer, or its last fenced block; unknown fields and odd names are left out."""
    assert read_structured(text) == StructuredResult("fine", ("a",), "pass")


@pytest.mark.parametrize("verdict", ['"excellent"', "7", "null", '["pass"]'])
def test_an_unknown_verdict_is_unsure(verdict: str) -> None:
    """A verdict is one of three words."""
    assert read_structured(f'{{"summary": "x", "verdict": {verdict}}}').verdict == "unsure"


@given(st.text() | st.text(alphabet='{}[]",:`json\n '))
def test_no_answer_is_a_fault(text: str) -> None:
    """Whatever a worker answers, the text stays and nothing is raised."""
    assert read_structured(text).verdict in {"pass", "fail", "unsure"}


def test_what_cannot_be_read_stays_as_it_is() -> None:
    """An answer without a block is its own summary."""
    assert read_structured("all good") == StructuredResult("all good")
    assert read_structured("[" * 100_000).verdict == "unsure"


@pytest.mark.parametrize(
    ("pick", "read"), [('" a "', "a"), ('""', None), ("7", None), (f'"{"x" * 2000}"', None)]
)
def test_a_judge_names_a_task(pick: str, read: str | None) -> None:
    """What is no name is none; the answer stays readable."""
    found = read_structured(f'{{"summary": "x", "verdict": "pass", "pick": {pick}}}')
    assert (found.pick, found.verdict) == (read, "pass")
