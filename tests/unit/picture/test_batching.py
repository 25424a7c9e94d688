"""The same history gives the same picture, in whatever batches it is read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from tests.unit.ledger.test_counters import SEATS, Acts, plans
from tests.unit.picture.looking import View, shown
from wf_tui.ledger.sqlite import SqliteDatabase
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from wf_tui.ledger.database import Database
    from wf_tui.ledger.load import NewPhase

FILTERS = ["", "t0", "kind:ready", "state:blocked", "worker:w", "phase:p1", "waits", "kind:hold"]


def _store(folder: Path) -> Database:
    database = SqliteDatabase(folder / "ledger.db", create=True)
    database.execute("PRAGMA synchronous = OFF")
    return database


class Histories(Acts):
    """Anything at all happens to a run; one view reads at once, one now and then."""

    @initialize(
        plan=plans(),
        jobs=st.integers(1, 3),
        scopes=st.sampled_from(["serialize", "race"]),
        text=st.sampled_from(FILTERS),
        quick=st.sampled_from(["", "", "!", "@", "#"]),
    )
    def begin(self, plan: list[NewPhase], jobs: int, scopes: str, text: str, quick: str) -> None:
        """Create the run and look at it."""
        self.drive.make(*plan, seats=SEATS, jobs=jobs, scopes=scopes)
        self.asked = (text, quick)
        self.eager, self.lazy = View(self.drive), View(self.drive)
        for view in (self.eager, self.lazy):
            self._narrow(view.picture)
            view.look()

    def _narrow(self, picture: Picture) -> None:
        text, quick = self.asked
        picture.filter(text)
        picture.quick(quick)

    @invariant()
    def counters_are_right(self) -> None:
        """Compare the view that reads at once with one that begins now."""
        if not hasattr(self, "eager"):
            return
        self.eager.look()
        assert shown(self.eager.picture) == shown(self._fresh())
        run = self.drive.run()
        numbers = [run.pending, run.in_progress, run.done, run.blocked]
        assert list(self.eager.picture.counts.values()) == numbers

    def _fresh(self) -> Picture:
        view = View(self.drive)
        self._narrow(view.picture)
        view.look()
        return view.picture

    @rule()
    def look(self) -> None:
        """Let the other view read."""
        self.lazy.look()
        assert shown(self.lazy.picture) == shown(self.eager.picture)

    @rule(text=st.sampled_from(FILTERS), quick=st.sampled_from(["!", "@", "#"]))
    def narrow(self, text: str, quick: str) -> None:
        """Filter by something else."""
        for view in (self.eager, self.lazy):
            view.picture.filter(text)
            view.picture.quick(quick)
        self.asked = (text, self.eager.picture.filtered.quick)

    def teardown(self) -> None:
        """Put the ledger away."""
        self.drive.db.close()
        shutil.rmtree(self.folder)


def test_batches_do_not_matter() -> None:
    """A picture that followed a run is the one that a view gets which begins now."""
    machine = type("Machine", (Histories,), {"make_store": staticmethod(_store)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
