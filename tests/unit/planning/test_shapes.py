"""Ready-made shapes: each is a plan that can be run, whatever it is made for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wf_tui.errors import UsageError
from wf_tui.plan.models import Pick
from wf_tui.plan.read import parse_plan
from wf_tui.planning.shapes import SHAPES, ShapeOptions

if TYPE_CHECKING:
    from wf_tui.plan.models import Plan

GOAL = ShapeOptions("Translate the manual")
ITEMS = replace(GOAL, items=("one", "two", "three"))


def planned(shape: str, options: ShapeOptions) -> Plan:
    """Return the plan of a shape, which has to be good, and without a warning."""
    text = SHAPES[shape].text(options)
    report = parse_plan(text, "yaml", "plan.yaml")
    assert report.plan is not None, report.text()
    assert not report.warnings, report.text()
    assert text.startswith("# ")
    return report.plan


def needs(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return whose result each task is given."""
    return {task.id: task.depends_on_results for task in plan.tasks}


def test_a_fan_out_is_joined() -> None:
    """Its items run side by side, and the join is given the result of each."""
    plan = planned("fan-out", ITEMS)
    assert [phase.parallel for phase in plan.phases] == [True, False]
    assert needs(plan)["join"] == ("one", "two", "three")
    assert all(task.writes for task in plan.tasks)


def test_the_steps_of_a_pipeline_follow_each_other() -> None:
    """Each step has the result of the one before; without steps there are three usual ones."""
    assert needs(planned("pipeline", ITEMS)) == {"one": (), "two": ("one",), "three": ("two",)}
    assert len(planned("pipeline", GOAL).phases) == 3


def test_a_diamond_looks_first() -> None:
    """What it found is given to each item, and theirs to the join; it changes nothing itself."""
    plan = planned("diamond", ITEMS)
    assert needs(plan)["two"] == ("survey",)
    assert needs(plan)["join"] == ("one", "two", "three")
    assert [task.id for task in plan.tasks if not task.writes] == ["survey"]


def test_rivals_try_the_same() -> None:
    """The first good one wins, or a judge is given all results, or a person chooses."""
    first = planned("speculative", replace(GOAL, profiles=("a", "b"), gate="make test"))
    assert first.phases[0].pick is Pick.FIRST
    assert [task.worker for task in first.tasks] == ["a", "b"]
    assert {task.gate for task in first.tasks} == {"make test"}
    best = planned("best-of-n", replace(GOAL, items=("in C",), n=3))
    assert (best.phases[0].pick, best.phases[0].judge) == (Pick.BEST, "choice")
    assert needs(best)["choice"] == ("in-c", "try-2", "try-3")
    person = planned("best-of-n", replace(GOAL, by_person=True))
    assert [(phase.pick, phase.judge) for phase in person.phases] == [(Pick.BEST, None)]


def test_work_is_looked_at_by_another() -> None:
    """Each task of a critique has a critic, of the last profile, for so many rounds."""
    plan = planned("critique", replace(ITEMS, n=2, profiles=("a", "b")))
    critics = [task.asks_critic for task in plan.tasks]
    assert [(one.worker, one.rounds) for one in critics if one is not None] == [("b", 2)] * 3
    assert len(planned("critique", GOAL).tasks) == 1


def test_items_can_be_commands() -> None:
    """Commands are run as they are, or each item is one word of the goal's command."""
    options = replace(GOAL, items=("make a", "it's"), runs=True)
    assert [task.run for task in planned("pipeline", options).tasks] == ["make a", "it's"]
    assert [task.run for task in planned("speculative", options).tasks] == ["make a", "it's"]
    filled = planned("fan-out", replace(options, goal="lint {{item}}"))
    assert [task.run for task in filled.tasks] == ["lint 'make a'", "lint 'it'\"'\"'s'"]


def test_items_stand_where_the_goal_and_the_scope_say() -> None:
    """A goal with a place is the prompt of each item, and a scope with one is its own."""
    options = ShapeOptions("Translate {{item}}", items=("a", "b"), scope=("docs/{{item}}", "x"))
    one, _, join = planned("fan-out", options).tasks
    assert (one.prompt, one.file_scope) == ("Translate a", ("docs/a", "x"))
    assert join.file_scope == ("x",)


@pytest.mark.parametrize(
    ("shape", "options", "why"),
    [
        ("fan-out", GOAL, "needs an item"),
        ("pipeline", replace(GOAL, goal=" "), "the goal is blank"),
        ("pipeline", replace(GOAL, items=("a", " ")), "item 2 is blank"),
        ("pipeline", replace(GOAL, items=("a\0",)), "no text"),
        ("pipeline", replace(GOAL, n=3), "has no number"),
        ("pipeline", replace(GOAL, goal="{{item}}"), "there are no items"),
        ("pipeline", replace(GOAL, items=("x",) * 1001), "1001 items"),
        ("best-of-n", replace(GOAL, n=1), "1 is no number"),
        ("best-of-n", replace(ITEMS, n=2), "3 ways for 2 attempts"),
        ("critique", replace(ITEMS, runs=True), "is for prompts"),
        ("speculative", replace(GOAL, items=("a", "b"), runs=True, n=3), "2 commands for 3"),
        ("fan-out", replace(GOAL, items=("x", "y", "x ")), 'equal items: "x"'),
        ("diamond", replace(GOAL, items=("x", "x")), "equal items"),
        ("critique", replace(GOAL, items=("x", "x")), "equal items"),
    ],
)
def test_what_a_shape_cannot_be_made_of_is_refused(
    shape: str, options: ShapeOptions, why: str
) -> None:
    """The error says what is missing or too much, and what to do."""
    with pytest.raises(UsageError, match=why) as refusal:
        SHAPES[shape].text(options)
    assert refusal.value.hint


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
_ODD = st.sampled_from(
    ["- a", "a", "A", "a!", "join", "survey", "choice", "{x}", '"', "'", "# no", "a: b", "yes", "~"]
)
_items = st.lists((_TEXT | _ODD | st.just("x" * 5000)).filter(str.strip), max_size=20)


@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from(sorted(SHAPES)),
    goal=_TEXT.filter(str.strip) | st.just("Do {{item}}"),
    items=_items | st.integers(1, 60).map(lambda count: ["a", "b"] * count),
    n=st.none() | st.integers(2, 20),
    gate=_TEXT,
    profiles=st.lists(st.sampled_from(["one", "two"]), max_size=3),
    runs=st.booleans(),
    by_person=st.booleans(),
)
def test_any_items_make_a_good_plan(
    shape: str,
    goal: str,
    items: list[str],
    n: int | None,
    gate: str,
    profiles: list[str],
    runs: bool,  # noqa: FBT001 - given by hypothesis
    by_person: bool,  # noqa: FBT001 - given by hypothesis
) -> None:
    """Whatever the texts hold and however many there are, the plan is good, or is refused."""
    options = ShapeOptions(
        goal=goal,
        items=tuple(items),
        n=n if SHAPES[shape].default_n else None,
        gate=gate,
        profiles=tuple(profiles),
        runs=runs and SHAPES[shape].can_run,
        by_person=by_person,
    )
    try:
        plan = planned(shape, options)
    except UsageError:
        return
    told = [task.run or task.prompt for task in plan.tasks]
    for item in items:
        assert options.runs or any(item.strip() in text for text in told)
    assert plan.gate == (gate if gate.strip() else None)
