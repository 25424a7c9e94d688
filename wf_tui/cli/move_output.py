"""What came of a move, printed in a line a task or as JSON (CLI.md); and the exit status for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.cli.context import Acting, print_json, print_line
from wf_tui.cli.errors import warn
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.reasons import Reasons
from wf_tui.scheduler.control import scheduler_alive
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.rules.moves import MoveResult

__all__ = ["print_results", "print_run_result"]

REFUSED: Final = 5


@dataclass(frozen=True)
class _Standing:
    """Where a task stands, in which state and for which reason."""

    state: str
    reason: str


def print_results(
    found: Acting,
    results: Sequence[MoveResult],
    *,
    as_json: bool,
    more: Mapping[str, object] | None = None,
) -> int:
    """Print what came of a move on tasks; return 5 where any of them was refused, else 0.

    `more` is what this move adds to each object of the JSON.

    A task that was changed is read again: a scheduler may have taken it on already, and then
    `pending` would be no longer true.
    """
    standings = _read_standings(found, [one.task for one in results if one.changed])
    for one in results:
        if not one.changed:
            standings[one.task] = _Standing(one.state, one.reason)
    if as_json:
        rows = []
        for one in results:
            now = standings[one.task]
            fields = {"task": one.task, "changed": one.changed}
            rows.append({**fields, "state": now.state, "reason": now.reason, **(more or {})})
        print_json(rows)
    else:
        for one in results:
            now = standings[one.task]
            # Refused ones on stderr, so that the output has only what was changed.
            if not one.changed:
                warn(now.reason, _dead_hint(found, now))
                continue
            line = f"{clean(one.task, limit=80)}  {now.state.replace('_', ' ')}"
            print_line(f"{line}: {now.reason}" if now.reason else line)
    return 0 if all(one.changed for one in results) else REFUSED


def _dead_hint(found: Acting, standing: _Standing) -> str:
    """Return what helps a task that is in progress only because nobody is there to end it."""
    if standing.state != TaskState.IN_PROGRESS or scheduler_alive(found.ledger.db, found.run.id):
        return ""
    return f"its scheduler is dead; start one, which settles what it left: wf resume {found.run.id}"


def print_run_result(found: Acting, text: str, *, changed: bool, as_json: bool) -> None:
    """Print what came of a move on a run; as JSON it has the form of a move on tasks.

    `text` is printed as it is, so the caller has made it safe. The state is read again: a run that
    was resumed may have ended by now.
    """
    if as_json:
        state = reads.run_row(found.ledger.db, found.run.id).state
        print_json([{"task": None, "changed": changed, "state": state, "reason": text}])
    else:
        print_line(f"run {found.run.id}: {text}")


def _read_standings(found: Acting, names: Sequence[str]) -> dict[str, _Standing]:
    """Return where these tasks stand now, by name."""
    if not names:
        return {}
    db = found.ledger.db
    with db.snapshot():
        run = reads.run_row(db, found.run.id)
        reasons = Reasons.read(db, run, found.ledger.now())
        rows = [reads.task(db, run.id, name) for name in names]
    return {row.id: _Standing(row.state.value, reasons.of(row).text) for row in rows}
