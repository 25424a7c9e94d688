"""Taking work that was held back: a person claims the task, and its attempt is seen through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError, UnknownNameError
from wf_tui.ledger.model.accept_choices import NO_CHOICES, Choices
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, ScopeWhy, Step
from wf_tui.ledger.model.task_moves import claimed
from wf_tui.ledger.queries.left_refs import left_refs
from wf_tui.ledger.queries.scope_holders import contention
from wf_tui.ledger.rules.claims import claim_event, open_attempt
from wf_tui.ledger.rules.decisions import critics
from wf_tui.plan.choices import Isolation

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["accept", "check_accepted", "check_left", "claim_held"]


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
        scope_waived=not (choices.left or (task.block and task.block.passed_checks)),
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
    opened = open_attempt(tx, held, tx.phase(task.phase), "user")
    left = tx.attempt(task.id, task.epoch)
    # A conflict's tree was filled anew, on the head that the work did not merge with.
    base = str(task.detail.get("head") or left.base or "")
    tx.write(opened, evolve(opened, base=base or None, tree=left.tree))
    return held


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
