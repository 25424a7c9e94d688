"""Driving a ledger in tests: build a run, take attempts to their end, look at everything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from wf_tui.ledger.ledger import Fence, Ledger
from wf_tui.ledger.model.events.attempt_events import GateEnded
from wf_tui.ledger.model.new_tasks import NewPhase, NewTask
from wf_tui.ledger.model.rows import RunRow, Spec, TaskRow, WorkerRow
from wf_tui.ledger.model.rows.options import Option
from wf_tui.ledger.model.states import (
    BlockedKind,
    DoneKind,
    Intent,
    NextSeat,
    Outcome,
    RunState,
    SeatState,
    Step,
)
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.reasons import Reason, Reasons
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.plan.choices import GateOn, Isolation, Mode, OnFailure, Scopes, Takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.ledger.model.rows import EventRow, PhaseRow
    from wf_tui.ledger.store.database import Database, Row

RUN = "r1"
FOLDER = Path("/runs/r1")
"""Where views look for the run; nothing is there."""
START = 1_000_000.0
GOOD = Ending(Outcome.SUCCEEDED, "exit", exit_code=0)
BAD = Ending(Outcome.FAILED, "exit", "exit status 1", exit_code=1)
HOST_DIED = Ending(Outcome.FAILED, "host", "its host has ended", next_seat=NextSeat.SAME)
STOPPED = Ending(Outcome.CANCELLED, "stopped")
YES_OR_NO = (Option("y", "yes"), Option("n", "no"))
PERMISSION = (
    Option("once", "Allow", "allow_once"),
    Option("ever", "Always allow", "allow_always"),
    Option("no", "Reject", "reject_once"),
)
TABLES = (
    "run", "phase", "phase_edge", "task", "edge", "attempt", "worker", "event", "message",
    "question", "scheduler", "breaker", "allowance", "gate", "lane", "comment", "snooze", "draft",
    "seen",
)  # fmt: skip


@dataclass
class FixedClock:
    """A clock that stands still until a test moves it."""

    at: float = START

    def now(self) -> float:
        """Return UTC seconds."""
        return self.at

    def monotonic(self) -> float:
        """Return the same seconds."""
        return self.at

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += seconds


class MergingLedger(Ledger):
    """A ledger whose merges move the branch, as the scheduler's do."""

    def done(self, fence: Fence, kind: DoneKind, ending: Ending, *more: Any, **named: Any) -> bool:
        """Finish a task; one that is merged moves the branch first."""
        task = reads.task(self.db, fence.run, fence.task)
        live = (task.epoch, task.worker) == (fence.epoch, fence.worker)
        # In one transaction with the end of the task, as a scheduler does both.
        with self.db.transaction(fence.run):
            if kind is DoneKind.MERGED and live and task.step == Step.INTEGRATING:
                ending = replace(ending, commit=self._merged(fence))
            return super().done(fence, kind, ending, *more, **named)

    def _merged(self, fence: Fence) -> str:
        """Move the branch, unless it has moved and only nobody was told."""
        row = reads.run_row(self.db, fence.run)
        for event in reads.task_events(self.db, fence.run, fence.task):
            if event.kind == "integrated" and event.epoch == fence.epoch:
                return str(event.data["new"])
        self.integrated(fence, row.head, f"c{row.seq}")
        return f"c{row.seq}"


def shell(name: str, *needs: str, **values: object) -> NewTask:
    """Return a writing shell task with a scope of its own that is blocked at its first failure."""
    stock: dict[str, object] = {
        "spec": Spec(command="true", needs=needs),
        "mode": "read_write",
        "scope": (f"src/{name}",),
        "max_attempts": 1,
        "backoff": 5.0,
    }
    fields = {**stock, **values}
    mode = Mode(str(fields.pop("mode")))
    isolation = Isolation(str(fields.pop("isolation", Isolation.AUTO)))
    return NewTask(name, mode=mode, isolation=isolation, **fields)  # type: ignore[arg-type]


