"""Order, waves and batches, compared with a naive model."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from wf_tui.plan.order import (
    batches,
    effective_dependencies,
    longest_remaining,
    phase_order,
    phase_waves,
    walk,
)


@dataclass(frozen=True)
class Task:
    """The least that order asks of a task."""

    id: str
    depends_on_results: Sequence[str] = ()


@dataclass(frozen=True)
class Phase:
    """The least that order asks of a phase."""

    name: str
    depends_on: Sequence[str] = ()
    parallel: bool = False
    tasks: Sequence[Task] = ()


@dataclass(frozen=True)
class Plan:
    """The least that order asks of a plan."""

    phases: Sequence[Phase]


def chain(*names: str) -> Plan:
    """Return a plan in which each phase depends on the one named after it."""
    needs = [*names[1:], None]
    return Plan(
        [Phase(name, (need,) if need else ()) for name, need in zip(names, needs, strict=True)]
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw an acyclic plan in any declaration order, with results of earlier phases only."""
    count = draw(st.integers(1, 5))
    rank = draw(st.permutations(range(count)))
    needs = [
        [f"p{other}" for other in draw(st.permutations(range(count))) if rank[other] < rank[number]]
        for number in range(count)
    ]
    needs = [draw(st.lists(st.sampled_from(it), max_size=3)) if it else [] for it in needs]
    sizes = [draw(st.integers(1, 3)) for _ in range(count)]
    bare = Plan([Phase(f"p{number}", needs[number]) for number in range(count)])
    position = {name: place for place, name in enumerate(naive_order(bare))}
    phases = []
    for number in range(count):
        earlier = [
            f"t{other}.{index}"
            for other in range(count)
            if position[f"p{other}"] < position[f"p{number}"]
            for index in range(sizes[other])
        ]
        results = st.lists(st.sampled_from(earlier), max_size=2) if earlier else st.just([])
        tasks = [Task(f"t{number}.{index}", draw(results)) for index in range(sizes[number])]
        phases.append(Phase(f"p{number}", needs[number], draw(st.booleans()), tasks))
    return Plan(phases)


def naive_order(plan: Plan) -> list[str]:
    """Return the order by the recursive walk of the plan format."""
    needs = {phase.name: phase.depends_on for phase in plan.phases}
    order: list[str] = []

    def visit(name: str) -> None:
        if name not in order:
            for need in needs[name]:
                visit(need)
            order.append(name)

    for name in needs:
        visit(name)
    return order


def naive_needs(plan: Plan, phase: Phase) -> set[str]:
    """Return all that a phase waits for."""
    results = {need for task in phase.tasks for need in task.depends_on_results}
    homes = {other.name for other in plan.phases if results & {task.id for task in other.tasks}}
    return {*phase.depends_on, *homes}


def naive_remaining(plan: Plan, task: str) -> int:
    """Return the longest chain from a task, by trying all that may come next."""
    phase = next(it for it in plan.phases if task in {own.id for own in it.tasks})
    ids = [own.id for own in phase.tasks]
    following = [] if phase.parallel else ids[ids.index(task) + 1 :][:1]
    later = [
        own.id for it in plan.phases if phase.name in naive_needs(plan, it) for own in it.tasks
    ]
    return 1 + max((naive_remaining(plan, other) for other in [*following, *later]), default=0)


@given(plans())
def test_order_is_that_of_the_recursive_walk(plan: Plan) -> None:
    """Dependencies come first, and independent phases keep their declaration order."""
    assert list(phase_order(plan)) == naive_order(plan)


@given(plans())
def test_a_wave_is_one_after_the_last_that_it_waits_for(plan: Plan) -> None:
    """The number of a wave is the longest chain of phases in front of it."""
    needs = {phase.name: naive_needs(plan, phase) for phase in plan.phases}

    def number(name: str) -> int:
        return 1 + max((number(need) for need in needs[name]), default=-1)

    order = naive_order(plan)
    highest = max(number(name) for name in order)
    expected = [[name for name in order if number(name) == wave] for wave in range(highest + 1)]
    assert [list(wave) for wave in phase_waves(plan)] == expected


@given(plans())
def test_effective_dependencies_are_named_and_by_result(plan: Plan) -> None:
    """A phase waits for what it names and for the phases of its tasks' results, each once."""
    found = effective_dependencies(plan)
    for phase in plan.phases:
        assert set(found[phase.name]) == naive_needs(plan, phase)
        assert len(set(found[phase.name])) == len(found[phase.name])


@given(plans())
def test_longest_remaining_is_the_longest_chain(plan: Plan) -> None:
    """A task counts all that has to wait for it, through sequences, phases and results."""
    tasks = [task.id for phase in plan.phases for task in phase.tasks]
    assert longest_remaining(plan) == {task: naive_remaining(plan, task) for task in tasks}


def test_a_cycle_is_named_as_a_whole() -> None:
    """The path begins and ends with the phase that was met while still open."""
    plan = Plan([Phase("start"), Phase("a", ["start", "b"]), Phase("b", ["c"]), Phase("c", ["a"])])
    assert walk(plan).cycles == (("a", "b", "c", "a"),)


def test_separate_cycles_are_all_named() -> None:
    """One cycle does not hide another."""
    plan = Plan([Phase("a", ["b"]), Phase("b", ["a"]), Phase("c", ["d"]), Phase("d", ["c"])])
    assert walk(plan).cycles == (("a", "b", "a"), ("c", "d", "c"))


def test_a_tangle_is_named_briefly() -> None:
    """Of many cycles through the same phases only those with unnamed ends are told."""
    names = [f"p{number}" for number in range(60)]
    plan = Plan([Phase(name, [other for other in names if other != name]) for name in names])
    assert 1 <= len(walk(plan).cycles) <= len(names)


def test_unknown_and_own_names_are_left_out() -> None:
    """They are faults of their own and no cycles."""
    assert walk(Plan([Phase("a", ["a", "nowhere"])])).cycles == ()


def test_a_chain_of_thousands_is_walked_without_recursion() -> None:
    """Neither order nor waves nor remaining lengths depend on the recursion limit."""
    names = [f"p{number}" for number in range(5_000)]
    plan = chain(*names)
    assert list(phase_order(plan)) == names[::-1]
    assert len(phase_waves(plan)) == len(names)
    assert longest_remaining(plan) == {}


def test_batches_of_a_phase() -> None:
    """Parallel tasks start together, sequential ones one by one in listed order."""
    tasks = [Task("x"), Task("y")]
    assert batches(Phase("p", tasks=tasks, parallel=True)) == (("x", "y"),)
    assert batches(Phase("p", tasks=tasks)) == (("x",), ("y",))
