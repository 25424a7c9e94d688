"""Taking work that was held back: a person claims the task, and its attempt is seen through."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError, UnknownNameError
from wf_tui.ledger.model.accept_choices import NO_CHOICES, Choices
from wf_tui.ledger.model.events.task_events import WorktreeOpened
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, ScopeWhy, Step, TaskState
from wf_tui.ledger.model.task_moves import claimed
from wf_tui.ledger.queries.left_refs import left_refs
from wf_tui.ledger.queries.scope_holders import contention
from wf_tui.ledger.queries.trees import OPENED, waits_in_tree, work_of
from wf_tui.ledger.rules.claims import PERSON_PROFILE, claim_event, open_attempt
from wf_tui.ledger.rules.decisions import critics
from wf_tui.ledger.rules.task_guards import refused
from wf_tui.plan.choices import Isolation
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail, TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["accept", "check_accepted", "check_left", "claim_held", "opened", "why_not_accepted"]


def accept(tx: Change, task: TaskRow, choices: Choices = NO_CHOICES) -> TaskRow:
    """Take work that was held back, at a person's word; the rule of the move `ACCEPT`."""
    return claim_held(tx, task, tx.actor, choices)


def claim_held(tx: Change, task: TaskRow, claimant: str, choices: Choices) -> TaskRow:
    """Claim work that was held back, for a person or a judge, with a fence of its own.

    The scheduler finds the open attempt and sees it through, from the step that the kind of block
    names on, as `choices` say; no seat is taken for it. `claimant` begins as one of `SEATLESS`.
    """
    step = (task.block and task.block.accepted_at) or Step.HARVESTING
    taken = evolve(
        claimed(task, claimant, step, tx.now, tx.run.lease),
        last_worker=claimant,
        # Work that was inside its scope is to stay there, whatever a person does to it; of what was
        # left nobody has looked yet where it lies.
        scope_waived=not choices.left and task.block is not None and task.block.waives_scope,
        choices=_with_unfiltered(choices.after(task.choices), task),
        # Whatever then does not pass waits for the person; its critic is not asked again.
        detail={
            **task.detail,
            "accepted": BlockedKind.REVIEW if task.kind is BlockedKind.CRITIC else task.kind,
        },
    )
    # Told before those that it blocked go on, so that the log has cause before effect.
    event = claim_event(tx, taken, before=task.kind, choices=choices.named() or None)
    tx.emit_act(event, taken)
    critics.dismiss(tx, task)
    held = tx.update_task(task, taken)
    claim = open_attempt(tx, held, tx.phase(task.phase), PERSON_PROFILE)
    left = tx.attempt(task.id, task.epoch)
    # A conflict's tree was filled anew, on the head that the work did not merge with.
    base = str(task.detail.get("head") or left.base or "")
    # Of what nobody has opened the worktree was given back: another task may be in it by now.
    tree = left.tree if choices.left or waits_in_tree(task) else None
    tx.write(claim, evolve(claim, base=base or None, tree=tree))
    return held


def why_not_accepted(task: TaskRow) -> RefusedError | None:
    """Return why there is nothing to accept of a task, of a kind that can be; None where there is.

    What was not held back can be taken where its attempt has left a commit, or a person has opened
    its worktree.
    """
    if task.block is None or task.block.accepted_at or waits_in_tree(task) or work_of(task):
        return None
    return RefusedError(
        f"task {task.id!r} cannot be accepted: its last attempt has left no changes",
        f"wf retry {clean(shlex.quote(task.id))}",
    )


def opened(tx: Change, task: TaskRow, tree: str, detail: Detail | None = None) -> TaskRow:
    """Note the worktree in which a person finds the work of a blocked task; no act of theirs.

    It is theirs until the task goes on, and is accepted as it is then. `detail` is what a conflict
    is now, where it was merged anew. Refused where the task is not blocked, or works still.
    """
    if task.state is not TaskState.BLOCKED or task.open_epoch is not None:
        raise refused(task, "opened in a worktree")
    tx.emit(WorktreeOpened(tree=tree, detail=detail), task)
    attempt = tx.attempt(task.id, task.epoch)
    tx.write(attempt, evolve(attempt, tree=tree))
    return tx.update_task(task, evolve(task, detail={**(detail or task.detail), OPENED: True}))


def _with_unfiltered(choices: Choices, task: TaskRow) -> Choices:
    """Return the choices with the paths that the person named before, of the same work."""
    before = task.detail.get("unfiltered")
    if not isinstance(before, list):
        return choices
    return replace(choices, unfiltered=tuple(dict.fromkeys((*before, *choices.unfiltered))))


def check_left(tx: Change, task: TaskRow, choices: Choices = NO_CHOICES) -> None:
    """Refuse what is no ref of the task's; raises `UnknownNameError`."""
    known = [event.ref for event in left_refs(tx.db, tx.run.id, task.id)]
    if choices.left not in known:
        raise UnknownNameError("ref", choices.left, known)
    check_shared_tree(tx, task)


def check_accepted(tx: Change, task: TaskRow, choices: Choices = NO_CHOICES) -> None:
    """Refuse choices that this kind of block does not have, and a shared workspace in use.

    Raises `RefusedError`.
    """
    if choices.about_conflict and task.kind != BlockedKind.CONFLICT:
        raise RefusedError(
            f"task {task.id!r} has no sides to choose from: it is in no conflict",
            "leave out --ours and --theirs",
        )
    held = task.detail.get("all")
    if choices.unfiltered and not (isinstance(held, dict) and ScopeWhy.FILTER in held):
        raise RefusedError(
            f"task {task.id!r} has no files that wait for a filter", "leave out --unfiltered"
        )
    check_shared_tree(tx, task)


def check_shared_tree(tx: Change, task: TaskRow) -> None:
    """Keep a person's claim, too, out of a part of the shared workspace that is in use.

    A tree of its own is nobody else's, whatever its scope. Raises `RefusedError`.
    """
    if task.isolation is not Isolation.SHARED:
        return
    holder = contention(tx.run, task, tx.open_attempts())
    if holder:
        raise RefusedError(
            f"task {task.id!r} cannot be accepted: {holder.task!r} works on {holder.holds}",
            "accept it when that one is over",
        )