def prompt(name: str, **values: object) -> NewTask:
    """Return a writing task that an agent does."""
    return shell(name, **{"spec": Spec(prompt="think"), **values})


def phase(
    name: str,
    *tasks: NewTask | str,
    after: Iterable[str] = (),
    parallel: bool = True,
    on_failure: str = "hold",
    wip: int | None = None,
) -> NewPhase:
    """Return a phase; a task given by its name alone is a plain shell task."""
    made = tuple(shell(task) if isinstance(task, str) else task for task in tasks)
    return NewPhase(name, parallel, OnFailure(on_failure), made, tuple(after), wip)


def a_run(**values: object) -> RunRow:
    """Return the row of a new run."""
    stock: dict[str, object] = {
        "id": RUN, "goal": "to test", "state": "running", "intent": "go", "base": "b0",
        "ref": "refs/heads/wf/r1", "head": "b0", "created_at": START,
        "jobs": 9, "lease": 60.0, "scopes": "serialize", "fold_case": False,
    }  # fmt: skip
    words = {"state": RunState, "intent": Intent, "scopes": Scopes}
    fields = {**stock, **values}
    return RunRow(**{**fields, **{name: word(fields[name]) for name, word in words.items()}})  # type: ignore[arg-type]


def seat(name: str, profile: str = "shell", **values: object) -> WorkerRow:
    """Return the row of a free seat that takes any shell task; of another kind, any prompt."""
    stock: dict[str, object] = {
        "kind": "shell",
        "takes": Takes.COMMAND if values.get("kind", "shell") == "shell" else Takes.PROMPT,
        "roles": (),
        "lane": "local",
        "state": SeatState.IDLE,
    }
    return WorkerRow(RUN, name, profile, **{**stock, **values})  # type: ignore[arg-type]


def word(row: TaskRow) -> str:
    """Return where a task is in one word: P, Q, M, R:step, B:kind or D:kind."""
    if row.asking:
        return "Q"
    if row.step == Step.INTEGRATING:
        return "M"
    letter = {"pending": "P", "in_progress": "R", "blocked": "B", "done": "D"}[row.state.value]
    more = row.step or row.kind
    return f"{letter}:{more}" if more else letter


