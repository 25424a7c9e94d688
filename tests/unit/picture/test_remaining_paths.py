"""The paths behind the time left: against a walk over every path there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.support.picture_rows import a_row
from wf_tui.picture.remaining_paths import RemainingPaths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.model.rows import TaskRow

PHASES = ("one", "two", "three")
_TASKS = st.lists(
    st.tuples(
        st.sampled_from(PHASES), st.sampled_from(["test", "write"]), st.sets(st.integers(0, 7))
    ),
    min_size=1,
    max_size=8,
)


class Plan:
    """Tasks of three phases, each of which waits for the one before, and for what it needs."""

    def __init__(self, tasks: Sequence[tuple[str, str, set[int]]]) -> None:
        ordered = sorted(tasks, key=lambda task: PHASES.index(task[0]))
        self.rows = [
            a_row(n, phase, role=role, unmet=int(n % 2))
            for n, (phase, role, _) in enumerate(ordered)
        ]
        # Only what comes before can be needed: a plan has no circles.
        self.needs = {
            row.id: [f"t{need}" for need in sorted(needs) if need < row.ordinal]
            for row, (_, _, needs) in zip(self.rows, ordered, strict=True)
        }

    def waits(self, row: TaskRow) -> tuple[Sequence[str], Sequence[str]]:
        """Return the tasks and the phases that a task waits for."""
        place = PHASES.index(row.phase)
        return self.needs[row.id], PHASES[max(0, place - 1) : place]

    def longest(self, row: TaskRow, took: Mapping[str, int]) -> int:
        """Return what the longest path from a task on takes, by a walk over all of them."""
        place = PHASES.index(row.phase)
        after = [
            one
            for one in self.rows
            if row.id in self.needs[one.id]
            or one.phase == (PHASES[place + 1] if place < len(PHASES) - 1 else "")
        ]
        return took[row.role] + max((self.longest(one, took) for one in after), default=0)


def filled(plan: Plan) -> RemainingPaths:
    """Return the paths of a plan, found at once."""
    paths = RemainingPaths()
    paths.fill(plan.rows, plan.waits)
    return paths


def taken(paths: RemainingPaths, row: TaskRow, took: Mapping[str, int]) -> int:
    """Return what a task and the longest path after it take."""
    weights = [took[role] for role in paths.roles]
    rest = (
        sum(n * weight for n, weight in zip(path, weights, strict=True))
        for path in paths.after(row.id)
    )
    return took[row.role] + max(rest)


@given(tasks=_TASKS)
def test_the_longest_path_is_that_of_a_walk(tasks: list[tuple[str, str, set[int]]]) -> None:
    """Of what takes the same, and of what is so much slower that nothing else counts."""
    plan = Plan(tasks)
    paths = filled(plan)
    for took in ({"test": 1, "write": 1}, {"test": 100, "write": 1}, {"test": 1, "write": 100}):
        for row in plan.rows:
            assert taken(paths, row, took) == plan.longest(row, took)


@given(tasks=_TASKS)
def test_a_path_is_never_longer_than_there_is_one(tasks: list[tuple[str, str, set[int]]]) -> None:
    """Whatever the roles take, it is a lower bound."""
    plan = Plan(tasks)
    paths = filled(plan)
    for took in ({"test": 2, "write": 3}, {"test": 5, "write": 4}):
        for row in plan.rows:
            assert taken(paths, row, took) <= plan.longest(row, took)


@given(tasks=_TASKS, known=st.integers(1, 8))
def test_a_task_that_comes_changes_what_it_makes_longer(
    tasks: list[tuple[str, str, set[int]]], known: int
) -> None:
    """One after the other gives the same as all at once, with the same places to begin."""
    plan = Plan(tasks)
    paths = RemainingPaths()
    paths.fill(plan.rows[:known], plan.waits)
    for place in range(known, len(plan.rows)):
        row = plan.rows[place]
        if not paths.add(row, plan.waits):
            paths.fill(plan.rows[: place + 1], plan.waits)
        paths.put(row)
    whole = filled(plan)
    assert paths.startable == whole.startable
    assert [paths.after(row.id) for row in plan.rows] == [whole.after(row.id) for row in plan.rows]
