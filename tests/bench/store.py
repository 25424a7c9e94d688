"""A ledger full of ready tasks, for workers that do nothing but claim and finish."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from wf_tui.clock import SystemClock
from wf_tui.ledger.ledger import Fence, Ledger
from wf_tui.ledger.model.new_tasks import NewPhase, NewTask
from wf_tui.ledger.model.rows import RunRow, Spec, WorkerRow
from wf_tui.ledger.model.states import DoneKind, Intent, Outcome, RunState, SeatState
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.plan.choices import OnFailure, Scopes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wf_tui.ledger.rules.claims import Claim

__all__ = [
    "EIGHT",
    "RUN",
    "SEATS",
    "claim",
    "empty_run",
    "fence",
    "fill",
    "finish",
    "opened",
    "renew",
]

RUN: Final = "bench"
SEATS: Final = tuple(f"shell-{number + 1}" for number in range(16))
EIGHT: Final = SEATS[:8]
_GOOD: Final = Ending(Outcome.SUCCEEDED, exit_code=0)


@contextmanager
def opened(path: Path, *, create: bool = False) -> Iterator[Ledger]:
    """Open a ledger."""
    with closing(SqliteDatabase(path, create=create)) as db:
        yield Ledger(db, SystemClock())


def empty_run() -> RunRow:
    """Return the row of a run that has no tasks yet."""
    return RunRow(
        id=RUN,
        goal="be measured",
        state=RunState.RUNNING,
        intent=Intent.GO,
        base="0" * 40,
        ref="refs/heads/wf/bench",
        head="0" * 40,
        created_at=SystemClock().now(),
        jobs=len(SEATS),
        lease=60.0,
        scopes=Scopes.SERIALIZE,
        fold_case=False,
    )


def fill(path: Path, count: int) -> Path:
    """Make a ledger with this many ready read-only tasks and sixteen seats."""
    tasks = tuple(NewTask(f"task {number}", spec=Spec(command="true")) for number in range(count))
    phase = NewPhase("all", parallel=True, on_failure=OnFailure.SKIP_CONTINUE, tasks=tasks)
    with opened(path, create=True) as ledger:
        ledger.create_run(empty_run(), [phase], {})
        seats = [
            WorkerRow(RUN, name, "shell", "shell", (), "local", SeatState.IDLE) for name in SEATS
        ]
        ledger.join_workers(RUN, seats)
    return path


def claim(ledger: Ledger, seat: str) -> Claim | None:
    """Claim the next task for a seat."""
    return ledger.claim(RUN, seat)


def fence(held: Claim) -> Fence:
    """Return what the writes of this claim carry."""
    return Fence(held.run, held.task.id, held.epoch, held.worker)


def renew(ledger: Ledger, held: Sequence[Claim]) -> None:
    """Renew the leases of claims."""
    ledger.heartbeat(RUN, [fence(one) for one in held])


def finish(ledger: Ledger, held: Claim) -> bool:
    """Finish a task with an answer."""
    return ledger.done(fence(held), DoneKind.ANSWERED, _GOOD, "done")
