"""What came of an act, told in a line a task or as JSON; and the exit status for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.cli.context import Acting, print_json, say
from wf_tui.cli.errors import warn
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.reasons import Reasons
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.rules.moves import MoveResult

__all__ = ["tell_acted", "tell_run"]

REFUSED: Final = 5


def tell_acted(found: Acting, acted: Sequence[MoveResult], *, as_json: bool) -> int:
    """Tell what came of an act on tasks; return 5 where any of them was refused, else 0."""
    reasons = _reasons(found, [one.task for one in acted if one.changed])
    if as_json:
        print_json(
            [
                {
                    "task": one.task,
                    "changed": one.changed,
                    "state": reasons[one.task].state if one.changed else one.state,
                    "reason": reasons[one.task].text if one.changed else one.reason,
                }
                for one in acted
            ]
        )
    else:
        for one in acted:
            _tell_one(one, reasons.get(one.task))
    return 0 if all(one.changed for one in acted) else REFUSED


def tell_run(found: Acting, text: str, *, changed: bool, as_json: bool) -> None:
    """Tell what came of an act on a run; as JSON it has the form of an act on tasks."""
    if as_json:
        state = reads.run_row(found.ledger.db, found.run.id).state
        print_json([{"task": None, "changed": changed, "state": state, "reason": text}])
    else:
        say(f"run {found.run.id}: {text}")


def _tell_one(one: MoveResult, now: _Now | None) -> None:
    if now is None:
        warn(one.reason)
        return
    state = now.state.replace("_", " ")
    say(f"{clean(one.task, limit=80)}  {state}" + (f": {now.text}" if now.text else ""))


@dataclass(frozen=True)
class _Now:
    """Where a task is now, and why: a scheduler may have taken it on already."""

    state: str
    text: str


def _reasons(found: Acting, names: Sequence[str]) -> dict[str, _Now]:
    """Return why each of these tasks is now where it is."""
    if not names:
        return {}
    db = found.ledger.db
    with db.snapshot():
        run = reads.run_row(db, found.run.id)
        reasons = Reasons.read(db, run, found.ledger.clock.now())
        rows = [reads.task(db, run.id, name) for name in names]
    return {row.id: _Now(row.state.value, reasons.of(row).text) for row in rows}
