"""Each event to what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.events.read import event_class, read_event
from wf_tui.ledger.model.states import Step
from wf_tui.picture.history import attempt_moves, person_moves, run_moves, task_moves
from wf_tui.picture.history.telling import TOLD, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.picture.history.past import Past

__all__ = ["REPLAYED", "replay"]


def replay(past: Past, event: EventRow) -> None:
    """Let one event happen; what a later version wrote, or is damaged, changes nothing."""
    task, kind = event.task, event.kind
    if task is not None:
        if task not in past.tables.tasks and kind != "task_added":
            return
        known = event_class(kind)
        if known is not None and known.proves_life:
            past.put(past.tables.proofs, task, event)
    if kind in TOLD:
        tell(past, event)
    elif kind == "task_step":
        task_moves.stepped(past, event, Step(str(event.data.get("step"))))
    elif kind in _MOVES and (read := read_event(event)) is not None:
        _MOVES[kind](past, event, read)


def _conflict(past: Past, event: EventRow, what: Any) -> None:
    task_moves.conflict_found(past, event, what.paths)


_MOVES: Final[Mapping[str, Callable[[Past, EventRow, Any], None]]] = {
    "task_added": task_moves.added,
    "task_claimed": task_moves.claimed_task,
    "task_blocked": task_moves.blocked_task,
    "task_unblocked": task_moves.unblocked,
    "task_released": task_moves.released,
    "task_done": task_moves.done,
    "conflict_found": _conflict,
    "rival_skipped": task_moves.rival_skipped,
    "rival_left": task_moves.rival_left,
    "question_asked": task_moves.asked,
    "question_answered": task_moves.question_answered,
    "question_closed": task_moves.question_closed,
    "task_retried": person_moves.retried,
    "task_reassigned": person_moves.reassigned,
    "task_skipped": person_moves.skipped,
    "task_edited": person_moves.edited,
    "undone": person_moves.undone,
    "task_snoozed": person_moves.snoozed,
    "task_woken": person_moves.woken,
    "worktree_opened": person_moves.opened,
    "attempt_started": attempt_moves.started,
    "harvested": attempt_moves.harvested,
    "integrated": attempt_moves.integrated,
    "attempt_ended": attempt_moves.ended,
    "run_created": run_moves.created,
    "phase_added": run_moves.phase_added,
    "phase_settled": run_moves.phase_settled,
    "run_paused": run_moves.paused,
    "run_resumed": run_moves.resumed,
    "run_stalled": run_moves.stalled,
    "run_ended": run_moves.run_ended,
    "jobs_changed": run_moves.jobs_changed,
    "budget_changed": run_moves.budget_changed,
    "exported": run_moves.exported,
    "export_pending": run_moves.export_pending,
    "worker_joined": run_moves.joined,
    "worker_left": run_moves.left,
    "lane_limited": run_moves.lane_limited,
    "lane_open": run_moves.lane_open,
}
"""What each kind does; the kinds that are not here change no row that is shown."""
REPLAYED: Final = TOLD | {"task_step", *_MOVES}
"""The kinds of events that change a row."""
