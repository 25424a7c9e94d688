"""The longest way that is left through a run, by what finished attempts took."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from wf_tui.picture.graph.graph import Graph

__all__ = ["NO_PATH", "CriticalPath", "critical_path"]


@dataclass(frozen=True)
class CriticalPath:
    """Tasks one behind the other, those that are done first; and what the rest takes at least."""

    tasks: tuple[str, ...]
    left: float | None
    """Seconds; None where nobody can say it, or nothing is left."""
    count: int
    """How many of them are left."""


NO_PATH: Final = CriticalPath((), None, 0)
_Node = tuple[str, str]
"""A task, or the end of a phase: what it is, and its name."""


def critical_path(graph: Graph) -> CriticalPath:
    """Return the longest way; costs what is in the graph once.

    What is done takes no more time; of several ways that are as long, the one that came last.
    """
    before: dict[_Node, list[_Node]] = {}
    for name, task in graph.tasks.items():
        gates = [("end", phase) for phase in graph.waits.get(task.phase, ())]
        needs = [("task", one) for one in graph.needs.get(name, ()) if one in graph.tasks]
        before["task", name] = [*needs, *gates]
        before.setdefault(("end", task.phase), []).append(("task", name))
    for phase, many in graph.waits.items():
        before.setdefault(("end", phase), []).extend(("end", one) for one in many)
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:  # a ledger that is damaged has a graph nobody can draw
        return NO_PATH
    length: dict[_Node, tuple[float, float]] = {}
    chosen: dict[_Node, _Node] = {}
    for node in order:
        ways = before.get(node, [])
        best = max(ways, key=length.__getitem__, default=None)
        base = length[best] if best is not None else (0.0, 0.0)
        if best is not None:
            chosen[node] = best
        length[node] = _with(graph, node, base)
    last = max(length, key=length.__getitem__, default=None)
    tasks: list[str] = []
    while last is not None:
        if last[0] == "task":
            tasks.append(last[1])
        last = chosen.get(last)
    tasks.reverse()
    rest = [name for name in tasks if graph.tasks[name].state is not TaskState.DONE]
    if not rest:
        return NO_PATH
    seconds = sum(graph.estimate(graph.tasks[name]) for name in rest)
    return CriticalPath(tuple(tasks), seconds if graph.is_measured else None, len(rest))


def _with(graph: Graph, node: _Node, base: tuple[float, float]) -> tuple[float, float]:
    """Return the length of the way up to a node: seconds, and when the last of it was done."""
    if node[0] == "end":
        return base
    task = graph.tasks[node[1]]
    if task.state is TaskState.DONE:
        return base[0], max(base[1], task.since)
    # Each is one more step, also where nothing is known of the time.
    return base[0] + max(graph.estimate(task), 1.0), base[1]
