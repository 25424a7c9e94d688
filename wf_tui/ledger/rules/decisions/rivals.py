"""Rivals (RULES 5): tasks of a phase that try the same, of which one is merged, and never two.

Called by the rules that end attempts, in their transaction: the moment in which one is merged is
the moment in which the others are skipped, whatever dies after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.accept_choices import NO_CHOICES
from wf_tui.ledger.model.events.rival_events import RivalLeft, RivalsJudged, RivalSkipped
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import JUDGE, BlockedKind, DoneKind, Intent, TaskState
from wf_tui.ledger.model.task_moves import finished
from wf_tui.ledger.queries.rivals import (
    Standing,
    can_be_taken,
    merging_rival,
    rivals_about,
    rivals_of,
    standing,
    taken_rival,
    why_not_back,
    will_choose,
    winner,
)
from wf_tui.ledger.rules.accept import claim_held
from wf_tui.ledger.rules.claims import wake_next
from wf_tui.ledger.rules.conversation.messages import too_late
from wf_tui.ledger.rules.decisions import critics
from wf_tui.ledger.rules.runs import abort_rest
from wf_tui.ledger.rules.task_guards import fence
from wf_tui.plan.choices import OnFailure, Pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = [
    "after_end",
    "check_chosen",
    "check_merge",
    "leave_to_person",
    "take_judged",
]

_OTHERS: Final = "others"
"""Stands in the detail of a rival that is given up, while another one may still be merged."""


def check_merge(tx: Change, task: TaskRow) -> None:
    """Refuse the merge of a rival where another one was merged, or is being merged.

    Asked before each merge begins, as the last of what keeps two of them from the branch; raises
    `RefusedError`. Of the best only that is merged which somebody has taken.
    """
    if not task.spec.rival:
        return
    others = [one for one in rivals_of(tx.db, tx.run.id, task.phase) if one.id != task.id]
    before = winner(others) or merging_rival(others)
    if before is not None:
        raise RefusedError(f"task {task.id!r} cannot be merged: its rival {before.id!r} was first")
    if task.spec.rival == Pick.BEST and not task.by_hand:
        raise RefusedError(f"task {task.id!r} cannot be merged: nobody has taken it")


def check_chosen(tx: Change, task: TaskRow, done: str) -> None:
    """Refuse to bring a rival or its judge back once one was merged; raises `RefusedError`."""
    refusal = why_not_back(task, rivals_about(tx.db, task), done)
    if refusal is not None:
        raise refusal


def after_end(tx: Change, task: TaskRow) -> None:
    """Draw the consequences for a phase of rivals of which one is done, or blocked.

    Called when an attempt is closed, and when a person has moved a task. One that was merged ends
    the others, and a judge that is still to choose. Where none is left that could be merged, a
    person is needed, or the policy of the phase acts: not before, since one that fails is what
    rivals are for.
    """
    if task.spec.judges and task.kind is not DoneKind.ANSWERED and not will_choose(task):
        leave_to_person(tx, task.spec.judges, f"its judge {task.id} does not choose: {task.note}")
    if not task.spec.rival:
        return
    rivals = rivals_of(tx.db, tx.run.id, task.phase)
    now = standing(rivals)
    phase = tx.phase(task.phase)
    if now is Standing.OVER:
        _skip_rest(tx, rivals, phase.judge)
    elif now is not Standing.LOST:
        if task.block is not None and task.block.settles_phase and _OTHERS not in task.detail:
            tx.update_task(task, evolve(task, detail={**task.detail, _OTHERS: "open"}))
        return
    else:
        _need_person(tx, [one for one in rivals if _OTHERS in one.detail], _OTHERS, "")
    if now is Standing.LOST and phase.on_failure is OnFailure.ABORT:
        failed = any(
            isinstance(one.kind, BlockedKind) and one.kind.facts.aborts_run for one in rivals
        )
        if failed and tx.run.intent != Intent.ABORT:
            abort_rest(tx, f"phase {phase.name} aborts the run when all its tasks are blocked")


def _skip_rest(tx: Change, rivals: Sequence[TaskRow], judge: str | None) -> None:
    taken = winner(rivals)
    why = "there is nothing to choose from"
    if taken is not None:
        first = taken.spec.rival == Pick.FIRST and not _was_accepted(tx, taken)
        why = f"{taken.id} was {'first' if first else 'taken'}"
    for name in [*(one.id for one in rivals), *filter(None, [judge])]:
        task = tx.task(name)
        if task.state is not TaskState.DONE:
            _skip(tx, task, None if taken is None else taken.id, why)


def _was_accepted(tx: Change, task: TaskRow) -> bool:
    """Whether a person took it, rather than its own worker having been the first."""
    return tx.attempt(task.id, task.epoch).by_hand


def _skip(tx: Change, task: TaskRow, taken: str | None, why: str) -> None:
    """Count a task as done, and stop the attempt that it has; its work is kept as evidence."""
    critics.dismiss(tx, task)
    stops = task.claimed
    if not stops:
        wake_next(tx, task)
    before = task.step or task.kind or task.state.value
    tx.emit(
        RivalSkipped(
            kind=DoneKind.SKIPPED,
            before=before,
            winner=taken,
            text=why,
            stopped=stops or None,
        ),
        task,
    )
    too_late(tx, task)
    if stops:
        fence(tx, task)
    tx.update_task(task, finished(task, DoneKind.SKIPPED, why))


def take_judged(tx: Change, judge: TaskRow) -> None:
    """Take the rival that a judge has named, as a person would accept it.

    Where it has named none that can be taken, they stay as they are, for a person.
    """
    if not judge.spec.judges:
        return
    if judge.kind is not DoneKind.ANSWERED:
        return
    rivals = rivals_of(tx.db, tx.run.id, judge.spec.judges)
    chosen = next((one for one in rivals if one.id == judge.pick), None)
    taken_before = taken_rival(rivals)
    why = None
    if judge.pick is None:
        why = "it has named none: a person chooses"
    elif chosen is None:
        why = "it has named none of its rivals: a person chooses"
    elif taken_before is not None:
        why = f"{taken_before.id} was taken before"
    elif not can_be_taken(chosen):
        why = f"{chosen.id} cannot be taken: a person chooses"
    phase = judge.spec.judges
    tx.emit(RivalsJudged(phase=phase, pick=judge.pick, taken=why is None or None, text=why), judge)
    if chosen is not None and why is None:
        claim_held(tx, tx.task(chosen.id), f"{JUDGE}{judge.id}", NO_CHOICES)
    else:
        leave_to_person(tx, phase, f"its judge has chosen none: wf accept takes one of {phase}")


def leave_to_person(tx: Change, phase: str, why: str) -> None:
    """Let the rivals that waited for their judge wait for a person; `why` is told of each."""
    rivals = rivals_of(tx.db, tx.run.id, phase)
    waiting = [one for one in rivals if can_be_taken(one) and "judge" in one.detail]
    _need_person(tx, waiting, "judge", why)


def _need_person(tx: Change, tasks: Sequence[TaskRow], mark: str, why: str) -> None:
    """Let tasks wait for nobody but a person from now on, of which a mark says the contrary."""
    for task in tasks:
        tx.emit(RivalLeft(text=why or task.note), task)
        detail = {name: value for name, value in task.detail.items() if name != mark}
        tx.update_task(task, evolve(task, note=why or task.note, detail=detail))
