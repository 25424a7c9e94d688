"""Nodes of tree plans (RULES 5, Nodes): which phases are added behind one that decides.

Asked as that phase has nothing left to do, before it settles: what waits for it waits for what is
added, too, and nothing of it can be claimed in between. Whoever decides is a task that is done, so
that doing it again, after a crash, finds the same; a phase that has decided never does so again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import NodeDecided
from wf_tui.ledger.model.nodes.copies import copies, filled, next_round
from wf_tui.ledger.model.nodes.stored import decided_by, read_node, write_node
from wf_tui.ledger.model.rows import PhaseRow, decode, evolve, select
from wf_tui.ledger.model.states import PERSON, DoneKind, TaskState
from wf_tui.ledger.rules.decisions.added_phases import AddedPhases
from wf_tui.plan.scopes import problem
from wf_tui.plan.tree.decided import Deciding
from wf_tui.plan.tree.items import array_of, fill
from wf_tui.structured import read_structured
from wf_tui.text import plural
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from wf_tui.ledger.model.new_tasks import NewPhase, Node
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.transaction import RunTransaction

__all__ = ["has_decided", "may_settle", "undecided"]

_HOLDS: Final = "pass"
_FAILS: Final = "fail"
_LONGEST: Final = 200
"""Characters of a condition in a sentence."""
_WAYS: Final = "accept says that it does, skip that it does not"


@frozen
class _Decision:
    verdict: str
    phases: tuple[NewPhase, ...]


def may_settle(tx: RunTransaction, phase: PhaseRow) -> tuple[bool, list[TaskRow]]:
    """Tell whether a phase that has nothing left to do is over, and which tasks it has added.

    One that decides is not, before its task is done: that may be blocked in a phase that lets the
    run go on otherwise.
    """
    node = read_node(phase.node)
    if node is None or node.verdict:
        return True, []
    decision = _decide(tx, node)
    if decision is None:
        return False, []
    tx.write(phase, evolve(phase, node=write_node(replace(node, verdict=decision.verdict))))
    added = AddedPhases(tx, phase.name, decision.phases, node.wanted)
    tx.emit(
        NodeDecided(
            phase=phase.name,
            node=node.kind,
            verdict=decision.verdict,
            text=node.text,
            phases=tuple(one.name for one in decision.phases),
            needs=added.wanted() or None,
        )
    )
    return True, added.add()


def _decide(tx: RunTransaction, node: Node) -> _Decision | None:
    """Return what a node decides, or None before it can."""
    task = tx.task(node.source or node.task)
    if task.state is not TaskState.DONE:
        return None
    if node.kind is Deciding.EXPAND:
        items = _items(node, task)
        return _Decision(str(len(items)), _each(node, items))
    verdict = _verdict(task)
    if node.kind is Deciding.COND:
        return _Decision(verdict, copies(node, verdict, 1))
    again = verdict == _FAILS and node.number < node.most
    return _Decision(verdict, next_round(node) if again else ())


def _verdict(task: TaskRow) -> str:
    """Return whether a condition holds: as it was judged, or as a person has decided."""
    if task.kind is DoneKind.SKIPPED:
        return _FAILS
    if _by_person(task):
        return _HOLDS
    return _HOLDS if read_structured(task.result or "").verdict == _HOLDS else _FAILS


def _by_person(task: TaskRow) -> bool:
    return task.last_worker is not None and task.last_worker.startswith(PERSON)


def _items(node: Node, task: TaskRow) -> list[object]:
    """Return the items that a task has answered; none where a person has done without them."""
    if task.kind is DoneKind.SKIPPED:
        return []
    items = array_of(task.result or "") or []
    return [] if _beyond(node, items) else items[: node.most]


def _each(node: Node, items: list[object]) -> tuple[NewPhase, ...]:
    made = (filled(copies(node, "each", number), item) for number, item in enumerate(items, 1))
    return tuple(phase for phases in made for phase in phases)


def _beyond(node: Node, items: list[object]) -> str:
    """Return a scope that an item would lead out of the tree, or ""."""
    phases = [phase for phases in node.arms.values() for phase in phases]
    scopes = {scope for phase in phases for task in phase.tasks for scope in task.scope}
    filled = (str(fill(scope, item)) for item in items[: node.most] for scope in sorted(scopes))
    return next((scope for scope in filled if problem(scope)), "")


def undecided(tx: RunTransaction, task: TaskRow, result: str | None) -> str:
    """Return why the answer of a task is for a person to decide on, or "" where it decides.

    Asked before the task is done by it. What a person has accepted is decided.
    """
    if task.by_hand:
        return ""
    if task.spec.items:
        return _unreadable(tx, task, result or "")
    node = read_node(tx.phase(task.phase).node)
    if node is None or node.task != task.id or node.verdict:
        return ""
    verdict = read_structured(result or "").verdict
    condition = " ".join(node.text.split())[:_LONGEST]
    if verdict not in {_HOLDS, _FAILS}:
        return f"not sure whether it holds: {condition}; {_WAYS}"
    if node.kind is Deciding.LOOP and verdict == _FAILS and node.number >= node.most:
        rounds = plural(node.most, "round")
        return f"after {rounds} it does not hold: {condition}; accept or skip goes on"
    return ""


def _unreadable(tx: RunTransaction, task: TaskRow, answer: str) -> str:
    items = array_of(answer)
    ways = "accept or skip goes on without any"
    if items is None:
        return f"its answer is no JSON array of items; {ways}"
    for text in _nodes_of(tx):
        node = read_node(text)
        if node is not None and node.source == task.id and (scope := _beyond(node, items)):
            return f"an item would let a task change {scope!r}, which leaves the tree; {ways}"
    return ""


def _nodes_of(tx: RunTransaction) -> list[str]:
    rows = tx.db.execute(
        "SELECT node FROM phase WHERE run = :run AND node <> '' ORDER BY ordinal",
        {"run": tx.run.id},
    )
    return [str(row[0]) for row in rows]


def has_decided(tx: RunTransaction, task: TaskRow) -> bool:
    """Whether a node has decided by this task already, so that it cannot be asked again."""
    if not task.spec.items:
        return decided_by(task, [tx.phase(task.phase)])
    rows = tx.db.execute(
        select(PhaseRow, "WHERE run = :run AND node <> '' ORDER BY ordinal"), {"run": tx.run.id}
    )
    return decided_by(task, [decode(PhaseRow, row) for row in rows])
