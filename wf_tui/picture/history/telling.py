"""What workers tell while they work: by far the most of a log, summed up where nobody stops.

Such an event sets fields of one attempt, or adds to sums, and nothing else of the log reads either
before the next event of that task. So of a stretch in which no moment is shown only what it comes
to is put into the rows, at a tenth of the cost of each event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.values import field_names

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.picture.history.past import Past

__all__ = ["TOLD", "Telling", "tell"]

_PROGRESS: Final = "task_progress"
TOLD: Final = frozenset({_PROGRESS, "usage"})
"""The kinds of events that are summed up."""
_FIGURES: Final = frozenset(field_names(Usage))
_SESSION: Final = "session", "model"


class Telling:
    """Takes what attempts tell, and puts what it comes to into the rows of a past.

    `History` makes one for each stretch that it passes over, and calls `settle` before anything
    looks at the rows.
    """

    def __init__(self, past: Past) -> None:
        self._past = past
        self._known = past.tables.tasks
        self._told: dict[str, dict[int, _Told]] = {}
        """By task and epoch."""

    def add(self, event: EventRow) -> None:
        """Take an event of one of the kinds in `TOLD`."""
        task, epoch = str(event.task), event.epoch or 0
        attempts = self._told.get(task)
        if attempts is None:
            if task not in self._known:
                return
            attempts = self._told[task] = {}
        told = attempts.get(epoch)
        if told is None:
            told = attempts[epoch] = _Told(event)
        told.add(event)

    def settle(self, task: str | None = None) -> None:
        """Put what a task has told into the rows; of all tasks where none is named."""
        told = self._told
        for name in list(told) if task is None else told.keys() & {task}:
            for one in told.pop(name).values():
                one.put(self._past)


def tell(past: Past, event: EventRow) -> None:
    """Put what one event of the kinds in `TOLD` tells into the rows; its task is known."""
    told = _Told(event)
    told.add(event)
    told.put(past)


class _Told:
    """What one attempt told since its rows were changed last."""

    __slots__ = ("figures", "first", "proof", "values")

    def __init__(self, first: EventRow) -> None:
        self.first = first
        """The first event, which names the attempt."""
        self.values: dict[str, Any] = {}
        """Fields of its row."""
        self.figures: dict[str, int] = {}
        """What it used."""
        self.proof: EventRow | None = None
        """Its last sign of life."""

    def add(self, event: EventRow) -> None:
        """Take an event; its fields are read without its class, which takes the longest of all."""
        data = event.data
        if event.kind != _PROGRESS:
            figures = self.figures
            for name, value in data.items():
                if name in _FIGURES and isinstance(value, int):
                    figures[name] = figures.get(name, 0) + value
            return
        self.proof = event
        values = self.values
        if isinstance(session := data.get("session"), str):
            values["session"] = session
            if isinstance(model := data.get("model"), str):
                values["model"] = model
            return
        values["said_at"] = event.at
        if text := data.get("text"):
            values["said"] = text
        if isinstance(tools := data.get("tools"), int):
            values["tools"] = tools
        if isinstance(plan := data.get("plan"), dict):
            values["plan_done"], values["plan_total"] = plan.get("done"), plan.get("of")

    def put(self, past: Past) -> None:
        """Change the rows of attempt, task, seat and run."""
        tables, task, epoch = past.tables, str(self.first.task), self.first.epoch or 0
        if self.proof is not None:
            past.put(tables.proofs, task, self.proof)
        attempt, values = tables.attempts.get((task, epoch)), self.values
        last = past.beginning.attempts.get((task, epoch))
        if last is not None and last.said is None:
            # The last lines of a command are signs of life alone.
            values = {name: values[name] for name in _SESSION if name in values}
        step = Usage(**self.figures)
        if attempt is not None and self.figures:
            values = {**values, "usage": (attempt.usage or NO_USAGE) + step}
        if attempt is not None and values:
            past.put_attempt(evolve(attempt, **values))
        if not self.figures:
            return
        row = tables.tasks[task]
        past.put(tables.tasks, task, evolve(row, usage=row.usage + step))
        seat = tables.seats.get(self.first.worker or "")
        if seat is not None:
            past.put(tables.seats, seat.name, evolve(seat, usage=seat.usage + step))
        past.put_run(evolve(past.run, usage=past.run.usage + step))