@dataclass
class LedgerHarness:
    """A ledger with one run, `r1`, and its clock."""

    db: Database
    clock: FixedClock = field(default_factory=FixedClock)
    ledger: Ledger = field(init=False)
    mine: Ledger = field(init=False)

    def __post_init__(self) -> None:
        random = Random(0)  # noqa: S311 - jitter, the same in each test
        self.ledger = Ledger(self.db, self.clock, random=random)
        self.mine = Ledger(self.db, self.clock, actor="user:ann", random=random)

    # -- building

    def make(
        self,
        *phases: NewPhase | NewTask | str,
        seats: int | Iterable[WorkerRow] = 3,
        chains: Mapping[str, int] | None = None,
        **run: object,
    ) -> LedgerHarness:
        """Create the run; tasks given without a phase form the parallel phase `work`."""
        loose = [item for item in phases if not isinstance(item, NewPhase)]
        made = [item for item in phases if isinstance(item, NewPhase)]
        if loose:
            made.insert(0, phase("work", *loose))
        self.ledger.create_run(a_run(**run), made, chains or {})
        if isinstance(seats, int):
            seats = [seat(f"w{number}") for number in range(1, seats + 1)]
        self.ledger.join_workers(RUN, list(seats))
        return self

    # -- driving

    def claim(self, worker: str = "w1") -> Fence | None:
        """Claim the best task for a seat."""
        claim = self.ledger.claim(RUN, worker)
        return Fence(RUN, claim.task.id, claim.epoch, claim.worker) if claim else None

    def expect_claim(self, task: str, worker: str | None = None, step: Step | None = None) -> Fence:
        """Claim for a seat, or for the first free one that gets a task, and return the fence.

        It fails unless this very task is claimed. With `step` it is brought there, too.
        """
        seats = [worker] if worker else reads.idle_seats(self.db, RUN)
        fence = next(filter(None, (self.claim(name) for name in seats)), None)
        assert fence is not None, f"{task} was to be claimed, but nothing could be"
        assert fence.task == task, f"{task} was to be claimed, but it was {fence.task}"
        if step is not None:
            self.bring(fence, step)
        return fence

    def bring(self, fence: Fence, to: Step) -> None:
        """Take a claimed task through the steps from where it is, up to `to`."""
        every = list(Step)
        at = Step(str(self.task(fence.task).step))
        for step in every[every.index(at) + 1 : every.index(to) + 1]:
            assert self.ledger.step(fence, step)

    def done(self, fence: Fence, commit: str = "c1") -> bool:
        """Merge a task."""
        self.bring(fence, Step.INTEGRATING)
        good = Ending(Outcome.SUCCEEDED, "exit", exit_code=0, commit=commit)
        return self.ledger.done(fence, DoneKind.MERGED, good, "ok")

    def fail(self, fence: Fence, kind: BlockedKind = BlockedKind.FAILED) -> bool:
        """Let an attempt fail."""
        return self.ledger.fail(fence, BAD, kind=kind)

    def fail_merge_gate(self, fence: Fence) -> bool:
        """Let the gate of an attempt fail on the merge, as the scheduler tells of it."""
        task = self.task(fence.task)
        if task.step is Step.CHECKING:
            ended = GateEnded(on=GateOn.MERGE, head="b0", commit="m0", exit_code=1)
            self.ledger.tell(fence, ended)
        if task.by_hand:
            return self.ledger.give_back(fence, BAD)
        return self.ledger.merge_gate_failed(fence, BAD, {"head": "b0"})

    def ask(self, fence: Fence, text: str = "may I?", name: str = "1") -> Fence:
        """Bring a claimed task to a question."""
        self.bring(fence, Step.RUNNING)
        assert self.ledger.ask(fence, name, text, options=YES_OR_NO)
        return fence

    def finish(self, *tasks: str, worker: str | None = None) -> None:
        """Claim and merge these tasks, one after the other."""
        for task in tasks:
            assert self.done(self.expect_claim(task, worker))

    def wreck(self, *tasks: str, worker: str | None = None) -> None:
        """Claim these tasks and let them fail, one after the other."""
        for task in tasks:
            assert self.fail(self.expect_claim(task, worker))

    # -- looking

    def task(self, name: str) -> TaskRow:
        """Return a task."""
        return reads.task(self.db, RUN, name)

    def where(self, *names: str) -> str:
        """Return where these tasks (or all) are, in one word each."""
        rows = [self.task(name) for name in names] or reads.tasks(self.db, RUN)
        return " ".join(word(row) for row in rows)

    def run(self) -> RunRow:
        """Return the run."""
        return reads.run_row(self.db, RUN)

    def phase(self, name: str) -> PhaseRow:
        """Return a phase."""
        return {row.name: row for row in reads.phases(self.db, RUN)}[name]

    def seat(self, name: str) -> WorkerRow:
        """Return a seat."""
        return {row.name: row for row in reads.workers(self.db, RUN)}[name]

    def reason(self, name: str) -> Reason:
        """Return why a task is where it is."""
        return Reasons.read(self.db, self.run(), self.clock.now()).of(self.task(name))

    def events(self, *kinds: str, task: str | None = None) -> list[EventRow]:
        """Return the events of these kinds (or all), of one task (or all)."""
        found = reads.events(self.db, RUN)
        return [e for e in found if e.kind in (kinds or (e.kind,)) and task in {None, e.task}]

    def kinds(self, since: int = 0) -> list[str]:
        """Return the kinds of the events after a number."""
        return [event.kind for event in reads.events(self.db, RUN, since)]

    def dump(self) -> dict[str, list[Row]]:
        """Return all that the ledger holds."""
        return {
            table: sorted(self.db.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES
        }


def merging(drive: LedgerHarness) -> LedgerHarness:
    """Let the merges of a driven ledger move the branch."""
    drive.ledger = MergingLedger(drive.db, drive.clock, random=Random(0))  # noqa: S311 - jitter
    return drive
