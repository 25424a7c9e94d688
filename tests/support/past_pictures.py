"""What a picture of a moment has to show, for tests that compare it with the one that was live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import FOLDER, RUN
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.picture import reading
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.picture.batch import Batch
    from wf_tui.picture.history.history import History

__all__ = ["Told", "live", "moment", "told"]

Told = dict[str, object]
"""What is told of a moment, by name."""


def live(drive: LedgerHarness) -> tuple[int, Told]:
    """Return the number of the last event, and what the picture of now tells."""
    now = drive.clock.now()
    batch = reading.read_all(drive.db, RUN, now, FOLDER)
    picture = Picture(now)
    picture.apply(batch)
    return batch.seq, told(picture, batch)


def moment(history: History, picture: Picture, seq: int) -> Told:
    """Bring a picture to a moment, and return what it tells then."""
    batch = history.batch_at(seq)
    picture.now = 0.0
    picture.apply(batch)
    return told(picture, batch)


def told(picture: Picture, batch: Batch) -> Told:
    """Return what is known of a moment, and so is to be the same in both pictures."""
    picture.tick(picture.now)
    return {
        "columns": {state: list(ids) for state, ids in picture.columns.items()},
        "counts": picture.counts,
        "cards": {task: _card(picture, task) for task in picture.cards},
        "seats": [(seat.name, seat.task, seat.epoch, seat.usage) for seat in batch.workers],
        "open": [
            (one.task, one.epoch, one.worker, one.usage, one.fenced, one.plan_done, one.tools)
            for one in batch.reasons.holders
        ],
        "run": [
            getattr(batch.run, name)
            for name in ("state", "head", "jobs", "usage", "budget", "ended_at", "merges", "intent")
        ],
        "phases": {
            name: (one.settled_at, one.open_attempts) for name, one in batch.reasons.phases.items()
        },
        "needs you": list(picture.needs),
        "strip": picture.strip,
        "left": picture.header.left,
    }


def _card(picture: Picture, task: str) -> dict[str, object]:
    card, row = picture.card(task), picture.row(task)
    names = (
        *("state", "kind", "step", "step_at", "who", "since", "attempt", "tries", "title"),
        *("tokens", "cost_microusd"),
        *("evidence", "evidence_at", "claimed", "needs_you", "questions", "scope"),
        *("pinned", "commit", "answer", "took", "added", "removed"),
    )
    told: dict[str, object] = {name: getattr(card, name) for name in names}
    told["spots"] = (picture.spot(task), picture.spot(task, in_list=True))
    if row.state is TaskState.PENDING:
        told["waits"] = bool(row.unmet)
        if row.unmet:
            told["why"] = card.why
    elif row.state is TaskState.BLOCKED:
        told["why"], told["needs"], told["parked"] = card.why, card.needs, card.parked
        if row.kind is BlockedKind.DEPENDENCY:
            told["root"] = row.detail["root"], row.detail["needs"]
    return told
