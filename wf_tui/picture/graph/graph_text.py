"""What `wf graph` prints: the layers, what each task needs, and the critical path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import TaskState
from wf_tui.picture import glyphs
from wf_tui.picture.age import duration
from wf_tui.picture.graph.critical_path import critical_path
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.picture.graph.graph import Graph

__all__ = ["PATH", "graph_json", "graph_lines", "path_steps", "path_words"]

PATH: Final = "━"
"""Marks the critical path."""
_NEEDS: Final = "←"

_NAME: Final = 60


def graph_lines(graph: Graph) -> Iterator[str]:
    """Yield the graph line by line, safe to draw; `━` marks the critical path."""
    path = critical_path(graph)
    for phase in graph.phases:
        layer = graph.layer(phase)
        before = ", ".join(clean(one, limit=_NAME) for one in graph.waits.get(phase, ()))
        done = sum(task.state is TaskState.DONE for task in layer)
        behind = f"  after {before}" if before else ""
        yield f"{clean(phase, limit=_NAME)}  {done} of {len(layer)}{behind}"
        for task in layer:
            needs = [clean(one, limit=_NAME) for one in graph.needs.get(task.id, ())]
            mark = PATH if task.id in path.tasks else " "
            waits = f"  {_NEEDS} {', '.join(needs)}" if needs else ""
            title = clean(task.title, limit=_NAME)
            yield f"{mark} {glyphs.of(task)} {clean(task.id, limit=_NAME)}  {title}{waits}"
    if path.tasks:
        yield ""
        yield f"critical path  {path_words(graph)}"
        yield f" {PATH} ".join(path_steps(graph))


def path_words(graph: Graph) -> str:
    """Return what is known of the critical path in a sentence."""
    path = critical_path(graph)
    if path.left is None:
        return f"{plural(path.count, 'task')} left; too little has finished to say how long"
    # What waits for a person has no time of its own: the figure begins behind their answer.
    rest = [graph.tasks[name] for name in path.tasks]
    asks = any(task.block is not None and task.block.waits_for_person for task in rest)
    behind = " once you have answered" if asks else ""
    words = f"at least {duration(path.left)}{behind}: {plural(path.count, 'task')} left"
    return f"{words}, from the medians of finished attempts"


def path_steps(graph: Graph) -> list[str]:
    """Return the tasks of the critical path, each with how long it took or is likely to take."""
    return [_step(graph, name) for name in critical_path(graph).tasks]


def _step(graph: Graph, name: str) -> str:
    task = graph.tasks[name]
    text = f"{glyphs.of(task)} {clean(name, limit=_NAME)}"
    if task.state is TaskState.DONE:
        return f"{text} {duration(graph.took[name])}" if name in graph.took else text
    if task.state is TaskState.BLOCKED and task.kind:
        return f"{text} {task.kind.replace('_', ' ')}"
    return f"{text} ~{duration(graph.estimate(task))}" if graph.is_measured else text


def graph_json(graph: Graph) -> dict[str, object]:
    """Return the object of `wf graph --json`."""
    path = critical_path(graph)
    return {
        "phases": [
            {"name": phase, "depends_on": list(graph.waits.get(phase, ()))}
            for phase in graph.phases
        ],
        "tasks": [
            {
                "id": task.id,
                "phase": task.phase,
                "state": task.state,
                "kind": task.kind,
                "needs": list(graph.needs.get(task.id, ())),
                "took": graph.took.get(task.id),
            }
            for task in graph.tasks.values()
        ],
        "critical_path": {"tasks": list(path.tasks), "left": path.left, "tasks_left": path.count},
    }
