"""Which profiles are paused by their breaker (RULES 5, Breaker), for whom that concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.rows import BreakerRow, decode, select
from wf_tui.ledger.model.startable import STARTABLE
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.store.database import Database

__all__ = ["explained", "next_look", "shuts", "tripped"]


def tripped(db: Database, run: str) -> dict[str, BreakerRow]:
    """Return the breakers that tripped and were not closed since, by profile."""
    rows = db.execute(select(BreakerRow, "WHERE run = :run AND trips > 0"), {"run": run})
    found = [decode(BreakerRow, row) for row in rows]
    return {row.profile: row for row in found}


def shuts(row: BreakerRow, opened: Iterable[AttemptRow], now: float) -> bool:
    """Whether a breaker that tripped lets nothing through: after the pause it is one attempt."""
    if row.until is None or now < row.until:
        return True
    return any(a.profile == row.profile and a.started_at >= row.until for a in opened)


def next_look(db: Database, run: str, now: float) -> float | None:
    """Return when the first pause ends that a task which could start waits for."""
    rows = db.execute(
        "SELECT min(until) FROM breaker b WHERE run = :run AND until > :now AND EXISTS "
        f"(SELECT 1 FROM task WHERE run = :run AND {STARTABLE} AND takes IN "
        "(SELECT takes FROM worker w WHERE w.run = :run AND w.profile = b.profile))",
        {"run": run, "now": now},
    )
    return None if rows[0][0] is None else float(str(rows[0][0]))


def explained(row: BreakerRow, now: float) -> str:
    """Say why a profile is paused, and what ends it."""
    many = plural(row.failures, "attempt")
    if row.until is None:
        end = "wf resume lets it try again"
    elif row.until > now:
        end = f"tries again in {row.until - now:.0f} s"
    else:
        end = "one attempt tries it now"
    return f"{row.profile} is paused: {many} in a row failed at once; {end}"
