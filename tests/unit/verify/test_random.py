"""Whatever a scheduler and a person do, the checker has nothing to say of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from tests.unit.ledger.driving import BAD, GOOD, RUN
from tests.unit.ledger.test_counters import Acts
from wf_tui.errors import RefusedError
from wf_tui.ledger import reads
from wf_tui.ledger.attempts import Ending
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.words import DoneKind, Outcome, Step
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from tests.unit.ledger.conftest import MakeStore


class Checked(Acts):
    """The random acts of the ledger's own test, with merges that move the branch."""

    @rule(pick=st.integers(0, 9), kind=st.sampled_from([*list(DoneKind)[:3]]))
    def finish(self, pick: int, kind: DoneKind) -> None:
        """Let an attempt succeed."""
        fence = self._live(pick)
        if fence is None:
            return
        merged = kind is DoneKind.MERGED
        self.advance(fence, Step.INTEGRATING if merged else Step.CHECKING)
        with suppress(RefusedError):
            if merged and reads.task(self.drive.db, RUN, fence.task).step == Step.INTEGRATING:
                self.merge(fence)
            elif not merged:
                self.drive.ledger.done(fence, kind, GOOD, "ok")

    def merge(self, fence: Fence) -> None:
        """Move the branch, and say so."""
        new = f"c{self.drive.run().seq}"
        self.drive.ledger.integrated(fence, self.drive.run().head, new)
        good = Ending(Outcome.SUCCEEDED, "exit", exit_code=0, commit=new)
        self.drive.ledger.done(fence, DoneKind.MERGED, good, "ok")

    @rule(pick=st.integers(0, 9), ask=st.booleans())
    def speak(self, pick: int, ask: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Let a worker start, speak, or ask and fail."""
        fence = self._live(pick)
        if fence:
            self.drive.ledger.started(fence, pid=1)
            self.drive.ledger.progress(fence, "half")
            with suppress(RefusedError):
                if ask:
                    self.drive.ledger.ask(fence, "well?")
                    self.drive.ledger.fail(fence, BAD)

    @rule(jobs=st.integers(1, 4), pick=st.integers(0, 20))
    def other(self, jobs: int, pick: int) -> None:
        """Change the jobs, and write to a task."""
        self.drive.mine.set_jobs(RUN, jobs)
        with suppress(RefusedError):
            self.drive.mine.message(RUN, self._pick(pick), "be quick")

    @invariant()
    def counters_are_right(self) -> None:
        """Leave the counters to their own test."""

    @invariant()
    def nothing_is_found(self) -> None:
        """Replay all events so far."""
        if reads.runs(self.drive.db):
            found = verify_run(self.drive.db, RUN, None).violations
            assert not found, "\n".join(map(str, [*found, *self.drive.events()]))

    def teardown(self) -> None:
        """Let the swarm work until it stands still, and look once more."""
        with suppress(RefusedError):
            self.drive.ledger.end_when_idle(RUN, foreground=True)
        super().teardown()


def test_nothing_is_found_in_random_histories(make_store: MakeStore) -> None:
    """After each of many random acts the replay agrees with the ledger, and finds no violation."""
    machine = type("Machine", (Checked,), {"make_store": staticmethod(make_store)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
