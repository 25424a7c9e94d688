"""Rows of a run without a ledger, and the batches that bring them into a picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.support.ledger_harness import RUN, START, a_run, seat
from wf_tui.ledger.model.rows import PhaseRow, Spec, TaskRow
from wf_tui.ledger.model.states import Outcome, TaskState
from wf_tui.ledger.queries.reasons import Reasons
from wf_tui.picture.batch import Batch
from wf_tui.picture.last_attempt import LastAttempt
from wf_tui.plan.choices import Isolation, Mode, OnFailure, Takes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.model.rows import SnoozeRow

__all__ = ["a_batch", "a_phase", "a_proof", "a_row"]


def a_phase(name: str, place: int = 0, *, parallel: bool = True) -> PhaseRow:
    """Return a phase at this place of the plan."""
    return PhaseRow(
        RUN, name, place, parallel=parallel, on_failure=OnFailure.HOLD, wip=None, unmet=0,
        unsettled=1,
    )  # fmt: skip


def a_row(number: int, phase: str = "p", **values: Any) -> TaskRow:
    """Return a task, by default a pending one."""
    row = TaskRow(
        run=RUN, id=f"t{number}", ordinal=number, phase=phase, title=f"task {number}", spec=Spec(),
        takes=Takes.COMMAND, mode=Mode.READ_WRITE, isolation=Isolation.AUTO,
        role="general", scope=("src",), scope_key="", priority=0, chain=1, rank=0,
        max_attempts=1, backoff=0.0,
        state=TaskState.PENDING, since=START,
    )  # fmt: skip
    return replace(row, **values)


def a_proof(task: str, proof: str) -> LastAttempt:
    """Return an attempt that failed with this as its last line."""
    return LastAttempt(
        task, 1, "w1", "", "local", START, START + 1, Outcome.FAILED, "exit", proof, "",
        None, None, None,
    )  # fmt: skip


def a_batch(
    rows: Sequence[TaskRow],
    count: int,
    *,
    phases: Sequence[PhaseRow] = (),
    last: Mapping[str, LastAttempt] | None = None,
    snoozes: Mapping[str, SnoozeRow] | None = None,
    order: Mapping[str, tuple[str, ...]] | None = None,
    now: float = START,
    whole: bool = False,
) -> Batch:
    """Return what a read of a run with so many tasks gives."""
    run = a_run(pending=count)
    seats = (seat("w1"), seat("w2"))
    known = {phase.name: phase for phase in phases or [a_phase("p")]}
    return Batch(
        seq=1,
        run=run,
        tasks=tuple(rows),
        events=(),
        workers=seats,
        reasons=Reasons(run, now, known, {}, [], seats, {}),
        alive=True,
        last=last or {},
        snoozes=snoozes or {},
        phase_order=order or {},
        whole=whole,
    )
