"""Agents from a plan to merged work: real drivers under real shims, the model a script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.plans import parallel_plan
from tests.support.scripted_runs import scripted, scripted_harness

if TYPE_CHECKING:
    from pathlib import Path


def test_the_work_of_an_agent_is_merged(tmp_path: Path) -> None:
    """Its prompt becomes files on the branch; its transcript has what it said and did."""
    harness = scripted_harness(tmp_path)
    plan = parallel_plan(scripted("a", "say I will write it.", "write a.txt hello"))
    assert harness.play(plan) == "completed"
    assert (harness.task("a").kind, harness.merged("a.txt")) == ("merged", "hello")
    assert harness.task("a").result == "All done."
    lines = (harness.paths.attempt("a", 1) / "log.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert [(record["kind"], record["text"]) for record in records][1:] == [
        ("note", ""),
        ("say", "I will write it.\n"),
        ("tool", "Write a.txt"),
        ("tool", ""),
        ("end", ""),
    ]


def test_a_liar_is_caught(tmp_path: Path) -> None:
    """Who says that it is done, used no tool and changed nothing, has failed, and it counts."""
    harness = scripted_harness(tmp_path)
    assert harness.play(parallel_plan(scripted("a", "say I did it all!"))) == "partial"
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, attempt.cause) == ("failed", "no_work")
    assert (harness.task("a").kind, harness.task("a").tries) == ("failed", 1)
