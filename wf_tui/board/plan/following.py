"""What the plan screen does on threads: following a planning, and looking at a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from wf_tui.errors import WfError
from wf_tui.ledger.queries import reads
from wf_tui.picture.event_text import event_line
from wf_tui.planning.editing.examine import examine
from wf_tui.planning.planning_run import Standing
from wf_tui.planning.watch import is_shown, watch
from wf_tui.project import open_reads

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from wf_tui.board.plan.plan_view import PlanView
    from wf_tui.planning.editing.examine import Examination

__all__ = ["Examined", "Failed", "Happened", "Stands", "follow", "look"]


@dataclass
class Happened(Message):
    """Something has happened in the planning; the line is safe to draw."""

    line: str


@dataclass
class Stands(Message):
    """The planning is at another point; `changes` are the lines that its plan has changed."""

    standing: Standing
    changes: list[str]


@dataclass
class Failed(Message):
    """It could not be followed, or its plan not be kept."""

    error: WfError


@dataclass
class Examined(Message):
    """A plan was looked at; `number` says which."""

    number: int
    found: Examination


def follow(
    view: PlanView, since: int, over: threading.Event, post: Callable[[Message], object]
) -> None:
    """Tell of a planning until it needs its person, or is over; blocks, for a thread."""
    planning = view.planning
    if planning is None:
        return
    try:
        with open_reads(planning.project) as db:
            start = reads.run_row(db, planning.id).created_at
        for found in watch(planning, since, over):
            if isinstance(found, Standing):
                post(Stands(found, view.take(found)))
            elif is_shown(found):
                post(Happened(event_line(found, start)))
    except WfError as error:
        post(Failed(error))


def look(view: PlanView, number: int, now: float, post: Callable[[Message], object]) -> None:
    """Look at the plan of a view; blocks, for a thread."""
    if view.draft is None:
        return
    try:
        post(Examined(number, examine(view.terms, view.draft.proposal, now)))
    except WfError as error:
        post(Failed(error))
