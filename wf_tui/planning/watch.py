"""Following a planning as it happens, until a person is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import TaskProgress
from wf_tui.ledger.model.events.run_events import RunStalled, WorktreeKept
from wf_tui.ledger.model.events.task_events import TaskBlocked
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.queries import reads
from wf_tui.picture.event_text import worth_watching
from wf_tui.planning.planning_run import Stage, Standing
from wf_tui.project import open_reads

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.planning.planning_run import PlanningRun

__all__ = ["is_shown", "watch"]

_QUIET: Final = 5.0
"""Seconds without a change after which it is asked whether a scheduler leads the run."""

_SAID_BY_THE_PLAN: Final = frozenset({RunStalled.event_kind, WorktreeKept.event_kind})
"""What follows from the wait for a person."""


def is_shown(event: EventRow) -> bool:
    """Whether who waits for a plan sees this event: also what its worker says and reads.

    That a plan waits for a person is what was asked for: it is shown itself, and not as a block.
    """
    if event.kind in _SAID_BY_THE_PLAN:
        return False
    if event.kind == TaskBlocked.event_kind:
        return event.data.get("kind") != BlockedKind.REVIEW
    return event.kind == TaskProgress.event_kind or worth_watching(event)


def watch(
    planning: PlanningRun, since: int, over: threading.Event
) -> Iterator[EventRow | Standing]:
    """Yield the events behind `since` as they are committed, and where the planning stands.

    That comes whenever it is another one; the last one is that of a planning which needs a person,
    or is over, unless `over` was set before. A scheduler that died is replaced. Blocks: on a thread
    of its own where others wait.
    """
    told: Standing | None = None
    with open_reads(planning.project) as db:
        while not over.is_set():
            for event in reads.events(db, planning.id, since):
                since = event.seq
                yield event
            standing = planning.standing(db)
            if told is None or (standing.stage, standing.sentence) != (told.stage, told.sentence):
                told = standing
                yield standing
            if standing.stage not in {Stage.WORKING, Stage.ASKING}:
                return
            if not db.wait_changed(_QUIET, over) and not over.is_set():
                planning.lead()
