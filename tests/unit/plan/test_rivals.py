"""Rivals, judges and critics in a plan: what they may be, and what each fault is called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wf_tui.ledger.model.new_tasks import of_plan
from wf_tui.plan.draw import draw
from wf_tui.plan.read import parse_plan

if TYPE_CHECKING:
    from wf_tui.plan.report import Report


def rival(name: str, **fields: object) -> dict[str, object]:
    """Return a task that may be one of several."""
    return {"id": name, "prompt": "do it", "mode": "read_write", **fields}


def rivals(*tasks: object, **fields: object) -> dict[str, object]:
    """Return a phase that picks the best of `a` and `b`, or of other tasks."""
    every = list(tasks) or [rival("a"), rival("b")]
    return {"name": "try", "parallel": True, "pick": "best", "tasks": every, **fields}


def asked(**fields: object) -> dict[str, object]:
    """Return the judge of `a` and `b`."""
    needs = ["a", "b"]
    stock = {"id": "j", "prompt": "which?", "result": "json", "depends_on_results": needs}
    return {**stock, **fields}


def judge(**fields: object) -> dict[str, object]:
    """Return a phase with the judge of `a` and `b` alone."""
    return {"name": "choose", "tasks": [asked(**fields)]}


def report(*phases: object) -> Report:
    """Return what checking a plan of these phases comes to."""
    plan = {"goal": "ship", "phases": list(phases)}
    return parse_plan(json.dumps(plan, indent=1), "json", "plan.json")


def test_good_rivals() -> None:
    """Rivals may want the same files; a judge behind them needs all, and `first` needs none."""
    same = [rival(name, file_scope=["src"]) for name in "ab"]
    assert report(rivals(*same, judge="j"), judge()).errors == ()
    assert report(rivals(pick="first")).errors == ()
    assert report(rivals()).errors == ()


@pytest.mark.parametrize(
    ("phases", "code", "words"),
    [
        ([rivals(parallel=False)], "invalid_pick", "one after the other"),
        ([rivals(rival("a"))], "invalid_pick", "has no two"),
        ([rivals(rival("a"), rival("b", mode="read_only"))], "invalid_pick", "is read_only"),
        ([rivals(rival("a"), rival("b", role="review"))], "unused_key", ""),
        (
            [rivals(rival("a"), rival("b", isolation="shared", file_scope=["x"]))],
            "invalid_pick",
            "in the shared workspace",
        ),
        ([rivals(judge="x")], "invalid_judge", "'x' of the phase 'try' does not exist"),
        ([rivals(judge="j", pick="first"), judge()], "invalid_judge", "picks no best"),
        ([rivals(judge="j"), judge(mode="read_write")], "invalid_judge", "writes"),
        ([rivals(judge="j"), judge(result="text")], "invalid_judge", "names no task"),
        (
            [rivals(judge="j"), judge(depends_on_results=["a"])],
            "invalid_judge",
            "does not need 'b'",
        ),
        ([rivals(judge="a")], "invalid_judge", "one of the rivals itself"),
        (
            [rivals(judge="j"), {"name": "choose", "tasks": [asked(), rival("x")]}],
            "invalid_judge",
            "shares the phase",
        ),
        (
            [
                rivals(judge="j"),
                {"name": "mid", "depends_on": ["try"], "tasks": [rival("m")]},
                {**judge(), "depends_on": ["mid"]},
            ],
            "invalid_judge",
            "waits for the phase 'mid'",
        ),
        (
            [rivals(), {"name": "later", "tasks": [rival("z", depends_on_results=["a"])]}],
            "rival_result",
            "another task of its phase may take the place",
        ),
        (
            [{"name": "p", "tasks": [rival("a", mode="read_only", critic={"prompt": "good?"})]}],
            "invalid_critic",
            "changes nothing",
        ),
        (
            [{"name": "p", "tasks": [rival("a", critic={"prompt": " "})]}],
            "empty_field",
            "critic prompt",
        ),
    ],
)
def test_faults(phases: list[object], code: str, words: str) -> None:
    """Each has its code, and says what is wrong."""
    found = report(*phases)
    told = [problem for problem in (*found.errors, *found.warnings) if problem.code == code]
    assert told, [problem.code for problem in found.errors]
    assert words in " ".join(problem.message for problem in told).replace('"', "'")


def test_unknown_words() -> None:
    """A word that picks nothing is named with the nearest right one."""
    (error,) = report(rivals(pick="frist")).errors
    assert "did you mean `first`" in error.hint
    (error,) = report(rivals(rival("a", critic={"promt": "x"}), rival("b"))).errors[:1]
    assert error.code in {"unknown_key", "parse_error"}


def test_what_a_task_takes_of_them_without_one_of_them() -> None:
    """With `partial_results` a task waits for their phase, and takes what there is."""
    later = rival("z", depends_on_results=["a", "b"], partial_results=True)
    assert report(rivals(), {"name": "later", "tasks": [later]}).errors == ()


def test_who_waits_for_whom() -> None:
    """The judge does not wait for its rivals' phase; who waits for the judge waits for both."""
    later = {"name": "later", "depends_on": ["choose"], "tasks": [rival("z")]}
    plan = report(rivals(judge="j"), {**judge(), "depends_on": ["try"]}, later).plan
    assert plan is not None
    phases, _ = of_plan(plan)
    assert {phase.name: phase.depends_on for phase in phases} == {
        "try": (),
        "choose": (),
        "later": ("choose", "try"),
    }


def test_it_is_drawn() -> None:
    """`wf plan show` says that one of them is merged, and who chooses."""
    plan = report(rivals(judge="j"), judge()).plan
    assert plan is not None
    assert "rivals, the best one is merged, j chooses" in draw(plan)
    first = report(rivals(pick="first")).plan
    assert first is not None
    assert "rivals, the first that passes is merged" in draw(first)
