"""What a phase decides, as JSON: the column `phase.node`."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from wf_tui.ledger.model.json_text import compact_json
from wf_tui.ledger.model.new_tasks import NewPhase, NewTask, Node
from wf_tui.ledger.model.spec import Spec, read_spec, write_spec
from wf_tui.plan.choices import Isolation, Mode, OnFailure, Pick
from wf_tui.plan.tree.decided import Deciding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.ledger.model.rows import PhaseRow, TaskRow

__all__ = ["decided_by", "read_node", "write_node"]


def write_node(node: Node | None) -> str:
    """Return the column of a phase; "" where it decides nothing."""
    return "" if node is None else compact_json(_of_node(node))


def read_node(text: str) -> Node | None:
    """Return what a phase decides, or None; raises `ValueError` or `KeyError` for a damaged one."""
    return _node(json.loads(text)) if text else None


def decided_by(task: TaskRow, phases: Iterable[PhaseRow]) -> bool:
    """Whether one of these phases has decided by this task, so that it cannot be asked again.

    Those of the whole run, or at least the task's own where its answer is no list of items.
    """
    nodes = (
        read_node(phase.node) for phase in phases if task.spec.items or phase.name == task.phase
    )
    found = [node for node in nodes if node is not None and node.verdict]
    return any(task.id in {node.source, node.task} for node in found)


def _of_node(node: Node) -> dict[str, object]:
    arms = {name: [_of_phase(phase) for phase in phases] for name, phases in node.arms.items()}
    return {**_own(node, "arms"), "arms": arms}


def _node(stored: Mapping[str, Any]) -> Node:
    arms = {name: tuple(map(_phase, many)) for name, many in stored["arms"].items()}
    wanted = {task: tuple(needs) for task, needs in stored["wanted"].items()}
    return Node(**{**stored, "kind": Deciding(stored["kind"]), "arms": arms, "wanted": wanted})


def _of_phase(phase: NewPhase) -> dict[str, object]:
    own = _own(phase, "tasks", "node")
    own["tasks"] = [
        {**_own(task, "spec"), "spec": json.loads(write_spec(task.spec))} for task in phase.tasks
    ]
    return own if phase.node is None else {**own, "node": _of_node(phase.node)}


def _phase(stored: Mapping[str, Any]) -> NewPhase:
    values = dict(stored)
    values["on_failure"] = OnFailure(stored["on_failure"])
    values["depends_on"] = tuple(stored.get("depends_on", ()))
    values["tasks"] = tuple(map(_task, stored["tasks"]))
    values["pick"] = Pick(stored["pick"]) if stored.get("pick") else None
    values["node"] = _node(stored["node"]) if stored.get("node") else None
    return NewPhase(**values)


def _task(stored: Mapping[str, Any]) -> NewTask:
    values = dict(stored)
    values["spec"] = _spec(stored["spec"])
    values["mode"] = Mode(stored.get("mode", Mode.READ_ONLY))
    values["isolation"] = Isolation(stored.get("isolation", Isolation.AUTO))
    values["scope"] = tuple(stored.get("scope", ()))
    return NewTask(**values)


def _spec(stored: object) -> Spec:
    return read_spec(json.dumps(stored))


def _own(value: object, *apart: str) -> dict[str, object]:
    """Return the fields of a dataclass that are not as they are by default, but for some."""
    kept: dict[str, object] = {}
    for one in fields(value):  # type: ignore[arg-type]
        part = getattr(value, one.name)
        if one.name not in apart and part != one.default:
            kept[one.name] = list(part) if isinstance(part, tuple) else part
    return kept
