"""Random acts: whatever happens, no counter drifts from what it counts, and nothing starves."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.unit.ledger import recount
from tests.unit.ledger.driving import BAD, GOOD, RUN, STOPPED, Drive, phase, seat, shell
from wf_tui.errors import RefusedError, WfError
from wf_tui.ledger import reads
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.words import BlockedKind, DoneKind, RunState, Step

if TYPE_CHECKING:
    from tests.unit.ledger.conftest import MakeStore
    from wf_tui.ledger.load import NewPhase, NewTask

SCOPES = [(), ("src/a",), ("src/a", "src/b"), ("docs/",)]
SEATS = [seat("w1"), seat("w2", lane="far"), seat("o1", "other", roles=("review",))]
POLICIES = ["skip_continue", "skip_continue", "hold", "abort"]
HAND = ["retry", "release", "hold", "unhold", "cancel", "skip", "accept"]


@st.composite
def tasks(draw: st.DrawFn, name: str, known: list[str]) -> NewTask:
    """Draw a task that may need the results of known ones."""
    needs = draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) if known else []
    return shell(
        name,
        *needs,
        mode=draw(st.sampled_from(["read_write", "read_write", "read_only"])),
        isolation=draw(st.sampled_from(["auto", "shared"])),
        scope=draw(st.sampled_from(SCOPES)),
        role=draw(st.sampled_from(["general", "review"])),
        worker=draw(st.sampled_from(["", "", "w2", "shell", "nobody"])),
        max_attempts=draw(st.sampled_from([1, 2])),
        backoff=draw(st.sampled_from([0.0, 5.0])),
    )


@st.composite
def plans(draw: st.DrawFn) -> list[NewPhase]:
    """Draw phases whose tasks need results of earlier phases."""
    made: list[NewPhase] = []
    for number in range(draw(st.integers(1, 4))):
        known = [task.id for one in made for task in one.tasks]
        inside = [
            draw(tasks(f"t{number}{place}", known)) for place in range(draw(st.integers(1, 3)))
        ]
        needed = {need for task in inside for need in task.spec.needs}
        after = {one.name for one in made if needed & {task.id for task in one.tasks}}
        after |= {one.name for one in made if draw(st.booleans())}
        made.append(
            phase(
                f"p{number}",
                *inside,
                after=sorted(after),
                parallel=draw(st.booleans()),
                on_failure=draw(st.sampled_from(POLICIES)),
                wip=draw(st.sampled_from([None, 1])),
            )
        )
    return made


class Acts(RuleBasedStateMachine):
    """A scheduler and a person who do anything at all, in any order."""

    make_store: MakeStore

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wf-acts-"))
        self.drive = Drive(self.make_store(self.folder))
        self.fences: list[Fence] = []
        self.added = 0

    @initialize(plan=plans(), jobs=st.integers(1, 3), scopes=st.sampled_from(["serialize", "race"]))
    def begin(self, plan: list[NewPhase], jobs: int, scopes: str) -> None:
        """Create the run."""
        self.drive.make(*plan, seats=SEATS, jobs=jobs, scopes=scopes)

    def _live(self, pick: int) -> Fence | None:
        held = [a for a in reads.attempts(self.drive.db, RUN) if a.open and not a.fenced]
        one = held[pick % len(held)] if held else None
        return Fence(RUN, one.task, one.epoch, one.worker) if one else None

    def _pick(self, pick: int) -> str:
        rows = reads.tasks(self.drive.db, RUN)
        return rows[pick % len(rows)].id

    @rule(worker=st.sampled_from(["w1", "w2", "o1"]))
    def claim(self, worker: str) -> None:
        """Claim for a seat."""
        fence = self.drive.claim(worker)
        if fence:
            self.fences.append(fence)

    @rule(pick=st.integers(0, 9), kind=st.sampled_from([*list(DoneKind)[:3]]))
    def finish(self, pick: int, kind: DoneKind) -> None:
        """Let an attempt succeed."""
        fence = self._live(pick)
        if fence:
            self.advance(fence, Step.INTEGRATING if kind is DoneKind.MERGED else Step.CHECKING)
            with suppress(RefusedError):
                self.drive.ledger.done(fence, kind, GOOD, "ok")

    def advance(self, fence: Fence, to: Step) -> None:
        """Go on to a step, where that is possible."""
        with suppress(RefusedError):
            self.drive.ledger.step(fence, to)

    @rule(pick=st.integers(0, 9), step=st.sampled_from(list(Step)[1:]))
    def step(self, pick: int, step: Step) -> None:
        """Go on."""
        fence = self._live(pick)
        if fence:
            self.advance(fence, step)

    @rule(pick=st.integers(0, 9), how=st.sampled_from(["failed", "gate", "scope", "budget"]))
    def fail(self, pick: int, how: str) -> None:
        """Let an attempt end badly."""
        fence, kind = self._live(pick), BlockedKind(how)
        if fence is None:
            return
        with suppress(RefusedError):
            if how in {"failed", "gate"}:
                self.drive.ledger.fail(fence, BAD, kind=kind)
            else:
                self.drive.ledger.block(fence, BAD, kind)

    @rule(pick=st.integers(0, 9))
    def conflict(self, pick: int) -> None:
        """Let a merge conflict."""
        fence = self._live(pick)
        if fence:
            self.advance(fence, Step.INTEGRATING)
            with suppress(RefusedError):
                self.drive.ledger.conflict(fence, BAD, ("src/a",), "both changed src/a")

    @rule(pick=st.integers(0, 9), how=st.sampled_from(["rate", "quota", "auth"]))
    def limit(self, pick: int, how: str) -> None:
        """Let a provider say no."""
        fence = self._live(pick)
        if fence:
            until = self.drive.clock.now() + 30
            with suppress(RefusedError):
                self.drive.ledger.limited(fence, BAD, how, "far", until)

    @rule(pick=st.integers(0, 9), expire=st.booleans())
    def ask(self, pick: int, expire: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Let a worker ask, perhaps in vain."""
        fence = self._live(pick)
        if fence:
            with suppress(RefusedError):
                self.drive.ledger.ask(fence, "may I?")
            if expire:
                with suppress(RefusedError):
                    self.drive.ledger.question_expired(fence)

    @rule(pick=st.integers(0, 99), late=st.booleans())
    def old(self, pick: int, late: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Close an attempt that was fenced, or let any old result arrive."""
        if not self.fences:
            return
        fence = self.fences[pick % len(self.fences)]
        found = [a for a in reads.attempts(self.drive.db, RUN, fence.task) if a.fenced]
        if any(attempt.epoch == fence.epoch for attempt in found):
            if late:
                self.drive.ledger.done(fence, DoneKind.MERGED, GOOD, "late")
            else:
                self.drive.ledger.close(fence, STOPPED)

    @rule(name=st.sampled_from(HAND), picks=st.lists(st.integers(0, 20), min_size=1, max_size=2))
    def hand(self, name: str, picks: list[int]) -> None:
        """Do something to a task or two by hand."""
        with suppress(RefusedError):
            acted = getattr(self.drive.mine, name)(RUN, *(self._pick(pick) for pick in picks))
            if name == "accept":
                mine = [reads.task(self.drive.db, RUN, one.task) for one in acted if one.changed]
                self.fences += [Fence(RUN, t.id, t.epoch, str(t.worker)) for t in mine]

    @rule(pick=st.integers(0, 20), to=st.sampled_from(["w1", "w2", "shell"]))
    def reassign(self, pick: int, to: str) -> None:
        """Give a task to a seat."""
        with suppress(RefusedError):
            self.drive.mine.reassign(RUN, to, self._pick(pick))

    @rule(pick=st.integers(0, 20), scope=st.sampled_from(SCOPES), number=st.integers(-1, 1))
    def edit(self, pick: int, scope: tuple[str, ...], number: int) -> None:
        """Change what a task asks for, and its place."""
        with suppress(RefusedError):
            self.drive.mine.edit(RUN, self._pick(pick), {"scope": scope})
        with suppress(RefusedError):
            self.drive.mine.priority(RUN, self._pick(pick), number)

    @rule(pick=st.integers(0, 20))
    def answer(self, pick: int) -> None:
        """Answer a question."""
        with suppress(RefusedError):
            self.drive.mine.answer(RUN, self._pick(pick), "yes")

    @rule()
    def undo(self) -> None:
        """Take back the last act."""
        with suppress(RefusedError):
            self.drive.mine.undo(RUN)

    @rule(act=st.sampled_from(["pause", "resume", "resume", "stop", "abort", "release_due"]))
    def whole(self, act: str) -> None:
        """Do something to the whole run."""
        with suppress(RefusedError):
            getattr(self.drive.mine, act)(RUN)

    @rule()
    def stop_now(self) -> None:
        """Take all running work back."""
        with suppress(RefusedError):
            self.drive.mine.stop(RUN, now=True)

    @rule(foreground=st.booleans())
    def idle(self, foreground: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Let the scheduler look whether the run is over."""
        self.drive.ledger.end_when_idle(RUN, foreground=foreground)

    @rule(seconds=st.sampled_from([1.0, 6.0, 40.0, 400.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.drive.clock.move(seconds)

    @rule(into=st.sampled_from([None, "p0", "p1"]), picks=st.lists(st.integers(0, 20), max_size=2))
    def add(self, into: str | None, picks: list[int]) -> None:
        """Add a task by hand."""
        needs = dict.fromkeys(self._pick(pick) for pick in picks)
        name = f"x{self.added}"
        self.added += 1
        with suppress(WfError):
            self.drive.mine.add(RUN, shell(name, *needs), into)

    @invariant()
    def counters_are_right(self) -> None:
        """Compare all counters with a recount from scratch."""
        recount.check(self.drive.db)

    def teardown(self) -> None:
        """Let the swarm work until it stands still: then nothing may be ready."""
        try:
            self._run_dry()
            recount.check(self.drive.db)
            left = reads.tasks(self.drive.db, RUN)
            if self.drive.run().state in {RunState.RUNNING, RunState.STALLED}:
                ready = [task.id for task in left if self.drive.reason(task.id).kind == "ready"]
                assert not ready, f"{ready} are never claimed"
        finally:
            self.drive.db.close()
            shutil.rmtree(self.folder)

    def _run_dry(self) -> None:
        if not reads.runs(self.drive.db):
            return
        with suppress(RefusedError):
            self.drive.mine.resume(RUN)
        for _ in range(60):
            opened = [a for a in reads.attempts(self.drive.db, RUN) if a.open]
            for attempt in opened:
                fence = Fence(RUN, attempt.task, attempt.epoch, attempt.worker)
                self.drive.ledger.fail(fence, BAD)
            self.drive.clock.move(400)
            claimed = [self.drive.claim(name) for name in ("w1", "w2", "o1")]
            if not opened and not any(claimed):
                return


def test_no_counter_drifts(make_store: MakeStore) -> None:
    """Every counter equals a recount after each of many random acts, and nothing ready starves."""
    machine = type("Machine", (Acts,), {"make_store": staticmethod(make_store)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
