"""What a person can do to a card as it is: the table of RULES 3.1, to grey keys with the reason.

The ledger decides in the end, by the same table and with the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind, DoneKind, Intent, RunState, Step, TaskState
from wf_tui.ledger.queries.trees import ACCEPTED
from wf_tui.ledger.rules.task_guards import refused, stoppable
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import RunRow, TaskRow

__all__ = ["ENTER", "MOVES", "RUN_MOVES", "why_not", "why_not_run"]

_NEVER_RETRIED: Final = frozenset({BlockedKind.DEPENDENCY, BlockedKind.HOLD})
_UNPREPARED: Final = frozenset({Step.CLAIMED, Step.PREPARING})
_TEXT: Final = 300


@dataclass(frozen=True)
class _Move:
    done: str
    """What the task would have been, for the sentence that refuses."""
    possible: Callable[[TaskRow], bool]
    wakes: Callable[[TaskRow], bool]
    """Whether it gives the run something to do, which one that is being aborted refuses."""


def why_not(move: str, task: TaskRow, run: RunRow, now: float, *, used: bool = False) -> str | None:
    """Return why a move is not possible now, or None where it is.

    `used` is whether a task that counts on this one's being skipped was claimed.
    """
    rule = _ENTERED if move == ENTER else MOVES[move]
    if not rule.possible(task) or (move == "retry" and _too_late(task, now, used=used)):
        return clean(refused(task, rule.done).message, limit=_TEXT)
    if rule.wakes(task) and _aborting(run):
        return "the run is being aborted: wait for that to end"
    return None


def _too_late(task: TaskRow, now: float, *, used: bool) -> bool:
    """Whether there was something to retry, but no longer: a wait is over, a skip was used."""
    over = _is_pending(task) and task.not_before is not None and task.not_before <= now
    return over or (task.kind == DoneKind.SKIPPED and used)


def why_not_run(move: str, run: RunRow) -> str | None:
    """Return why a move of the whole run is not possible now, or None where it is."""
    if move in {"pause", "stop", "stop_now", "abort"}:
        if RunState(run.state).ended:
            return f"the run is over: {run.state}"
        return "the run is being aborted" if run.intent == Intent.ABORT else None
    if move == "resume" and run.state == RunState.COMPLETED:
        return "the run is completed: add a task, or start another run"
    aborting = move in {"resume", "add"} and _aborting(run)
    return "the run is being aborted: wait for that to end" if aborting else None


def _aborting(run: RunRow) -> bool:
    return run.intent == Intent.ABORT and run.open_attempts > 0


def _is_pending(task: TaskRow) -> bool:
    return task.state is TaskState.PENDING


def _is_blocked(task: TaskRow) -> bool:
    return task.state is TaskState.BLOCKED


def _not_done(task: TaskRow) -> bool:
    return task.state is not TaskState.DONE


def _gets_another(task: TaskRow) -> bool:
    return _is_blocked(task) and task.kind not in _NEVER_RETRIED


def _retry(task: TaskRow) -> bool:
    waits = _is_pending(task) and task.not_before is not None
    return task.asking or waits or _gets_another(task) or task.kind == DoneKind.SKIPPED


def _reassign(task: TaskRow) -> bool:
    return stoppable(task) or _is_pending(task) or _gets_another(task)


def _hold(task: TaskRow) -> bool:
    return stoppable(task) or _is_pending(task) or task.kind == BlockedKind.DEPENDENCY


def _cancel(task: TaskRow) -> bool:
    idle = _is_pending(task) or (_is_blocked(task) and task.kind != BlockedKind.CANCELLED)
    return stoppable(task) or (idle and not task.claimed)


def _skip(task: TaskRow) -> bool:
    return stoppable(task) or _is_pending(task) or _is_blocked(task)


def _accept(task: TaskRow) -> bool:
    return _is_blocked(task) and task.kind in ACCEPTED and task.open_epoch is None


def _has_tree(task: TaskRow) -> bool:
    works = task.open_epoch is not None and task.step not in _UNPREPARED
    return works or (_is_blocked(task) and task.kind in ACCEPTED)


def _never(_: TaskRow) -> bool:
    return False


def _always(_: TaskRow) -> bool:
    return True


def _unclaimed(task: TaskRow) -> bool:
    return not task.claimed


MOVES: Final[Mapping[str, _Move]] = {
    "retry": _Move("retried", _retry, lambda task: not task.asking),
    "reassign": _Move("reassigned", _reassign, lambda task: not stoppable(task)),
    "release": _Move("released", stoppable, _never),
    "hold": _Move("held", _hold, _never),
    "unhold": _Move("released from a hold", lambda task: task.kind == BlockedKind.HOLD, _always),
    "cancel": _Move("cancelled", _cancel, _never),
    "skip": _Move("skipped", _skip, _unclaimed),
    "accept": _Move("accepted", _accept, _always),
    "answer": _Move("answered", lambda task: task.kind == BlockedKind.QUESTION, _unclaimed),
    "edit": _Move("edited", _not_done, _never),
    "priority": _Move("moved in the queue", _not_done, _never),
    "message": _Move("written to", _not_done, _never),
}
"""What a person can do to a task."""
ENTER: Final = "enter"
"""To go into its worktree, which changes nothing in the run."""
_ENTERED: Final = _Move("opened in a worktree", _has_tree, _never)
RUN_MOVES: Final = frozenset({"abort", "add", "pause", "resume", "stop", "stop_now"})
"""What a person can do to the whole run."""
