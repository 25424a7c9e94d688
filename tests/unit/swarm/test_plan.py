"""The plan that a swarm becomes: its tasks, who does them, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wf_tui.errors import UsageError
from wf_tui.plan.choices import Mode
from wf_tui.plan.formats.write_yaml import plan_text
from wf_tui.plan.read import parse_plan
from wf_tui.swarm.items import Item
from wf_tui.swarm.plan import Join, Spread, Swarm, swarm_plan

if TYPE_CHECKING:
    from wf_tui.plan.models import Plan


def swarm(*items: str, template: str = "Do {{item}}", **more: Any) -> Swarm:
    """Return a swarm of these items."""
    return Swarm(template, tuple(Item(item) for item in items), **more)


def checked(asked: Swarm) -> Plan:
    """Return its plan as it is read back from its text, without a fault or a warning."""
    report = parse_plan(plan_text(swarm_plan(asked, many=True)), "yaml", "swarm")
    assert report.plan is not None, report.text()
    assert not report.warnings
    return report.plan


def test_a_task_for_each_item_and_a_join() -> None:
    """The items are one parallel phase, and the join needs them all, also where some fail."""
    plan = checked(swarm("A b", "c", scopes=("x/{{item}}",), join=Join("Sum up")))
    items, join = plan.phases
    assert [(task.id, task.title, task.prompt) for task in items.tasks] == [
        ("a-b", "A b", "Do A b"),
        ("c", "c", "Do c"),
    ]
    assert (items.parallel, items.on_failure.value) == (True, "skip_continue")
    assert [task.file_scope for task in items.tasks] == [("x/A b",), ("x/c",)]
    assert all(task.writes for task in items.tasks)
    assert join.tasks[0].depends_on_results == ("a-b", "c")
    assert join.tasks[0].partial_results
    assert not join.tasks[0].writes


def test_a_role_that_reads() -> None:
    """Tasks in a role that reads are read_only, and the join of them can write."""
    plan = checked(swarm("a", "b", role="review", join=Join("Fix", ("src",))))
    assert [task.mode.value for task in plan.tasks] == ["read_only", "read_only", "read_write"]
    assert [task.agent_type.value for task in plan.tasks] == ["review", "review", "general"]
    assert not any(task.writes for task in checked(swarm("a", "b", mode=Mode.READ_ONLY)).tasks)


def test_a_time_limit_is_of_each() -> None:
    """Every attempt has it, and without one none has."""
    limits = [task.timeout_secs for task in checked(swarm("a", "b", timeout=60)).tasks]
    assert limits == [60, 60]
    assert {task.timeout_secs for task in checked(swarm("a", "b")).tasks} == {None}


def test_who_does_them() -> None:
    """One profile is named by all; of several each takes turns, or by capacity none is named."""
    assert {task.worker for task in checked(swarm("a", "b", profiles=("p",))).tasks} == {"p"}
    several: dict[str, Any] = {"profiles": ("p", "q", "r")}
    assert {task.worker for task in checked(swarm("a", "b", **several)).tasks} == {None}
    turns = checked(swarm("a", "b", "c", "d", spread=Spread.ROUND_ROBIN, **several)).tasks
    assert [task.worker for task in turns] == ["p", "q", "r", "p"]
    assert [task.fallback for task in turns[:2]] == [("q", "r"), ("r", "p")]


def test_how_many_at_once() -> None:
    """Prompts run 20 at once, commands 4, and never more than there are items or jobs asked for."""
    many = [str(number) for number in range(50)]
    assert checked(swarm(*many)).max_concurrent == 20
    assert checked(swarm(*many, is_command=True)).max_concurrent == 4
    assert checked(swarm(*many, jobs=7)).max_concurrent == 7
    assert checked(swarm(*many, jobs=99)).max_concurrent == 20
    assert checked(swarm("a", "b", "c")).max_concurrent == 3


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ((), "there is no item"),
        (("a",), "there is one item"),
        (tuple(map(str, range(129))), "there are 129 items"),
        (("a", "b", "a"), 'equal tasks: "a" and "a"'),
    ],
)
def test_how_many_items(items: tuple[str, ...], message: str) -> None:
    """Fewer than two, more than 128 without a word of its own, and equal ones are refused."""
    with pytest.raises(UsageError, match=message):
        swarm_plan(swarm(*items))


def test_objects_are_called_by_what_tells_them_apart() -> None:
    """Id and title of an object are the first value of the template that differs for all."""
    items = tuple(Item(f"{{{n}}}", {"kind": "x", "n": n, "name": f"N {n}"}) for n in range(2))

    def called(template: str) -> list[tuple[str, str | None]]:
        return [(task.id, task.title) for task in checked(Swarm(template, items)).tasks]

    assert called("{{item.kind}} {{item.name}} {{item.n}}") == [("n-0", "N 0"), ("n-1", "N 1")]
    assert called("{{item.kind}} {{item}}") == [("0", "{0}"), ("1", "{1}")]


_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@settings(max_examples=150, deadline=None)
@given(st.lists(_text.filter(str.strip), min_size=2, max_size=12, unique_by=str.strip))
def test_any_items_make_a_plan_that_reads_back(items: list[str]) -> None:
    """Whatever the items hold, the text of the plan is a good plan with exactly these prompts."""
    plan = checked(swarm(*items, template="{{item}}", join=Join("x")))
    assert [task.prompt for task in plan.phases[0].tasks] == items
    assert len({task.id for task in plan.tasks}) == len(items) + 1
