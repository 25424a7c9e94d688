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
    from wf_tui.ledger.store.database import Database

__all__ = ["examine", "verify_run"]


def verify_run(db: Database, run: str, control: Control | None) -> Verdict:
    """Check one run, also while it goes on; `control` is None where its repository is gone."""
    branch = read_branch(control) if control else None
    with db.snapshot():
        book = examine(reads.events(db, run), reads.run_row(db, run), reads.tasks(db, run))
    if control:
        compare(book, branch)
    return Verdict(run, book.seq, tuple(book.found), branch_seen=control is not None)


def examine(events: Iterable[EventRow], row: RunRow, tasks: Iterable[TaskRow]) -> ReplayState:
    """Replay events, and compare their end with the tables; what is wrong is `found`."""
    book = ReplayState()
    for event in events:
        replay(book, event)
    _at_the_end(book, row, tasks)
    return book


def _rest(book: ReplayState) -> None:
    for code, task, text in book.unfinished():
        book.found.append(Violation(code, None, task or None, text))
    merging = any(card.merging for card in book.cards.values())
    known = {book.chain.base, *book.chain.heads}
    for seq, commit in book.chain.exports:
        if commit not in known and not merging:
            text = f"{commit[:12]} was exported, but the branch was never there"
            book.found.append(Violation("chain", seq, None, text))


def _at_the_end(book: ReplayState, row: RunRow, tasks: Iterable[TaskRow]) -> None:
    """Compare the tables with what the events have made of the run."""
    _rest(book)
    book.demand(row.seq == book.seq, "gap", None, f"the run has {row.seq} events, not {book.seq}")
    _same(book, None, "open attempts", row.open_attempts, book.open)
    _same(book, None, "head", row.head, book.chain.head)
    for state in ("pending", "in_progress", "done", "blocked"):
        _same(book, None, state, getattr(row, state), book.counts[state])
    left = set(book.cards)
    for task in tasks:
        left.discard(task.id)
        _compare(book, task)
    for name in sorted(left):
        _note(book, name, "the task table lacks it")


def _compare(book: ReplayState, task: TaskRow) -> None:
    card = book.cards.get(task.id)
    if card is None:
        _note(book, task.id, "no event tells of it")
        return
    _same(book, task.id, "state", task.state.value, card.state)
    _same(book, task.id, "kind", task.kind, card.kind)
    _same(book, task.id, "step", task.step, card.step)
    _same(book, task.id, "worker", task.worker, card.worker)
    _same(book, task.id, "epoch", task.epoch, card.epoch)
    _same(book, task.id, "open attempt", task.open_epoch, card.opened)
    _same(book, task.id, "tries", task.tries, card.tries)
    _same(book, task.id, "scope", task.scope, card.asked.scope)


def _same(book: ReplayState, task: str | None, name: str, stored: object, replayed: object) -> None:
    if stored != replayed:
        _note(book, task, f"{name}: the table says {stored}, the events say {replayed}")


def _note(book: ReplayState, task: str | None, text: str) -> None:
    code = "table" if task else "counts"
    book.found.append(Violation(code, None, task, text))
