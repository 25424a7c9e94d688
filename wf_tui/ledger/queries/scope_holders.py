"""Who holds a write scope, and whom that keeps waiting (RULES 4.3, Write scopes).

A claim goes by it, and views explain by it why a task waits. It is apart from the rules, so that
reading a run loads none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.plan.choices import Isolation, Scopes
from wf_tui.plan.scopes import first_overlap
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import AttemptRow, RunRow, TaskRow

__all__ = [
    "Holder",
    "contention",
    "extent",
    "holds",
    "may_write",
    "needs_newer",
    "writes_in_shared",
]


@frozen
class Holder:
    """Who holds what a task wants, and which two scopes meet."""

    task: str
    wants: str
    holds: str


def contention(run: RunRow, task: TaskRow, holders: Sequence[AttemptRow]) -> Holder | None:
    """Return who holds a scope that this task may not share now (RULES 4.3, Write scopes)."""
    if not task.writes:
        return None
    for attempt in holders:
        if attempt.task == task.id or not attempt.writes:
            continue
        if task.spec.rival and attempt.phase == task.phase:
            continue  # of rivals only one is merged, so none is in the other's way
        shared = task.isolation is attempt.isolation is Isolation.SHARED
        if not shared and run.scopes is Scopes.RACE:
            continue
        wants, holds = (
            extent(task.scope, task.isolation),
            extent(attempt.scope, attempt.isolation),
        )
        met = first_overlap(wants, holds, fold_case=run.fold_case)
        if met:
            return Holder(attempt.task, *met)
    return None


def holds(run: RunRow, attempt: AttemptRow) -> Sequence[str]:
    """Return the paths that an open attempt keeps from others."""
    races = run.scopes is Scopes.RACE and attempt.isolation is not Isolation.SHARED
    return () if races else may_write(attempt)


def may_write(attempt: AttemptRow) -> Sequence[str]:
    """Return the paths that an attempt may change; nothing where it reads, or may change all."""
    return extent(attempt.scope, attempt.isolation) if attempt.writes else ()


def extent(scope: Sequence[str], isolation: Isolation) -> Sequence[str]:
    """Return the scope that counts: empty means all of the shared workspace, none of a tree."""
    return scope or (("**",) if isolation is Isolation.SHARED else ())


def needs_newer(run: RunRow, task: TaskRow, holders: Sequence[AttemptRow]) -> bool:
    """Whether the shared tree, in use now, lacks merges that this task may count on."""
    if not writes_in_shared(task) or task.ready_merges <= run.shared_merges:
        return False
    return any(map(writes_in_shared, holders))


def writes_in_shared(one: TaskRow | AttemptRow) -> bool:
    """Whether a task or an attempt writes in the one tree of the run that such tasks share."""
    return one.writes and one.isolation is Isolation.SHARED
