"""The order of a plan: phases, waves, batches, what waits for what. No walk here recurses.

It needs of a plan no more than the three protocols say, so that whatever has phases can be ordered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = [
    "OrderedPhase",
    "OrderedPlan",
    "OrderedTask",
    "Walk",
    "batches",
    "effective_dependencies",
    "longest_remaining",
    "phase_order",
    "phase_waves",
    "walk",
]


class OrderedTask(Protocol):
    """What order needs to know of a task."""

    @property
    def id(self) -> str:
        """Unique over the plan."""

    @property
    def depends_on_results(self) -> Sequence[str]:
        """Tasks of earlier phases."""


class OrderedPhase(Protocol):
    """What order needs to know of a phase."""

    @property
    def name(self) -> str:
        """Unique over the plan."""

    @property
    def depends_on(self) -> Sequence[str]:
        """Names of other phases."""

    @property
    def parallel(self) -> bool:
        """All tasks at once, or one after the other."""

    @property
    def tasks(self) -> Sequence[OrderedTask]:
        """In declaration order."""


class OrderedPlan(Protocol):
    """What order needs to know of a plan."""

    @property
    def phases(self) -> Sequence[OrderedPhase]:
        """In declaration order."""


@dataclass(frozen=True)
class Walk:
    """The phases with their dependencies first, and each cycle met as `a, b, a`.

    Where there is a cycle `order` still has each phase once, but means nothing.
    """

    order: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]


def walk(plan: OrderedPlan) -> Walk:
    """Walk depth-first: roots in declaration order, dependencies in listed order.

    Unknown names and self-dependencies are left out; they are faults of their own. Of cycles that
    share their ends only the first is named, so that the list stays short.
    """
    names = {phase.name for phase in plan.phases}
    needs: dict[str, list[str]] = {}
    for phase in plan.phases:
        known = [need for need in phase.depends_on if need in names and need != phase.name]
        needs.setdefault(phase.name, known)  # of equal names, which are a fault, the first
    order: dict[str, None] = {}
    cycles: list[tuple[str, ...]] = []
    named: set[str] = set()
    for root, root_needs in needs.items():
        if root in order:
            continue
        # A stack of our own: a chain of thousands of phases is deeper than Python's. `pending` has
        # for each phase of the path the needs that are still to be looked at.
        path = [root]
        open_phases = {root}
        pending: list[Iterator[str]] = [iter(root_needs)]
        while path:
            last = path[-1]
            for need in pending[-1]:  # goes on where it was left for a need of this phase
                if need in open_phases:
                    if not named & {need, last}:
                        cycles.append((*path[path.index(need) :], need))
                        named.update(cycles[-1])
                elif need not in order:
                    path.append(need)
                    open_phases.add(need)
                    pending.append(iter(needs[need]))
                    break
            else:
                # All its needs are in the order by now, so it may stand behind them.
                order[last] = None
                open_phases.remove(last)
                path.pop()
                pending.pop()
    return Walk(tuple(order), tuple(cycles))


def phase_order(plan: OrderedPlan) -> tuple[str, ...]:
    """Return the names of the phases of a checked plan, dependencies first."""
    return walk(plan).order


def effective_dependencies(plan: OrderedPlan) -> dict[str, tuple[str, ...]]:
    """Return what each phase waits for: `depends_on`, then the phases of its tasks' results.

    For a checked plan: raises `KeyError` where a task needs the result of none that there is.
    """
    home = {task.id: phase.name for phase in plan.phases for task in phase.tasks}
    found = {}
    for phase in plan.phases:
        needs = dict.fromkeys(phase.depends_on)
        for task in phase.tasks:
            needs.update((home[need], None) for need in task.depends_on_results)
        needs.pop(phase.name, None)  # a phase that waited for itself would never start
        found[phase.name] = tuple(needs)
    return found


def phase_waves(plan: OrderedPlan) -> tuple[tuple[str, ...], ...]:
    """Group the phases: each stands one wave after the last that it waits for.

    For people, who see in it what can run side by side; the scheduler waits for phases, not waves.
    """
    needs = effective_dependencies(plan)
    number: dict[str, int] = {}
    waves: list[list[str]] = []
    for name in phase_order(plan):  # what a phase needs comes before it, and has its number
        number[name] = 1 + max((number[need] for need in needs[name]), default=-1)
        if number[name] == len(waves):
            waves.append([])
        waves[number[name]].append(name)
    return tuple(tuple(wave) for wave in waves)


def batches(phase: OrderedPhase) -> tuple[tuple[str, ...], ...]:
    """Return the ids of tasks that start together: one batch if parallel, else one a task."""
    ids = tuple(task.id for task in phase.tasks)
    return (ids,) if phase.parallel else tuple((task,) for task in ids)


def longest_remaining(plan: OrderedPlan) -> dict[str, int]:
    """Return for each task how many tasks the longest chain from it to the end has, itself counted.

    A result of another phase makes that whole phase wait, so chains run through phases and
    through the sequence inside a sequential one. Of tasks of equal priority the one with the
    longest chain is claimed first.
    """
    phases = {phase.name: phase for phase in plan.phases}
    needs = effective_dependencies(plan)
    after = dict.fromkeys(phases, 0)
    remaining: dict[str, int] = {}
    # From the end: whatever waits for a phase has said already how much comes after it.
    for name in reversed(phase_order(plan)):
        steps = batches(phases[name])
        for position, batch in enumerate(steps):
            remaining.update(dict.fromkeys(batch, len(steps) - position + after[name]))
        for need in needs[name]:
            after[need] = max(after[need], len(steps) + after[name])
    return remaining
