"""Looking at a run in tests: a picture that reads when it is told to, and all that it shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.support.ledger_harness import FOLDER, RUN
from wf_tui.picture import reading
from wf_tui.picture.orders import LIST
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.picture.batch import Batch, Changes


@dataclass
class PictureHarness:
    """A picture of the run of a driver."""

    drive: LedgerHarness
    picture: Picture = field(init=False)
    last: Batch | None = None
    most_events: int = reading.MOST_EVENTS
    """How many events are followed; after more, all of the run is read again."""

    def __post_init__(self) -> None:
        self.picture = Picture(self.drive.clock.now())

    def read(self) -> Batch:
        """Read what changed; the first time, everything."""
        now = self.drive.clock.now()
        if self.last is None:
            self.last = reading.read_all(self.drive.db, RUN, now, FOLDER)
        else:
            seq, most = self.picture.seq, self.most_events
            batch = reading.read_since(self.drive.db, RUN, seq, now, FOLDER, most=most)
            assert batch is not None
            self.last = batch
        return self.last

    def read_all(self) -> Batch:
        """Read everything again."""
        return reading.read_all(self.drive.db, RUN, self.drive.clock.now(), FOLDER)

    def look(self) -> Changes:
        """Read what changed into the picture."""
        changes = self.picture.apply(self.read())
        self.picture.tick(self.drive.clock.now())
        return changes

    def column(self, state: str) -> str:
        """Return the ids of a column in one line."""
        return " ".join(self.picture.columns[state])


def shown(picture: Picture) -> dict[str, object]:
    """Return all that a picture shows, but for what ghosts alone say.

    What was answered is known to who saw it being asked: the ghost of a task that leaves says it.
    """
    return {
        "columns": {state: list(ids) for state, ids in picture.columns.items()},
        "cards": {task: replace(picture.card(task), answered="") for task in picture.cards},
        "list": list(picture.sections),
        "needs": list(picture.needs),
        "strip": picture.strip,
        "titles": {
            (column, group): picture.group_title(column, group)
            for column, many in [*picture.columns.items(), (LIST, picture.sections)]
            for group in {order[0] for order in many.orders()}
        },
        "counts": picture.counts,
        "header": picture.header,
        "workers": picture.workers,
        "moves": {
            (task, move): picture.why_not(move, task)
            for task in picture.cards
            for move in ("retry", "hold", "cancel", "accept")
        },
    }
