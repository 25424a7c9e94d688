"""What a node adds: a copy of the phases that it holds, for one round or one item.

All that is copied is named anew, below the node and its number; what it names outside stays.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from wf_tui.plan.tree.decided import Deciding
from wf_tui.plan.tree.items import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wf_tui.ledger.model.new_tasks import NewPhase, NewTask, Node

__all__ = ["copies", "filled", "next_round"]

_FIRST: Final = 1


def copies(node: Node, arm: str, number: int) -> tuple[NewPhase, ...]:
    """Return what an arm holds, as the copy of this number."""
    old, new = f"{node.prefix}{_FIRST}/", f"{node.prefix}{number}/"
    named = _renaming(node.arms[arm], old, new)
    return tuple(_phase(phase, named, old, new) for phase in node.arms[arm])


def filled(phases: Iterable[NewPhase], item: object) -> tuple[NewPhase, ...]:
    """Return phases with the item in their texts; their names have none, and stay."""
    return tuple(_filled(phase, item) for phase in phases)


def next_round(node: Node) -> tuple[NewPhase, ...]:
    """Return a further round of a loop: its body, and the phase that judges it."""
    number = node.number + 1
    old, new = f"{node.prefix}{_FIRST}/", f"{node.prefix}{number}/"
    (judge,) = node.arms["judge"]
    names = _renaming((*node.arms["again"], judge), old, new)
    judged = replace(node, number=number)
    names |= {judge.name: f"{node.prefix}{number}", judge.tasks[0].id: judged.task}
    body = [_phase(phase, names, old, new) for phase in node.arms["again"]]
    heads = _heads(body)
    # What was found wanting in the round before is what the next one begins with.
    told = [
        replace(phase, tasks=tuple(_told(task, node.task) for task in phase.tasks))
        if phase.name in heads
        else phase
        for phase in body
    ]
    return (*told, replace(_phase(judge, names, old, new), node=judged))


def _told(task: NewTask, judge: str) -> NewTask:
    return replace(task, spec=replace(task.spec, needs=(*task.spec.needs, judge)))


def _heads(phases: Sequence[NewPhase]) -> set[str]:
    names = {phase.name for phase in phases}
    return {phase.name for phase in phases if not names & set(phase.depends_on)}


def _task_ids(phase: NewPhase) -> Iterable[str]:
    """Yield the ids of the tasks of a phase."""
    return (task.id for task in phase.tasks)


def _moved(name: str, old: str, new: str) -> str:
    return f"{new}{name.removeprefix(old)}" if name.startswith(old) else name


def _renaming(phases: Iterable[NewPhase], old: str, new: str) -> dict[str, str]:
    """Return the new name of each phase and task that is copied, those that come later too."""
    names: dict[str, str] = {}
    todo = list(phases)
    while todo:
        phase = todo.pop()
        for name in (phase.name, *_task_ids(phase)):
            names[name] = _moved(name, old, new)
        if phase.node is not None:
            names[phase.node.task] = _moved(phase.node.task, old, new)
            todo += [one for arm in phase.node.arms.values() for one in arm]
    return names


def _phase(phase: NewPhase, names: dict[str, str], old: str, new: str) -> NewPhase:
    node = phase.node
    if node is not None:
        arms = {
            arm: tuple(_phase(one, names, old, new) for one in many)
            for arm, many in node.arms.items()
        }
        prefix, source = _moved(node.prefix, old, new), names.get(node.source, node.source)
        wanted = {
            names.get(task, task): tuple(names.get(need, need) for need in many)
            for task, many in node.wanted.items()
        }
        node = replace(node, prefix=prefix, source=source, arms=arms, wanted=wanted)
    return replace(
        phase,
        name=names[phase.name],
        depends_on=tuple(names.get(name, name) for name in phase.depends_on),
        judge=names.get(phase.judge, phase.judge) if phase.judge else None,
        tasks=tuple(_task(task, names) for task in phase.tasks),
        node=node,
    )


def _task(task: NewTask, names: dict[str, str]) -> NewTask:
    needs = tuple(names.get(need, need) for need in task.spec.needs)
    return replace(task, id=names[task.id], spec=replace(task.spec, needs=needs))


def _filled(phase: NewPhase, item: object) -> NewPhase:
    node = phase.node
    # An expand within has items of its own.
    if node is not None and node.kind is not Deciding.EXPAND:
        arms = {arm: filled(many, item) for arm, many in node.arms.items()}
        node = replace(node, text=_text(node.text, item), arms=arms)
    tasks = tuple(_filled_task(task, item) for task in phase.tasks)
    return replace(phase, tasks=tasks, node=node)


def _filled_task(task: NewTask, item: object) -> NewTask:
    spec = task.spec
    command, gate = (
        text and cast("str", fill(text, item, "run")) for text in (spec.command, spec.gate)
    )
    filled = replace(
        spec,
        # What a worker has answered is data for another one, and never part of what that is told.
        item=json.dumps(item),
        command=command,
        gate=gate,
        deliverables=tuple(_text(one, item) for one in spec.deliverables),
        tags=tuple(_text(one, item) for one in spec.tags),
        env=tuple(_text(one, item) for one in spec.env),
    )
    scope = tuple(_text(one, item) for one in task.scope)
    return replace(task, title=_text(task.title, item), spec=filled, scope=scope)


def _text(text: str, item: object) -> str:
    return cast("str", fill(text, item))
