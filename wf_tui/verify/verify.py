"""`wf verify`: replay the events of a run, and compare the end with the tables and the branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.queries import reads
from wf_tui.verify.branch import compare, read_branch
from wf_tui.verify.replay import replay
from wf_tui.verify.replay_state import ReplayState
from wf_tui.verify.verdict import Verdict, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.git.control.control import Control
    from wf_tui.ledger.model.rows import EventRow, RunRow, TaskRow
    from wf_tui.ledger.model.usage import Usage
    from wf_tui.ledger.store.database import Database

__all__ = ["examine", "verify_run"]


def verify_run(db: Database, run_id: str, control: Control | None) -> Verdict:
    """Check one run, also while it runs; `control` is None where its repository is gone.

    The branch is read before the ledger: a merge that falls in between is then in the events and
    not in the branch, which `compare` allows while an attempt is open. The other way round, a merge
    would be in the branch that no event tells of yet.
    """
    branch = read_branch(control) if control else None
    with db.snapshot():
        run = examine(reads.events(db, run_id), reads.run_row(db, run_id), reads.tasks(db, run_id))
    if control:
        compare(run, branch)
    return Verdict(run_id, run.seq, tuple(run.violations), branch_seen=control is not None)


def examine(events: Iterable[EventRow], row: RunRow, tasks: Iterable[TaskRow]) -> ReplayState:
    """Replay events, and compare their end with the tables; what is wrong is in `violations`.

    Knows no database: tests hand it logs that they have changed. `row` and `tasks` have to be of
    the same snapshot as the events, or each difference in between would be a violation.
    """
    run = ReplayState()
    for event in events:
        replay(run, event)
    compare_tables(run, row, tasks)
    return run


def _check_unfinished(run: ReplayState) -> None:
    for code, task, text in run.unfinished():
        run.violations.append(Violation(code, None, task or None, text))
    merging = any(task.merging for task in run.tasks.values())
    known = {run.chain.base, *run.chain.heads}
    for seq, commit in run.chain.exports:
        if commit not in known and not merging:
            text = f"{commit[:12]} was exported, but the branch was never there"
            run.violations.append(Violation("chain", seq, None, text))


def compare_tables(run: ReplayState, row: RunRow, tasks: Iterable[TaskRow]) -> None:
    """Compare the tables with what the events have made of the run.

    The tables are only a projection of the log, so each row has to be what the replay arrived at.
    """
    _check_unfinished(run)
    run.require(row.seq == run.seq, "gap", None, f"the run has {row.seq} events, not {run.seq}")
    _check_equal(run, None, "open attempts", row.open_attempts, run.open_attempts)
    _check_equal(run, None, "head", row.head, run.chain.head)
    _check_equal(run, None, "usage", _figures(row.usage), run.usage)
    for state in ("pending", "in_progress", "done", "blocked"):
        _check_equal(run, None, state, getattr(row, state), run.counts[state])
    # What is left in the end are tasks that the events tell of and the table does not have.
    left = set(run.tasks)
    for task in tasks:
        left.discard(task.id)
        _compare_task(run, task)
    for name in sorted(left):
        _add_violation(run, name, "the task table lacks it")


def _compare_task(run: ReplayState, row: TaskRow) -> None:
    task = run.tasks.get(row.id)
    if task is None:
        _add_violation(run, row.id, "no event tells of it")
        return
    _check_equal(run, row.id, "state", row.state.value, task.state)
    _check_equal(run, row.id, "kind", row.kind, task.kind)
    _check_equal(run, row.id, "step", row.step, task.step)
    _check_equal(run, row.id, "worker", row.worker, task.worker)
    _check_equal(run, row.id, "epoch", row.epoch, task.epoch)
    _check_equal(run, row.id, "open attempt", row.open_epoch, task.open_epoch)
    _check_equal(run, row.id, "tries", row.tries, task.tries)
    _check_equal(run, row.id, "scope", row.scope, task.spec.scope)
    if any(epoch == task.epoch for epoch, _ in task.questions):
        _check_equal(run, row.id, "open questions", row.questions, len(task.open_questions))
        if task.asking and not task.open_questions:
            _add_violation(run, row.id, "it waits for an answer, but no question is open")
    _check_equal(run, row.id, "usage", _figures(row.usage), task.usage)


def _figures(usage: Usage) -> dict[str, int]:
    """Return what is known of it; nobody without figures is not worth a word."""
    known = {name: value for name, value in usage.figures().items() if value is not None}
    return known if usage.unknown else {name: v for name, v in known.items() if name != "unknown"}


def _check_equal(
    run: ReplayState, task: str | None, name: str, stored: object, replayed: object
) -> None:
    if stored != replayed:
        _add_violation(run, task, f"{name}: the table says {stored}, the events say {replayed}")


def _add_violation(run: ReplayState, task: str | None, text: str) -> None:
    code = "table" if task else "counts"
    run.violations.append(Violation(code, None, task, text))
