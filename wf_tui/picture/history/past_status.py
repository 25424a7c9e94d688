"""What `wf status` shows of a moment that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.picture.status import Status

if TYPE_CHECKING:
    from wf_tui.paths import RunPaths
    from wf_tui.picture.history.history import History

__all__ = ["past_status"]


def past_status(history: History, seq: int, paths: RunPaths) -> Status:
    """Return a run as it was after an event; who led it then, and its disk, are not told of."""
    batch = history.batch_at(seq)
    reasons = batch.reasons
    return Status(
        batch.run,
        paths,
        batch.tasks,
        {task.id: reasons.of(task) for task in batch.tasks},
        batch.workers,
        leader=None,
        alive=True,
        now=reasons.now,
        holders=reasons.holders,
        paces=batch.paces,
        lanes=reasons.lanes,
    )
