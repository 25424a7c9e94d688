"""The workers' view: each seat with what it does now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.ledger.queries.scope_holders import may_write
from wf_tui.picture.usage_text import count_words
from wf_tui.plan.choices import Takes
from wf_tui.text import clean, dollars

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow, WorkerRow

__all__ = ["SeatView", "seat_view"]


@dataclass(frozen=True)
class SeatView:
    """One seat. Times are UTC seconds, the view computes ages; all text is safe to draw."""

    name: str
    profile: str
    kind: str
    is_agent: bool
    """Whether it takes prompts, so that a model works for it."""
    task: str
    """The id of the task that it holds, or ""."""
    step: str
    since: float | None
    """When the step began."""
    heartbeat_at: float | None
    lane: str
    state: str
    roles: tuple[str, ...]
    model: str
    tokens: str
    """How many all its attempts used, in short; "" where nobody has told."""
    cost: str
    writes: tuple[str, ...]
    """The paths that its attempt may change, and keeps from others where scopes are serialised."""


def seat_view(
    seat: WorkerRow,
    task: TaskRow | None,
    attempt: AttemptRow | None = None,
) -> SeatView:
    """Return a seat as it is shown.

    `task` is the row of the task that the seat names, if there is one, and `attempt` the open one
    of that. The seat holds that task only while worker and epoch are the live claim's; until the
    attempt is closed after that it is `stopping`.
    """
    held = None
    if task is not None and (task.epoch, task.worker) == (seat.epoch, seat.name):
        held = task
    step = ""
    if held is not None:
        step = held.step or ""
    elif seat.task:
        # The seat still has an attempt, but the task is no longer its own: it was taken back.
        step = "stopping"
    used = seat.usage
    has_tokens = used.input_tokens is not None or used.output_tokens is not None
    return SeatView(
        name=clean(seat.name),
        profile=clean(seat.profile),
        kind=clean(seat.kind),
        is_agent=seat.takes is Takes.PROMPT,
        task=clean(seat.task) if seat.task else "",
        step=step,
        since=held.step_at if held else None,
        heartbeat_at=seat.heartbeat_at,
        lane=clean(seat.lane),
        state=clean(seat.state),
        roles=tuple(clean(role) for role in seat.roles),
        model=clean((attempt.model if attempt else None) or seat.model),
        tokens=count_words(used.tokens) if has_tokens else "",
        cost="" if used.cost_microusd is None else dollars(used.cost_microusd),
        writes=tuple(clean(path) for path in (may_write(attempt) if attempt else ())),
    )
