"""How the worktrees of a run are set up; told by the event of its creation, and never changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.run_events import RunCreated
from wf_tui.values import frozen

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.store.database import Database
    from wf_tui.plan.models import Plan

__all__ = ["WorktreeSetup", "worktree_setup_of"]


@frozen
class WorktreeSetup:
    """What is run in each worktree, and what is put there beside what git has."""

    setup: str | None = None
    teardown: str | None = None
    checkout: str | None = None
    """Where the files lie that are linked and copied."""
    link: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()
    shell: tuple[str, ...] = ()
    """What runs both commands; none: what runs all that name none."""

    @classmethod
    def of(cls, plan: Plan, checkout: Path | None) -> WorktreeSetup:
        """Return what a plan asks for."""
        where = str(checkout) if checkout else None
        shell = plan.shell if plan.setup or plan.teardown else None
        return cls(plan.setup, plan.teardown, where, plan.link, plan.copied, shell or ())

    @property
    def data(self) -> dict[str, object] | None:
        """What the event says; None where there is nothing to do."""
        if self == WorktreeSetup(checkout=self.checkout):
            return None
        return {name: value for name, value in self.__dict__.items() if value}


def worktree_setup_of(db: Database, run: str) -> WorktreeSetup:
    """Return how the worktrees of a run are set up."""
    rows = db.execute(
        "SELECT data FROM event WHERE run = :run AND kind = :created",
        {"run": run, "created": RunCreated.event_kind},
    )
    stored = json.loads(str(rows[0][0])).get("worktree", {}) if rows else {}
    lists = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
    return WorktreeSetup(**{**stored, **lists})
