"""Tree plans as values, short enough to be read in a test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wf_tui.plan.read import parse_plan

if TYPE_CHECKING:
    from wf_tui.plan.models import Phase, Plan
    from wf_tui.plan.report import Report

__all__ = ["branch", "good_tree", "leaf", "node", "phases_of", "sequence", "tree_report"]

Node = dict[str, object]


def node(kind: str, name: str, **spec: object) -> Node:
    """Return a node of a kind."""
    return {"kind": kind, "spec": {"id": name, **spec}}


def leaf(name: str, *needs: str, **spec: object) -> Node:
    """Return a leaf that needs the results of these nodes."""
    more = {"depends_on_results": list(needs)} if needs else {}
    return node("leaf", name, **{"prompt": f"do {name}", **more, **spec})


def sequence(name: str, *children: Node) -> Node:
    """Return nodes one after the other."""
    return node("sequence", name, children=list(children))


def branch(name: str, *children: Node, parallel: bool = True, **spec: object) -> Node:
    """Return nodes side by side."""
    return node("branch_set", name, parallel=parallel, children=list(children), **spec)


def tree_report(*nodes: Node, **root: object) -> Report:
    """Return what checking a tree of these nodes comes to."""
    return parse_plan(json.dumps({"goal": "g", **root, "nodes": list(nodes)}), "json", "tree.json")


def good_tree(*nodes: Node, **root: object) -> Plan:
    """Return the plan that a tree without faults becomes."""
    found = tree_report(*nodes, **root)
    assert found.plan is not None, found.text()
    return found.plan


def phases_of(plan: Plan) -> dict[str, Phase]:
    """Return the phases of a plan by their names."""
    return {phase.name: phase for phase in plan.phases}
