"""What a view reads of a run at once, and what came of it.

All values here are frozen: the feed's thread makes them, and the event loop of the board uses them
without a lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import (
        EventRow,
        QuestionRow,
        RunRow,
        SnoozeRow,
        TaskRow,
        WorkerRow,
    )
    from wf_tui.ledger.queries.reasons import Reasons
    from wf_tui.picture.first_part import Unread
    from wf_tui.picture.last_attempt import LastAttempt
    from wf_tui.picture.pace import Pace

__all__ = ["Batch", "Changes"]


@dataclass(frozen=True)
class Batch:
    """A run at event `seq`, as far as it differs from what the view has; the first time all of it.

    The reasons know what is open and free now, and the needs of the tasks of this batch. Made by
    `reading` inside one snapshot, so its parts fit together; taken by `Picture.apply`, in the order
    of `seq`.
    """

    seq: int
    run: RunRow
    tasks: tuple[TaskRow, ...]
    events: tuple[EventRow, ...]
    workers: tuple[WorkerRow, ...]
    reasons: Reasons
    alive: bool
    """Whether a scheduler leads the run."""
    full: str = ""
    """The folder of the run where its disk is full; "" where there is room."""
    low: str = ""
    """The same folder where little room is left."""
    landed_in: str = ""
    """The branch of the person that all of a run that has ended was landed in; not safe to draw."""
    durations: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """How many more attempts succeeded in so many milliseconds, by the role of the task; less than
    none where a view goes back in time."""
    paces: Mapping[str, Pace] = field(default_factory=dict)
    """The same by phase, summed up, with the tools that they used."""
    phase_order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The phases that wait, or waited, for each phase."""
    last: Mapping[str, LastAttempt] = field(default_factory=dict)
    """Of the tasks of this batch those whose last attempt is over."""
    questions: Mapping[str, QuestionRow] = field(default_factory=dict)
    """Of the tasks of this batch the first question of each that is open."""
    begun: Mapping[str, float] = field(default_factory=dict)
    """When the first task of a phase was claimed, in UTC seconds, of the phases where one was."""
    snoozes: Mapping[str, SnoozeRow] = field(default_factory=dict)
    """What is put off, by task; all of it in every batch."""
    whole: bool = False
    """Whether this is all of the run, so that what the view has is to be forgotten."""
    unread: tuple[Unread, ...] = ()
    """How many tasks are left out of one that stands for all of the run, until that is read."""


@dataclass(frozen=True)
class Changes:
    """What to draw again after `Picture.apply`; a view that draws more than this is only slower."""

    cards: frozenset[str]
    """Cards that look different; pending ones may, besides, have another reason: `reasons`."""
    columns: frozenset[str]
    """Columns with other cards, or in another order."""
    header: bool
    reasons: bool
    """Whether pending cards may wait for something else; `Picture.revision` says which in view."""
    seats: bool
    moved: frozenset[str] = frozenset()
    """The cards whose state or kind is another; of `cards`. None where all of a run was read."""
