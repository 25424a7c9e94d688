"""Random histories of a run, drawn by weight, so that they get far and go wrong often."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.ledger_harness import LedgerHarness
from tests.support.random_moves import DEEDS, NAMES, REPORTS, SEATS, WHOLE, RandomMoves
from tests.support.random_plans import a_plan

if TYPE_CHECKING:
    from random import Random

    from tests.support.stores import MakeStore


class RandomRuns(RandomMoves):
    """The random acts on a new ledger of a store."""

    def __init__(self, make_store: MakeStore) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wf-swarm-"))
        super().__init__(LedgerHarness(make_store(self.folder)))

    def act(self, random: Random) -> None:
        """Do one thing; mostly what a scheduler and its workers do."""
        pick, which = random.randrange(100), random.randrange(100)
        kind = random.randrange(10)
        if kind < 4:
            self.work(workers=[random.choice(NAMES)], how=[], pick=0)
        elif kind < 7:
            self.work(workers=[], how=[random.choice(REPORTS)], pick=pick)
        else:
            self.disturb(name=random.choice(DEEDS), pick=pick, which=which)

    def start(self, random: Random) -> None:
        """Make a run."""
        self.drive.make(*a_plan(random, 5), seats=SEATS, jobs=3)

    def abort(self) -> None:
        """Abort the run."""
        self.disturb(name="whole", pick=0, which=WHOLE.index("abort"))

    def end(self) -> None:
        """Put the ledger away."""
        self.drive.db.close()
        shutil.rmtree(self.folder)
