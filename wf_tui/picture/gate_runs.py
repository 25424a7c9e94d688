"""How often the gate of a task was asked, about what, and what it said; for `wf show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.attempt_events import GateEnded, GateStarted
from wf_tui.ledger.model.events.read import read_event
from wf_tui.picture.attempt_text import gate_name
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.plan.choices import GateOn

__all__ = ["GateRun", "gate_runs"]


@frozen
class GateRun:
    """One run of a gate; the fields, in this order, are those of the JSON. Times are UTC seconds.

    One without an end was stopped, or runs still; one without an exit status did not end by itself.
    """

    epoch: int | None
    on: GateOn
    head: str | None
    commit: str | None
    started_at: float | None
    ended_at: float | None = None
    exit_code: int | None = None
    text: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return it as `wf show --json` has it: a contract, keys are only ever added."""
        return dict(vars(self))

    @property
    def sentence(self) -> str:
        """What came of it, for a person; not cleaned."""
        if self.ended_at is None:
            return f"{gate_name(self.on)} did not end"
        return self.text or f"{gate_name(self.on)} passed"


def gate_runs(events: Iterable[EventRow]) -> tuple[GateRun, ...]:
    """Return the runs that the events of a task tell of, oldest first; other events are left out.

    An attempt asks one gate at a time, so that an end belongs to the last start.
    """
    runs: list[GateRun] = []
    for row in events:
        event = read_event(row)
        if isinstance(event, GateStarted):
            runs.append(GateRun(row.epoch, event.on, event.head, event.commit, row.at))
        elif isinstance(event, GateEnded):
            begun = GateRun(row.epoch, event.on, event.head, event.commit, None)
            if runs and runs[-1].ended_at is None and runs[-1].epoch == row.epoch:
                begun = runs.pop()
            ended = replace(begun, ended_at=row.at, exit_code=event.exit_code, text=event.text)
            runs.append(ended)
    return tuple(runs)
